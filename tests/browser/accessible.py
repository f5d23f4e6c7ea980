"""What axe-core calls serious or critical on a page, in both themes; what small screens cut off.

On the smallest screen that pages are made for, nothing is; on a phone nothing lies beside the
screen, but for tables that are scrolled in a place of their own.
"""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import expect

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
GRAVE = """async (only) => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]);
}"""
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # which a theme changes
THEMES = (("light", "rgb(255, 255, 255)", {}), ("dark", "rgb(20, 24, 26)", COLOURS))
CUT_OFF = """() => [...document.querySelectorAll(
        "[data-testid=stMain] :is(table, button, .lab, .js-plotly-plot, p)")]
    .filter((part) => part.checkVisibility())
    .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
    .map((part) => part.outerHTML.slice(0, 200))"""

PHONE = {"width": 390, "height": 844}
BESIDE = (Path(__file__).parent / "narrow.js").read_text()


def is_accessible(page):
    """Check a page that stands there whole."""
    for part in page.locator(".lab[data-ready]").all():
        expect(part).to_have_attribute("data-ready", "yes")
    expect(page.locator(".desk")).to_have_attribute("data-ready", "yes")
    expect(page.get_by_test_id("stSpinner")).to_have_count(0)
    size = page.viewport_size
    page.evaluate(AXE)
    for scheme, colour, only in THEMES:
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", colour)
        grave = page.evaluate(GRAVE, only)
        assert not grave, (scheme, grave)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.wait_for_function(f"() => !({CUT_OFF})().length")
    page.set_viewport_size(PHONE)
    page.wait_for_function(f"() => !({BESIDE})().length")
    page.set_viewport_size(size)

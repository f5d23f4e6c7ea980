"""axe-core on every page, in both themes; what it calls serious or critical is a failure.

And on the smallest screen that pages are made for, nothing is cut off; on a phone nothing lies
beside the screen, but for tables that are scrolled in a place of their own.
"""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from tests.browser.addresses import ADDRESSES

ROOT = Path(__file__).parent.parent.parent
FIRST = "latent_map"  # has no address of its own
PAGES = [
    *sorted(path.stem for path in (ROOT / "pages").glob("[!m]*.py")),
    "codes_at_work?work=compression",
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
GRAVE = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]);
}"""
CUT_OFF = """() => [...document.querySelectorAll(
        "[data-testid=stMain] :is(table, button, .lab, .js-plotly-plot, p)")]
    .filter((part) => part.checkVisibility())
    .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
    .map((part) => part.outerHTML.slice(0, 200))"""

PHONE = {"width": 390, "height": 844}
BESIDE = (Path(__file__).parent / "narrow.js").read_text()


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_serious(app, open_page, page):
    opened = open_page(f"{app.url}/{page.removeprefix(FIRST)}")
    expect(opened.locator(".desk")).to_have_attribute("data-ready", "yes")
    for address in ADDRESSES:
        if (address.page or FIRST) == page:
            expect(opened.locator(address.bare).first).to_be_visible()
    for part in opened.locator(".lab[data-ready]").all():
        expect(part).to_have_attribute("data-ready", "yes")
    expect(opened.get_by_test_id("stSpinner")).to_have_count(0)
    opened.evaluate(AXE)
    for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 26)")):
        opened.emulate_media(color_scheme=scheme)
        expect(opened.get_by_test_id("stApp")).to_have_css("background-color", colour)
        assert opened.evaluate(GRAVE) == []
    opened.set_viewport_size({"width": 1024, "height": 768})
    opened.wait_for_function(f"() => !({CUT_OFF})().length")
    opened.set_viewport_size(PHONE)
    opened.wait_for_function(f"() => !({BESIDE})().length")

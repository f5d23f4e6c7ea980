"""Scenes in presenter mode: the figure alone, large, no scroll bar, read at the back.

Of scenes that show the same figure of the same page with the same controls it is the one that
says most; that every scene opens on what it names is held without a browser.
"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import expect

from aeview.lessons.scenes import read
from tests.browser.hand import grip

SIZES = ((1366, 768, "light"), (1920, 1080, "dark"), (3840, 2160, "light"))
SETTLED_MS = 90_000
PLANTED = "0.0321"  # a threshold

WRONG = (Path(__file__).parent / "cinema.js").read_text()


def faults(page, scene, address, at):
    """What stays wrong with a scene."""
    shown = {"subject": scene.subject, "controls": scene.controls, "planted": PLANTED}
    told = [shown, address, at]
    try:
        page.wait_for_function(
            f"(told) => !({WRONG})(told).length", arg=told, timeout=SETTLED_MS, polling=200
        )
    except Late:
        return [f"{scene.id}, {at}: {fault}" for fault in page.evaluate(WRONG, told)]
    return []


def kinds(scenes):
    """The scene of each kind with the longest sentence, in the order of the scenes."""
    longest = {}
    for scene in sorted(scenes, key=lambda scene: len(scene.claim)):
        longest[urlsplit(scene.link).path, scene.subject, scene.controls] = scene
    return [scene for scene in scenes if scene in longest.values()]


def of_three_pages(scenes):
    """The first scene of every third page."""
    first = {urlsplit(scene.link).path: scene for scene in reversed(scenes)}
    return [scene for scene in scenes if scene in list(first.values())[::3]]


@pytest.mark.parametrize(
    ("some", "sizes"),
    [(of_three_pages, SIZES[:1]), pytest.param(kinds, SIZES, marks=pytest.mark.sweep)],
    ids=["of-three-pages", "every-kind-in-three-sizes"],
)
def test_scenes_show_their_figure_alone_and_large(app, open_page, some, sizes):
    scenes = read()
    page = open_page(f"{app.url}/your_image")
    _rehearse(page)
    page.get_by_role("button", name="Present").click()
    expect(page.locator(".bar .at-scene")).to_contain_text("no scene")
    screen = page.context.new_cdp_session(page)
    found = []
    for scene in some(scenes):
        n = scenes.index(scene)
        page.get_by_label("Go to a scene").select_option(index=n + 1)
        expect(page.locator(".bar .at-scene")).to_have_text(f"scene {n + 1} of {len(scenes)}")
        address = "/" + urlsplit(scene.link).path
        for width, height, scheme in sizes:
            _resize(screen, width, height)
            page.emulate_media(color_scheme=scheme)
            found += faults(page, scene, address, f"{width}×{height}")
        _resize(screen, *SIZES[0][:2])
    page.close()  # no other test takes a tab with such a screen
    assert found == []


def _resize(screen, width, height):
    """Lay out so many pixels, and paint a quarter of them: it is the places that are looked at."""
    size = {"width": width, "height": height, "deviceScaleFactor": 0.5, "mobile": False}
    screen.send("Emulation.setDeviceMetricsOverride", size)


def _rehearse(page):
    """Leave a drawing, a threshold and a setting, as a visitor or a rehearsal does."""
    expect(page.locator('.pad[data-ready="yes"]')).to_be_visible()
    drag = grip(page.locator("canvas.sheet"), 0.5, 0.2)
    drag(0.5, 0.8, steps=4)
    page.mouse.up()
    expect(page.locator('.own[data-judged="yes"]')).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Train").click()
    page.get_by_label("Code size", exact=True).fill("7")
    page.get_by_label("Code size", exact=True).press("Enter")
    expect(page.locator(".network .code")).to_contain_text("7")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Anomaly").click()
    expect(page.locator('.anomaly[data-ready="yes"]')).to_be_visible()
    expect(page.locator(".line output")).not_to_be_empty()
    page.get_by_label("Threshold, typed").fill(PLANTED)
    page.get_by_label("Threshold, typed").press("Enter")
    expect(page.locator(".line output")).to_have_text(PLANTED)

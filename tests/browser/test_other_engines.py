"""The pages in WebKit (Safari's engine) and Firefox: pointer, clipboard, presenter mode, drags."""

import json

import pytest

from tests.browser.addresses import ADDRESSES
from tests.browser.engines import DOWN, UP, Firefox, WebKit

SHOWN = """const { stage, hovered } = find(".explorer").explorer;
return hovered && stage.camera.toScreen(hovered.x, hovered.y).map((at) => at / stage.side);"""
NEARER = """const { stage } = find(".explorer").explorer;
const before = stage.camera.scale;
find(".explorer").explorer.zoom(2, 40, 40);
return before;"""


DRAGS = {  # page: what is dragged, from where to where, and what follows
    "interpolate": (".scrubber", (0.5, 0.5), (0.8, 0.5), ".bench", "data-t"),
    "traverse": (".unit input[type=range]", (0.5, 0.5), (0.8, 0.5), ".traverse", "data-code"),
    "generate": ("[aria-label=Temperature]", (0.3, 0.5), (0.8, 0.5), ".generate", "data-decodes"),
    "your_image": ("canvas.sheet", (0.4, 0.2), (0.6, 0.8), ".lab.own", "data-shown"),
    "denoise": ("[aria-label='Noise level']", (0.4, 0.5), (0.8, 0.5),
                ".denoise", "data-restorations"),
    "anomaly": ("[role=slider][aria-label=Threshold]", (0.5, 0.5), (9, 0.5),
                "[data-rule=hand]", "aria-pressed"),
    "inside": (".encoder .stage button", (0.5, 0.5), (0.5, 0.5), ".detail", "hidden"),
    "compare": (".minimap", (0.5, 0.5), (0.5, 0.5), ".compare", "data-sample"),
}  # fmt: skip


ENGINES = [WebKit, Firefox]


@pytest.fixture(scope="module", params=[WebKit, pytest.param(Firefox, marks=pytest.mark.sweep)])
def browser(request, tmp_path_factory):
    engine = request.param
    if not engine.there():
        pytest.skip(f"{engine.__name__} is not installed (apt: {engine.NEEDS})")
    started = engine(tmp_path_factory.mktemp("engine"))
    started.command("SetWindowRect", width=1380, height=860)
    yield started
    started.close()


def hovers(browser, x, y):
    """What is shown is what lies under the pointer, or a point close by."""

    def move():  # anew each time: on a busy machine the page may still grow after the first
        browser.mouse(browser.place(".canvases"), browser.place(".canvases", x, y))

    near = f"Math.abs(at - [{x}, {y}][i]) < 0.02"
    browser.until(f"(() => {{ {SHOWN} }})()?.every((at, i) => {near})", move)


def double_clicks_until(browser, condition):
    for _ in range(20):  # on a busy machine two presses can be too far apart in time
        browser.mouse(browser.place(".canvases", 0.5, 0.4), DOWN, UP, DOWN, UP)
        if browser.do(f"return {condition};"):
            return
    browser.until(condition)


def test_the_first_page_answers_in_other_engines(app, browser):
    browser.command("Navigate", url=app.url)
    for part in (".explorer", ".desk"):
        browser.until(f"find('{part}')?.dataset.ready === 'yes'")
    hovers(browser, 0.25, 0.8)

    whole = browser.do(NEARER)
    again = f"Math.abs(find('.explorer').explorer.stage.camera.scale - {whole}) < 1e-6"
    assert not browser.do(f"return {again};")
    double_clicks_until(browser, again)

    browser.click(".open-share")
    browser.until("find('.share').matches(':popover-open')")
    browser.click(".share [data-do=python]")
    browser.until("find('.said').textContent")
    assert browser.do("return find('.said').textContent;") == "The code is copied."
    browser.do("find('dialog.code').close();")

    browser.do("find('.present').click();")
    browser.until("document.documentElement.dataset.zoom > 1.1")
    for x, y in [(0.25, 0.25), (0.8, 0.7)]:
        hovers(browser, x, y)
    _, top, _, height = browser.box("[data-testid=stMain]")
    left_over = browser.do("return innerHeight;") - top - height
    assert 30 < left_over < 80, "the page ends at the presenter's bar"


@pytest.mark.sweep
def test_pages_open_and_follow_the_hand_in_other_engines(app, browser):
    """The engines take them by turns: what a page is made of is on pages of the other, too."""
    for address in ADDRESSES[1 + ENGINES.index(type(browser)) :: len(ENGINES)]:
        browser.command("Navigate", url=f"{app.url}/{address.page}")
        if address.page in DRAGS:
            follows(browser, *DRAGS[address.page])
            continue
        there = address.bare.removeprefix("text=")
        browser.until(
            f"find(`{there}`)"
            if there == address.bare
            else f"document.body.innerText.includes(`{there}`)"
        )


def follows(browser, css, start, end, where, what):
    """Something is dragged, and an attribute of another thing changes."""
    ready = f"find(`.lab[data-ready=yes]`) && find(`{where}`) && find(`{css}`)?.checkVisibility()"
    browser.until(ready)
    seen = f"find(`{where}`).getAttribute('{what}')"
    browser.do(f"find(`{css}`).scrollIntoView({{ block: 'nearest' }});")
    before = browser.do(f"return {seen};")
    browser.mouse(browser.place(css, *start), DOWN, browser.place(css, *end), UP)
    browser.until(f"{seen} !== {json.dumps(before)}")

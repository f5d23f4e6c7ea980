"""The first page in WebKit (Safari's engine) and Firefox: pointer, clipboard, presenter mode."""

import pytest

from tests.browser.engines import DOWN, UP, Firefox, WebKit

SHOWN = """const { stage, hovered } = find(".explorer").explorer;
return hovered && stage.camera.toScreen(hovered.x, hovered.y).map((at) => at / stage.side);"""
NEARER = """const { stage } = find(".explorer").explorer;
const before = stage.camera.scale;
find(".explorer").explorer.zoom(2, 40, 40);
return before;"""


@pytest.fixture(params=[WebKit, Firefox])
def browser(request, tmp_path):
    engine = request.param
    if not engine.there():
        pytest.skip(f"{engine.__name__} is not installed (apt: {engine.NEEDS})")
    started = engine(tmp_path)
    yield started
    started.close()


def hovers(browser, x, y):
    """What is shown is what lies under the pointer, or a point close by."""
    browser.mouse(browser.place(".canvases"), browser.place(".canvases", x, y))
    near = f"Math.abs(at - [{x}, {y}][i]) < 0.02"
    browser.until(f"(() => {{ {SHOWN} }})()?.every((at, i) => {near})")


def double_clicks_until(browser, condition):
    for _ in range(20):  # on a busy machine two presses can be too far apart in time
        browser.mouse(browser.place(".canvases", 0.5, 0.4), DOWN, UP, DOWN, UP)
        if browser.do(f"return {condition};"):
            return
    browser.until(condition)


def test_the_first_page_answers_in_other_engines(app, browser):
    browser.command("SetWindowRect", width=1380, height=860)
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

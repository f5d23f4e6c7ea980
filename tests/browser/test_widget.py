"""The latent map in a notebook: what Python sets is pinned, what is clicked Python knows."""

import base64
import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

import aecore
from aeview.work.browser_files import text

pytest.importorskip("anywidget", reason='anywidget is not installed: pip install -e ".[notebook]"')

MAP = '.explorer[data-answered="yes"]'
# What a notebook gives to a widget, with the traits alone behind it.
NOTEBOOK = """async ({ module, traits, views }) => {
    const calls = [];
    const letters = Array.from(atob(traits.page), (letter) => letter.charCodeAt(0));
    const page = new DataView(Uint8Array.from(letters).buffer);
    window.traits = { ...traits, page };
    window.set = (name, value) => {
        if (JSON.stringify(window.traits[name]) === JSON.stringify(value)) return;
        window.traits[name] = value;
        for (const [event, call] of [...calls]) if (event === `change:${name}`) call();
    };
    const model = {
        get: (name) => window.traits[name], set: window.set, save_changes: () => {},
        on: (event, call) => calls.push([event, call]), off: () => {},
    };
    const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const { render } = (await import(url)).default;
    for (let i = 0; i < views; i++) await render({ model, el: document.body });
}"""


@pytest.fixture(scope="module")
def lab():
    return aecore.open("digits-vae-2d")


def pinned(inside):
    return json.loads(f"[{inside.get_attribute('data-pin')}]")


def click(inside, x, y):
    """Click on the map, at a share of its width and height."""
    canvases = inside.locator(".canvases")
    box = canvases.bounding_box()
    canvases.click(position={"x": x * box["width"], "y": y * box["height"]})


def show(page, lab, code, views=1):
    """Show a model's map in a page, with a code that was set before."""
    traits = {name: getattr(lab.explorer, name) for name in ("title", "pin", "selection")}
    traits |= {"code": code, "page": base64.b64encode(lab.explorer.page).decode()}
    told = {"module": text("notebook/main.js"), "traits": traits, "views": views}
    page.evaluate(NOTEBOOK, told)


def test_pin_and_selection_go_to_and_fro(lab, open_page):
    page = open_page("about:blank")
    show(page, lab, [1.0, -0.5])
    inside = page.frame_locator("iframe").locator(MAP)
    expect(inside).to_have_attribute("data-pin", "1,-0.5")  # set before it was shown
    page.wait_for_function("traits.pin.length === 2")
    assert page.evaluate("traits.pin") == [1, -0.5]  # on a plane of the units
    click(inside, 0.3, 0.4)
    expect(inside).not_to_have_attribute("data-pin", "1,-0.5")
    page.wait_for_function("traits.code[0] !== 1")
    assert np.allclose(page.evaluate("traits.code"), pinned(inside), rtol=1e-5)
    page.evaluate("set('pin', [0.25, 0.75])")
    expect(inside).to_have_attribute("data-pin", "0.25,0.75")
    page.wait_for_function("traits.code[0] === 0.25")
    page.evaluate("set('selection', [3, 5, 8])")
    expect(inside).to_have_attribute("data-selected", "3")
    inside.locator(".canvases").press("Escape")
    page.wait_for_function("traits.selection.length === 0")
    page.evaluate("set('code', [])")
    expect(page.frame_locator("iframe").locator('.explorer[data-answered="no"]')).to_be_visible()


def test_two_views_keep_a_code_that_lies_on_no_plane(open_page):
    lab = aecore.open("digits-vae-16d")
    first, second = np.round(lab.codes[:2].astype(float), 3).tolist()
    page = open_page("about:blank")
    show(page, lab, first, views=2)
    views = [page.locator("iframe").nth(i).content_frame.locator(MAP) for i in range(2)]
    for code in (first, second):
        page.evaluate("code => set('code', code)", code)
        for view in views:
            expect(view).to_have_attribute("data-pin", re.compile(rf"^{code[0]}\d*,"))
            assert pinned(view) == pytest.approx(code)
        assert page.evaluate("traits.code") == pytest.approx(code)
    click(views[0], 0.3, 0.4)
    expect(views[0]).not_to_have_attribute("data-pin", re.compile(rf"^{second[0]}\d*,"))
    expect(views[1]).to_have_attribute("data-pin", views[0].get_attribute("data-pin"))


def test_traits_are_checked(lab):
    labels = np.array(lab.labels)
    lab.explorer.code = lab.codes[7]
    lab.explorer.selection = np.flatnonzero(labels == "3")
    assert lab.explorer.code == pytest.approx(lab.codes[7].tolist())
    assert set(labels[lab.explorer.selection]) == {"3"}
    for name, wrong in [
        ("code", [1.0]), ("code", "x"), ("code", [np.nan, 0]), ("pin", [1, 2, 3]),
        ("selection", [-1]), ("selection", [0.5]), ("selection", [len(lab.codes)]),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=rf"^{name} has to be a list of "):
            setattr(lab.explorer, name, wrong)
    shown, _ = lab._repr_mimebundle_()
    assert shown["text/plain"] == repr(lab)
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert len(shown["text/html"]) == pytest.approx(3.7e6, abs=1e5)  # docs/notebooks.md
    lab.explorer.embed = False
    assert "text/html" not in lab._repr_mimebundle_()[0]


def test_a_closed_explorer_is_followed_by_another_one(lab):
    before = lab.explorer
    before.code = [0.5, 0.25]
    assert lab.explorer is before
    before.close()
    assert lab.explorer is not before
    assert (lab.explorer.code, lab.explorer.page) == ([0.5, 0.25], before.page)

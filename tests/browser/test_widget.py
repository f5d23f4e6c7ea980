"""The latent map in a notebook: what Python sets is pinned, what is clicked Python knows."""

import json
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from playwright.sync_api import expect

import aecore
from aeview.work.browser_files import text
from tests.browser.conftest import App

pytest.importorskip("anywidget", reason='anywidget is not installed: pip install -e ".[notebook]"')

MAP = '.explorer[data-answered="yes"]'
# What a notebook gives to a widget, with the traits alone behind it.
NOTEBOOK = """async ({ module, traits }) => {
    const calls = [];
    window.traits = traits;
    window.set = (name, value) => {
        if (JSON.stringify(traits[name]) === JSON.stringify(value)) return;
        traits[name] = value;
        for (const [event, call] of [...calls]) if (event === `change:${name}`) call();
    };
    const model = {
        get: (name) => traits[name], set: window.set, save_changes: () => {},
        on: (event, call) => calls.push([event, call]), off: () => {},
    };
    const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    (await import(url)).default.render({ model, el: document.body });
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


def test_pin_and_selection_go_to_and_fro(lab, open_page):
    widget = lab.explorer
    names = ("title", "page", "code", "pin", "selection")
    traits = {name: getattr(widget, name) for name in names}
    page = open_page("about:blank")
    traits["code"] = [1.0, -0.5]
    page.evaluate(NOTEBOOK, {"module": text("notebook/main.js"), "traits": traits})
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


class Jupyter(App):
    """A JupyterLab of its own, with a notebook of three cells."""

    HEALTH = "api"
    CELLS = (
        'import aecore\nlab = aecore.open("digits-vae-2d")\nlab',
        "lab.explorer.code = [1.0, -0.5]",
        "print('pinned', list(lab.explorer.code))",
    )

    def __init__(self, folder):
        self.FOLDER = folder
        cells = [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": cell, "outputs": [],
             "execution_count": None}
            for i, cell in enumerate(self.CELLS)
        ]  # fmt: skip
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}
        (folder / "map.ipynb").write_text(json.dumps(book))
        private = {f"JUPYTER_{each}_DIR": str(folder / each) for each in ("CONFIG", "DATA")}
        super().__init__(folder, **private, HOME=str(folder))

    def command(self):
        return [
            sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root",
            "--ip=127.0.0.1", f"--port={self.port}", "--IdentityProvider.token=",
            "--LabApp.news_url=", "--LabApp.check_for_updates_class="
            "jupyterlab.NeverCheckForUpdate",
        ]  # fmt: skip


@pytest.mark.skipif(not find_spec("jupyterlab"), reason="JupyterLab is not installed")
def test_in_jupyterlab_python_and_the_map_follow_each_other(tmp_path, tabs):
    server = Jupyter(tmp_path)
    page = tabs.take()
    try:
        page.goto(f"{server.wait().url}/lab/tree/map.ipynb")
        cells = page.locator(".jp-CodeCell")
        expect(cells).to_have_count(3)
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()

        def run(number):
            cells.nth(number).locator(".cm-content").click()
            page.keyboard.press("Control+Enter")

        run(0)
        inside = page.frame_locator("iframe[title='Latent map of digits-vae-2d']").locator(MAP)
        expect(inside).to_be_visible()
        run(1)
        expect(inside).to_have_attribute("data-pin", "1,-0.5")
        click(inside, 0.3, 0.4)
        expect(inside).not_to_have_attribute("data-pin", "1,-0.5")
        run(2)
        said = cells.nth(2).locator(".jp-OutputArea-output")
        expect(said).to_contain_text("pinned")
        assert np.allclose(json.loads(said.inner_text().removeprefix("pinned")), pinned(inside))
    finally:
        tabs.give_back(page)
        server.stop()

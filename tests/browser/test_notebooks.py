"""The latent map in a real JupyterLab and a real marimo, and in what they export."""

import json
import re
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import App

pytest.importorskip("anywidget", reason='anywidget is not installed: pip install -e ".[notebook]"')

INSTALL = 'is not installed: pip install -e ".[test-notebooks]"'
# Save and Export Notebook As, HTML
EXPORT = "fetch('/nbconvert/html/map.ipynb').then((answer) => answer.text())"
FRAME = "iframe[title='Latent map of digits-vae-2d']"


def map_of(page):
    """The map, once it shows something, as light as the notebook."""
    expect(page.locator(FRAME)).to_have_css("color-scheme", "light")
    explorer = page.frame_locator(FRAME).locator('.explorer[data-answered="yes"]')
    expect(explorer).to_be_visible()
    return explorer


def point(explorer, act, x=0.3, y=0.4):
    """Hover or click at a share of the map's width and height."""
    canvases = explorer.locator(".canvases")
    box = canvases.bounding_box()
    getattr(canvases, act)(position={"x": x * box["width"], "y": y * box["height"]})


def still_hovers(explorer):
    decodes = explorer.get_attribute("data-decodes")
    point(explorer, "hover", 0.6)
    expect(explorer).not_to_have_attribute("data-decodes", decodes)


def agree(said, explorer):
    """Whether what Python has printed is what is pinned on the map."""
    pinned = json.loads(f"[{explorer.get_attribute('data-pin')}]")
    return np.allclose(json.loads(said.removeprefix("pinned")), pinned)


@pytest.fixture
def tab(tabs):
    page = tabs.take()
    yield page
    tabs.give_back(page)


@pytest.fixture
def run(tmp_path):
    """run(kind) → such a server in a folder of its own."""
    servers = []

    def start(kind):
        servers.append(kind(tmp_path))
        return servers[-1].wait()

    yield start
    for server in servers:
        server.stop()


class Jupyter(App):
    """A JupyterLab of its own, with a notebook of three cells."""

    HEALTH = "api"
    CELLS = (
        'import aecore\nlab = aecore.open("digits-vae-2d")\nlab.explorer.code = [0.5, 0.25]\nlab',
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


@pytest.mark.skipif(not find_spec("jupyterlab"), reason=f"JupyterLab {INSTALL}")
@pytest.mark.sweep
def test_in_jupyterlab_python_and_the_map_follow_each_other(run, tab, chromium, tmp_path):
    server = run(Jupyter)
    tab.goto(f"{server.url}/lab/tree/map.ipynb")
    cells = tab.locator(".jp-CodeCell")
    expect(cells).to_have_count(3)
    expect(tab.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()

    def execute(number):
        cells.nth(number).locator(".cm-content").click()
        tab.keyboard.press("Control+Enter")

    execute(0)
    explorer = map_of(tab)
    execute(1)
    expect(explorer).to_have_attribute("data-pin", "1,-0.5")
    point(explorer, "click")
    expect(explorer).not_to_have_attribute("data-pin", "1,-0.5")
    execute(2)
    said = cells.nth(2).locator(".jp-OutputArea-output")
    expect(said).to_contain_text("pinned")
    assert agree(said.inner_text(), explorer)

    def saves(answer):
        return answer.request.method == "PUT" and "map.ipynb" in answer.url

    with tab.expect_response(saves):
        tab.keyboard.press("Control+s")
    exported = tmp_path / "map.html"
    exported.write_text(tab.evaluate(EXPORT), encoding="utf-8")
    tab.goto("about:blank")
    chromium.set_offline(True)
    try:
        tab.goto(exported.as_uri())
        explorer = map_of(tab)
        expect(explorer).to_have_attribute("data-pin", "0.5,0.25")  # as the cell ran
        still_hovers(explorer)
    finally:
        chromium.set_offline(False)


class Marimo(App):
    """A marimo of its own, with a notebook whose cells run by themselves, shown as an app."""

    HEALTH = "health"
    BOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    import aecore
    import marimo as mo

    lab = aecore.open("digits-vae-2d")
    lab.explorer.code = [0.5, 0.25]
    explorer = mo.ui.anywidget(lab.explorer)
    explorer
    return explorer, mo


@app.cell
def _(explorer, mo):
    mo.md(f"pinned {list(explorer.value['code'])}")
    return
"""

    def __init__(self, folder):
        self.FOLDER = folder
        (folder / "map.py").write_text(self.BOOK)
        super().__init__(folder, HOME=str(folder))

    def command(self):
        return [
            sys.executable, "-m", "marimo", "--quiet", "run", "map.py", "--headless",
            "--no-token", "--host", "127.0.0.1", "--port", str(self.port),
        ]  # fmt: skip


@pytest.mark.skipif(not find_spec("marimo"), reason=f"marimo {INSTALL}")
@pytest.mark.sweep
def test_in_marimo_python_pins_and_a_click_runs_the_cells_that_read_it(run, tab):
    tab.goto(run(Marimo).url)
    explorer = map_of(tab)
    expect(explorer).to_have_attribute("data-pin", "0.5,0.25")
    said = tab.get_by_text(re.compile(r"^pinned \["))
    expect(said).to_have_text("pinned [0.5, 0.25]")
    still_hovers(explorer)
    point(explorer, "click")
    expect(explorer).not_to_have_attribute("data-pin", "0.5,0.25")
    expect(said).not_to_have_text("pinned [0.5, 0.25]")
    assert agree(said.inner_text(), explorer)

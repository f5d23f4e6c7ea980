"""A saved web page opened from its file, with the network off."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from aecore import cli
from aecore.checkpoints import build, find, read

N = 25
DECODE = """({ explorer }, codes) => codes.map((code) =>
    Array.from(explorer.model.decode(Float32Array.from(code))))"""


@pytest.fixture
def saved(tmp_path, open_page, chromium):
    """saved(name) → the page of a model, from its file, without any network."""
    chromium.set_offline(True)

    def opened(name, pages=""):
        path = tmp_path / f"{name}.html"
        assert cli.main(["page", name, "--out", str(path), "--pages", pages]) == 0
        return open_page(path.as_uri())

    yield opened
    chromium.set_offline(False)


def decodes_as_the_engine(page, name):
    """50 codes, half of them of images, decoded in the file as torch does."""
    stored = read(find(name))
    model = build(stored)
    d = model.config.code_dim
    drawn = np.random.default_rng(0).standard_normal((N, d)).astype(np.float32)
    codes = np.concatenate([stored.latents.codes[:N], 2 * drawn]).astype(np.float32)
    decoded = page.locator(".explorer").evaluate(DECODE, codes.tolist())
    images = model.decode(torch.from_numpy(codes)).flatten(1).numpy()
    return np.abs(np.array(decoded) - images).max() <= 1e-3


def test_a_map_decodes_under_the_cursor_as_the_engine_does(saved):
    page = saved("digits-vae-2d", "map")
    explorer = page.locator('.explorer[data-answered="yes"]')
    expect(explorer).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()  # of one page
    assert decodes_as_the_engine(page, "digits-vae-2d")
    box = page.locator(".canvases").bounding_box()
    before = int(explorer.get_attribute("data-decodes"))
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    expect(explorer).not_to_have_attribute("data-decodes", str(before))
    page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    expect(page.locator(".neighbours .strip figure").first).to_be_visible()
    expect(page.locator("footer")).to_contain_text("digits-vae-2d")


def test_every_page_of_the_file_works_without_a_server(saved):
    page = saved("mnist-vae-16d")
    expect(page.locator('.explorer[data-answered="yes"]')).to_be_visible()
    assert decodes_as_the_engine(page, "mnist-vae-16d")
    classifier = page.get_by_role("button", name="classifier", exact=True)
    classifier.click()
    expect(classifier).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".explorer .row.seen")).to_be_visible()

    def turn(title):
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.get_by_role("link", name=title, exact=True)).to_have_attribute(
            "aria-current", "page"
        )

    turn("Interpolate")
    expect(page.locator('.bench[data-ready="yes"]')).to_be_visible()
    strips = page.locator(".bench .strips canvas")
    expect(strips.first).to_be_visible()
    turn("Traverse")
    traverse = page.locator(".traverse")
    expect(traverse).to_have_attribute("data-ready", "yes")
    slider = traverse.locator('.rows input[type="range"]').first
    slider.press("ArrowRight")
    turn("Generate")
    generate = page.locator(".generate")
    expect(generate).to_have_attribute("data-ready", "yes")
    decodes = generate.get_attribute("data-decodes")
    generate.get_by_role("button", name="Throw dice").click()
    expect(generate).not_to_have_attribute("data-decodes", decodes)
    expect(generate.get_by_role("button", name="Out of noise")).to_be_hidden()
    turn("Your image")
    own = page.locator(".own")
    expect(own).to_have_attribute("data-ready", "yes")
    pad = page.get_by_role("img", name="Drawing pad").bounding_box()
    page.mouse.move(pad["x"] + pad["width"] / 2, pad["y"] + pad["height"] / 5)
    page.mouse.down()
    page.mouse.move(pad["x"] + pad["width"] / 2, pad["y"] + 4 * pad["height"] / 5, steps=8)
    page.mouse.up()
    expect(own).to_have_attribute("data-verdict", re.compile("in|out"))
    expect(own.get_by_role("button", name="Latent map")).to_be_hidden()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_gallery_is_served_by_any_file_server(tmp_path, open_page):
    assert cli.main(["page", "--gallery", str(tmp_path), "--pages", "map", "digits-pca-2d"]) == 0
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page = open_page(f"http://127.0.0.1:{server.server_port}/index.html")
        page.get_by_role("link", name="digits-pca-2d").click()
        expect(page.locator('.explorer[data-answered="yes"]')).to_be_visible()
        server.shutdown()

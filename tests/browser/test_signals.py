"""Signals on every page, in a real Chromium: lines, not pixels."""

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from aecore.checkpoints import build, find, read

MODEL = "heartbeats-vae-2d"
DENOISER = "heartbeats-dae-16d"
IMAGES = re.compile(r"(?<![\w-])(image|picture|pixel)s?(?![\w-])", re.IGNORECASE)
INK = 128  # brightness between the line and its paper


def canvas(page, selector):
    """Brightness of a canvas, (rows, columns), once it is painted."""
    place = page.locator(selector).first
    expect(place).to_be_attached()
    page.wait_for_function("(canvas) => canvas.width === canvas.height && canvas.width >= 40",
                           arg=place.element_handle())  # fmt: skip
    values = place.evaluate(
        """(canvas) => {
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return [canvas.width, Array.from(data).filter((_, i) => i % 4 === 0)];
        }"""
    )
    return np.array(values[1]).reshape(-1, values[0])


def line(page, selector):
    """What a line says, 0 to 1, column by column."""
    ink = np.clip(canvas(page, selector).astype(float) - 70, 0, None)
    rows = np.arange(len(ink))[:, None] + 0.5
    top = (rows * ink).sum(0) / np.maximum(ink.sum(0), 1e-9) / len(ink)
    return 1 - (top - 0.06) / 0.88


def texts(root):
    """All that a component says: texts, hints, labels."""
    return root.evaluate(
        """(root) => [root, ...root.querySelectorAll("*")].flatMap((each) => [
            ...["title", "aria-label", "aria-description"].map((name) => each.getAttribute(name)),
            ...[...each.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data),
        ]).filter(Boolean)"""
    )


def is_line(page, selector):
    """Whether ink stands in every column, and mostly paper around it."""
    bright = canvas(page, selector) > INK
    return bright.any(axis=0).mean() > 0.97 and bright.mean() < 0.35


@pytest.fixture(scope="module")
def model():
    return build(read(find(MODEL)))


def test_the_map_draws_what_the_network_says_and_names_the_axes(app, open_page, model):
    page = open_page(f"{app.url}/?model={MODEL}")
    root = page.locator(".explorer")
    expect(root).to_have_attribute("data-ready", "yes")
    expect(page.get_by_text("-250 to 445 ms from the R peak, from -1 to 1.5 mV")).to_be_visible()
    box = page.locator(".canvases").bounding_box()
    for place in (0.45, 0.3):
        before = root.get_attribute("data-pin")
        page.mouse.click(box["x"] + place * box["width"], box["y"] + place * box["height"])
        expect(root).not_to_have_attribute("data-pin", before)
        expect(root).to_have_attribute("data-answered", "yes")
        page.mouse.move(2, 2)
        expect(page.locator(".where")).to_contain_text("Pinned")
        pin = torch.tensor([[float(v) for v in root.get_attribute("data-pin").split(",")]])
        want = model.decode(pin)[0, 0, 0].numpy()
        drawn = line(page, ".picture")
        x = (np.arange(len(drawn)) + 0.5) / len(drawn) * (len(want) - 1)
        away = abs(drawn - np.interp(x, np.arange(len(want)), want))
        assert np.median(away) < 0.02  # of the range; the grid pulls a little
        assert is_line(page, ".neighbours canvas")
        assert is_line(page, ".posterior canvas")
    assert not [text for text in texts(root) if IMAGES.search(text)]
    page.get_by_role("button", name="tiles").click()
    page.get_by_role("button", name="thumbnails").click()
    expect(page.get_by_role("button", name="tiles")).to_have_attribute("aria-pressed", "true")


DRAWN = ("original", "dae", "savgol")
SHOWN = {
    f"generate?model={MODEL}": (".generate", ".samples .tile canvas", ".chosen canvas"),
    f"interpolate?model={MODEL}": (".bench", ".cell canvas", ".sight .picture"),
    f"denoise?model={DENOISER}": (".denoise", *(f"[data-row={row}] canvas" for row in DRAWN)),
    f"anomaly?model={DENOISER}": (".anomaly", ".tile canvas", ".one .pictures canvas"),
}


@pytest.mark.sweep
def test_the_pages_draw_lines_and_your_image_says_where_to_go(app, open_page):
    page = open_page("about:blank")
    for address, (root, *selectors) in SHOWN.items():
        page.goto(f"{app.url}/{address}")
        expect(page.locator(f".lab{root}")).to_have_attribute("data-ready", "yes")
        wrong = [text for text in texts(page.locator(f".lab{root}")) if IMAGES.search(text)]
        assert not wrong, address
        for selector in selectors:
            assert is_line(page, selector), (address, selector)
    page.goto(f"{app.url}/your_image?model={MODEL}")
    expect(page.get_by_text("reads signals, not pictures")).to_be_visible()
    expect(page.get_by_role("link", name="Anomaly").last).to_be_visible()

"""Colour on every page, in a real Chromium: the shipped faces, and a folder of one's own."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import expect

from aecore.checkpoints import shipped_folder
from aecore.cli import main
from tests import cards
from tests.browser.addresses import enter

FACES, OWN = "faces-vae-16d", "stripes"
PICTURES = {
    "": (".explorer .picture", ".neighbours canvas"),
    "interpolate": (".cell canvas", ".sight .picture", ".moved .picture"),
    "traverse": (".frame .picture",),
    "generate": (".samples .tile canvas", ".chosen canvas"),
    "your_image": (".input .picture", ".reconstruction .picture"),
    "denoise": ("[data-row=original] canvas", "[data-row=noisy] canvas"),
    "anomaly": (".tile canvas", ".one .pictures canvas"),
    "inside": (".stage.image canvas", ".tiles canvas"),
    "codes_at_work?work=search": (".by-code canvas", ".by-pixels canvas"),
    "compare": (".rows canvas", ".sample canvas"),
}
# Of a canvas, the share of the pixels in which one channel is more than a tenth above another.
COLOURED = """(canvas) => {
    if (!canvas.width || !canvas.height) return 0;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let n = 0;
    for (let i = 0; i < data.length; i += 4) {
        const [red, green, blue] = data.subarray(i, i + 3);
        n += Math.max(red, green, blue) - Math.min(red, green, blue) > 25;
    }
    return n / (data.length / 4);
}"""


def stripes(folder):
    """Sixty pictures of two kinds, red over blue and green over yellow, in shades of their own."""
    draw = np.random.default_rng(0)
    ends = {"warm": ((200, 40, 30), (30, 40, 190)), "cold": ((30, 160, 60), (210, 190, 40))}
    for kind, (above, below) in ends.items():
        (folder / kind).mkdir(parents=True)
        for n in range(30):
            page = np.empty((32, 32, 3), np.uint8)
            edge = draw.integers(8, 24)
            page[:edge] = np.clip(draw.normal(above, 20), 0, 255)
            page[edge:] = np.clip(draw.normal(below, 20), 0, 255)
            Image.fromarray(page).save(folder / kind / f"{n}.png")
    return folder


@pytest.fixture(scope="module")
def url(serve_all, tmp_path_factory):
    models, own = tmp_path_factory.mktemp("models"), tmp_path_factory.mktemp("own")
    for path in shipped_folder().glob("faces-*.safetensors"):
        cards.rewrite(path, dict, models / path.name)
    data = ["--data", str(stripes(own)), "--side", "32", "--latent-dim", "3"]
    for name, *words in ((OWN, "--model", "pca"), ("deep", "--model", "ae", "--epochs", "9")):
        out = str(models / f"{name}.safetensors")
        assert main(["train", *data, *words, "--out", out]) == 0
    return serve_all(AECORE_CHECKPOINTS=str(models)).url


@pytest.mark.parametrize("model", [OWN, pytest.param(FACES, marks=pytest.mark.sweep)])
def test_every_page_shows_colour(url, open_page, model):
    page = open_page(f"{url}/lessons?model={model}")
    expect(page.get_by_role("heading", name="Lessons", exact=True)).to_be_visible()
    for address, selectors in PICTURES.items():
        enter(page, f"{url}/{address}{'&' if '?' in address else '?'}model={model}")
        for part in page.locator(".lab:visible").all():
            expect(part).to_have_attribute("data-ready", "yes")
        for selector in selectors:
            canvas = page.locator(selector).first
            expect(canvas, address).to_be_attached()
            try:
                page.wait_for_function(
                    f"(canvas) => ({COLOURED})(canvas) > 0.1", arg=canvas.element_handle()
                )
            except Late:
                pytest.fail(f"{address}: {selector} has {canvas.evaluate(COLOURED):.0%} colour")
        expect(page.get_by_test_id("stException")).to_have_count(0)

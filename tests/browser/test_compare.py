"""The Compare page as a user meets it, in a real Chromium."""

import os
import re
import shutil
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from aecore.checkpoints import build, read, shipped_folder
from aecore.data import digits
from aeview.compare.component import Sample
from tests.browser.hand import grip
from tests.browser.test_latent_map import Map
from tests.cards import gone

FIRST = ("digits-vae-2d", "digits-pca-2d", "digits-ae-2d")


class Comparison:
    """The page in terms of what a user does and sees; the pointer is on no map at first."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".compare")
        expect(self.root).to_have_attribute("data-ready", "yes")
        self.maps = page.locator(".minimap")
        self.leave()

    def leave(self):
        self.page.mouse.move(2, 2)
        expect(self.page.locator(".state")).to_have_text("pinned")

    def frame(self):
        """Wait for two frames, so that what was asked for is drawn."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def place(self, slot, row):
        """Where on the screen a point of a map lies."""
        x, y = self.root.evaluate(
            """(root, [slot, row]) => {
                const model = root.compare.models[slot];
                return root.compare.maps.camera(slot).toScreen(...model.place(row));
            }""",
            [slot, row],
        )
        box = self.maps.nth(slot).bounding_box()
        return box["x"] + 1 + x, box["y"] + 1 + y

    def hover(self, slot, row):
        """Move onto a point; the sample that is ringed."""
        x, y = self.place(slot, row)
        self.page.mouse.move(x + 40, y + 25)
        self.page.mouse.move(x, y)
        expect(self.page.locator(".state")).to_have_text("under the cursor")
        self.frame()
        return self.sample()

    def sample(self):
        return Sample(*map(int, self.root.get_attribute("data-sample").split("-")))

    def pixels(self, locator):
        values = locator.evaluate(
            """(canvas) => Array.from(canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data)"""
        )
        return np.array(values, dtype=np.int64).reshape(-1, 4)[:, :3]

    def card(self):
        """The pictures on the card: the original, then one for each model."""
        return [self.pixels(c)[:, 0] for c in self.page.locator(".pictures canvas").all()]

    def errors(self):
        """All error maps as one array."""
        return np.stack([self.pixels(c) for c in self.page.locator(".line figure canvas").all()])

    def lone_row(self, slot):
        """A row whose point has no other within 12 pixels, so that the cursor can only mean it."""
        return self.root.evaluate(
            """(root, slot) => {
                const model = root.compare.models[slot];
                const camera = root.compare.maps.camera(slot);
                for (let row = 0; row < model.n; row++) {
                    const [x, y] = model.place(row);
                    const { distance } = model.plane.grid.nearest(x, y, 2);
                    const [sx, sy] = camera.toScreen(x, y);
                    const inside = sx > 12 && sx < camera.width - 52
                        && sy > 12 && sy < camera.height - 37;
                    if (inside && distance[1] * camera.scale > 12) return row;
                }
                return -1;
            }""",
            slot,
        )


def stored(name):
    return read(shipped_folder() / f"{name}.safetensors")


def decoded(name, row):
    checkpoint = stored(name)
    image = build(checkpoint).decode(torch.from_numpy(checkpoint.latents.codes[row : row + 1]))
    return np.clip(np.rint(255 * image[0].flatten().numpy()), 0, 255)


def original(sample):
    return digits.load(("train", "val", "test")[sample.split]).pixels[sample.position].ravel()


def samples(table):
    return [Sample(*pair) for pair in zip(table.split.tolist(), table.index.tolist(), strict=True)]


def row_of(name, sample):
    return samples(stored(name).latents).index(sample)


def parameters(url):
    return {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}


def test_first_paint_without_interaction(app, look_at):
    page = look_at(f"{app.url}/compare")
    shown = Comparison(page)
    expect(page.get_by_role("heading", name="Compare")).to_be_visible()
    expect(shown.maps).to_have_count(3)
    expect(page.locator(".state")).to_have_text("pinned")
    sample = shown.sample()
    expect(page.locator(".pictures canvas.none")).to_have_count(0)
    first, *models = shown.card()
    assert np.array_equal(first, original(sample))
    for picture, name in zip(models, FIRST, strict=True):
        assert np.abs(picture - decoded(name, row_of(name, sample))).max() <= 1
    for selector in (".maps", ".sample"):
        box = page.locator(selector).bounding_box()
        assert box["y"] + box["height"] <= 768
        assert box["x"] + box["width"] <= 1366


def test_hovering_a_sample_rings_it_everywhere_without_the_server(app, look_at):
    page = look_at(f"{app.url}/compare")
    shown = Comparison(page)
    expect(page.locator(".pictures canvas.none")).to_have_count(0)
    page.frames_sent.clear()
    for slot in range(3):
        row = shown.lone_row(slot)
        sample = shown.hover(slot, row)
        assert sample == samples(stored(FIRST[slot]).latents)[row]
        rows = [row_of(name, sample) for name in FIRST]
        expect(shown.root).to_have_attribute("data-rows", ",".join(map(str, rows)))
        first, *models = shown.card()
        assert np.array_equal(first, original(sample))
        for picture, name, each in zip(models, FIRST, rows, strict=True):
            assert np.abs(picture - decoded(name, each)).max() <= 1
        notes = page.locator(".pictures figcaption span").all_inner_texts()[1:]
        errors = [stored(name).latents.error[each] for name, each in zip(FIRST, rows, strict=True)]
        assert [float(note.split()[1]) for note in notes] == pytest.approx(errors, abs=6e-5)
        expect(page.locator(".pictures em:visible")).to_have_count(1)
        lowest = page.locator(".pictures figure").nth(1 + int(np.argmin(errors)))
        expect(lowest.locator("em")).to_be_visible()
    assert float(shown.root.get_attribute("data-frame-ms")) > 0
    assert page.frames_sent == []


def ring_pixels(shown, slot):
    """The overlay of a map as it is."""
    shown.frame()
    return shown.maps.nth(slot).locator(".overlay").evaluate("(canvas) => canvas.toDataURL()")


def test_only_the_overlays_move_and_all_of_them_do(app, look_at):
    page = look_at(f"{app.url}/compare")
    shown = Comparison(page)
    shown.frame()
    ground = [m.evaluate("(c) => c.toDataURL()") for m in page.locator(".ground").all()]
    seen = []
    for row in (shown.lone_row(1), 5):
        shown.hover(1, row)
        seen.append([ring_pixels(shown, slot) for slot in range(3)])
    assert all(a != b for a, b in zip(*seen, strict=True))
    assert ground == [m.evaluate("(c) => c.toDataURL()") for m in page.locator(".ground").all()]


def test_leaving_a_map_shows_the_pinned_sample_again(app, look_at):
    page = look_at(f"{app.url}/compare")
    shown = Comparison(page)
    before = shown.sample()
    assert shown.hover(0, shown.lone_row(0)) != before
    shown.leave()
    assert shown.sample() == before


def test_keys_move_the_cursor_and_pin(app, look_at):
    page = look_at(f"{app.url}/compare")
    shown = Comparison(page)
    before = shown.sample()
    shown.maps.nth(1).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".state")).to_have_text("under the cursor")
    hovered = shown.sample()
    assert hovered != before
    expect(page.locator(".readout")).to_contain_text("MSE")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sample" in parameters(url))
    assert parameters(page.url)["sample"] == ",".join(map(str, hovered))
    expect(page.locator(".state")).to_have_text("pinned")
    shown.hover(1, shown.lone_row(1))  # the pointer takes over from the keys
    shown.leave()


def titles_of(page, n):
    """The samples of the rows, with the originals, which come a little later."""
    buttons = page.locator(".line button")
    expect(buttons).to_have_count(10 * n)
    return buttons.evaluate_all("all => all.map((button) => button.title)")


def test_the_gain_changes_the_error_maps_during_the_drag(app, look_at):
    page = look_at(f"{app.url}/compare")
    shown = Comparison(page)
    expect(page.locator(".line figure canvas")).to_have_count(30)
    slider = page.get_by_role("slider", name=re.compile("Error gain"))
    drag = grip(slider, 0.1)
    shown.frame()
    page.frames_sent.clear()
    strength = []
    for share in (0.3, 0.5, 0.8):
        before = shown.root.get_attribute("data-gain")
        drag(share)
        expect(shown.root).not_to_have_attribute("data-gain", before)
        strength.append((255 - shown.errors()).sum())
    assert strength[0] < strength[1] < strength[2]
    assert float(shown.root.get_attribute("data-frame-ms")) > 0
    assert page.frames_sent == []
    gain = shown.root.get_attribute("data-gain")
    page.mouse.up()
    page.wait_for_url(lambda url: parameters(url).get("gain") == gain)


def test_an_error_map_is_reconstruction_minus_original(app, look_at):
    page = look_at(f"{app.url}/compare")
    shown = Comparison(page)
    page.get_by_role("slider", name=re.compile("Error gain")).fill("1")
    expect(shown.root).to_have_attribute("data-gain", "1")
    shown.frame()
    first = page.locator(".line button").first.get_attribute("title")
    sample = Sample(2, int(first.split()[-1]))
    row = row_of(FIRST[0], sample)
    checkpoint = stored(FIRST[0])
    image = build(checkpoint).decode(torch.from_numpy(checkpoint.latents.codes[row : row + 1]))
    error = image[0].flatten().numpy() - original(sample) / 255
    colours = shown.errors()[0]
    too_bright, too_dark = error > 0.02, error < -0.02
    assert (colours[too_bright, 0] > colours[too_bright, 2]).all()
    assert (colours[too_dark, 2] > colours[too_dark, 0]).all()
    strength = 255 - colours.min(axis=1)
    assert np.corrcoef(strength, np.abs(error))[0, 1] > 0.99
    figure = page.locator(".line figure figcaption").first.inner_text()
    assert float(figure) == pytest.approx(checkpoint.latents.error[row], abs=6e-5)


def test_the_page_fits_both_sizes(app, look_at):
    page = look_at(f"{app.url}/compare")
    root = Comparison(page).root.element_handle()
    for width, height in ((1920, 1080), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            """(root) => {
                const boxes = (part) => [...root.querySelectorAll(part)]
                    .map((element) => element.getBoundingClientRect());
                const inside = (box) => box.right <= innerWidth && box.bottom <= innerHeight;
                const maps = boxes(".minimap");
                return [...boxes(".maps"), ...boxes(".sample")].every(inside)
                    && maps.length === 3
                    && maps.every((box) => Math.abs(box.width - box.height) <= 1)
                    && document.documentElement.scrollWidth <= innerWidth;
            }""",
            arg=root,
        )
    expect(page.locator("table.figures")).to_contain_text("lowest")
    expect(page.locator(".js-plotly-plot")).to_be_visible()


def test_what_is_chosen_is_shown_and_the_link_shows_it_elsewhere(app, look_at, open_page):
    page = look_at(f"{app.url}/compare")
    shown = Comparison(page)
    titles = titles_of(page, 4)
    page.get_by_role("slider", name=re.compile("Error gain")).fill("2")
    page.get_by_role("button", name="Another ten").click()
    expect(page.locator(".which")).to_contain_text("seed 1")
    others = titles_of(page, 4)
    assert others != titles

    picture = page.locator(".line button").nth(7)  # pins its sample
    position = int(picture.get_attribute("title").split()[-1])
    picture.click()
    sample = Sample(2, position)
    expect(shown.root).to_have_attribute("data-sample", f"2-{position}")
    page.wait_for_url(lambda url: parameters(url).get("sample") == f"2,{position}")

    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option", name=re.compile("digits-ae-16d")).click()
    expect(shown.maps).to_have_count(4)
    expect(shown.root).to_have_attribute("data-ready", "yes")
    expect(page.locator(".maps h3").nth(3)).to_contain_text("digits-ae-16d")
    assert shown.sample() == sample
    page.wait_for_url(
        lambda url: parameters(url).get("with") == "digits-pca-2d,digits-ae-2d,digits-ae-16d"
    )
    assert (parameters(page.url)["seed"], parameters(page.url)["gain"]) == ("1", "2")

    other = Comparison(open_page(page.url))
    assert other.sample() == sample
    expect(other.root).to_have_attribute("data-gain", "2")
    expect(other.maps).to_have_count(4)
    expect(other.page.locator(".maps h3").nth(3)).to_contain_text("digits-ae-16d")
    assert titles_of(other.page, 5)[:40] == others


def test_without_the_data_set_the_rows_have_their_originals_and_error_maps(app, open_page):
    page = open_page(f"{app.url}/compare?model=mnist-vae-2d")
    Comparison(page)
    expect(page.locator(".line button")).to_have_count(40)  # the originals are a row
    expect(page.locator(".without")).to_be_hidden()
    expect(page.locator(".pictures canvas.none")).to_have_count(0)
    expect(page.get_by_role("slider")).to_have_count(1)


@pytest.mark.sweep
def test_rows_without_pictures_and_a_model_of_one_unit(serve, open_page, tmp_path):
    from aecore.cli import main

    shutil.copy(shipped_folder() / "digits-vae-2d.safetensors", tmp_path)
    gone("mnist-vae-2d", tmp_path)
    gone("mnist-pca-2d", tmp_path, "pca")
    out = tmp_path / "thin.safetensors"
    assert main(["train", "--data", "digits", "--model", "pca", "--latent-dim", "1",
                 "--out", str(out)]) == 0  # fmt: skip
    url = serve(AECORE_CHECKPOINTS=str(tmp_path)).url
    page = open_page(f"{url}/compare?model=digits-vae-2d")
    shown = Comparison(page)
    expect(page.locator(".maps h3").nth(1)).to_contain_text("PCA, 1 unit")
    expect(page.locator(".line button")).to_have_count(30)
    sample = shown.hover(0, shown.lone_row(0))  # that model stands on a line
    assert shown.root.get_attribute("data-rows").split(",")[1] != "-1"
    assert sample == shown.sample()

    # where the pictures are gone, reconstructions and stored errors stay
    page.goto(f"{url}/compare?model=gone")
    shown = Comparison(page)
    expect(page.locator(".without")).to_be_visible()
    expect(page.locator(".pictures canvas.none")).to_have_count(1)
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.locator(".line button")).to_have_count(20)
    sample = shown.sample()
    error = stored("mnist-vae-2d").latents.error[row_of("mnist-vae-2d", sample)]
    expect(page.locator(".line figure figcaption").first).to_have_text(f"{error:.4f}")


@pytest.mark.mnist
@pytest.mark.sweep
def test_ten_thousand_points_have_their_originals_and_three_maps_of_them_stay_linked(
    serve, open_page
):
    server = serve(AECORE_DATA_DIR=os.environ["AECORE_DATA_DIR"])
    page = open_page(f"{server.url}/?model=mnist-vae-2d&points=10000")
    shown = Map(page).answered()
    expect(page.locator(".count")).to_have_text("10,000 of 70,000 shown (random images)")
    shown.hover_a_point()
    expect(page.locator(".canvases .card .original")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    encoded = page.locator(".maps figcaption", has_text="10,000 of 70,000")
    expect(encoded).to_have_count(3)  # before, the maps are those of the stored images
    expect(page.locator(".compare")).to_have_count(1)
    shown = Comparison(page)
    expect(page.locator(".pictures canvas.none")).to_have_count(0)
    page.frames_sent.clear()
    shown.hover(1, shown.lone_row(1))
    assert len(set(shown.root.get_attribute("data-rows").split(","))) == 1
    assert page.frames_sent == []

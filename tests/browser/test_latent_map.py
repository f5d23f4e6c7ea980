"""The latent map as a user meets it, in a real Chromium."""

import csv
import io
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from aecore import classifier, originals
from aecore.checkpoints import build, read, shipped_folder
from aecore.latents.counterfactual import FLOOR
from aecore.latents.support import Support
from tests.browser.conftest import Bare
from tests.browser.hand import grip
from tests.cards import gone


class Map:
    """The map on a page, in terms of what a user does and sees."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".explorer")
        expect(self.root).to_have_attribute("data-ready", "yes")
        self.canvas = page.locator(".canvases")

    def answered(self):
        expect(self.root).to_have_attribute("data-answered", "yes")
        return self

    def at(self, x, y):
        """Screen place for a share of the map's width and height."""
        box = self.canvas.bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def move(self, x, y):
        before = self.root.get_attribute("data-decodes")
        self.page.mouse.move(*self.at(x, y))
        expect(self.root).not_to_have_attribute("data-decodes", before)

    def click(self, x, y):
        before = self.root.get_attribute("data-pin")
        self.page.mouse.click(*self.at(x, y))
        expect(self.root).not_to_have_attribute("data-pin", before)
        expect(self.page.locator(".where")).to_contain_text("Pinned")  # the mouse is still there
        expect(self.page.locator(".roundtrip")).not_to_contain_text("click to measure")
        assert not self.canvas.evaluate("(map) => map.matches(':focus-visible')")
        self.leave()
        self.answered()

    def leave(self):
        self.page.mouse.move(2, 2)
        expect(self.page.locator(".where")).to_contain_text("Pinned")

    def pixels(self, selector=".picture"):
        """The bytes of a canvas, one value a pixel."""
        values = self.page.locator(selector).first.evaluate(
            """(canvas) => {
                const { width, height } = canvas;
                const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
                return Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]);
            }"""
        )
        return np.array(values, dtype=np.int64)

    def pin(self):
        return np.array([float(v) for v in self.root.get_attribute("data-pin").split(",")])

    def value(self, script):
        return self.root.evaluate(script)

    def hover_without_the_server(self):
        """Move over the map: pictures change, and nothing is sent."""
        self.move(0.5, 0.5)
        self.page.frames_sent.clear()
        seen = set()
        for x in np.linspace(0.2, 0.8, 12):
            self.move(x, 0.3 + x / 3)
            seen.add(self.page.locator(".picture").evaluate("(canvas) => canvas.toDataURL()"))
        assert len(seen) >= 6
        assert self.page.frames_sent == []

    def project(self, title):
        """Choose another map of the same codes."""
        home = self.page.get_by_test_id("stSelectbox").filter(has_text="Projection")
        home.locator("input").click()
        self.page.get_by_role("option", name=title).click()

    def hover_a_point(self):
        """Move until the ring is on a point; the row it says."""
        for x in np.linspace(0.3, 0.7, 80):
            self.move(x, 0.5)
            row = int(self.root.get_attribute("data-hover-row"))
            if row >= 0:
                return row
        raise AssertionError("no point on this line")


def parameters(url):
    return {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}


def stored(name):
    return read(shipped_folder() / f"{name}.safetensors")


def decoded(name, code):
    model = build(stored(name))
    image = model.decode(torch.tensor(np.array(code)[None], dtype=torch.float32))
    return np.rint(255 * image[0].flatten().numpy())


def test_first_paint_without_interaction(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    expect(page.get_by_role("heading", name="Latent map")).to_be_visible()
    assert shown.pixels().max() > 200
    expect(page.locator(".where")).to_contain_text("Pinned")
    assert np.abs(shown.pixels() - decoded("digits-vae-2d", shown.pin())).max() <= 1
    expect(page.locator(".count")).to_have_text("all 1,797 images")
    expect(page.locator(".neighbours figure")).to_have_count(8)
    expect(page.locator(".posterior figure")).to_have_count(12)
    box = page.locator(".picture").bounding_box()
    assert box["width"] == box["height"] >= 280
    square = shown.canvas.bounding_box()
    assert square["width"] == pytest.approx(square["height"], abs=1)
    assert square["y"] + square["height"] < 768


def test_hovering_decodes_on_every_map_without_the_server(app, look_at, open_page):
    Map(look_at(app.url)).answered().hover_without_the_server()
    page = open_page(
        f"{app.url}/?model=heartbeats-vae-2d&projection=pca&perplexity=5&without=network"
    )
    shown = Map(page).answered()
    expect(page.locator(".network")).to_be_hidden()
    shown.hover_without_the_server()
    shown.project("t-SNE")
    expect(shown.root).to_have_attribute("data-map", "neighbours")
    # while it is computed, another map is there
    expect(shown.root).to_have_attribute("data-layouts", re.compile("[1-9]"))
    expect(shown.root).to_have_attribute("data-moves", "no")  # and landed
    shown.answered()
    expect(page.locator(".axis-x")).to_have_text("")  # they carry nothing
    shown.hover_without_the_server()


def test_clicking_empty_space_pins_and_decodes_it(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    shown.click(0.04, 0.04)
    place = [float(field.input_value()) for field in page.locator(".coordinates input").all()]
    assert np.allclose(shown.pin(), place, atol=0.006)
    assert np.abs(shown.pixels() - decoded("digits-vae-2d", shown.pin())).max() <= 1
    expect(page.locator(".support output")).to_contain_text("no training image near here")
    expect(page.locator(".roundtrip dd")).to_contain_text("lands")
    latents = stored("digits-vae-2d").latents
    away = np.sort(np.linalg.norm(latents.training_codes - shown.pin(), axis=1))[:8]
    captions = page.locator(".neighbours figure").all_inner_texts()
    assert np.allclose([float(text.split()[-1]) for text in captions], away, atol=0.006)


def test_typed_coordinates_are_pinned(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    field = page.get_by_role("spinbutton", name="z1")
    field.fill("1.5")
    field.press("Enter")
    expect(shown.root).to_have_attribute("data-pin", re.compile(r"^1\.5,"))
    shown.answered()
    assert np.abs(shown.pixels() - decoded("digits-vae-2d", shown.pin())).max() <= 1


def test_isolate_then_hover_shows_the_right_image(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    page.locator(".legend button", has_text="7").dblclick()
    expect(page.locator(".gallery h3")).to_contain_text("Selection:")
    latents = stored("digits-vae-2d").latents
    rows = np.flatnonzero(latents.labels == 7)
    expect(page.locator(".gallery h3")).to_contain_text(f"{len(rows)} images")
    middle = np.median(latents.codes[rows], axis=0)
    target = rows[np.square(latents.codes[rows] - middle).sum(axis=1).argmin()]
    x, y = shown.value(
        f"(root) => root.explorer.camera.toScreen(...root.explorer.model.place({target}))"
    )
    origin = shown.canvas.bounding_box()
    page.mouse.move(origin["x"] + x + 30, origin["y"] + y)
    page.mouse.move(origin["x"] + x, origin["y"] + y)
    card = page.locator(".canvases .card")
    expect(card).to_be_visible()
    row = int(card.get_attribute("data-row"))
    assert row == target
    from aecore.data.catalogue import load

    split = ("train", "val", "test")[latents.split[row]]
    original = load("digits", split).pixels[latents.index[row]]
    expect(card.locator(".original")).to_be_visible()  # the originals may come after the map
    assert np.array_equal(shown.pixels(".canvases .card .original"), original.ravel())
    expect(card).to_contain_text("7")
    page.mouse.move(2, 2)
    thumbnails, waits = page.get_by_role("button", name="thumbnails"), page.locator(".waits")
    thumbnails.click()
    expect(waits).to_be_hidden()  # of one class there are few enough
    page.locator(".legend button", has_text="7").dblclick()
    expect(page.locator(".legend button.off")).to_have_count(0)
    expect(page.locator(".gallery")).to_be_hidden()
    asks = re.compile(r"^1,\d{3} points in view: zoom in to 500 or fewer for thumbnails$")
    expect(waits).to_have_text(asks)
    thumbnails.click()


def test_hidden_classes_cannot_be_hovered_and_come_back(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    for label in range(10):
        page.locator(".legend button", has_text=str(label)).click()
    shown.move(0.5, 0.5)
    for x in np.linspace(0.3, 0.7, 20):
        shown.move(x, 0.5)
        assert shown.root.get_attribute("data-hover-row") == "-1"
    page.get_by_role("button", name="Clear selection").click()
    assert shown.hover_a_point() >= 0


def test_a_box_selects_shows_a_gallery_and_downloads_its_rows(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    page.get_by_role("button", name="box").click()
    grip(shown.canvas, 0.3, 0.3)(0.7, 0.7, steps=4)
    page.mouse.up()
    expect(shown.root).to_have_attribute("data-selected", re.compile(r"\d+"))
    n = int(shown.root.get_attribute("data-selected"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    text = download.value.path().read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == n > 50
    assert list(rows[0]) == ["split", "index", "label", "z1", "z2", "map_x", "map_y"]
    latents = stored("digits-vae-2d").latents
    known = {
        (("train", "val", "test")[s], i): (label, code)
        for s, i, label, code in zip(
            latents.split, latents.index, latents.labels, latents.codes, strict=True
        )
    }
    for row in rows:
        label, code = known[row["split"], int(row["index"])]
        assert int(row["label"]) == label
        assert np.allclose([float(row["z1"]), float(row["z2"])], code, atol=1e-5)
    page.get_by_role("button", name="Clear selection").click()
    expect(page.locator(".gallery")).to_be_hidden()


def test_zooming_never_changes_the_selection_and_selecting_never_the_zoom(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    page.locator(".legend button", has_text="3").dblclick()
    selected = shown.root.get_attribute("data-selected")
    view = shown.value("(root) => root.explorer.camera.view")
    page.mouse.move(*shown.at(0.5, 0.5))
    page.mouse.wheel(0, -400)
    shown.page.wait_for_function(
        "([root, units]) => root.explorer.camera.view[2] < units",
        arg=[shown.root.element_handle(), view[2]],
    )
    assert shown.root.get_attribute("data-selected") == selected
    page.get_by_role("button", name="Reset zoom").click()
    assert np.allclose(shown.value("(root) => root.explorer.camera.view"), view)
    page.get_by_role("button", name="Clear selection").click()


def test_a_link_shows_the_same_elsewhere(app, look_at, open_page):
    page = look_at(app.url)
    shown = Map(page).answered()
    page.get_by_role("button", name="fog").click()
    page.locator(".colour").select_option("kl")
    shown.click(0.31, 0.64)
    page.mouse.move(*shown.at(0.5, 0.5))
    page.mouse.wheel(0, -300)
    page.wait_for_url(lambda url: {"z", "view", "layers", "colour"} <= set(parameters(url)))
    units = shown.value("(root) => root.explorer.camera.view[2]")
    page.wait_for_url(
        lambda url: float(parameters(url)["view"].split(",")[2]) == pytest.approx(units, rel=0.01)
    )
    other = Map(open_page(page.url)).answered()
    page.bring_to_front()
    shown.leave()
    assert np.allclose(other.pin(), shown.pin(), rtol=1e-5)
    assert np.array_equal(other.pixels(), shown.pixels())
    views = [m.value("(root) => root.explorer.camera.view") for m in (shown, other)]
    assert np.allclose(*views, rtol=1e-3, atol=1e-3)
    expect(other.page.get_by_role("button", name="fog")).to_have_attribute("aria-pressed", "true")
    assert other.page.locator(".colour").input_value() == "kl"
    page.get_by_role("button", name="fog").click()
    page.locator(".colour").select_option("class")
    page.get_by_role("button", name="Reset zoom").click()


def test_pca_axes_carry_their_variance(app, look_at):
    page = look_at(f"{app.url}/?model=mnist-vae-16d")
    Map(page)
    expect(page.locator(".axis-x")).to_have_text(re.compile(r"PC1 \(\d+ %\)"))
    expect(page.locator(".axis-y")).to_have_text(re.compile(r"PC2 \(\d+ %\)"))


def test_how_the_other_units_are_filled_changes_the_picture(app, look_at):
    page = look_at(f"{app.url}/?model=mnist-vae-16d")
    shown = Map(page).answered()
    pictures = []
    for fill in ("mean", "neighbours"):
        page.locator(".fill-choice").select_option(fill)
        shown.move(0.3, 0.3)
        shown.move(0.45, 0.55)
        pictures.append(shown.pixels())
    assert np.abs(pictures[0] - pictures[1]).mean() > 1
    caption = page.locator(".leaves figcaption")
    expect(caption).to_have_text("decoded image, 14 units filled in")
    assert caption.evaluate("(words) => words.scrollWidth <= words.clientWidth")  # none cut off

    page = look_at(f"{app.url}/?model=fashion-cvae-8d")  # whose networks have longer names
    Map(page).answered().move(0.45, 0.55)
    expect(page.locator(".leaves .filled")).to_have_text(", 6 units filled in")
    page.wait_for_function(  # the page's font may come after the words
        """(home) => {
            const ends = [...home.querySelectorAll("figcaption")].map((words) => {
                const range = document.createRange();
                range.selectNodeContents(words);
                return range.getBoundingClientRect();
            });
            return ends.length > 2 && ends.every(({ right }, i) => !(right >= ends[i + 1]?.left));
        }""",
        arg=page.locator(".passage").element_handle(),
    )


def test_clicking_a_point_takes_that_images_own_code(app, look_at):
    page = look_at(f"{app.url}/?model=mnist-vae-16d")
    shown = Map(page).answered()
    row = shown.hover_a_point()
    before = page.locator(".explorer").get_attribute("data-pin")
    page.mouse.down()
    page.mouse.up()
    expect(shown.root).not_to_have_attribute("data-pin", before)
    codes = stored("mnist-vae-16d").latents.codes
    assert np.allclose(shown.pin(), codes[row], rtol=1e-4, atol=1e-5)

    # The list of all units has the pin, and what is under the cursor where it is open.
    shown.leave()
    fields = page.locator(".units input")

    def listed():
        return fields.evaluate_all("(fields) => fields.map((field) => Number(field.value))")

    shown.move(0.5, 0.5)
    page.locator(".all-units summary").click()
    expect(fields.first).to_be_visible()
    assert np.allclose(listed(), shown.pin(), atol=0.006)
    shown.move(0.4, 0.6)
    assert not np.allclose(listed(), shown.pin(), atol=0.1)
    shown.leave()
    assert np.allclose(listed(), shown.pin(), atol=0.006)
    page.locator(".all-units summary").click()


def test_without_the_data_set_the_stored_images_are_there_all_the_same(app, look_at):
    page = look_at(f"{app.url}/?model=mnist-vae-16d")
    shown = Map(page).answered()
    expect(page.get_by_role("button", name="Download MNIST (11 MB)")).to_be_visible()
    expect(page.get_by_text("2,000 of the 70,000 MNIST images come with")).to_be_visible()
    row = shown.hover_a_point()
    expect(page.locator(".canvases .card .original")).to_be_visible()
    image = shown.pixels(".canvases .card .original")
    assert np.array_equal(image, originals.part("mnist", "train").pixels[row].ravel())
    expect(page.locator(".neighbours .note")).not_to_contain_text("not at hand")


def test_the_projections_share_the_pin(app, look_at):
    page = look_at(f"{app.url}/?model=mnist-vae-16d")
    shown = Map(page).answered()
    shown.click(0.4, 0.6)
    pin = shown.pin()
    shown.project("Latent plane")
    expect(page.locator(".axis-x")).to_have_text("z1")
    shown.answered()
    assert np.allclose(shown.pin(), pin, rtol=1e-4)
    shown.hover_without_the_server()


def test_the_network_above_the_map_runs_along(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    network = page.locator(".network")
    expect(page.locator(".sentence")).to_have_text(
        "An autoencoder squeezes a picture into two numbers and draws it again from them; near "
        "numbers are similar pictures."
    )
    expect(network.locator(".layer figcaption")).to_have_text(
        ["encoder: 512 → 256 → 128", "decoder: 128 → 256 → 512"]
    )
    layers = [f"canvas.{side}" for side in ("encoder", "decoder")]
    before = [shown.pixels(layer).tobytes() for layer in layers]
    row = shown.hover_a_point()
    # out comes what the map decodes, in goes the original of the nearest point
    expect(network).to_have_attribute("data-entered", str(row))
    assert np.array_equal(shown.pixels("canvas.leaving"), shown.pixels())
    after = [shown.pixels(layer).tobytes() for layer in layers]
    assert all(one != other for one, other in zip(before, after, strict=True))
    from aecore.data.catalogue import load

    latents = stored("digits-vae-2d").latents
    page.wait_for_function(
        "(caption) => !caption.textContent.includes('reconstruction')",
        arg=page.locator(".enters figcaption").element_handle(),
    )
    original = load("digits", ("train", "val", "test")[latents.split[row]])
    assert np.array_equal(
        shown.pixels("canvas.entering"), original.pixels[latents.index[row]].ravel()
    )
    assert network.evaluate("(home) => home.classList.contains('empty')") is False
    shown.move(0.02, 0.02)  # no point is there
    expect(page.locator(".enters figcaption")).to_have_text("no image near here")
    shown.leave()

    # a handle moves the cursor on the map, and pins where it is let go
    code = shown.pin()
    handle = page.get_by_label("z2, handle")
    handle.evaluate("""(handle) => {
        handle.value = 1.25; handle.dispatchEvent(new Event("input")); }""")
    expect(page.locator(".where")).to_have_text("Under the cursor")
    cursor = shown.value("(root) => [root.explorer.hovered.x, root.explorer.hovered.y]")
    assert np.allclose(cursor, [code[0], 1.25], atol=1e-5)
    assert np.abs(shown.pixels("canvas.leaving") - decoded("digits-vae-2d", cursor)).max() <= 1
    handle.evaluate("(handle) => handle.dispatchEvent(new Event('change'))")
    expect(page.locator(".where")).to_contain_text("Pinned")
    assert np.allclose(shown.pin(), [code[0], 1.25], atol=1e-5)

    # put away, it is so in the link, and the map has its room
    side = shown.canvas.bounding_box()["width"]
    page.get_by_role("button", name="network").click()
    expect(network).to_be_hidden()
    page.wait_for_url(lambda url: parameters(url).get("without") == "network")
    page.wait_for_function(
        "([map, side]) => map.clientWidth > side + 20",
        arg=[shown.canvas.element_handle(), side],
    )
    page.get_by_role("button", name="network").click()
    expect(network).to_be_visible()
    page.wait_for_url(lambda url: "without" not in parameters(url))


def test_the_size_of_the_code_is_a_slider(app, open_page):
    import torch

    from aecore.data.catalogue import load

    page = open_page(f"{app.url}/?model=digits-size-2d&beside=pca")
    shown = Map(page).answered()
    strip = page.locator(".sweep")
    expect(strip).to_have_attribute("data-drawn", "2,original,digits-size-2d,PCA")
    test = load("digits", "test")
    first = [int(np.flatnonzero(test.labels == label)[0]) for label in range(10)]
    images = test.images[[first[place] for place in (0, 2, 4, 5, 7, 9)]]

    def drawn(row):
        return np.stack([shown.pixels(f".sweep figure:nth-child({6 * row + i + 1}) canvas")
                         for i in range(6)])  # fmt: skip

    def as_drawn(name):
        back = build(stored(name)).reconstruct(torch.from_numpy(images)).detach().numpy()
        return np.rint(255 * np.clip(back.reshape(6, -1), 0, 1))

    assert np.array_equal(drawn(0), np.rint(255 * images.reshape(6, -1)))
    assert np.abs(drawn(1) - as_drawn("digits-size-2d")).max() <= 2
    assert np.abs(drawn(2) - as_drawn("digits-pca-2d")).max() <= 2
    error = stored("digits-pca-2d").card.metrics["mse"]
    expect(strip.locator(".note")).to_contain_text(f"PCA (below) {error:.4f}")
    # pulled, the images follow; let go, it is the page's model
    slider = page.get_by_label("size of the code")
    slider.evaluate("""(slider) => {
        slider.value = 3; slider.dispatchEvent(new Event("input")); }""")
    expect(strip).to_have_attribute("data-drawn", "16,original,digits-size-16d,PCA")
    assert np.abs(drawn(1) - as_drawn("digits-size-16d")).max() <= 2
    assert np.abs(drawn(2) - as_drawn("digits-pca-16d")).max() <= 2
    # and so does the large picture: it is what that model makes of the pinned image
    expect(page.locator(".where")).to_have_text("The pinned image from 16 numbers")
    large = shown.pixels("canvas.picture")
    expect(page.locator(".decoded dl")).to_have_css("opacity", "0.3")
    # the points go to where that model has them, and stay there when it is opened
    where = "(root) => Array.from(root.explorer.stage.motion.places(performance.now()))"
    expect(shown.root).to_have_attribute("data-laid", "yes")
    expect(shown.root).to_have_attribute("data-moves", "no")
    pulled, row = shown.value(where), shown.value("(root) => root.explorer.pinned.row")
    slider.evaluate("(slider) => slider.dispatchEvent(new Event('change'))")
    expect(page.get_by_label("Model", exact=True)).to_have_value(re.compile("^digits-size-16d"))
    expect(page.locator(".sentence")).to_contain_text("into 16 numbers")
    page.wait_for_url(lambda url: parameters(url).get("model") == "digits-size-16d")
    assert parameters(page.url)["beside"] == "pca"
    expect(shown.root).to_have_attribute("data-laid", "no")
    expect(shown.root).to_have_attribute("data-moves", "no")
    assert np.abs(np.subtract(shown.value(where), pulled)).max() < 1  # css pixel
    assert shown.value("(root) => root.explorer.pinned.row") == row  # the same image
    expect(page.locator(".where")).to_contain_text("Pinned")
    assert np.abs(shown.pixels("canvas.picture") - large).max() <= 2


def test_a_first_visit_is_shown_round_unless_one_wants_no_motion(app, open_page):
    page = open_page("about:blank")
    page.add_init_script("sessionStorage.removeItem('aeview.toured')")
    page.emulate_media(reduced_motion="reduce")
    page.goto(app.url)
    shown = Map(page).answered()
    expect(shown.root).to_have_attribute("data-tour", "none")
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"{app.url}/?")
    shown = Map(page)
    expect(shown.root).to_have_attribute("data-tour", "yes")
    expect(page.locator(".ghost")).to_be_visible()
    page.keyboard.press("Shift")  # any input ends it
    expect(shown.root).to_have_attribute("data-tour", "done")
    expect(page.locator(".ghost")).to_be_hidden()
    expect(page.locator(".where")).to_contain_text("Pinned")
    page.close()  # it would begin with the tour for others, too


def test_keyboard_moves_pins_and_clears_with_a_readout(app, look_at):
    page = look_at(app.url)
    shown = Map(page).answered()
    before = shown.pin()
    shown.canvas.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".where")).to_contain_text("Under the cursor")
    expect(page.locator(".readout")).to_contain_text("support")
    page.keyboard.press("Enter")
    expect(shown.root).not_to_have_attribute("data-pin", ",".join(map(str, before)))
    shown.answered()
    moved = shown.pin() - before
    assert moved[0] > 0
    page.keyboard.press("Escape")
    expect(shown.root).to_have_attribute("data-pin", "")


@pytest.mark.parametrize(
    ("units", "layers"), [(4, ("tiles", "fog", "prior")), (0.7, ("thumbnails",))]
)
def test_every_layer_changes_the_picture_and_goes_away_again(app, open_page, units, layers):
    page = open_page(f"{app.url}/?view=0,0,{units}")
    Map(page).answered()
    ground = page.locator(".ground")
    for layer in layers:
        plain = ground.evaluate("(canvas) => canvas.toDataURL()")
        for sign in ("!==", "==="):
            page.get_by_role("button", name=layer).click()
            page.wait_for_function(
                f"([canvas, plain]) => canvas.toDataURL() {sign} plain",
                arg=[ground.element_handle(), plain],
            )


def test_the_dark_theme_and_all_sizes_fit_without_errors(app, open_page):
    page = open_page(f"{app.url}/?model=fashion-vae-16d&projection=axes", "dark")
    Map(page).answered()
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(20, 24, 26)")
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            """(root) => [".picture", ".canvases", ".neighbours", ".posterior", ".legend"]
                .map((part) => root.querySelector(part).getBoundingClientRect())
                .every((box) => box.x >= 0 && box.right <= innerWidth && box.bottom <= innerHeight)
                && document.documentElement.scrollWidth <= innerWidth""",
            arg=page.locator(".explorer").element_handle(),
        )
    page.set_viewport_size({"width": 1000, "height": 768})  # its selectors take two lines
    page.wait_for_function(
        """() => [...document.querySelectorAll(".st-key-map_choice .stSelectbox")]
            .every((box) => box.getBoundingClientRect().right <= innerWidth)"""
    )


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells")
def test_a_click_is_explained_by_a_server_that_has_no_torch(serve, open_page, tmp_path):
    """And a model that appears while it runs is listed, with or without the pictures it learnt."""
    shutil.copy(shipped_folder() / "digits-vae-2d.safetensors", tmp_path)
    server = serve(kind=Bare, AECORE_CHECKPOINTS=str(tmp_path))
    page = open_page(server.url)
    shown = Map(page).answered()
    shown.click(0.31, 0.64)
    expect(page.locator(".posterior figure")).to_have_count(12)
    page.wait_for_url(lambda url: "z" in parameters(url))  # the server has heard of it
    assert "torch" not in Path(f"/proc/{server.process.pid}/maps").read_text()

    shutil.copy(shipped_folder() / "digits-ae-2d.safetensors", tmp_path / "mine.safetensors")
    gone("mnist-vae-2d", tmp_path)
    page.goto(f"{server.url}/?model=mine")
    Map(page).answered()
    model = page.get_by_role("combobox", name="Model", exact=True)
    expect(model).to_have_value(re.compile("mine"))
    expect(page.locator(".posterior")).to_contain_text("This model has none")
    assert page.locator(".colour option").all_inner_texts() == ["class", "reconstruction error"]
    expect(page.get_by_role("button", name="prior")).to_be_visible()  # what one would draw from

    page.goto(f"{server.url}/?model=gone")
    Map(page).answered()
    expect(page.locator(".neighbours .note")).to_contain_text(
        "the original images are not at hand: the sidebar says why"
    )
    expect(page.get_by_text("no longer lie where the model was trained")).to_be_visible()


def test_what_the_classifier_sees_and_the_least_change_to_another_class(app, open_page):
    name, asked = "digits-vae-2d", 9
    judge = classifier.load(shipped_folder() / "classifiers" / "digits.safetensors").network

    def seen(code):
        image = build(stored(name)).decode(torch.tensor(code, dtype=torch.float32)[None])
        return judge(image).softmax(1)[0].detach().numpy()

    page = open_page(f"{app.url}/?model={name}&z=-1.8,0.4")
    shown = Map(page).answered()
    assert shown.value("(root) => root.explorer.change.classifier") is None  # nobody asked for it
    expect(page.locator(".row.seen")).to_be_hidden()
    plain = shown.pixels(".ground")
    layer = page.get_by_role("button", name="classifier", exact=True)
    layer.click()
    expect(shown.root).to_have_attribute("data-regions", re.compile("16|32|64|128"))
    coloured = shown.pixels(".ground")
    assert (coloured != plain).mean() > 0.5
    share = seen(shown.pin())
    said = f"{share.argmax()}, {100 * share.max():.0f} %"
    expect(page.locator(".row.seen dd")).to_have_text(said)
    layer.click()
    page.get_by_label("Class to be seen as").select_option(str(asked))
    change = page.locator(".least-change")
    expect(change).to_have_attribute("data-state", "found")
    expect(page.locator(".least-change .strip figure")).to_have_count(6)
    found = shown.value("""({ explorer: { change: { found: { start, end, distance } } } }) =>
        ({ start: [...start], end: [...end], distance })""")
    assert np.allclose(found["start"], shown.pin())
    assert seen(found["start"]).argmax() != asked == seen(found["end"]).argmax()
    assert Support.of(stored(name).latents).share(np.float32([found["end"]]))[0] >= FLOOR
    assert np.hypot(*np.subtract(found["end"], found["start"])) == pytest.approx(found["distance"])
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".where")).to_contain_text("Under the cursor")  # the picture goes along
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".where")).to_contain_text("Pinned")
    page.wait_for_url(re.compile(f"towards={asked}"))
    page.reload()
    expect(change).to_have_attribute("data-state", "found")
    page.get_by_label("Class to be seen as").select_option("–")
    expect(page.locator(".least-change .strip figure")).to_have_count(0)

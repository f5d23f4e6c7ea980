"""Interpolate as a user meets it, in a real Chromium."""

import io
import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from aecore import originals
from aecore.checkpoints import build, read, shipped_folder
from aecore.latents.paths import DataGraph
from aecore.latents.strips import Bench, strips
from aecore.latents.support import Support
from tests.browser.hand import grip

WAYS = ("linear", "slerp", "data", "fade")
PAINTED = """([root, image]) => {
    const canvas = root.querySelector(".end-a .chosen");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return image.every((value, i) => data[4 * i] === value);
}"""
PIXELS = """(canvas) => Array.from(canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data)"""


class Page:
    """The page in terms of what a user does and sees."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".bench")
        expect(self.root).to_have_attribute("data-ready", "yes")
        self.sums = page.locator(".arithmetic")
        expect(self.sums).to_have_attribute("data-ready", "yes")

    def pixels(self, selector):
        values = self.page.locator(selector).first.evaluate(PIXELS)
        return np.array(values, dtype=np.int64)[::4]

    def frames(self, way):
        cells = self.page.locator(f'[data-way="{way}"] canvas')
        values = cells.evaluate_all(f"(all) => all.map({PIXELS})")
        return np.array(values, dtype=np.int64)[:, ::4]

    def said(self, name):
        return self.root.get_attribute(f"data-{name}")

    def changed(self, name, act):
        before = self.said(name)
        act()
        expect(self.root).not_to_have_attribute(f"data-{name}", before)

    def on_map(self, row):
        """Screen place of a point of the small map."""
        box = self.page.locator(".bench .minimap").bounding_box()
        x, y = self.root.evaluate(
            "(root, row) => root.bench.map.camera.toScreen(...root.bench.model.place(row))", row
        )
        return box["x"] + x, box["y"] + y


def link(app, **parameters):
    told = "&".join(f"{k}={v}" for k, v in parameters.items())
    return f"{app.url}/interpolate" + (f"?{told}" if told else "")


def parameters(url):
    return {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}


def expected(name, a, b, n):
    stored = read(shipped_folder() / f"{name}.safetensors")
    training = stored.latents.training_codes
    bench = Bench(build(stored), DataGraph(training), Support.of(stored.latents))
    return strips(bench, stored.latents.codes[a], stored.latents.codes[b], n)


def test_the_page_opens_with_everything_decoded(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    expect(page.get_by_role("heading", name="Interpolate")).to_be_visible()
    for way in WAYS:
        frames = shown.frames(way)
        assert len(frames) == 11
        assert frames.max(axis=1).min() > 100
    assert shown.pixels(".sight .picture").max() > 100
    assert shown.pixels(".result .picture").max() > 100
    assert shown.pixels(".moved .picture").max() > 100
    box = page.locator(".sight .picture").bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert box["width"] >= 280


def strips_are_pythons(shown, name):
    """All strips of seven frames, and the numbers beside them."""
    page = shown.page
    a, b = shown.root.evaluate("(root) => [root.bench.ends.a.row, root.bench.ends.b.row]")
    want = expected(name, a, b, 7)
    for way in WAYS:
        expect(page.locator(f'[data-way="{way}"] canvas')).to_have_count(7)
        assert np.abs(shown.frames(way) - 255 * want[way].images.reshape(7, -1)).max() <= 2
        row = page.locator(f'[data-way="{way}"]')
        assert float(row.get_attribute("data-stray")) == pytest.approx(want[way].stray, abs=2e-3)
        assert float(row.get_attribute("data-step")) == pytest.approx(want[way].step, abs=2e-3)
        captions = [int(text) for text in row.locator(".cell span").all_inner_texts()]
        assert np.allclose(captions, 100 * want[way].support, atol=0.6)


def test_five_to_twenty_one_frames_which_are_pythons(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    control = page.locator(".frames")
    for n in (5, 21, 7):
        control.fill(str(n))
        expect(page.locator('[data-way="fade"] canvas')).to_have_count(n)
        assert len(shown.frames("data")) == n
    page.wait_for_url(lambda url: parameters(url).get("frames") == "7")
    expect(shown.root).to_have_attribute("data-waiting", "0")
    strips_are_pythons(shown, "digits-vae-2d")
    control.fill("11")
    expect(page.locator('[data-way="fade"] canvas')).to_have_count(11)


def test_dragging_the_scrubber_changes_the_picture_without_the_server(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    drag = grip(page.locator(".scrubber"))
    page.frames_sent.clear()
    seen = {shown.pixels(".sight .picture").tobytes()}
    for share in np.linspace(0.55, 0.95, 6):
        shown.changed("t", lambda s=share: drag(s))
        seen.add(shown.pixels(".sight .picture").tobytes())
    assert len(seen) == 7
    assert page.frames_sent == []
    page.mouse.up()
    page.wait_for_url(lambda url: float(parameters(url).get("t", 0)) > 0.9)


def test_dragging_over_a_strip_chooses_it_and_scrubs(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    cells = page.locator('[data-way="slerp"] canvas')
    grip(cells.nth(2))
    last = cells.nth(10).bounding_box()
    expect(shown.root).to_have_attribute("data-path", "slerp")
    expect(shown.root).to_have_attribute("data-t", re.compile(r"0\.(19[89]|20[012])"))
    page.mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2)
    expect(shown.root).to_have_attribute("data-t", "1.000")
    away = shown.pixels(".sight .picture") - shown.frames("slerp")[-1]
    # the pointer is on the last frame, but for a fraction of a pixel
    assert np.abs(away).max() <= 8
    page.mouse.up()
    expect(page.locator(".where")).to_contain_text("Spherical (slerp)")


def test_an_end_dragged_on_the_map_moves_all_strips_during_the_drag(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    row = shown.root.evaluate("(root) => root.bench.ends.b.row")
    x, y = shown.on_map(row)
    before = shown.frames("data")
    page.mouse.move(x, y)
    page.mouse.down()
    page.frames_sent.clear()
    for step in (8, 20, 40):
        shown.changed("b", lambda s=step: page.mouse.move(x - s, y - s))
    expect(shown.root).to_have_attribute("data-waiting", "0")
    during = shown.frames("data")
    assert not np.array_equal(during[-1], before[-1])
    assert np.array_equal(during[0], before[0])
    assert page.frames_sent == []
    page.mouse.up()
    page.wait_for_url(lambda url: "to" in parameters(url))


def test_ends_are_chosen_by_class_by_thumbnail_by_the_map_and_by_typing(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    shown.changed("a", lambda: page.locator(".end-a select").select_option(label="7"))
    labels = read(shipped_folder() / "digits-vae-2d.safetensors").latents.labels
    chosen = "(root) => root.bench.ends.a.row"
    assert labels[shown.root.evaluate(chosen)] == 7
    shown.changed("a", page.locator(".end-a .another").click)
    assert labels[shown.root.evaluate(chosen)] == 7
    shown.changed("a", page.locator(".end-a .thumbs button").nth(3).click)
    assert labels[shown.root.evaluate(chosen)] == 7
    shown.changed("b", lambda: page.get_by_role("button", name="end 2").click()
                  or page.mouse.click(*shown.on_map(5)))  # fmt: skip
    shown.changed("a", lambda: page.locator(".end-a input").fill("0.5, −1.25")
                  or page.locator(".end-a input").press("Enter"))  # fmt: skip
    assert shown.said("a") == "0.5,-1.25"
    a, b = shown.said("a"), shown.said("b")
    shown.changed("a", page.get_by_role("button", name="Swap ends").click)
    assert (shown.said("a"), shown.said("b")) == (b, a)
    shown.changed("a", page.get_by_role("button", name="Random pair").click)


def test_a_typed_code_that_is_none_is_said_and_one_outside_the_data_is_accepted(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    field, note = page.locator(".end-a input"), page.locator(".end-a .note")
    field.fill("1, 2, three")
    field.press("Enter")
    expect(note).to_have_text(re.compile("2 numbers between"))
    shown.changed("a", lambda: field.fill("90, 90") or field.press("Enter"))
    expect(note).to_contain_text("no training image near here")
    expect(page.locator('[data-way="linear"] .cell span').first).to_have_text("0")


def test_play_moves_and_pauses_and_stands_in_the_keyboards_reach(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    button = page.locator(".play")
    button.focus()
    shown.changed("t", lambda: page.keyboard.press("Enter"))
    expect(button).to_have_text("Pause")
    page.keyboard.press("Enter")
    expect(button).to_have_text("Play")
    page.locator(".scrubber").focus()
    shown.changed("t", lambda: page.keyboard.press("ArrowRight"))
    assert "of the way" in page.locator(".scrubber").get_attribute("aria-valuetext")


def test_with_reduced_motion_play_goes_from_frame_to_frame(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    page.locator(".frames").fill("5")
    expect(page.locator('[data-way="fade"] canvas')).to_have_count(5)
    page.locator(".scrubber").press("Home")
    expect(shown.root).to_have_attribute("data-t", "0.000")
    page.emulate_media(reduced_motion="reduce")
    shown.root.evaluate(
        """(root) => {
            root.seen = [];
            new MutationObserver(() => root.seen.push(Number(root.dataset.t)))
                .observe(root, { attributeFilter: ["data-t"] });
        }"""
    )
    page.locator(".play").click()
    page.wait_for_function("(root) => root.seen.length >= 3", arg=shown.root.element_handle())
    page.locator(".play").click()
    assert set(shown.root.evaluate("(root) => root.seen")) <= {0, 0.25, 0.5, 0.75, 1}
    page.emulate_media(reduced_motion="no-preference")


def test_a_model_of_sixteen_units_and_its_link_shows_the_same_elsewhere(app, open_page):
    page = open_page(link(app, model="mnist-vae-16d", frames=7))
    shown = Page(page)
    expect(shown.root).to_have_attribute("data-waiting", "0")
    strips_are_pythons(shown, "mnist-vae-16d")

    # without the data set the ends are the stored images
    a = shown.root.evaluate("(root) => root.bench.ends.a.row")
    image = originals.part("mnist", "train").pixels[a].ravel()
    page.wait_for_function(PAINTED, arg=[shown.root.element_handle(), image.tolist()])
    expect(page.locator(".bench .same")).to_be_hidden()
    assert not np.array_equal(image, shown.frames("linear")[0])  # which is the reconstruction

    shown.changed("a", page.locator(".end-a .another").click)
    shown.changed("path", page.locator('[data-way="data"] .name').click)
    page.wait_for_url(lambda url: parameters(url).get("path") == "data")
    other = Page(open_page(page.url))
    assert other.said("a") == shown.said("a")
    assert other.said("b") == shown.said("b")
    assert np.array_equal(other.pixels(".sight .picture"), shown.pixels(".sight .picture"))
    assert np.array_equal(other.frames("data"), shown.frames("data"))


def test_the_strength_of_an_attribute_is_decoded_during_the_drag(app, look_at):
    page = look_at(link(app))
    shown = Page(page)
    drag = grip(page.locator(".strength"), 0.75)
    page.frames_sent.clear()
    seen = {shown.pixels(".moved .picture").tobytes()}
    for share in (0.6, 0.4, 0.2):
        before = shown.sums.get_attribute("data-decodes")
        drag(share)
        expect(shown.sums).not_to_have_attribute("data-decodes", before)
        seen.add(shown.pixels(".moved .picture").tobytes())
    assert len(seen) == 4
    assert page.frames_sent == []
    page.mouse.up()
    page.wait_for_url(lambda url: "attribute" in parameters(url))


def test_equal_ends_are_said_and_the_downloads_open_with_pillow(app, open_page):
    same = {"from": "train-5", "to": "train-5", "sum": "train-5,train-5,train-9"}
    page = open_page(link(app, frames=6, path="slerp", **same))
    shown = Page(page)
    expect(page.locator(".bench .same")).to_contain_text("same code")
    for way in WAYS:
        assert np.ptp(shown.frames(way), axis=0).max() <= 1
    shown.changed("b", page.get_by_role("button", name="Random pair").click)
    expect(page.locator(".bench .same")).to_be_hidden()

    points = read(shipped_folder() / "digits-vae-2d.safetensors").latents
    row = int(((points.split == 0) & (points.index == 9)).argmax())
    # of an image with itself it gives the third back
    expect(page.locator(".nearest figcaption")).to_contain_text(f"class {points.labels[row]}")
    before = shown.pixels(".result .picture")
    page.locator(".term-a .another").click()
    page.wait_for_url(lambda url: not parameters(url)["sum"].startswith("train-5,"))
    assert not np.array_equal(shown.pixels(".result .picture"), before)
    for label, suffix, n in (
        ("Strips (PNG)", "-6-frames.png", 1),
        ("Animation (GIF)", "-slerp.gif", 10),
    ):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label).click()
        assert waiting.value.suggested_filename.endswith(suffix)
        content = io.BytesIO(waiting.value.path().read_bytes())
        assert getattr(Image.open(content), "n_frames", 1) == n


def test_who_leaves_and_comes_back_finds_the_same_ends(app, look_at):
    page = look_at(link(app))
    shown, before = Page(page), page.url
    shown.changed("b", page.get_by_role("button", name="Random pair").click)
    ends = [shown.said("a"), shown.said("b")]
    expect(page).not_to_have_url(before)
    page.get_by_role("link", name="Traverse").click()
    expect(page.locator(".traverse")).to_have_attribute("data-ready", "yes")
    page.get_by_role("link", name="Interpolate").click()
    expect(page.locator(".traverse")).to_have_count(0)
    assert [Page(page).said(end) for end in "ab"] == ends

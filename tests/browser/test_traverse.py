"""The traverse page as a user meets it, in a real Chromium."""

import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import expect

import aecore
from aecore.checkpoints import build, read, shipped_folder
from aecore.latents.traversal import units
from tests.browser.accessible import BESIDE, PHONE
from tests.browser.hand import grip

SPREAD = "(root) => Array.from(root.traverse.rows.rows[{row}].values)"


class Page:
    """The page, in terms of what a user does and sees."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".traverse")
        self.settled()

    def settled(self):
        expect(self.root).to_have_attribute("data-ready", "yes")
        expect(self.root).to_have_attribute("data-settled", "yes")
        return self

    def code(self):
        return np.array([float(v) for v in self.root.get_attribute("data-code").split(",")])

    def row(self, unit):
        """The row of a latent unit (from 0), wherever it is sorted to."""
        return self.page.locator(f'.unit[data-unit="{unit}"]')

    def pixels(self, canvas=None):
        """The first channel of a canvas, row by row."""
        canvas = canvas or self.page.locator(".traverse .picture")
        values, width = canvas.evaluate(
            """(canvas) => [Array.from(canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data), canvas.width]"""
        )
        return np.array(values, dtype=np.int64)[::4].reshape(-1, width)

    def strip(self, unit):
        return self.pixels(self.row(unit).locator(".cells canvas"))

    def cells(self, unit, n=7):
        """The pictures of a row."""
        strip = self.strip(unit)
        size = (strip.shape[1] + 1) // n
        return [strip[:, i * size : i * size + size - 1] for i in range(n)]

    def told(self, name):
        """Wait until the address tells something; its value."""
        self.page.wait_for_url(lambda url: name in parameters(url))
        return parameters(self.page.url)[name]


def parameters(url):
    return {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}


def stored(name):
    return read(shipped_folder() / f"{name}.safetensors")


def decoded(name, codes):
    import torch

    images = build(stored(name)).decode(torch.tensor(np.array(codes), dtype=torch.float32))
    return np.rint(255 * images[:, 0].numpy())


def alike(shown, expected):
    return np.abs(shown - expected).max() <= 1


@pytest.fixture
def open_traverse(app, open_page):
    """The page with a link."""

    def opened(link="", **settings):
        return Page(open_page(f"{app.url}/traverse?{link}", **settings))

    return opened


@pytest.fixture
def plane(app, look_at):
    """The page as it opens, at the mean of its model of two units."""
    shown = Page(look_at(f"{app.url}/traverse"))
    mean = shown.page.get_by_role("button", name="mean", exact=True)
    if np.any(shown.code()):
        mean.click()
        expect(shown.root).to_have_attribute("data-code", re.compile(r"^-?0(\.0+)?,-?0(\.0+)?$"))
    return shown.settled()


def test_first_paint_shows_the_mean_and_what_each_unit_changes(plane):
    shown = plane
    assert np.allclose(shown.code(), 0)
    assert alike(shown.pixels(), decoded("digits-vae-2d", [[0, 0]])[0])
    for unit in (0, 1):
        codes = np.zeros((7, 2))
        codes[:, unit] = np.arange(-3, 4)
        for cell, expected in zip(shown.cells(unit), decoded("digits-vae-2d", codes), strict=True):
            assert alike(cell, expected)
    picture = shown.page.locator(".traverse .picture").bounding_box()
    assert picture["width"] == picture["height"] >= 280
    assert shown.page.locator(".unit .name b").all_text_contents() == ["z2", "z1"]
    expect(shown.page.locator(".support output").first).to_contain_text("%")


def test_dragging_a_slider_decodes_while_the_button_is_down_and_asks_no_server(plane):
    shown, page = plane, plane.page
    others = shown.strip(1)
    own = shown.strip(0)
    page.frames_sent.clear()
    drag = grip(shown.row(0).locator('input[type="range"]'))  # it stands at 0 σ
    seen = {shown.pixels().tobytes()}
    for i in range(1, 13):
        before = shown.root.get_attribute("data-code")
        drag(0.5 + 0.03 * i)
        expect(shown.root).not_to_have_attribute("data-code", before)
        seen.add(shown.pixels().tobytes())
    assert len(seen) == 13, "another picture at every move"
    shown.settled()
    assert alike(shown.pixels(), decoded("digits-vae-2d", [shown.code()])[0])
    assert np.abs(shown.strip(1) - others).max() > 50, "the other unit's row follows"
    assert (shown.strip(0) == own).all(), "its own row goes through all values as before"
    assert page.frames_sent == []
    page.mouse.up()
    value = shown.told("z")
    assert np.allclose([float(v) for v in value.split(",")], shown.code(), atol=1e-4)
    assert float(shown.root.get_attribute("data-frame-ms")) > 0

    # the map of the other unit's row is the standard deviation over it
    codes = np.repeat([shown.code()], 7, axis=0)
    codes[:, 1] = np.arange(-3, 4)
    expected = (decoded("digits-vae-2d", codes) / 255).std(axis=0).ravel()
    values = shown.root.evaluate(SPREAD.format(row=0))  # z2 has the larger KL
    assert np.allclose(values, expected, atol=0.005)


def test_keys_step_by_a_tenth_of_sigma_and_pages_by_one(plane):
    shown = plane
    slider = shown.row(1).locator('input[type="range"]')
    for key, value in (("ArrowRight", 0.1), ("ArrowUp", 0.2), ("PageDown", -0.8), ("End", 3)):
        slider.press(key)
        expect(shown.row(1).locator('input[type="number"]')).to_have_value(f"{value:.2f}")
    shown.settled()
    assert shown.code()[1] == 3


def test_a_typed_code_far_outside_is_decoded_and_called_unsupported(plane):
    shown = plane
    field = shown.row(0).locator('input[type="number"]')
    field.fill("40")
    field.press("Enter")
    expect(shown.root).to_have_attribute("data-code", re.compile("^40,"))
    shown.settled()
    assert alike(shown.pixels(), decoded("digits-vae-2d", [[40, 0]])[0])
    expect(shown.page.locator(".support output").first).to_contain_text("no training image")
    field.fill("")
    field.press("Enter")
    expect(field).to_have_value("40.00")


def test_start_from_an_image_draw_at_random_and_reset(open_traverse):
    shown = open_traverse("model=digits-ae-16d")
    latents = stored("digits-ae-16d").latents
    mean = latents.training_codes.mean(axis=0)
    assert np.allclose(shown.code(), mean, atol=1e-5)
    assert alike(shown.pixels(), decoded("digits-ae-16d", [mean])[0])
    expect(shown.page.locator(".legend")).to_contain_text("No posterior, so no KL")
    expect(shown.page.get_by_text("No other model in the list differs")).to_be_visible()
    thumbs = shown.page.locator(".thumbs button")
    expect(thumbs).to_have_count(10)
    thumbs.nth(3).click()
    row = int(shown.told("start"))
    assert latents.labels[row] == 3
    assert np.allclose(shown.code(), latents.codes[row], atol=1e-3)
    expect(shown.page.locator(".where")).to_contain_text("image of class 3")

    shown.page.get_by_role("button", name="another one").click()
    shown.page.wait_for_url(lambda url: parameters(url).get("start") != str(row))
    other = int(parameters(shown.page.url)["start"])
    assert latents.labels[other] == 3

    shown.page.get_by_role("button", name="Random", exact=True).click()
    shown.page.wait_for_url(lambda url: parameters(url).get("seed") == "1")
    drawn = shown.code()
    assert not np.allclose(drawn, latents.codes[other], atol=0.1)
    assert parameters(shown.page.url)["start"] == str(other)

    shown.page.get_by_role("button", name="Reset").click()
    expect(shown.root).not_to_have_attribute("data-code", ",".join(map(str, drawn)))
    assert np.allclose(shown.code(), latents.codes[other], atol=1e-3)

    shown.page.get_by_role("button", name="mean", exact=True).click()
    shown.page.wait_for_url(lambda url: "start" not in parameters(url))
    assert np.allclose(shown.code(), mean, atol=1e-3)

    shown.page.locator(".traverse .seed").fill("1")
    shown.page.locator(".traverse .seed").press("Enter")
    shown.settled()
    assert np.allclose(shown.code(), drawn), "the same seed draws the same code"


def test_a_click_on_a_picture_sets_the_unit_and_few_units_have_larger_pictures(open_traverse):
    shown = open_traverse("model=digits-size-4d")
    wanted = shown.cells(0)[5]
    canvas = shown.row(0).locator(".cells canvas")
    box = canvas.bounding_box()
    canvas.click(position={"x": 5.5 / 7 * box["width"], "y": box["height"] / 2})
    shown.told("z")
    shown.settled()
    unit = next(u for u in units(stored("digits-size-4d")) if u.dimension == 0)
    assert shown.code()[0] == pytest.approx(unit.centre + 2 * unit.sigma, abs=1e-4)
    assert (shown.pixels() == wanted).all()
    shown.page.reload()
    shown.settled()
    assert (shown.pixels() == wanted).all(), "its link brings it back"
    first, moved = shown.row(0).locator(".cells canvas"), shown.row(0).locator("canvas.moved")

    def beside():
        slider = shown.row(0).locator(".slider").bounding_box()
        return slider["x"] + slider["width"] < first.bounding_box()["x"]

    assert not beside()  # there is height enough for sliders above their pictures
    before = first.bounding_box()["height"]
    shown.page.get_by_role("button", name="Present").click()
    expect(shown.page.locator(".bar")).to_be_visible()
    expect(shown.settled().root.locator(".rows")).not_to_have_class(re.compile("few"))
    assert beside()
    assert first.bounding_box()["height"] > before
    right = moved.bounding_box()
    assert right["x"] + right["width"] > 0.9 * shown.page.viewport_size["width"]


def test_a_click_on_the_small_map_starts_from_that_image_and_the_ring_follows(plane):
    shown = plane
    latents = stored("digits-vae-2d").latents
    at = shown.root.evaluate(
        "(root) => root.traverse.map.camera.toScreen(...root.traverse.model.place(100))"
    )
    shown.page.locator(".traverse .minimap").click(position={"x": at[0], "y": at[1]})
    row = int(shown.told("start"))
    assert np.allclose(shown.code(), latents.codes[row], atol=1e-3)
    assert np.linalg.norm(latents.codes[row] - latents.codes[100]) < 0.4
    shown.page.locator(".traverse .minimap").click(position={"x": 3, "y": 3})
    expect(shown.page.locator(".support output").first).to_contain_text("no training image")


def test_units_are_sorted_by_kl_and_inactive_ones_greyed(open_traverse):
    shown = open_traverse("model=digits-vae-16d")
    described = units(stored("digits-vae-16d"))
    names = shown.page.locator(".unit .name b").all_text_contents()
    assert names == [f"z{unit.dimension + 1}" for unit in described]
    grey = shown.page.locator(".unit.inactive")
    assert sum(not unit.active for unit in described) == 6
    expect(grey).to_have_count(6)
    expect(grey.first).to_contain_text("inactive")
    expect(shown.page.locator(".legend")).to_contain_text("variance of 0.01 or less")
    assert max(shown.root.evaluate(SPREAD.format(row=15))) < 0.02
    assert max(shown.root.evaluate(SPREAD.format(row=0))) > 0.2
    directions_lead_on(shown)
    # on a phone each slider stands above its pictures
    shown.page.set_viewport_size(PHONE)
    shown.page.wait_for_function(f"() => !({BESIDE})().length")
    slider, pictures = (shown.page.locator(f".unit {part}") for part in (".slider", ".cells"))
    box = slider.nth(1).bounding_box()
    assert box["y"] + box["height"] <= pictures.nth(1).bounding_box()["y"] + 1
    assert pictures.nth(1).bounding_box()["width"] > 240


def directions_lead_on(shown):
    """Both sheets are the engine's; a click and an arrow key go to a picture of theirs."""
    page, lab = shown.page, aecore.open("digits-vae-16d")
    page.get_by_label("Start from this image of class 5").click()
    page.get_by_role("button", name="directions", exact=True).click()
    expect(page.locator(".rows")).to_be_hidden()
    sheets_are(shown, lab.directions(shown.settled().code()))
    page.get_by_label("Step along a direction").fill("2")
    around = lab.directions(shown.settled().code(), step=2.0)
    sheets_are(shown, around)
    page.locator(".sheet").first.locator(".tile").nth(9).click()
    assert np.allclose(shown.settled().code(), around.codes[0, 1, 4], atol=1e-4)
    around = lab.directions(shown.code(), step=2.0)
    sheets_are(shown, around)
    page.locator(".sheet").last.press("ArrowDown")
    assert np.allclose(shown.settled().code(), around.codes[1, 3, 2], atol=1e-4)
    assert [shown.told("grid"), shown.told("apart")] == ["directions", "2"]
    page.get_by_role("button", name="units", exact=True).click()
    expect(page.locator(".sheet").first).to_be_hidden()
    shown.settled()


def sheets_are(shown, around):
    for sheet, images, change, support in zip(
        shown.page.locator(".directions > section").all(), around.images, around.change,
        around.support, strict=True,
    ):  # fmt: skip
        pictures = sheet.locator("canvas").evaluate_all(
            """(all) => all.map((canvas) => Array.from(canvas.getContext("2d")
                .getImageData(0, 0, 28, 28).data).filter((_, i) => i % 4 === 0))"""
        )
        assert alike(np.array(pictures), np.rint(255 * images.reshape(25, 784)))
        assert float(sheet.get_attribute("data-change")) == pytest.approx(change, abs=1e-3)
        told = float(sheet.get_attribute("data-support"))
        assert told == pytest.approx(support.mean(), abs=5e-3)


def test_beta_is_a_curve_whose_points_load_models_everywhere_by_keyboard(open_traverse):
    shown = open_traverse("model=mnist-bvae-10d-b4&start=6")
    page = shown.page
    shown.page.locator(".sweep").scroll_into_view_if_needed()
    sweep = page.locator('.sweep[data-pictures="yes"]')
    expect(sweep.locator(".note").last).to_contain_text(
        "Reconstructions of the same 10 training images, which the models have learnt, from their"
    )
    pressed = sweep.locator('.plot button[aria-pressed="true"]')
    expect(pressed).to_have_text("β = 4")
    rows = 1 + sweep.locator(".plot button").count()  # the originals stand above
    expect(sweep.locator(".line canvas")).to_have_count(10 * rows)
    ten = sweep.get_by_role("button", name="β = 10 (").first
    ten.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: parameters(url).get("model") == "mnist-bvae-10d-b10")
    expect(pressed).to_have_text("β = 10")
    chosen = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Model")
    expect(chosen).to_have_value(re.compile("β = 10"))
    shown.settled()
    assert parameters(page.url)["start"] == "6", "the same image in the other model"
    codes = stored("mnist-bvae-10d-b10").latents.codes
    expect(page.locator(".unit.inactive")).not_to_have_count(0)
    assert np.allclose(shown.code(), codes[6], atol=1e-3)

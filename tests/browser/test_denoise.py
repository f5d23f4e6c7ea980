"""The Denoise page as a user meets it, in a real Chromium."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from aecore.checkpoints import build, find, read
from aecore.corruption import CORRUPTIONS
from aecore.denoising import quality
from aeview.denoise import view as denoising
from tests.browser.hand import grip


class Lab:
    """The page in terms of what a user does and sees."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".denoise")
        expect(self.root).to_have_attribute("data-ready", "yes")
        expect(self.root).to_have_attribute("data-filtered", re.compile(r"\d+"))

    def settled(self):
        expect(self.root).to_have_attribute("data-left", "0")
        return self

    def pixels(self, canvas):
        values = canvas.evaluate(
            """(canvas) => Array.from(canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data)"""
        )
        return np.array(values).reshape(-1, 4)[:, 0]

    def row(self, name):
        return self.page.locator(f'.line[data-row="{name}"]')

    def pictures(self, name):
        row = self.row(name).locator("canvas").all()
        return np.stack([self.pixels(canvas) for canvas in row])

    def figure(self, name, kind):
        return float(self.row(name).locator(f".figure.{kind}").inner_text())


def spoilt_and_restored(kind, level, seed, rows=slice(8)):
    import torch

    images = denoising.offered("digits", (1, 28, 28)).pixels[rows].astype(np.float32) / 255
    spoilt = CORRUPTIONS[kind].seeded(torch.from_numpy(images), level, seed)
    model = build(read(find("digits-dae-784d")))
    return images, spoilt.numpy(), model.reconstruct(spoilt).numpy()


def test_first_paint_is_what_the_engine_makes_of_the_same_seed(app, look_at):
    page = look_at(f"{app.url}/denoise")
    lab = Lab(page)
    images, spoilt, restored = spoilt_and_restored("gaussian", 0.4, 0)
    for name, want in (("original", images), ("noisy", spoilt), ("dae", restored)):
        assert np.abs(lab.pictures(name) - 255 * want.reshape(8, -1)).max() <= 1.01
    for name, want in (("noisy", spoilt), ("dae", restored)):
        found = quality(want, images)
        assert lab.figure(name, "psnr") == pytest.approx(found.psnr.mean(), abs=0.051)
        assert lab.figure(name, "ssim") == pytest.approx(found.ssim.mean(), abs=0.00051)
    assert lab.figure("dae", "psnr") > lab.figure("wiener", "psnr")
    for kind in ("psnr", "ssim"):
        expect(lab.row("dae").locator(f".{kind}")).to_have_class(re.compile("best"))
        expect(page.locator(f".line .{kind}.best")).to_have_count(1)
    expect(page.locator(".head .n")).to_have_text("means of 8 images")
    expect(page.locator(".curves polyline")).to_have_count(11)  # BM3D has a curve alone
    expect(page.locator(".curves rect.trained")).to_have_count(1)
    last = lab.row("wavelet").locator("canvas").first.bounding_box()
    assert last["y"] + last["height"] < 768


def test_dragging_the_level_changes_both_pictures_without_the_server(app, look_at):
    page = look_at(f"{app.url}/denoise")
    lab = Lab(page)
    slider = page.get_by_label("Noise level", exact=True)
    noisy, dae = (lab.row(name).locator("canvas").first for name in ("noisy", "dae"))
    low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
    value = float(slider.input_value())
    drag = grip(slider, (value - low) / (high - low))
    sent = len(page.frames_sent)
    seen = {"noisy": set(), "dae": set()}
    for share in (0.5, 0.65, 0.8, 0.95):
        before = lab.root.get_attribute("data-restorations")
        drag(share)
        expect(lab.root).not_to_have_attribute("data-restorations", before)
        lab.settled()
        seen["noisy"].add(lab.pixels(noisy).tobytes())
        seen["dae"].add(lab.pixels(dae).tobytes())
    assert len(page.frames_sent) == sent
    assert len(seen["noisy"]) >= 3
    assert len(seen["dae"]) >= 3
    expect(lab.row("median")).to_have_class(re.compile("pending"))
    answered = lab.root.get_attribute("data-filtered")
    page.mouse.up()
    expect(lab.root).not_to_have_attribute("data-filtered", answered)
    expect(lab.row("median")).not_to_have_class(re.compile("pending"))
    assert float(slider.input_value()) > value
    expect(page).to_have_url(re.compile(f"level={float(slider.input_value()):g}"))


def test_controls_change_what_they_say(app, look_at):
    page = look_at(f"{app.url}/denoise")
    lab = Lab(page)
    field = page.get_by_label("Number of images")
    field.fill("3")
    field.press("Enter")
    expect(page.locator(".head .n")).to_have_text("means of 3 images")
    first = lab.pictures("noisy")
    page.get_by_role("button", name="Other noise").click()
    lab.settled()
    assert not np.array_equal(first, lab.pictures("noisy"))
    originals = lab.pictures("original")
    page.get_by_role("button", name="Other images").click()
    lab.settled()
    assert not np.array_equal(originals, lab.pictures("original"))
    page.get_by_role("button", name="residuals").click()
    lab.settled()
    assert lab.pictures("dae").mean() < lab.pictures("noisy").mean()
    expect(page.locator(".curves polyline").first).to_be_attached()
    before = page.locator(".curves polyline").first.get_attribute("points")
    page.get_by_role("button", name="SSIM", exact=True).click()
    expect(page.locator(".curves polyline").first).not_to_have_attribute("points", before)
    seed = page.get_by_label("Seed").input_value()
    field.fill("99")
    # what shows the fields anew, as whatever Python answers does, leaves the one being typed into
    page.get_by_role("button", name="Other noise").evaluate("(button) => button.click()")
    expect(page.get_by_label("Seed")).not_to_have_value(seed)
    expect(field).to_have_value("99")
    field.press("Enter")
    expect(page.locator(".denoise .problem")).to_have_text(
        re.compile("goes from 1 to 12, in whole numbers")
    )
    expect(field).to_have_value("3")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".head .n")).to_have_text("means of 8 images")
    expect(page).to_have_url(re.compile("n=8"))


def test_a_link_shows_the_same_again(app, open_page):
    link = "kind=salt_and_pepper&level=0.55&seed=77&n=2&first=9&show=residuals&figure=ssim"
    page = open_page(f"{app.url}/denoise?{link}")
    lab = Lab(page).settled()
    rows = slice(9, 11)
    images, spoilt, restored = spoilt_and_restored("salt_and_pepper", 0.55, 77, rows)
    for name, want in (("noisy", spoilt), ("dae", restored)):
        found = quality(want, images)
        assert lab.figure(name, "psnr") == pytest.approx(found.psnr.mean(), abs=0.051)
        assert lab.figure(name, "ssim") == pytest.approx(found.ssim.mean(), abs=0.00051)
    expect(page.get_by_label("Noise level, typed")).to_have_value("0.55")
    button = page.get_by_role("button", name="residuals")
    expect(button).to_have_attribute("aria-pressed", "true")
    button = page.get_by_role("button", name="SSIM", exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")


def test_a_patch_is_filled_and_a_drawing_restored_while_the_pen_is_down(app, open_page):
    page = open_page(f"{app.url}/denoise?kind=none&n=2", height=1100)
    lab = Lab(page)
    pane, filled = page.locator(".painted"), page.locator(".filled")
    clean, before = lab.pixels(pane), lab.pixels(filled)
    drag = grip(pane, 0.4, 0.45)
    sent = len(page.frames_sent)
    drag(0.6, 0.55, steps=6)
    expect(page.locator(".painter .readout")).to_contain_text(re.compile(r": [1-9]\d+ of 784"))
    lab.settled()
    wiped, after = lab.pixels(pane), lab.pixels(filled)
    gone = wiped != clean
    assert len(page.frames_sent) == sent
    assert (np.abs(wiped[gone] - 127.5) <= 1).all()
    assert not np.array_equal(before, after)
    # what is filled in is nearer to what was there than the grey is
    assert (
        np.abs(after[gone] - clean[gone]).mean() < 0.6 * np.abs(wiped[gone] - clean[gone]).mean()
    )
    page.mouse.up()
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator(".painter .readout")).to_contain_text(": 0 of 784")
    assert np.array_equal(lab.settled().pixels(pane), clean)
    expect(lab.row("wiener")).not_to_have_class(re.compile("pending"))
    expect(lab.row("dae").locator(".psnr")).not_to_be_empty()
    expect(page.locator(".best")).to_have_count(0)  # without noise there is nothing to be best at
    expect(lab.row("noisy").locator(".psnr")).to_have_text("∞")
    note = page.locator(".curves .note")
    expect(note).to_contain_text("The filters are those for Gaussian noise at 0.1, the weakest.")
    page.get_by_role("button", name="Gaussian noise").click()
    expect(note).to_contain_text("BM3D (dash-dotted)")
    reset = page.get_by_role("button", name="Reset").bounding_box()
    page.get_by_role("button", name="Masked pixels").click()  # of which BM3D has no curve
    expect(note).to_contain_text("test images at each level.")
    expect(note).not_to_contain_text("BM3D")
    assert page.get_by_role("button", name="Reset").bounding_box() == reset  # nothing jumps
    page.get_by_role("button", name="None").click()
    lab.settled()

    # the keyboard paints, too
    pane.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator(".painter .readout")).to_contain_text(re.compile(r": 1[0-9] of 784"))
    lab.settled()

    # a drawing stands first while it is drawn
    page.get_by_text("Your own pictures").click()
    expect(page.locator(".pad")).to_have_attribute("data-ready", "yes")
    drag = grip(page.locator(".pad canvas.sheet"), 0.3, 0.2)
    drag(0.7, steps=6)
    first = lab.row("dae").locator("canvas").first
    expect(first).to_have_attribute("aria-label", re.compile("your drawing"))
    before = lab.settled().pixels(first)
    shown = lab.root.get_attribute("data-restorations")
    drag(0.5, 0.8, steps=6)
    expect(lab.root).not_to_have_attribute("data-restorations", shown)
    assert not np.array_equal(before, lab.settled().pixels(first))
    answered = lab.root.get_attribute("data-filtered")
    page.mouse.up()
    expect(lab.root).not_to_have_attribute("data-filtered", answered)
    expect(lab.row("median")).not_to_have_class(re.compile("pending"))

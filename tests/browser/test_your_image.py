"""The page Your image as a user meets it, in a real Chromium."""

import base64
import io
import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from playwright.sync_api import expect

from aecore import classifier
from aecore.checkpoints import build, classifier_file, find, read
from aecore.latents.counterfactual import FLOOR
from aecore.latents.support import Support
from aeview.own_pictures import samples as sample_pictures
from tests.browser.hand import grip

THREE = sample_pictures._curve(np.array(sample_pictures.STROKES["3"][0]))[::6]
EXIF_ORIENTATION = 0x0112


class Bench:
    """The page in terms of what a user does and sees."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".lab.own")
        expect(self.root).to_have_attribute("data-ready", "yes")
        expect(self.root).to_have_attribute("data-shown", re.compile(r"\d+"))

    def seen(self):
        """Pixels of input, reconstruction and map, the score, and the words."""
        return self.root.evaluate(
            """(root) => {
                const pixels = (selector) => root.querySelector(selector).toDataURL();
                return {
                    input: pixels(".input canvas"),
                    reconstruction: pixels(".reconstruction .picture"),
                    error: pixels(".error canvas"),
                    place: root.own.place.join(),
                    map: pixels(".minimap .overlay"),
                    score: Number(root.dataset.score),
                    words: root.querySelector(".headline").textContent,
                };
            }"""
        )

    def settled(self):
        """Wait until two frames have passed without another picture."""
        self.root.evaluate(
            """async (root) => {
                const frame = () => new Promise(requestAnimationFrame);
                let before = null;
                while (before !== root.dataset.shown) {
                    before = root.dataset.shown;
                    await frame();
                    await frame();
                    await frame();
                }
            }"""
        )
        return self

    def press(self, places):
        """Put the pen down and draw through places of the pad; the pen stays down."""
        drag = grip(self.page.locator("canvas.sheet"), *places[0])
        for place in places[1:]:
            drag(*place)
        return drag

    def draw(self, places):
        self.press(places)
        self.page.mouse.up()
        return self.settled()

    @property
    def verdict(self):
        return self.root.get_attribute("data-verdict")


@pytest.fixture
def digits(app, look_at):
    """The page with a model of digits, and nothing on the pad."""
    page = look_at(f"{app.url}/your_image?model=mnist-vae-16d")
    bench = Bench(page)
    clear = page.get_by_role("button", name="Clear")
    if page.locator(".pad .hint").is_hidden() and clear.is_visible():
        clear.click()
        bench.settled()
    return page


def png(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_point_reconstruction_and_score_follow_the_pen_before_it_is_lifted(digits):
    page = digits
    bench = Bench(page).settled()
    half = len(THREE) // 2
    before = bench.seen()
    drag = bench.press(THREE[:half])
    page.frames_sent.clear()
    first = bench.settled().seen()
    for place in THREE[half:]:
        drag(*place)
    second = bench.settled().seen()
    assert page.frames_sent == []
    for what in ("input", "reconstruction", "place", "map", "score", "words"):
        assert len({before[what], first[what], second[what]}) == 3, what
    page.mouse.up()
    lifted = bench.settled().seen()
    assert lifted["score"] == pytest.approx(second["score"], abs=1e-6)
    expect(bench.root).to_have_attribute("data-verdict", "in")
    labels = page.locator(".near .strip b").all_inner_texts()
    assert labels[:5].count("3") >= 4
    page.reload()
    again = Bench(page)
    expect(again.root).to_have_attribute("data-verdict", "in")
    expect(page.locator(".pad")).not_to_have_class(re.compile("aside"))
    expect(page.locator(".pad .hint")).to_be_hidden()
    assert again.settled().seen()["score"] == pytest.approx(lifted["score"], abs=1e-6)
    judge = classifier.load(classifier_file("mnist")).network
    drawn = again.root.evaluate("({ own: { input } }) => [...input.pixels]")
    with torch.no_grad():
        shares = judge(torch.tensor(drawn).reshape(1, 1, 28, 28)).softmax(1)[0]
    assert shares.argmax() == 3
    said = f"Our classifier sees it as 3 with {100 * shares[3]:.0f} %."
    expect(page.locator(".class-seen")).to_have_text(said)
    page.get_by_label("Class to be seen as").select_option("8")
    change = page.locator(".least-change")
    expect(change).to_have_attribute("data-state", "found")
    ends = again.root.evaluate(
        "({ own: { change: { found: { start, end } } } }) => [start, end].map((z) => [...z])"
    )
    stored = read(find("mnist-vae-16d"))
    with torch.no_grad():
        images = build(stored).decode(torch.tensor(ends))
        seen = judge(images).argmax(1)
    assert seen.tolist() == [3, 8]
    assert Support.of(stored.latents).share(np.float32(ends))[1] >= FLOOR


def test_undo_clear_pen_and_fit_change_the_result(digits):
    page = digits
    bench = Bench(page).settled()
    bench.draw(THREE * 0.4)
    one = bench.seen()
    bench.draw([(0.1, 0.9), (0.9, 0.9)])
    two = bench.seen()
    assert one["input"] != two["input"]
    page.keyboard.press("Control+z")  # the pad has the keys once it is drawn on
    assert bench.settled().seen()["input"] == one["input"]
    page.get_by_label("Pen width").fill("2")
    thick = bench.settled().seen()
    assert thick["input"] != one["input"]
    page.get_by_label("Pen width").fill("1")
    fit = page.get_by_role("button", name="fit & centre")
    fit.click()
    small = bench.settled().seen()
    assert small["score"] > one["score"]
    assert bench.verdict == "out"
    fit.click()
    assert bench.settled().seen()["input"] == one["input"]
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".headline")).to_contain_text("Blank")
    expect(page.locator(".class-seen")).to_be_hidden()
    assert bench.verdict == "none"


def test_a_drawing_goes_along_to_denoise_and_is_still_there_afterwards(digits):
    page = digits
    bench = Bench(page).settled()
    drawn = bench.draw(THREE).seen()
    page.get_by_role("link", name="Denoise").click()
    row = page.locator(".line[data-row=median]")
    expect(row.locator("canvas").first).to_have_attribute("aria-label", re.compile("your drawing"))
    expect(row).not_to_have_class(re.compile("pending"))  # the filters answer for it, too
    page.get_by_role("link", name="Your image").click()
    back = Bench(page).settled().seen()
    assert back["input"] == drawn["input"]
    assert back["score"] == drawn["score"]
    Bench(page).draw([(0.1, 0.9), (0.9, 0.9)])
    page.go_back()  # to the page before, not through what was told of this one
    expect(page).to_have_url(re.compile("/denoise"))
    expect(page.get_by_role("heading", name="Denoise", exact=True)).to_be_visible()
    page.get_by_role("link", name="Your image").click()
    expect(page.get_by_role("heading", name="Your image", exact=True)).to_be_visible()


# ---- pictures -----------------------------------------------------------------------------------


def four_files():
    """The same sheet as PNG, as JPEG turned by its EXIF, and with black and white swapped."""
    sheet = Image.fromarray(sample_pictures._pen()).convert("L")
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6  # "turn me a quarter to the right"
    sheet.rotate(90, expand=True).save(turned, "JPEG", quality=95, exif=exif)
    return {
        "sheet.png": png(sheet),
        "turned.jpg": turned.getvalue(),
        "black on white.png": png(sheet.point(lambda v: 255 if v > 128 else 0)),
        "white on black.png": png(ImageOps.invert(sheet.point(lambda v: 255 if v > 128 else 0))),
    }


def test_the_same_sheet_in_four_files_gets_the_same_verdict(digits):
    page = digits
    bench = Bench(page).settled()
    page.get_by_role("radio", name="Upload").click()
    found = {}
    for name, content in four_files().items():
        mime = "image/jpeg" if name.endswith("jpg") else "image/png"
        page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(
            {"name": name, "mimeType": mime, "buffer": content}
        )
        expect(page.locator(".made .note")).to_have_text(name)
        seen = bench.settled().seen()
        found[name] = (bench.verdict, seen["score"], page.locator(".near b").first.inner_text())
    verdicts = {verdict for verdict, _, _ in found.values()}
    assert verdicts == {"in"}, found
    assert {label for _, _, label in found.values()} == {"3"}
    scores = [score for _, score, _ in found.values()]
    assert max(scores) < 2 * min(scores)


def test_a_picture_is_pasted_by_the_keys(digits):
    page = digits
    bench = Bench(page).settled()
    page.get_by_role("radio", name="Paste").click()
    expect(page).to_have_url(re.compile("input=paste"))
    content = base64.b64encode(four_files()["white on black.png"]).decode()
    page.evaluate(
        """(content) => {
            const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([bytes], "copied.png", { type: "image/png" }));
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }""",
        content,
    )
    expect(page.locator(".made .note")).to_have_text("copied.png")
    bench.settled()
    assert bench.verdict == "in"
    page.evaluate(
        """() => document.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: new DataTransfer(), bubbles: true }))"""
    )
    expect(page.locator(".pad .problem")).to_contain_text("no picture on the clipboard")


def test_a_sample_is_one_click_and_its_steps_change_the_result_and_the_link(digits, open_page):
    page = digits
    bench = Bench(page).settled()
    page.get_by_label("Sample: a 5 in chalk on a board").click()
    expect(page).to_have_url(re.compile("picture=chalk"))
    expect(page.locator(".made .note")).to_have_text("a 5 in chalk on a board")
    right = bench.settled().seen()
    assert bench.verdict == "in"
    page.locator('[data-step="polarity"] select').first.select_option("dark ink")
    expect(page).to_have_url(re.compile("steps=polarity"))
    wrong = bench.settled().seen()
    assert wrong["input"] != right["input"]
    link = page.url
    page.locator('[data-step="polarity"] select').first.select_option("auto")
    expect(page).not_to_have_url(re.compile("steps="))
    assert bench.settled().seen()["input"] == right["input"]
    again = Bench(open_page(link)).settled().seen()
    assert again["input"] == wrong["input"]


def test_several_drawings_are_offered_and_one_is_chosen(digits):
    page = digits
    bench = Bench(page).settled()
    page.get_by_label("Sample: two digits on one sheet").click()
    expect(page.locator(".headline")).to_contain_text("Several drawings")
    bench.settled()
    assert bench.verdict == "none"
    scores = page.locator(".crops span")
    expect(scores).to_have_text([re.compile(r"^0\.\d{4}, in$")] * 2)
    told = scores.nth(1).text_content()
    page.get_by_role("button", name="Take drawing 2").click()
    expect(page.locator(".made .note")).to_contain_text("Drawing 2 of")
    assert bench.settled().verdict == "in"
    assert f"{float(bench.root.get_attribute('data-score')):.4f}, in" == told
    expect(page.locator(".near b").first).to_have_text("2")


def test_its_code_becomes_the_first_end_of_a_way_and_is_taken_to_traverse(app, open_page):
    page = open_page(f"{app.url}/your_image?model=digits-vae-2d")
    code = Bench(page).settled().root.evaluate("(root) => Array.from(root.own.code)")
    page.locator(".near").get_by_role("button", name="Interpolate").click()
    expect(page).to_have_url(re.compile("interpolate.*from="))
    linked = [float(v) for v in parse_qs(urlparse(page.url).query)["from"][0].split(",")]
    assert linked == pytest.approx(code, rel=1e-4)
    page.get_by_role("link", name="Your image").click()
    Bench(page).settled()
    page.locator(".near").get_by_role("button", name="Traverse").click()
    expect(page.locator(".traverse")).to_have_attribute("data-ready", "yes")
    there = page.locator(".traverse").evaluate("(root) => Array.from(root.traverse.code)")
    assert there == pytest.approx(code, abs=1e-5)

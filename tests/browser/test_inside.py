"""Inside and Codes at work as a user meets them, in a real Chromium."""

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from aecore.checkpoints import build, find, read
from aecore.data.catalogue import load
from tests.browser.hand import grip


def tab(page, name):
    page.get_by_role("tab", name=re.compile(f"^{name}")).click()


@pytest.fixture(scope="module")
def own(serve_all):
    """A server that nobody has visited yet."""
    return serve_all()


def settled(page):
    expect(page.locator(".inside")).to_have_attribute("data-left", "0")


def test_inside_shows_what_torch_computes_and_every_part_answers(own, open_page):
    page = open_page(f"{own.url}/inside?of=test-5&model=digits-ae-16d")  # the first visit
    root = page.locator(".inside")
    expect(root).to_have_attribute("data-ready", "yes")
    expect(page.get_by_role("heading", name="Inside", exact=True)).to_be_visible()

    # Layers: the browser's numbers are torch's, once the original has come.
    expect(root).to_have_attribute("data-pictures", "yes")
    expect(page.locator(".encoder .stage")).to_have_count(4)
    expect(page.locator(".subject .note")).to_contain_text("test image 5")
    checkpoint = read(find("digits-ae-16d"))
    model = build(checkpoint)
    image = torch.from_numpy(load("digits", "test").images[5:6])
    want = model.encoder[:3](image).numpy()[0]
    seen = root.evaluate("(e) => Array.from(e.inside.layers.stages.encoder[0].values)")
    assert np.allclose(seen, want, atol=0.02)  # weights travel as float16
    expect(page.locator(".tiles canvas")).to_have_count(40)
    page.locator(".filters .after").click()
    expect(page.locator(".filters .which")).to_have_text("41–80 of 512")
    page.locator(".encoder .stage button").first.click()
    expect(page.locator(".detail p")).to_contain_text("beside it the weights")

    # Units: a click shows its nine images, and goes into the link.
    tab(page, "Units")
    expect(page.locator(".units-part")).to_have_attribute("data-pending", "no")
    page.get_by_role("button", name="unit z7", exact=True).click()
    expect(page.locator(".one h3")).to_have_text("Unit z7")
    expect(page.locator(".nine figure")).to_have_count(9)
    expect(page).to_have_url(re.compile("unit=7"))

    # Way back: the slider is live, nothing is sent while it moves.
    tab(page, "Way back")
    expect(page.locator(".way .figures")).to_contain_text("Of 80 held-out images")
    settled(page)
    expect(page).to_have_url(re.compile("part=way"))  # nothing is left to be told
    page.frames_sent.clear()
    before = page.locator(".before-words").inner_text()
    drag = grip(page.get_by_label("Noise level", exact=True), 0.4)
    drag(0.7)
    expect(page.locator(".before-words")).not_to_have_text(before)
    settled(page)
    assert not page.frames_sent
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"level=0\.[5-9]"))

    # Missing pixels: a link to a model that has it, and its controls.
    tab(page, "Missing pixels")
    page.get_by_role("button", name="Open digits-masked-16d").click()
    expect(page.locator(".masked .line")).to_have_count(6)
    expect(page.locator(".masked .note")).to_contain_text("100 held-out images")
    settled(page)
    ours, pca, mean = map(float, page.locator(".masked").get_attribute("data-mse").split())
    assert 0 < ours < pca < mean
    page.get_by_label("Hidden share, typed").fill("2")
    page.get_by_label("Hidden share, typed").press("Enter")
    expect(page.locator(".problem")).to_contain_text("goes from 0.05 to 0.95")


def test_of_an_overcomplete_code_the_units_that_are_on_come_first(own, open_page):
    stored = read(find("digits-sparse-1024d"))
    row = stored.latents.index[0]  # of the few training images that it carries
    link = f"inside?model=digits-sparse-1024d&part=units&first=image&of=train-{row}"
    page = open_page(f"{own.url}/{link}")
    expect(page.locator(".units-part")).to_have_attribute("data-pending", "no")
    image = torch.from_numpy(load("digits", "train").images[row : row + 1])
    code = build(stored).encode(image).mean[0]
    expect(page.locator(".units-part .said")).to_contain_text("In the chosen image: 32.")
    expect(page.locator(".units-part .which")).to_have_text("1–24 of 1024")
    expect(page.locator(".units button").first).to_contain_text(f"z{int(code.argmax()) + 1} ·")
    expect(page.locator(".paints canvas")).to_be_visible()
    page.get_by_label("Order of the units").select_option("active")
    expect(page).to_have_url(re.compile("first=active"))


def test_a_search_by_code_finds_what_numpy_finds(own, open_page):
    page = open_page(f"{own.url}/codes_at_work")  # measures at once, and runs again right after
    expect(page.get_by_text("Accuracy, %, on 355 test images")).to_be_visible()
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("digits-vae-2d"))
    expect(page.get_by_role("radio", name="Probe")).to_be_checked()
    page.goto(f"{own.url}/codes_at_work?work=search&of=test-3&model=digits-ae-2d")
    expect(page.locator(".search")).to_have_attribute("data-ready", "yes")
    expect(page.locator(".by-pixels button")).to_have_count(10)
    table = read(find("digits-ae-2d")).latents
    row = int(((table.split == 2) & (table.index == 3)).argmax())
    distance = np.linalg.norm(table.codes - table.codes[row], axis=1)
    distance[row] = np.inf
    same = (table.labels[np.argsort(distance)[:10]] == table.labels[row]).sum()
    expect(page.locator(".by-code")).to_have_attribute("data-same", str(same))
    expect(page.get_by_text("Precision at 10: how many")).to_be_visible()
    page.locator(".by-code button").first.click()
    expect(page).to_have_url(re.compile(r"of=(train|val|test)-\d+"))

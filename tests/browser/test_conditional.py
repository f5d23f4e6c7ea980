"""A conditional model on the map: one code as each class, and the class that is told."""

import re

import numpy as np
import torch
from playwright.sync_api import expect

from aecore import checkpoints
from aecore.classifier import load

PIXELS = """(canvases) => canvases.map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return Array.from(data).filter((_, i) => i % 4 === 0);
})"""


def pictures(page):
    """The ten pictures below the decoded one, intensity in [0, 1]."""
    drawn = page.locator(".as-classes canvas").evaluate_all(PIXELS)
    return np.array(drawn, dtype=np.float32).reshape(10, 1, 28, 28) / 255


def an_image_enters(page, table, other_than):
    """Move to an image of another class than that; returns the row that has entered."""
    explorer = page.locator(".lab.explorer")
    row = int(np.flatnonzero(table.labels != other_than)[0])
    place = explorer.evaluate(
        """({ explorer: { model, camera } }, row) => camera.toScreen(...model.place(row))""", row
    )
    corner = page.locator(".canvases").bounding_box()
    page.mouse.move(corner["x"] + place[0], corner["y"] + place[1])
    # Where encoding takes long, that of before stays until the pointer has rested.
    expect(page.locator(".network")).to_have_attribute("data-entered", str(row))
    return row


def test_a_code_is_drawn_as_each_class_and_a_click_tells_the_model(app, open_page):
    page = open_page(f"{app.url}/?model=digits-cvae-2d&class=7")
    explorer = page.locator(".lab.explorer")
    where = page.locator(".where")
    expect(where).to_have_text("Pinned: code of class 5, told 7")
    pin = explorer.get_attribute("data-pin")
    stored = checkpoints.read(checkpoints.find("digits-cvae-2d"))
    code = torch.tensor([[float(unit) for unit in pin.split(",")]]).repeat(10, 1)
    expected = checkpoints.build(stored).told(np.arange(10)).decode(code).numpy()
    shown = pictures(page)
    assert np.abs(shown - expected).max() < 0.01
    judge = load(checkpoints.classifier_file("digits"))
    assert judge.network(torch.from_numpy(shown)).argmax(1).tolist() == list(range(10))
    told = page.locator('.as-classes button[aria-pressed="true"]')
    expect(told).to_have_text("7")
    row = an_image_enters(page, stored.latents, other_than=7)
    page.wait_for_function(  # the encoder answers as it is stored
        """([{ explorer }, code]) => explorer.above.passage.answered
            .every((value, j) => Math.abs(value - code[j]) < 0.01)""",
        arg=[explorer.element_handle(), stored.latents.codes[row].tolist()],
    )
    label = stored.card.classes[stored.latents.labels[row]]
    told_both = [re.compile(f"^encoder, told {label}:"), re.compile("^decoder, told 7:")]
    expect(page.locator(".network .layer figcaption")).to_have_text(told_both)
    page.locator(".as-classes button").nth(4).click()
    expect(told).to_have_text("4")
    expect(page).to_have_url(re.compile("class=4"))
    expect(page.get_by_role("combobox", name="Class it is told")).to_have_value("4")
    expect(explorer).to_have_attribute("data-pin", pin)
    assert np.abs(pictures(page) - expected).max() < 0.01  # another gauge, the same functions
    page.get_by_role("link", name="Traverse").click()
    expect(page.get_by_role("combobox", name="Class it is told")).to_have_value("4")
    page.get_by_role("link", name="Generate").click()
    expect(page.locator(".lab.generate")).to_have_attribute("data-ready", "yes")
    expect(page.get_by_role("combobox", name="Class it is told")).to_have_count(0)
    columns = page.locator(".samples .column")
    samples = columns.filter(has_text="digits-cvae-2d").locator("canvas")
    other = columns.filter(has_not_text="digits-cvae-2d").locator(".note")
    expect(other).not_to_contain_text("told no class")
    for label in range(10):
        page.get_by_label("Ask for a class").select_option(str(label))
        for place in (0, 35):
            expect(samples.nth(place)).to_have_attribute(
                "aria-label", re.compile(f"as class {label}:")
            )
        drawn = np.array(samples.evaluate_all(PIXELS), dtype=np.float32) / 255
        seen = judge.network(torch.from_numpy(drawn.reshape(36, 1, 28, 28))).argmax(1)
        assert (seen == label).sum() >= 34
    expect(other).to_contain_text("told no class")

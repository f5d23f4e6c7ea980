"""A model that was trained elsewhere is brought in the browser, seen, kept, used and deleted."""

import re

import pytest
from playwright.sync_api import expect

import aecore

pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
pytest.importorskip("onnxruntime", reason='pip install -e ".[models]" has onnxruntime')

NAME = "from-elsewhere"


def test_two_files_become_a_model_that_every_page_shows(app, open_page, tmp_path):
    encoder, decoder, _ = aecore.open("digits-vae-2d").export_onnx(tmp_path)
    pickle = tmp_path / "vae.onnx"
    pickle.write_bytes(b"\x80\x04" + bytes(100))  # as torch.save writes, under another name
    page = open_page(f"{app.url}/?model=digits-pca-2d")
    root = page.locator(".explorer")
    expect(root).to_have_attribute("data-ready", "yes")
    page.get_by_test_id("stSidebar").get_by_role("button", name="Bring a model").click()
    dialog = page.get_by_role("dialog")
    files = dialog.get_by_test_id("stFileUploaderDropzoneInput")
    reads = dialog.get_by_role("button", name="Read the files")

    files.set_input_files([pickle, decoder])
    expect(reads).to_be_enabled()
    reads.click()
    expect(dialog.get_by_test_id("stAlert")).to_contain_text(
        re.compile(r"vae\.onnx may hold code.*torch\.onnx\.export.*tf2onnx")
    )
    files.set_input_files([decoder, encoder])
    expect(dialog.get_by_role("button", name=f"Remove {encoder.name}")).to_be_visible()
    reads.click()

    pictures = dialog.locator(".brought img")
    expect(pictures).to_have_count(16)
    assert pictures.evaluate_all(
        "(all) => all.every((each) => each.complete && each.naturalWidth === 28)"
    )
    expect(dialog).to_contain_text("The encoder gives mean and log σ² of a posterior: 2 units.")
    expect(dialog).to_contain_text("Largest |Δ pixel| from onnxruntime")
    name = dialog.get_by_role("textbox", name="Name")
    name.fill(NAME)
    name.press("Enter")
    dialog.get_by_role("button", name="Keep it").click()
    expect(page).to_have_url(re.compile(f"model={NAME}"))
    expect(dialog).to_have_count(0)
    expect(root).to_have_attribute("data-ready", "yes")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("MSE per pixel")

    expect(root).to_have_attribute("data-answered", "yes")
    before = root.get_attribute("data-decodes")
    page.locator(".canvases").hover()
    expect(root).not_to_have_attribute("data-decodes", before)
    page.get_by_text("Model card").click()
    page.get_by_role("button", name="Delete this model").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page).not_to_have_url(re.compile(NAME))

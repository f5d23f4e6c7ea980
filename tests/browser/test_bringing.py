"""A model that was trained elsewhere is brought in the browser, seen, kept, used and deleted."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import aecore

onnx = pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
pytest.importorskip("onnxruntime", reason='pip install -e ".[models]" has onnxruntime')

NAME = "from-elsewhere"


def begun(app, open_page):
    """A page that is asked to bring a model: its dialog, where files go, and what reads them."""
    page = open_page(f"{app.url}/?model=digits-pca-2d")
    expect(page.locator(".explorer")).to_have_attribute("data-ready", "yes")
    page.get_by_test_id("stSidebar").get_by_role("button", name="Bring a model").click()
    dialog = page.get_by_role("dialog")
    files = dialog.get_by_test_id("stFileUploaderDropzoneInput")
    return page, dialog, files, dialog.get_by_role("button", name="Read the files")


def keep(page, dialog, name):
    field = dialog.get_by_role("textbox", name="Name")
    field.fill(name)
    field.press("Enter")
    dialog.get_by_role("button", name="Keep it").click()
    expect(page).to_have_url(re.compile(f"model={name}"))
    expect(dialog).to_have_count(0)


def test_two_files_become_a_model_that_every_page_shows(app, open_page, tmp_path):
    encoder, decoder, _ = aecore.open("digits-vae-2d").export_onnx(tmp_path)
    pickle = tmp_path / "vae.onnx"
    pickle.write_bytes(b"\x80\x04" + bytes(100))  # as torch.save writes, under another name
    page, dialog, files, reads = begun(app, open_page)
    root = page.locator(".explorer")

    files.set_input_files([pickle, decoder])
    expect(reads).to_be_enabled()
    reads.click()
    expect(dialog.get_by_test_id("stAlert")).to_contain_text(
        re.compile(r"vae\.onnx may hold code.*torch\.onnx\.export.*tf2onnx")
    )
    files.set_input_files([decoder, encoder])
    expect(dialog.get_by_role("button", name=f"Remove {encoder.name}")).to_be_visible()
    expect(dialog.get_by_role("progressbar")).to_have_count(0)  # all have been uploaded
    reads.click()

    pictures = dialog.locator(".brought img")
    expect(pictures).to_have_count(16)
    assert pictures.evaluate_all(
        "(all) => all.every((each) => each.complete && each.naturalWidth === 28)"
    )
    expect(dialog).to_contain_text("The encoder gives mean and log σ² of a posterior: 2 units.")
    expect(dialog).to_contain_text("Largest |Δ pixel| from onnxruntime")
    keep(page, dialog, NAME)
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


def wait_for_pixels(page, root, where, expected):
    """Until there is a picture, or values, that are the expected ones; intensity in [0, 1]."""
    page.wait_for_function(
        """([root, where, expected]) => {
            const found = new Function("root", `return ${where}`)(root);
            const drawn = (canvas) => Array.from(canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data)
                .filter((_, i) => i % 4 === 0).map((value) => value / 255);
            const values = found.pixels ?? drawn(found);
            return expected.every((value, i) => Math.abs(value - values[i]) <= 0.004);
        }""",
        arg=[root.element_handle(), where, expected.tolist()],
    )


def through_einsum(path):
    """Let a decoder's image pass an operator that is not known, and stay as it is."""
    model = onnx.load_model_from_string(path.read_bytes())
    image = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = ["before" if name == image else name for name in node.output]
    last = onnx.helper.make_node("Einsum", ["before"], [image], equation="nchw->nchw")
    model.graph.node.append(last)
    path.write_bytes(model.SerializeToString())


def test_a_model_that_no_browser_can_run_is_decoded_on_the_server(app, open_page, tmp_path):
    lab = aecore.open("digits-vae-2d")
    encoder, decoder, _ = lab.export_onnx(tmp_path)
    through_einsum(decoder)
    page, dialog, files, reads = begun(app, open_page)
    root = page.locator(".explorer")
    files.set_input_files([encoder, decoder])
    expect(dialog.get_by_role("button", name=f"Remove {decoder.name}")).to_be_visible()
    reads.click()
    expect(dialog).to_contain_text("operator that is not known here: Einsum")
    keep(page, dialog, "served-from-here")

    expect(root.locator(".served")).to_have_text("Decoded on the server, at most 20 a second.")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Its layers can't be read")
    page.locator(".canvases").hover()
    expect(root.locator(".where")).to_have_text("Under the cursor")
    codes = root.evaluate(
        """({ explorer: { model, hovered, pinned } }) =>
            [Array.from(model.codeAt(hovered.x, hovered.y)), Array.from(pinned.code)]"""
    )
    shown, pin = np.clip(lab.decode(np.float32(codes)), 0, 1).reshape(2, -1)
    wait_for_pixels(page, root, "root.querySelector('canvas.picture')", shown)
    wait_for_pixels(page, root, "root.explorer.position", pin)
    assert np.abs(shown - pin).max() > 0.1  # else one picture would do for both
    page.get_by_role("button", name="Share").click()
    saves = page.get_by_role("menuitem", name="Save as a web page")
    expect(saves).to_be_disabled()
    expect(saves).to_contain_text("not this model: it is decoded on the server")

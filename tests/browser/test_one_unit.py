"""A model with one latent unit works on every page: its map is a line."""

import pytest
from playwright.sync_api import expect

from aecore.cli import main
from tests.browser.addresses import enter


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for name, units in (("thin", "1"), ("thick", "2")):
        arguments = ["train", "--data", "digits", "--model", "pca", "--latent-dim", units]
        assert main([*arguments, "--out", str(folder / f"{name}.safetensors")]) == 0
    return folder


@pytest.fixture(scope="module")
def url(serve_all, models):
    return serve_all(AECORE_CHECKPOINTS=str(models)).url


@pytest.mark.sweep
def test_every_page_opens_with_a_model_of_one_unit(url, open_page):
    opened = open_page(f"{url}/?model=thin&z=0.75")
    expect(opened.locator(".explorer")).to_have_attribute("data-ready", "yes")
    expect(opened.locator(".where")).to_contain_text("Pinned")
    expect(opened.get_by_label("z1").first).to_have_value("0.75")
    for page in ("", "interpolate", "traverse", "generate"):
        enter(opened, f"{url}/{page}?model=thin")
        for part in opened.locator(".lab").all():
            expect(part).to_have_attribute("data-ready", "yes")
        expect(opened.get_by_text("How to read this page")).to_be_visible()  # the page's last part
        expect(opened.get_by_test_id("stAlert")).to_have_count(0)

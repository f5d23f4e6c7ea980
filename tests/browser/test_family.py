"""One shipped model of each family, each on another page: the pages take whatever the family."""

import pytest
from playwright.sync_api import expect

OPENED = {
    "stacked-2d": "", "rbm-2d": "interpolate", "sparse-1024d": "traverse",
    "adversarial-2d": "generate", "masked-16d": "denoise", "linear-2d": "compare",
}  # fmt: skip


@pytest.mark.sweep
def test_every_family_opens(app, open_page):
    page = open_page(app.url)
    for name, part in OPENED.items():
        page.goto(f"{app.url}/{part}?model=digits-{name}")
        expect(page.locator(".lab").first).to_have_attribute("data-ready", "yes")
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
        expect(page.get_by_test_id("stSidebar")).to_contain_text("MSE per pixel")
        assert f"model=digits-{name}" in page.url

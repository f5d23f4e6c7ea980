"""Every page as the very first visit after a start, opened by its own address."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("link", "title"),
    [
        ("/", "Latent map"),
        ("/interpolate", "Interpolate"),
        ("/generate", "Generate"),
        ("/your_image?model=fashion-vae-16d&picture=smiley&input=upload", "Your image"),
        ("/anomaly", "Anomaly"),
        ("/compare", "Compare"),
        ("/denoise?model=fashion-dae-784d", "Denoise"),
        ("/traverse?model=digits-dae-784d", "Traverse"),
    ],
)
def test_every_page_opens_as_the_first_visit(serve, open_page, link, title):
    page = open_page(serve().url + link)
    expect(page.locator(".lab").first).to_have_attribute("data-ready", "yes")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)

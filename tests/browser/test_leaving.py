"""Leaving a page: what goes along to the next one, and one Back for a page that was left."""

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import expect

from tests.browser.modules import blank


def said(page):
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


@pytest.mark.parametrize(
    "link",
    ["model=digits-vae-2d", "model=fashion-vae-16d", "model=digits-ae-16d&projection=axes&x=3"],
)
def test_a_code_is_taken_to_the_map_that_was_chosen(app, open_page, link):
    page = open_page(f"{app.url}/your_image?{link}")
    root = page.locator(".lab.own")
    expect(root).to_have_attribute("data-shown", re.compile(r"\d+"))
    code = root.evaluate("(root) => Array.from(root.own.code)")
    page.locator(".near").get_by_role("button", name="Latent map").click()
    expect(page.locator(".explorer")).to_have_attribute("data-ready", "yes")
    pinned = page.locator(".explorer").get_attribute("data-pin")
    assert [float(value) for value in pinned.split(",")] == pytest.approx(code, abs=1e-4)
    wanted = {name: values[0] for name, values in parse_qs(link).items()}
    told = said(page)
    assert {name: told.get(name, "digits-vae-2d") for name in wanted} == wanted


@pytest.mark.parametrize(
    ("address", "root"),
    [
        ("/traverse?model=digits-vae-16d", ".traverse"),
        ("/?model=fashion-vae-2d", ".explorer"),
        ("/your_image?model=fashion-vae-16d", ".lab.own"),
        ("/interpolate?model=mnist-ae-16d", ".lab.bench"),
    ],
)
def test_a_link_that_names_only_a_model_takes_one_back_to_leave(app, open_page, address, root):
    page = open_page(blank(app))
    page.goto(f"{app.url}{address}")
    expect(page.locator(root)).to_have_attribute("data-ready", "yes")
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(blank(app))

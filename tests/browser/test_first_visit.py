"""Every page as the very first visit after a start: without parameters, and in a class by a link.

What is found without parameters is for everyone: themes, small screens, those who hear the page.

Each test has a server of its own: what the first visit finds, no later one may.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import is_accessible
from tests.browser.addresses import ADDRESSES, SCENE, is_bare, is_linked

ROOT = Path(__file__).parent.parent.parent


def swept(*addresses):
    return [pytest.param(address, marks=pytest.mark.sweep) for address in addresses]


def names(address):
    return address.page or address.link.split("=")[0]


def test_every_page_is_visited():
    scripts = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"main"}
    assert {address.page or "latent_map" for address in ADDRESSES} == scripts


@pytest.mark.parametrize("address", ADDRESSES, ids=names)
def test_a_page_opens_without_parameters_for_everyone(serve, open_page, address):
    page = open_page(f"{serve().url}/{address.page}")
    is_bare(page, address)
    is_accessible(page)
    if address.page == "codes_at_work":  # whose parts have nothing in common
        page.get_by_role("radio", name="Compression").click()
        expect(page.get_by_role("table").first).to_be_visible()
        is_accessible(page)


@pytest.mark.sweep
@pytest.mark.parametrize("address", [ADDRESSES[1], SCENE], ids=names)
def test_a_page_opens_by_a_link(serve, open_page, address):
    is_linked(open_page(f"{serve().url}/{address.page}{address.link}"), address)


@pytest.mark.parametrize(
    "address", [ADDRESSES[6], SCENE, *swept(*ADDRESSES[:6], *ADDRESSES[7:])], ids=names
)
def test_in_a_class_a_link_waits_at_the_door(serve, open_page, tmp_path, address):
    school = {"AECORE_CLASS": "1", "AECORE_JOIN_CODE": "kiwi", "AECORE_HOME": str(tmp_path)}
    page = open_page(f"{serve(**school).url}/{address.page}{address.link}")
    expect(page.get_by_role("heading", name="Join the class")).to_be_visible()
    expect(page.locator(address.shown)).to_have_count(0)
    page.get_by_label("The code on the board", exact=True).fill("kiwi")
    page.get_by_role("button", name="Join").click()
    is_linked(page, address)
    expect(page.get_by_role("heading", name="Join the class")).to_have_count(0)

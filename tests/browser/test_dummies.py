"""Every page in a real browser with one entry more in every table of the engine."""

import os
import re

import pytest
from playwright.sync_api import expect

from aeview.pages import titled
from tests import dummies
from tests.browser.conftest import App

READY = {
    "Latent map": ".explorer", "Interpolate": ".bench", "Traverse": ".traverse",
    "Generate": ".generate", "Your image": ".pad", "Denoise": ".denoise", "Anomaly": ".anomaly",
    "Lessons": "h1", "Train": "h1", "Inside": ".inside", "Codes at work": "h1",
    "Compare": ".compare",
}  # fmt: skip


class WithDummies(App):
    MODULE = "tests.dummies"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    models = tmp_path_factory.mktemp("models")
    dummies.write_checkpoints(models)
    started = WithDummies(
        tmp_path_factory.mktemp("app"), AECORE_CHECKPOINTS=str(models),
        PYTHONPATH=os.environ.get("PYTHONPATH", ""),
    )  # fmt: skip
    yield started.wait()
    started.stop()


@pytest.mark.parametrize(
    "model", [dummies.OBLONG, pytest.param(dummies.GENERATOR, marks=pytest.mark.sweep)]
)
def test_every_page_opens(server, open_page, model):
    """Images in colour, wider than high; a model without an encoder, where a sentence says so."""
    at = open_page(f"{server.url}/?model={model}")
    for title, part in READY.items():
        page = titled(title)
        lacks = page.needs_encoder if model == dummies.GENERATOR else ""
        at.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
        expect(at.get_by_role("heading", name=title, exact=True)).to_be_visible()
        if lacks:
            expect(at.locator(".st-key-no_encoder")).to_contain_text(lacks)
        if not lacks or page.partly:
            expect(at.locator(part).first).to_be_visible()
        expect(at.get_by_test_id("stStatusWidget")).to_have_count(0)
        expect(at.get_by_test_id("stException")).to_have_count(0)
        expect(at.get_by_label("Model", exact=True)).to_have_value(re.compile(f"^{model} · "))


def test_a_map_that_is_not_linear_answers_the_pointer(server, open_page):
    page = open_page(f"{server.url}/?model={dummies.CHECKPOINT}&projection={dummies.NAME}")
    expect(page.locator('.explorer[data-ready="yes"]').first).to_be_visible()
    expect(page.get_by_text("Nothing is straight.")).to_be_visible()


def test_codes_come_from_a_sampler_that_the_browser_never_heard_of(server, open_page):
    page = open_page(f"{server.url}/generate?model={dummies.CHECKPOINT}")
    expect(page.locator('.generate[data-left="0"]')).to_be_visible()
    page.get_by_role("button", name="dummy Gaussian").click()
    expect(page.locator('.generate[data-left="0"]')).to_be_visible()
    expect(page.locator(".samples .note").first).to_contain_text("of 36 drawn codes have")

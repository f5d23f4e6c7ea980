"""Every page in a real browser with one entry more in every table of the engine."""

import os

import pytest
from playwright.sync_api import expect

from tests import dummies
from tests.browser.conftest import App

READY = {
    "": ".explorer", "interpolate": ".bench", "traverse": ".traverse", "generate": ".generate",
    "your_image": ".pad", "denoise": ".denoise", "anomaly": ".anomaly", "lessons": "h1",
    "train": "h1", "inside": ".inside", "codes_at_work": "h1", "compare": ".compare",
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


@pytest.mark.parametrize("page", READY)
def test_every_page_opens(server, open_page, page):
    at = open_page(f"{server.url}/{page}?model={dummies.CHECKPOINT}")
    expect(at.locator(READY[page]).first).to_be_visible()
    expect(at.locator('[data-testid="stStatusWidget"]')).to_have_count(0)
    expect(at.locator('[data-testid="stException"]')).to_have_count(0)


def test_a_map_that_is_not_linear_answers_the_pointer(server, open_page):
    page = open_page(f"{server.url}/?model={dummies.CHECKPOINT}&projection={dummies.NAME}")
    expect(page.locator('.explorer[data-ready="yes"]').first).to_be_visible()
    expect(page.get_by_text("Nothing is straight.")).to_be_visible()


def test_codes_come_from_a_sampler_that_the_browser_never_heard_of(server, open_page):
    page = open_page(f"{server.url}/generate?model={dummies.CHECKPOINT}")
    expect(page.locator('.generate[data-left="0"]')).to_be_visible()
    page.get_by_role("button", name="dummy Gaussian").click()
    expect(page.locator('.generate[data-left="0"]')).to_be_visible()
    expect(page.locator(".samples .note").first).to_contain_text("Encoded again")

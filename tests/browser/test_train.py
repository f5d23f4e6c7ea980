"""Train in a real browser: play, pause, step, stop, replay, save, come back."""

import os
import re
import shutil
import signal
import subprocess

import pytest
from playwright.sync_api import expect

from aecore.data.catalogue import load
from aecore.runs.folder import Run


class Train:
    """The page, its buttons, and the run it shows."""

    def __init__(self, page):
        self.page = page
        self.seen = page.locator(".train").first
        self.begin = page.get_by_role("button", name=re.compile("^(Play|New run)$")).first
        expect(self.begin).to_be_visible()

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True).first

    def set(self, title, value):
        # Streamlit forgets what is typed while the page runs for something else.
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        field = self.page.get_by_label(title, exact=True)
        field.fill(str(value))
        field.press("Enter")
        expect(field).to_have_value(str(value))
        if title == "Epochs":
            expect(self.page.get_by_text(f"· {value:,} epochs")).to_be_visible()

    def play(self):
        self.button("Play").click()
        expect(self.page).to_have_url(re.compile("run=2"))

    def epochs(self):
        return int(self.seen.get_attribute("data-epochs"))

    def wait(self, condition):
        self.page.wait_for_function(f"element => {condition}", arg=self.seen.element_handle())

    def state(self, name):
        expect(self.seen).to_have_attribute("data-state", name)

    def clears(self):
        """A run of which nothing is there yet shows nothing of the one before."""
        self.seen.evaluate("({ train }) => train.update({ data: { ...train.data, key: '' } })")
        expect(self.seen).to_have_attribute("data-ready", "waiting")
        assert self.seen.evaluate("""({ train: { map: { canvas } } }) =>
            canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
                .every((value) => value === 0)""")
        expect(self.page.locator(".rows canvas, .samples canvas, .bars i")).to_have_count(0)

    def picture(self, selector=".map canvas"):
        return self.page.locator(selector).first.screenshot()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def url(serve_all, home):
    return f"{serve_all(AECORE_HOME=str(home)).url}/train"


@pytest.fixture
def train(url, open_page, home):
    yield Train(open_page(url))
    for run in found(home):
        run.want(do="stop")
    for run in found(home):
        with run.lock:  # its worker has gone
            shutil.rmtree(run.path)


def found(home):
    """The runs that are kept there; a worker that begins late leaves its lock alone."""
    return [Run(path.parent) for path in sorted((home / "runs").glob("[0-9]*/plan.json"))]


def test_a_class_watches_a_map_form_and_keeps_it(train):
    page = train.page
    train.set("Epochs", 10)
    train.play()
    expect(train.seen).to_have_attribute("data-ready", "yes")
    train.wait("Number(element.dataset.epochs) >= 1")
    early = train.picture()
    train.state("done")
    assert train.epochs() == 10
    expect(page.locator(".words")).to_contain_text("epoch 10 of 10, finished")
    assert train.picture() != early
    # what is under the pointer
    at = train.seen.evaluate(
        "({ train: { map } }) => map.camera.toScreen(map.to.points[0], map.to.points[1])"
    )
    page.locator(".points > canvas").hover(position=dict(zip("xy", at, strict=True)))
    expect(page.locator(".under figcaption")).to_have_text(str(load("digits", "val").labels[0]))
    expect(page.locator(".under canvas")).to_be_visible()
    # replay
    scrubber = page.get_by_role("slider", name="Epoch")
    scrubber.focus()
    last = train.picture(".rows")
    for _ in range(9):
        scrubber.press("ArrowLeft")
    expect(train.seen).to_have_attribute("data-epoch", "1")
    expect(page.locator(".at")).to_have_text("epoch 1 of 10")
    assert train.picture(".rows") != last
    scrubber.press("ArrowLeft")
    expect(page.locator(".at")).to_have_text("before training")
    page.get_by_role("button", name="Replay").click()
    expect(train.seen).to_have_attribute("data-epoch", "10")
    # keep
    page.get_by_label("Save as checkpoint").fill("class-vae")
    page.get_by_label("Save as checkpoint").press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("class-vae is in the sidebar's list now")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="GIF").click()
    from PIL import Image

    with Image.open(download.value.path()) as animation:
        assert animation.n_frames == 11  # before training, and ten epochs
    page.get_by_role("button", name="Open on the map").click()
    expect(page.locator(".explorer")).to_have_attribute("data-ready", "yes")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)  # the name is known there
    assert "model=class-vae" in page.url


def test_pause_step_stop_and_coming_back(train):
    page = train.page
    train.set("Epochs", 2000)
    train.play()
    train.wait("Number(element.dataset.epochs) >= 1")
    train.button("Pause").click()
    train.state("paused")
    expect(train.button("Step: epoch")).to_be_visible()
    page.set_viewport_size({"width": 3840, "height": 2160})  # where all is drawn larger
    expect(page.locator("html")).not_to_have_attribute("data-zoom", "1.000")
    page.wait_for_function(
        "document.querySelector('.stDataFrame canvas')?.getBoundingClientRect().right < innerWidth"
    )
    page.set_viewport_size({"width": 1280, "height": 720})
    train.clears()
    before = train.epochs()
    train.button("Step: epoch").click()
    train.wait(f"Number(element.dataset.epochs) === {before + 1}")
    page.reload()  # the browser closes: the run is found again
    train.state("paused")
    assert train.epochs() == before + 1
    train.button("Play").click()
    train.state("running")
    train.wait(f"Number(element.dataset.epochs) > {before + 1}")
    train.button("Stop").click()
    train.state("stopped")
    expect(page.locator(".words")).to_contain_text("stopped after epoch")


@pytest.mark.sweep
def test_two_sessions_that_press_play_wait_for_each_other(train, open_page):
    train.set("Epochs", 2000)
    train.play()
    train.wait("Number(element.dataset.epochs) >= 1")
    other = Train(open_page(train.page.url.split("?")[0]))
    other.begin.click()
    other.state("queued")
    expect(other.page.locator(".words")).to_have_text("waits for 1 other run")
    train.button("Stop").click()
    train.state("stopped")
    other.wait("Number(element.dataset.epochs) >= 1")


@pytest.mark.sweep
def test_a_killed_worker_is_said_and_taken_up_again(train, home):
    train.set("Epochs", 12)
    train.play()
    train.wait("Number(element.dataset.epochs) >= 3")
    (run,) = found(home)
    run.want(do="pause")  # so that it has not ended before it is killed
    train.state("paused")
    workers = ["pgrep", "-f", str(run.path)]
    for pid in subprocess.run(workers, capture_output=True, text=True, check=True).stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    train.state("interrupted")
    expect(train.page.locator(".words")).to_contain_text("Continue takes it up from there")
    train.button("Continue").click()
    train.state("done")
    assert train.epochs() == 12


@pytest.mark.sweep
def test_a_server_that_dies_does_not_stop_the_training(serve, open_page, tmp_path):
    first = serve(AECORE_HOME=str(tmp_path))
    train = Train(open_page(f"{first.url}/train"))
    train.set("Epochs", 20)
    train.play()
    train.wait("Number(element.dataset.epochs) >= 1")
    link = train.page.url.split("/train")[1]
    train.page.close()
    first.process.kill()
    again = Train(open_page(f"{serve(AECORE_HOME=str(tmp_path)).url}/train{link}"))
    again.state("done")
    (run,) = found(tmp_path)
    assert again.epochs() == run.plan.recipe.training.epochs == 20


def test_settings_that_make_no_model_are_said_beside_them(train):
    train.set("Nodes per layer", "many")
    expect(train.page.get_by_text("Nodes per layer is “many”")).to_be_visible()
    expect(train.button("Play")).to_be_disabled()
    expect(train.page.get_by_label("Batch size", exact=True)).to_be_visible()
    train.set("Nodes per layer", "64")
    epochs = train.page.get_by_label("Epochs", exact=True)
    expect(train.page.get_by_text("Nodes per layer is")).to_have_count(0)
    epochs.fill("99999999")
    epochs.press("Enter")
    sentence = train.page.get_by_text("Epochs is 99,999,999, but must be 1 to 2,000.")
    expect(sentence).to_be_visible()
    train.set("Epochs", 30)
    expect(sentence).to_have_count(0)
    expect(train.page.get_by_text("101,652 parameters")).to_be_visible()

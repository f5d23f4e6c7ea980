"""The Anomaly page in a real browser: the threshold is dragged, and everything follows at once."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import aecore
from aecore.anomaly.scores import score
from aecore.anomaly.strangers import corrupted
from aecore.anomaly.threshold import conformal_threshold
from aecore.checkpoints import find, load, read
from aecore.data import digits
from tests.browser.conftest import PATIENCE_MS
from tests.browser.hand import grip


class Lab:
    """The page's component, when it is ready."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".anomaly")
        expect(self.root).to_have_attribute("data-ready", "yes")

    def matrix(self):
        cells = self.root.locator("[data-cell]").all_inner_texts()
        return [int(cell.split()[0].replace(",", "")) for cell in cells]

    @property
    def line(self):
        return self.root.get_by_role("slider", name="Threshold", exact=True)

    def middle(self):
        box = self.line.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture(scope="module")
def training(app, look_at):
    """Two pages on which a model is trained, in the background and while other tests run."""
    return [look_at(f"{app.url}/anomaly?{link}") for link in ("normal=without-9", "judge=table")]


@pytest.fixture(scope="module")
def scored():
    """Scores of the first view, computed in Python: normal, damaged, and the threshold."""
    import torch

    model = load(find("digits-vae-2d")).model
    pixels = digits.load("test").pixels
    sides = [pixels, corrupted(pixels, "patches", 0.3)]
    normal, strange = (
        score("mse", model, torch.from_numpy(side.astype(np.float32) / 255)) for side in sides
    )
    return normal, strange, conformal_threshold(read(find("digits-vae-2d")).calibration, 0.05)


def test_the_first_view_counts_what_python_counts(app, training, look_at, scored):
    lab = Lab(look_at(f"{app.url}/anomaly"))
    normal, strange, limit = scored
    hits, alarms = int((strange > limit).sum()), int((normal > limit).sum())
    assert lab.matrix() == [hits, len(strange) - hits, alarms, len(normal) - alarms]
    said = lab.root.locator(".said")
    expect(said).to_contain_text(
        "On average over calibration sets at most 5 % of new images of the same source are flagged"
    )
    expect(said).to_contain_text("95 % come to 2.0 to 7.9 %, and 33 % exceed 5 %.")
    expect(lab.root.locator(".alarms .tile")).to_have_count(min(16, alarms))


def test_dragging_the_line_changes_the_matrix_before_the_hand_lets_go(app, look_at, open_page):
    page = look_at(f"{app.url}/anomaly")
    lab = Lab(page)
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'running'"
    )
    before, sent = lab.matrix(), len(page.frames_sent)
    grip(lab.line)
    x, y = lab.middle()
    seen = [before]
    for step in range(1, 9):
        page.mouse.move(x - 20 * step, y)
        seen.append(lab.matrix())
    alarms = [matrix[2] for matrix in seen]
    misses = [matrix[1] for matrix in seen]
    assert alarms == sorted(alarms)
    assert alarms[-1] > alarms[0] + 20
    assert misses == sorted(misses, reverse=True)
    expect(lab.root.locator("[data-rule=hand]")).to_have_attribute("aria-pressed", "true")
    expect(lab.root.locator(".alarms h3")).to_contain_text(f"16 of {alarms[-1]}")
    assert len(page.frames_sent) == sent  # nothing was sent to the server: no rerun
    page.mouse.up()
    expect(lab.line).to_be_focused()  # for keys, and the hand that drags needs no ring
    assert not lab.line.evaluate("(line) => line.matches(':focus-visible')")
    expect(page).to_have_url(re.compile("rule=hand.*threshold=0.0"))
    again = Lab(open_page(page.url))
    assert again.matrix() == seen[-1]


def set_rule(lab, name, value):
    lab.root.locator(".rules").get_by_role("button", name=name, exact=True).click()
    field = lab.root.get_by_label("Setting of the rule")
    field.fill(value)
    field.press("Enter")


def test_each_class_has_its_rate_and_may_have_its_threshold(app, look_at):
    page = look_at(f"{app.url}/anomaly")
    lab = Lab(page)
    set_rule(lab, "conformal", "20")
    labels = digits.load("test").labels
    shown = lab.root.locator(".classes b")

    def check(flagged):
        shares = [f"{100 * flagged[labels == c].mean():.1f} %" for c in range(10)]
        expect(shown).to_have_text(shares)
        assert lab.matrix()[2] == flagged.sum()
        row = lab.root.locator(".guarantees tr.now td")
        expect(row.nth(2)).to_have_text(f"{100 * flagged.mean():.1f} %")
        rates = [float(share[:-2]) for share in shares]
        expect(row.nth(3)).to_have_text(f"{min(rates):.1f} to {max(rates):.1f} %")

    found = aecore.open("digits-vae-2d").detect()
    check(found.flagged("conformal", 20.0).normal)
    lab.root.get_by_role("button", name="per class").first.click()
    check(found.flagged("by_class", 20.0).normal)
    expect(lab.line).to_be_hidden()
    expect(lab.root.get_by_label("Threshold, typed")).to_have_value("")
    expect(page).to_have_url(re.compile("rule=by_class"))
    lab.root.locator(".guarantees").get_by_role("button", name="for this set").click()
    check(found.flagged("pac", 20.0).normal)
    expect(lab.line).to_be_visible()
    set_rule(lab, "conformal", "5")


def test_rules_say_what_they_guarantee_and_best_f1_warns(app, look_at):
    lab = Lab(look_at(f"{app.url}/anomaly"))
    said = lab.root.locator(".said")
    for name, words in (
        ("percentile", "95 % of 178 validation images do not exceed it"),
        ("mean + k·std", "depends on the shape of the scores"),
        ("best F1", "by the labels of what is shown, so these figures are too good"),
        ("for this set", "So the line is at number 175, not 171."),
        ("per class", "of 10 classes have fewer than 19 held-out images: nothing of theirs is"),
        ("conformal", "Of sets of 178 validation images"),
    ):
        lab.root.locator(".rules").get_by_role("button", name=name, exact=True).click()
        expect(said).to_contain_text(words)
    value = lab.root.get_by_label("Setting of the rule")
    value.fill("0.2")
    value.press("Enter")
    expect(said).to_contain_text(
        "178 validation images are too few for 0.2 %: at least 499 are needed"
    )
    assert lab.matrix()[0] == 0
    value.fill("70")
    value.press("Enter")
    expect(lab.root.locator(".problem")).to_contain_text("from 0.1 to 50")
    set_rule(lab, "conformal", "5")


def test_a_bar_shows_its_images_and_a_tile_its_error_map(app, look_at):
    page = look_at(f"{app.url}/anomaly")
    lab = Lab(page)
    grip(lab.root.locator(".histogram"), 0.35, 0.4)
    page.mouse.up()
    tiles = lab.root.locator(".of-bar .tile")
    expect(tiles.first).to_be_visible()
    shown = int(lab.root.locator(".of-bar h3").inner_text().split(":")[1].split()[0])
    expect(tiles).to_have_count(shown)
    before = lab.root.locator(".one .about").inner_text()
    tiles.last.click()
    expect(lab.root.locator(".one .about")).not_to_have_text(before)
    expect(tiles.last).to_have_attribute("aria-pressed", "true")
    colours = lab.root.locator(".one figure[data-what=error] canvas").evaluate(
        "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    )
    assert colours > 20
    lab.root.get_by_label("What the tiles show").select_option("error")
    expect(tiles.last).to_be_visible()


def test_another_score_is_chosen_in_the_table_and_kept_in_the_link(app, look_at):
    page = look_at(f"{app.url}/anomaly")
    lab = Lab(page)
    areas = lab.root.locator(".scores td.number").all_inner_texts()
    assert len(areas) == 16
    lab.root.locator(".scores").get_by_role("button", name="−ELBO").click()
    expect(lab.root.get_by_label("Score", exact=True)).to_have_value("elbo")
    expect(page).to_have_url(re.compile("score=elbo"))
    lab.root.get_by_label("Score", exact=True).select_option("mse")


def test_the_line_moves_by_keys_and_by_typing(app, look_at):
    page = look_at(f"{app.url}/anomaly")
    lab = Lab(page)
    before = lab.matrix()
    lab.line.focus()
    for _ in range(3):
        page.keyboard.press("PageDown")
    assert lab.matrix()[2] > before[2]
    page.keyboard.press("End")
    assert lab.matrix()[0] == lab.matrix()[2] == 0
    page.keyboard.press("Home")
    assert lab.matrix()[1] == lab.matrix()[3] == 0
    field = lab.root.get_by_label("Threshold, typed")
    field.fill("0.02")
    field.press("Enter")
    expect(lab.line).to_have_attribute("aria-valuenow", "0.02")
    field.fill("1e99")
    field.press("Enter")
    problem = lab.root.locator(".problem")
    expect(problem).to_have_text(
        "The threshold goes from −1,000,000,000 to 1,000,000,000; it stays as it was."
    )
    expect(field).to_have_value("0.02")
    lab.root.get_by_label("Score", exact=True).select_option("kl")
    expect(problem).to_contain_text("belonged to another score; it is set anew, by the rule “conf")
    expect(lab.root.locator("[data-rule=conformal]")).to_have_attribute("aria-pressed", "true")
    lab.root.get_by_role("button", name="by hand").click()
    expect(page).to_have_url(re.compile("rule=hand"))
    # other strangers: the threshold stays
    page.get_by_role("slider", name="Level").press("ArrowRight")
    expect(lab.root.locator(".legend .strange")).to_contain_text("0.31")
    expect(lab.root.locator("[data-rule=hand]")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Traverse").click()
    page.get_by_role("combobox", name="Model", exact=True).click()
    page.get_by_role("option", name="digits-vae-16d").click()
    expect(page).to_have_url(re.compile("model=digits-vae-16d"))
    page.get_by_role("link", name="Anomaly").click()
    lab = Lab(page)
    expect(problem).to_contain_text("belonged to another model or other data")
    expect(lab.root.locator("[data-rule=conformal]")).to_have_attribute("aria-pressed", "true")


def test_training_on_all_but_nine_from_a_link(training):
    page = training[0]
    page.bring_to_front()
    expect(page.locator(".anomaly")).to_be_visible(timeout=3 * PATIENCE_MS)  # a model is trained
    lab = Lab(page)
    expect(lab.root.locator(".legend .strange")).to_contain_text("test images of other classes")
    hits, misses, alarms, passed = lab.matrix()
    assert (hits + misses, alarms + passed) == (36, 319)
    assert hits > 10


def test_a_table_without_labels_has_no_confusion_and_shows_columns(training):
    page = training[1]
    page.bring_to_front()
    lab = Lab(page)
    expect(lab.root.locator(".columns tbody tr")).to_have_count(12)
    expect(lab.root.locator(".columns tbody")).not_to_contain_text("NaN")
    rng = np.random.default_rng(0)
    rows = "\n".join(
        f"{a:.3f},{2 * a:.3f},<b>{int(i) % 3}</b>" for i, a in enumerate(rng.normal(size=80))
    )
    file = {"name": "my.csv", "mimeType": "text/csv", "buffer": f"a,b,c\n{rows}".encode()}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files([file])
    expect(lab.root.locator(".legend .normal")).to_contain_text("all 80 rows")
    expect(lab.root).to_have_attribute("data-ready", "yes")
    expect(lab.root.locator(".matrix .strange")).to_be_hidden()
    expect(lab.root.locator(".scores")).to_be_hidden()
    expect(lab.root.locator(".said")).to_contain_text("Of 80 rows")
    lab.root.locator(".most .tile").first.click()
    expect(lab.root.locator(".columns")).to_contain_text("<b>")

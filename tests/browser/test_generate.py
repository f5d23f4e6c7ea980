"""The Generate page as a user meets it, in a real Chromium."""

import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

import aecore
from aecore import noise, originals
from aecore.checkpoints import build, classifier_file, find, read
from aecore.classifier import load
from aecore.latents.sampling import SAMPLERS, draw
from aeview.work.sample_quality import packed
from tests.browser.hand import grip
from tests.browser.modules import address, blank

# Models whose map is their latent space.
PLANES = "generate?model=digits-vae-2d&seed=3&n=16&image=0-17&noise=2"


class Lab:
    """The page in terms of what a user does and sees."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".generate")
        expect(self.root).to_have_attribute("data-ready", "yes")

    def settled(self):
        expect(self.root).to_have_attribute("data-left", "0")
        return self

    def pixels(self, selector):
        values = self.page.locator(selector).first.evaluate(
            """(canvas) => Array.from(canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data)"""
        )
        return np.array(values, dtype=np.int64)[::4]

    def tiles(self, column):
        """All sample pictures of a column, one row each."""
        self.settled()
        values = (
            self.page.locator(".samples .column")
            .nth(column)
            .evaluate(
                """(home) => Array.from(home.querySelectorAll("canvas"), (canvas) => Array.from(
                canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)
                .filter((_, i) => i % 4 === 0))"""
            )
        )
        return np.array(values)

    def drag(self, label, picture):
        """Drag a slider; the numbers of different pictures seen while the button was down."""
        drag = grip(self.page.get_by_label(label, exact=True))
        self.settled()
        self.page.frames_sent.clear()
        seen = set()
        for x in np.linspace(0.55, 0.9, 8):
            before = self.root.get_attribute("data-decodes")
            drag(x)
            expect(self.root).not_to_have_attribute("data-decodes", before)
            seen.add(self.settled().pixels(picture).tobytes())
        sent = len(self.page.frames_sent)
        self.page.mouse.up()
        return len(seen), sent


def parameters(url):
    return {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}


def decoded(name, codes):
    import torch

    model = build(read(find(name)))
    images = model.decode(torch.from_numpy(np.asarray(codes, dtype=np.float32)))
    return np.rint(255 * images.flatten(1).numpy())


def sampled(name, method, n, seed, temperature=1.0):
    table = read(find(name)).latents
    source = SAMPLERS[method](table.training_codes, table.training_spreads)
    return decoded(name, draw(source, n, seed, temperature))


def test_first_paint_shows_both_models_and_soon_says_by_how_much_they_differ(app, look_at):
    page = look_at(f"{app.url}/generate")
    lab = Lab(page)
    ae, vae = lab.tiles(0), lab.tiles(1)
    assert np.abs(ae - sampled("digits-ae-16d", "prior", 36, 0)).max() <= 1
    assert np.abs(vae - sampled("digits-vae-16d", "prior", 36, 0)).max() <= 1
    expect(page.locator(".quality")).to_have_attribute("data-pending", "no")
    rows = page.locator('.quality tr[data-method="prior"] td')
    worse, better = (float(text) for text in rows.all_inner_texts())
    assert worse > 3 * better
    floors = {float(text) for text in page.locator(".quality .floor td").all_inner_texts()}
    assert better > floors.pop()
    assert not floors, "the same real images stand under both models"
    cells = page.locator(".quality tbody td").evaluate_all(
        "(all) => all.map((cell) => [Number(cell.innerText), cell.querySelector('i').offsetWidth])"
    )
    widest = max(width for _, width in cells)
    assert all(
        width == pytest.approx(widest * value / max(value for value, _ in cells), abs=4)
        for value, width in cells
    ), "a bar is as long as its figure, in its own column"
    expect(page.locator(".quality .said").first).to_contain_text(
        "times as large for digits-ae-16d as for"
    )
    expect(page.locator(".quality")).to_contain_text("Fréchet distance in classifier features")
    assert "FID" not in page.locator(".generate").inner_text()
    heads = page.locator(".samples h3")
    expect(heads).to_have_text(["Autoencoder · digits-ae-16d", "VAE · digits-vae-16d"])
    last = page.locator(".samples .tile canvas").last.bounding_box()
    assert last["y"] + last["height"] < 768


def test_dragging_the_temperature_redraws_without_the_server(app, look_at):
    page = look_at(f"{app.url}/generate")
    lab = Lab(page)
    expect(page.locator(".quality")).to_have_attribute("data-pending", "no")
    seen, sent = lab.drag("Temperature", ".samples .tile canvas")
    assert seen >= 6
    assert sent == 0
    expect(page).to_have_url(re.compile("temperature=(2\\.[7-9]|3)"))


@pytest.mark.parametrize("method", ["gaussian", "mixture", "aggregate"])
def test_fitted_distributions_draw_what_the_engine_draws(app, look_at, method):
    page = look_at(f"{app.url}/{PLANES}")
    lab = Lab(page)
    expect(page.locator(".quality")).to_have_attribute("data-pending", "no")
    before = lab.tiles(0)
    page.locator(f'button[data-method="{method}"]').click()
    expect(page.locator(f'.quality tr[data-method="{method}"]')).to_have_class("now")
    expect(page.locator(".samples .note").first).not_to_contain_text("lie where")
    tiles = lab.tiles(0)
    assert not np.array_equal(before, tiles)
    # float32 means and factors move codes of size 20 by a little
    assert np.abs(tiles - sampled("digits-ae-2d", method, 16, 3)).max() <= 3
    assert np.abs(lab.tiles(1) - sampled("digits-vae-2d", method, 16, 3)).max() <= 3
    expect(page).to_have_url(re.compile(f"codes={method}"))


@pytest.mark.parametrize(("label", "value"), [("Number of samples", "101"), ("Seed", "-3")])
def test_what_is_out_of_range_gets_a_sentence(app, look_at, label, value):
    page = look_at(f"{app.url}/{PLANES}")
    lab = Lab(page)
    before = page.get_by_label(label).input_value()
    page.get_by_label(label).fill(value)
    page.get_by_label(label).press("Enter")
    expect(page.locator(".problem")).to_contain_text("it stays at")
    expect(page.get_by_label(label)).to_have_value(before)
    assert len(lab.tiles(0)) == 16


def test_the_grid_lies_on_normal_quantiles(app, look_at):
    from scipy.stats import norm

    page = look_at(f"{app.url}/{PLANES}")
    lab = Lab(page).settled()
    at = norm.ppf((np.arange(15) + 0.5) / 15)
    codes = [(x, y) for y in at[::-1] for x in at]
    want = decoded("digits-vae-2d", codes).reshape(15, 15, 28, 28).swapaxes(1, 2)
    canvas = page.locator(".quantiles canvas").nth(1)
    assert canvas.get_attribute("aria-label").startswith("The prior of VAE · digits-vae-2d")
    got = canvas.evaluate(
        """(canvas) => Array.from(canvas.getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height).data).filter((_, i) => i % 4 === 0)"""
    )
    assert np.abs(np.array(got) - want.ravel()).max() <= 1
    canvas.hover(position={"x": 3, "y": 3})
    expect(lab.page.locator(".readout")).to_contain_text("z = (−1.83, 1.83) · support")


def test_models_of_more_units_say_why_there_is_no_grid(app, look_at):
    page = look_at(f"{app.url}/generate?model=digits-dae-784d&beside=digits-vae-16d")
    Lab(page)
    note = page.locator(".quantiles .note")
    expect(note).to_contain_text("digits-dae-784d has 784 units, ")
    expect(note).to_contain_text("digits-vae-16d has 16 units: a flat grid shows the prior of 2.")
    expect(page.locator(".posterior .bars line.spread")).to_have_count(16)


def test_noise_on_one_image_grows_while_the_slider_is_dragged(app, look_at):
    page = look_at(f"{app.url}/{PLANES}")
    lab = Lab(page).settled()
    expect(page.locator(".quality")).to_have_attribute("data-pending", "no")
    latents = read(find("digits-ae-2d")).latents
    row = np.flatnonzero((latents.split == 0) & (latents.index == 17))[0]
    codes = latents.codes.astype(np.float64)
    step = codes.std(axis=0) * noise.normal(3, "neighbourhood", 1, 2)[0]
    want = decoded("digits-ae-2d", [codes[row] + 2 * k / 8 * step for k in range(9)])
    tiles = page.locator(".rows .near").nth(1).locator("canvas")
    for k in (0, 4, 8):
        got = tiles.nth(k).evaluate(
            """(canvas) => Array.from(canvas.getContext("2d").getImageData(0, 0, 28, 28).data)"""
        )
        assert np.abs(np.array(got)[::4] - want[k]).max() <= 1
    seen, sent = lab.drag("Largest noise", ".rows .near:nth-child(2) .tile:last-child canvas")
    assert seen >= 6
    assert sent == 0
    figures = page.locator(".rows .near:nth-child(3) small")
    expect(figures.first).to_have_text(re.compile(r"^\d+$"))
    rising = [int(text) for text in figures.all_inner_texts()]
    assert rising == sorted(rising)
    assert rising[-1] > 2 * rising[0]


def test_the_posterior_of_a_vae_is_drawn_and_an_ae_says_why_it_has_none(app, look_at):
    page = look_at(f"{app.url}/{PLANES}")
    lab = Lab(page).settled()
    none, vae = (page.locator(".posterior .column").nth(i) for i in (0, 1))
    expect(none).to_contain_text("This model has no posterior")
    expect(none.locator("canvas")).to_have_count(0)
    expect(vae.locator(".draws .tile")).to_have_count(12)
    latents = read(find("digits-vae-2d")).latents
    row = np.flatnonzero((latents.split == 0) & (latents.index == 17))[0]
    mean, std = latents.codes[row], np.exp(0.5 * latents.log_var[row])
    codes = mean + std * noise.normal(3, "posterior", 200, 2)
    pictures = decoded("digits-vae-2d", codes)
    first = lab.pixels(".posterior .draws canvas")
    assert np.abs(first - pictures[0]).max() <= 1
    largest = float(vae.locator(".q").get_attribute("data-unsure"))
    assert largest == pytest.approx((pictures / 255).std(axis=0, ddof=1).max(), abs=0.005)
    said = f"z1 = {mean[0]:.2f} ± {std[0]:.2f}".replace("-", "−")
    expect(vae).to_contain_text(said)


def test_another_image_of_another_class(app, look_at):
    page = look_at(f"{app.url}/{PLANES}")
    lab = Lab(page).settled()
    page.get_by_label("Class of the image").select_option("7")
    expect(page.locator(".original")).to_have_attribute("aria-label", re.compile("class 7$"))
    expect(page).to_have_url(re.compile("image=[012]-\\d+"))
    lab.settled()
    image = page.url
    page.get_by_role("button", name="Another one").click()
    expect(page).not_to_have_url(image)
    expect(page.locator(".original")).to_have_attribute("aria-label", re.compile("class 7$"))


def test_dice_seed_number_temperature_and_one_model_alone_are_in_the_link(app, look_at, open_page):
    page = look_at(f"{app.url}/{PLANES}")
    lab = Lab(page)
    page.get_by_role("button", name="prior N(0, I)").click()
    expect(page.locator('.quality tr[data-method="prior"]')).to_have_class("now")
    first = lab.tiles(1)
    page.get_by_role("button", name="Throw dice").click()
    expect(page.get_by_label("Seed")).not_to_have_value("3")
    seed = int(page.get_by_label("Seed").input_value())
    assert not np.array_equal(first, lab.tiles(1))

    # temperature scales the same noise
    typed = page.get_by_label("Temperature, typed")
    for value in ("0", "0.5"):
        typed.fill(value)
        typed.press("Enter")
        expect(page.get_by_label("Temperature", exact=True)).to_have_value(value)
        tiles = lab.tiles(1)
        assert (tiles == tiles[0]).all() == (value == "0")
    assert np.abs(tiles - sampled("digits-vae-2d", "prior", 16, seed, 0.5)).max() <= 1

    page.get_by_label("Number of samples").fill("4")
    page.get_by_label("Number of samples").press("Enter")
    expect(page.locator(".samples .tile")).to_have_count(8)
    assert np.array_equal(lab.tiles(1), tiles[:4])
    page.get_by_role("combobox", name="Model beside it").click()
    page.get_by_role("option", name="no other model").click()
    expect(page.locator(".samples .column")).to_have_count(1)
    expect(page.locator(".quality thead th")).to_have_count(2)
    expect(page).to_have_url(re.compile("beside="))
    expect(page).to_have_url(re.compile(r"[?&]n=4(&|$)"))  # told a moment later
    told = parameters(page.url)
    assert {name: told[name] for name in ("seed", "n", "temperature")} == {
        "seed": str(seed), "n": "4", "temperature": "0.5",
    }  # fmt: skip
    again = open_page(page.url)
    tiles_again = Lab(again).tiles(0)
    expect(again.locator(".samples .column")).to_have_count(1)
    assert np.array_equal(tiles_again, tiles[:4])


def test_without_the_data_set_the_chosen_image_is_the_stored_one(app, open_page):
    page = open_page(f"{app.url}/generate?model=fashion-vae-2d")
    lab = Lab(page)
    caption = page.locator(".chosen figcaption")
    expect(caption).to_have_text(re.compile(r"^train\w* image \d+$"))  # soon no reconstruction
    place = int(caption.inner_text().split()[-1])
    (image,) = originals.at("fashion_mnist", np.zeros(1, np.int64), np.array([place]))
    assert np.array_equal(lab.pixels(".chosen canvas"), image.ravel())


def are_drawn_by_their_flows(lab, **models):
    """So are all columns; models: the names by the headings' first words."""
    expect(lab.page.locator(".samples h3")).to_have_text(
        [f"{kind} · {name}" for kind, name in models.items()]
    )
    expect(lab.page.locator(".samples .note").last).to_contain_text("asked for by class")
    for column, name in enumerate(models.values()):
        want = np.rint(255 * aecore.open(name).sample(16, "flow").images.reshape(16, -1))
        expect(lab.settled().root).to_have_attribute("data-learnt", "yes")
        assert np.abs(lab.tiles(column) - want).max() <= 1


def choose(page, label, option):
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option).click()


def test_flows_are_each_models_own_and_a_class_that_is_asked_for_is_what_the_classifier_sees(
    app, open_page
):
    """None of the first model's, then of one and its counterpart, then of another data set's."""
    page = open_page(f"{app.url}/generate?model=digits-vae-2d&n=16&codes=flow&time=0.2")
    lab = Lab(page)
    assert np.abs(lab.tiles(1) - sampled("digits-vae-2d", "prior", 16, 0)).max() <= 1
    expect(page.locator(".samples .note").first).to_contain_text("no latent flow yet")
    choose(page, "Model", "digits-ae-16d")
    are_drawn_by_their_flows(lab, Autoencoder="digits-ae-16d", VAE="digits-vae-16d")
    asked = page.get_by_label("Ask for a class")
    classes_are_drawn_as_asked_and_time_can_be_dragged(lab, asked)
    page.get_by_role("button", name="prior N(0, I)").click()
    expect(page.locator(".noise")).to_be_hidden()
    expect(asked).to_be_hidden()
    page.get_by_role("button", name="Out of noise").click()
    expect(page.locator(".noise h3")).to_be_in_viewport()
    expect(asked).to_be_visible()
    asked.select_option(index=0)  # any
    choose(page, "Data set", re.compile("^MNIST$"))
    expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value(
        re.compile("^mnist-")
    )
    choose(page, "Model", "mnist-ae-16d")
    are_drawn_by_their_flows(lab, Autoencoder="mnist-ae-16d", VAE="mnist-vae-16d")


def classes_are_drawn_as_asked_and_time_can_be_dragged(lab, asked):
    page, noise = lab.page, lab.page.locator(".noise")
    expect(noise).to_have_attribute("data-others", "500")
    first = lab.pixels(".here canvas")
    judge = load(classifier_file("digits")).network
    for label in range(10):
        asked.select_option(str(label))
        expect(noise.locator(".said")).to_contain_text(f"class {label}")
        tiles = lab.tiles(0).reshape(-1, 1, 28, 28) / 255
        found = judge(torch.tensor(tiles, dtype=torch.float32)).argmax(1)
        assert (found == label).float().mean() > 0.85
    expect(noise).to_have_attribute("data-others", "500")
    drag = grip(page.get_by_label("Time", exact=True))
    seen = {first.tobytes()}
    for x in (0.4, 0.6, 0.9):
        before = noise.get_attribute("data-time")
        drag(x)
        expect(noise).not_to_have_attribute("data-time", before)
        seen.add(lab.pixels(".here canvas").tobytes())
    page.mouse.up()
    assert len(seen) == 4
    page.get_by_role("button", name="an image", exact=True).click()
    expect(page.locator(".hands > figure")).to_have_count(11)
    lab.settled()
    values = page.locator(".hands .tile canvas").evaluate_all(
        """(all) => all.map((canvas) => Array.from(canvas.getContext("2d")
            .getImageData(0, 0, 28, 28).data).filter((_, i) => i % 4 === 0))"""
    )
    hands = torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 28, 28) / 255
    assert (judge(hands).argmax(1) == torch.arange(10)).sum() >= 8
    expect(page.locator(".quality")).to_have_attribute("data-pending", "no", timeout=60_000)
    page.get_by_role("button", name="agreement", exact=True).click()
    row = page.locator(".quality tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_have_attribute("data-method", "flow")
    assert all(float(text.split()[0]) > 90 for text in row.locator("td").all_inner_texts())


@pytest.fixture
def module(app, look_at):
    """module(name, source, value): an async JavaScript function over a module of ours."""
    page = look_at(blank(app))

    def evaluate(name, source, value):
        return page.evaluate(
            f"""async ([url, value]) => ({source})(await import(url), value)""",
            [address(app, name), value],
        )

    return evaluate


def test_noise_and_quantiles_equal_pythons(module):
    from scipy.special import ndtri

    shares = np.concatenate([np.logspace(-9, -1, 30), np.linspace(0.1, 0.999999, 60)])
    got = module("net/noise", "({ quantile }, p) => p.map(quantile)", shares.tolist())
    assert np.abs(np.array(got) - ndtri(shares)).max() < 1e-9
    for stream in noise.STREAMS:
        got = module(
            "net/noise",
            """({ normal }, [seed, stream]) => Array.from({ length: 20 },
                (_, i) => Array.from(normal(seed, stream, i, 18)))""",
            [4294967295, stream],
        )
        assert np.abs(np.array(got) - noise.normal(4294967295, stream, 20, 18)).max() < 1e-9


@pytest.mark.parametrize(
    "method", [name for name, each in SAMPLERS.items() if each.sent and not each.learnt]
)
def test_samplers_equal_pythons(module, method):
    source = SAMPLERS[method](read(find("mnist-ae-16d")).latents.training_codes)
    normals, uniforms = noise.normal(1, "codes", 50, 16), noise.component(1, 50)
    got = module(
        "generate/sampling",
        """({ Mixture }, [packed, normals, uniforms]) => {
            const source = new Mixture(packed);
            return normals.map((e, i) => Array.from(source.place(e, uniforms[i], 0.7)));
        }""",
        [packed(source), normals.tolist(), uniforms.tolist()],
    )
    assert np.abs(np.array(got) - source.place(normals, uniforms, 0.7)).max() < 1e-3

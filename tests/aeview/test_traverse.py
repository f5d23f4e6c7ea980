"""The traverse page under AppTest: what the components are given, and the models of a sweep."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from aecore import checkpoints, originals
from aecore.checkpoints import Entry, read, shipped_folder
from aeview.traverse import sweep
from aeview.traverse import view as traversal
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
TIMEOUT = 120
START = {"code": None, "row": -1, "seed": 0, "columns": 7, "grid": "units", "step": 1.0}
BETAS = ["mnist-bvae-10d-b1", "mnist-bvae-10d-b4", "mnist-bvae-10d-b10"]


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path / "no-data"))


@pytest.fixture
def page():
    return AppTest.from_file(str(ROOT / "pages/traverse.py"), default_timeout=TIMEOUT)


def choose(page, name):
    entry = listed(name)
    page.session_state["data"], page.session_state["model"] = entry.card.data, name
    return page


def given(page, name):
    """What a component was given as small data."""
    return told(page, name)


def listed(name):
    return next(entry for entry in checkpoints.available() if entry.name == name)


def test_the_page_runs_alone_and_starts_from_the_mean(page):
    page.run()
    assert not page.exception
    data = given(page, "units")
    assert data["start"] == START
    assert [unit["dimension"] for unit in data["units"]] in ([0, 1], [1, 0])
    assert all(unit["sigma"] == 1 for unit in data["units"])


def test_units_of_an_autoencoder_have_no_kl_and_their_own_scale(page):
    choose(page, "digits-ae-16d").run()
    units = given(page, "units")["units"]
    assert len(units) == 16
    assert all(unit["kl"] is None and unit["active"] for unit in units)
    variances = [unit["variance"] for unit in units]
    assert variances == sorted(variances, reverse=True)
    assert all(unit["sigma"] ** 2 == pytest.approx(unit["variance"]) for unit in units)


def test_a_link_carries_code_start_seed_and_columns(page):
    page.query_params.update(
        {
            "z": "0.5,-12",
            "start": "7",
            "seed": "41",
            "columns": "11",
            "grid": "directions",
            "apart": "1.5",
        }
    )
    page.run()
    assert given(page, "units")["start"] == {
        "code": [0.5, -12], "row": 7, "seed": 41, "columns": 11, "grid": "directions",
        "step": 1.5,
    }  # fmt: skip
    assert not page.info


@pytest.mark.parametrize(
    ("name", "value"),
    [("z", "1,2,3"), ("z", "nan,0"), ("start", "99999"), ("start", "-1"), ("start", "x"),
     ("seed", "1e9"), ("seed", "²"), ("columns", "8"), ("columns", "12000"),
     ("grid", "pca"), ("apart", "9"), ("apart", "0")],
)  # fmt: skip
def test_what_a_link_can_not_mean_is_ignored_with_a_sentence(page, name, value):
    page.query_params[name] = value
    page.run()
    assert not page.exception
    assert given(page, "units")["start"] == START
    assert [info.value for info in page.info if name in info.value and "ignored" in info.value]


def test_the_note_of_a_unit_says_kl_activity_and_factor():
    checkpoint = read(shipped_folder() / "digits-vae-16d.safetensors")
    factors = ["rotation"] + [None] * 15
    told = checkpoint.card.metrics | {"unit_factors": factors, "unit_information": [[0.25]] * 16}
    named = checkpoint._replace(card=replace(checkpoint.card, metrics=told))
    units = {unit.dimension: unit for unit in traversal.traversal.units(named)}
    assert "follows rotation (information 0.25)" in traversal._note(named, units[0])
    assert "nats" in traversal._note(named, units[1])
    assert "inactive" in traversal._note(named, units[3])


# ---- β ---------------------------------------------------------------------------------------


def test_a_family_differs_in_beta_alone_and_is_sorted_by_it():
    entries = checkpoints.available()
    for name in BETAS:
        found = sweep.sweep(listed(name).card, entries)
        betas = [entry.card.model.beta for entry in found]
        assert betas == sorted(betas)
        assert {entry.name for entry in found} >= set(BETAS)
        assert {entry.card.data for entry in found} == {"mnist"}
        assert {entry.card.model.code_dim for entry in found} == {10}


def test_other_sizes_other_data_and_autoencoders_do_not_belong():
    card = listed(BETAS[0]).card
    wide = replace(card, model=replace(card.model, widths=(99,), beta=2.0))
    other = replace(card, data="fashion_mnist", model=replace(card.model, beta=2.0))
    plain = replace(card, model=replace(card.model, kind="ae", beta=2.0))
    entries = [
        Entry(Path(f"{i}.safetensors"), each, "", str(i))
        for i, each in enumerate((card, wide, other))
    ]
    assert sweep.sweep(card, entries) == []
    assert sweep.sweep(plain, [*entries, Entry(Path("p"), plain, "", "p")]) == []
    assert sweep.suggestion(card, entries) is None


def test_a_model_without_a_family_points_to_one_and_opens_it(page):
    page.run()
    [sentence] = [
        text.value for text in page.caption if "differs from this one in β" in text.value
    ]
    assert "β = " in sentence or "VAE" in sentence
    [button] = [each for each in page.button if each.label.startswith("Open ")]
    name = button.label.removeprefix("Open ")
    button.click().run()
    assert page.session_state["model"] == name
    assert page.session_state["data"] == listed(name).card.data
    assert given(page, "beta_normalised")["models"]
    assert not page.exception


def test_the_curve_has_the_cards_held_out_figures(page):
    choose(page, "mnist-bvae-10d-b4").run()
    models = given(page, "beta_normalised")["models"]
    for model in models:
        card = listed(model["name"]).card
        assert model["kl"] == card.metrics["kl"]
        assert model["reconstruction"] == card.metrics["reconstruction"]
        assert model["split"] == "test"
        assert model["beta_normalised"] == card.model.beta_normalised
        assert model["chosen"] == (model["name"] == "mnist-bvae-10d-b4")
    kls = [model["kl"] for model in models]
    assert kls == sorted(kls, reverse=True), "a larger β buys a smaller KL"


def members_of(names):
    return [sweep.Member(listed(name), read(listed(name).path)) for name in names]


def test_the_shipped_family_carries_the_same_images_so_that_a_start_stays_when_beta_changes():
    assert (
        len({tuple(sweep._rows(checkpoint.latents)) for _, checkpoint in members_of(BETAS)}) == 1
    )


def owner_gone(member):
    """The same model, of pictures that no longer lie anywhere."""
    card = replace(member.checkpoint.card, data="/no such pictures")
    return member._replace(checkpoint=member.checkpoint._replace(card=card))


@pytest.mark.parametrize("here", [True, False])
def test_without_the_set_the_stored_codes_are_decoded(no_data, here):
    import torch

    members = members_of(BETAS)
    if here:
        made = sweep.pictures("a", (False, True), members)
        table, whole = members[0].checkpoint.latents, originals.part("mnist", "train")
        first = [np.flatnonzero(table.labels == digit)[0] for digit in range(10)]
        assert np.array_equal(np.rint(255 * made.originals), whole.pixels[first])
        assert "10 training images, which the models have learnt" in made.note
        assert "not at hand" not in made.note
    else:
        members = [owner_gone(member) for member in members]
        made = sweep.pictures("c", (False, False), members)
        assert made.originals is None
        assert "10 training images" in made.note
        assert "the originals are not at hand (the sidebar says why)" in made.note
    assert made.labels == [str(digit) for digit in range(10)]
    for member, row in zip(members, made.rows, strict=True):
        table = member.checkpoint.latents
        first = [np.flatnonzero(table.labels == digit)[0] for digit in range(10)]
        model = checkpoints.build(member.checkpoint)
        expected = model.decode(torch.from_numpy(table.codes[first])).numpy()
        assert np.allclose(row, expected, atol=1e-6)


@pytest.mark.mnist
def test_with_originals_ten_test_images_are_reconstructed_by_each_model():
    import torch

    members = members_of(BETAS)
    made = sweep.pictures("b", (True, True), members)
    assert made.originals.shape == (10, 1, 28, 28)
    assert "test images of MNIST" in made.note
    images = torch.from_numpy(made.originals)
    errors = []
    for member, row in zip(members, made.rows, strict=True):
        expected = checkpoints.build(member.checkpoint).reconstruct(images).numpy()
        assert np.allclose(row, expected, atol=1e-6)
        errors.append(np.square(row - made.originals).mean())
    assert errors == sorted(errors), "a larger β is paid for with worse reconstructions"


def test_pictures_go_round_the_classes():
    labels = np.array([2, 2, 0, 0, 0, 5])
    assert labels[sweep.spread(labels, 4)].tolist() == [0, 2, 5, 0]
    assert sweep.spread(labels, 4).tolist() == [2, 0, 5, 3]
    assert len(sweep.spread(labels, 99)) == 6

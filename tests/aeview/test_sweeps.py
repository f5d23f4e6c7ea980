"""The sweeps that the latent map offers: models alike but for the size of the code, or for β."""

from dataclasses import replace

import pytest

from aecore import checkpoints
from aecore.recipes import recipe
from aeview.latent_map import sweeps
from aeview.shell.sweeps import BETA, SIZE

SIZES = [2, 4, 8, 16, 32]


def entries(data="digits"):
    return [e for e in checkpoints.available() if e.card is not None and e.card.data == data]


def card(name):
    return next(e.card for e in entries(name.partition("-")[0]) if e.name == name)


def sweep(card, known, setting=SIZE):
    return sweeps.sweep(card, known, setting).members


def sizes(found):
    return [entry.card.model.code_dim for entry in found]


def test_models_of_one_recipe_are_a_family_by_size():
    for name in ("digits-size-8d", "digits-vae-2d", "digits-pca-2d"):  # two PCAs are no choice
        found = sweep(card(name), entries())
        assert [entry.name for entry in found] == [f"digits-size-{d}d" for d in SIZES]
    assert sweep(card("mnist-vae-2d"), entries("mnist")) == []  # four β, one size


def test_models_that_differ_in_beta_are_a_family_offered_to_what_has_a_beta():
    known = entries("mnist")
    for name, inside in (("mnist-bvae-10d-b4", True), ("mnist-vae-2d", False)):
        found = sweeps.sweep(card(name), known, BETA)
        assert [entry.card.model.beta for entry in found.members] == [1, 2, 4, 10]
        assert found.inside is inside
    assert sweep(card("mnist-ae-2d"), known, BETA) == []
    assert sweep(card("digits-vae-2d"), entries(), BETA) == []  # one β
    # of two seeds the model on screen is the one in its sweep
    four = card("mnist-bvae-10d-b4")
    other = replace(four, training=replace(four.training, seed=7))
    more = [*known, known[0]._replace(card=other, name="another seed")]
    assert sweeps.sweep(other, more, BETA).inside
    assert sweeps.sweep(four, more, BETA).inside


@pytest.mark.parametrize(
    "names",
    [
        ["mnist-ae-16d", "mnist-vae-16d", "mnist-bvae-10d-b4"],
        ["digits-pca-2d", "digits-ae-2d", "digits-vae-16d"],
    ],
)
def test_models_of_a_data_set_carry_codes_of_the_same_images(names):
    tables = [checkpoints.read(checkpoints.find(name)).latents for name in names]
    assert all(sweeps._same_images(tables[0], table) for table in tables[1:])


def test_another_setting_is_another_family_and_another_seed_is_not():
    known = entries()
    one = next(entry for entry in known if entry.name == "digits-size-4d")
    others = [entry for entry in known if entry is not one]
    longer = replace(one.card, training=replace(one.card.training, epochs=7))
    assert sizes(sweep(longer, [*others, one._replace(card=longer)])) == [2, 8, 16, 32]
    seeded = replace(one.card, training=replace(one.card.training, seed=7))
    assert sizes(sweep(seeded, [*others, one._replace(card=seeded)])) == SIZES
    assert sizes(sweep(one.card, [e for e in known if e.name.startswith("digits-vae")])) == []


def test_a_larger_code_gives_sharper_images_and_a_small_file():
    errors = []
    for d in SIZES:
        assert recipe(f"digits-size-{d}d").model == card(f"digits-size-{d}d").model
        errors.append(card(f"digits-size-{d}d").metrics["mse"])
        path = checkpoints.shipped_folder() / f"digits-size-{d}d.safetensors"
        assert path.stat().st_size < (150_000 if d < 32 else 190_000)  # of it 115 kB are codes
    assert errors == sorted(errors, reverse=True)

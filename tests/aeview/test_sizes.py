"""The sizes of the code that the latent map offers: models alike but for it."""

from dataclasses import replace

from aecore import checkpoints
from aecore.recipes import recipe
from aeview.latent_map.sizes import family

SIZES = [2, 4, 8, 16, 32]


def entries(data="digits"):
    return [e for e in checkpoints.available() if e.card is not None and e.card.data == data]


def card(name):
    return next(e.card for e in entries(name.partition("-")[0]) if e.name == name)


def sizes(found):
    return [entry.card.model.code_dim for entry in found]


def test_models_of_one_recipe_are_a_family_by_size():
    for name in ("digits-size-8d", "digits-vae-2d", "digits-pca-2d"):  # two PCAs are no choice
        found = family(card(name), entries())
        assert [entry.name for entry in found] == [f"digits-size-{d}d" for d in SIZES]
    assert family(card("mnist-vae-2d"), entries("mnist")) == []  # four β, one size


def test_another_setting_is_another_family_and_another_seed_is_not():
    known = entries()
    one = next(entry for entry in known if entry.name == "digits-size-4d")
    others = [entry for entry in known if entry is not one]
    longer = replace(one.card, training=replace(one.card.training, epochs=7))
    assert sizes(family(longer, [*others, one._replace(card=longer)])) == [2, 8, 16, 32]
    seeded = replace(one.card, training=replace(one.card.training, seed=7))
    assert sizes(family(seeded, [*others, one._replace(card=seeded)])) == SIZES
    assert sizes(family(one.card, [e for e in known if e.name.startswith("digits-vae")])) == []


def test_a_larger_code_gives_sharper_images_and_a_small_file():
    errors = []
    for d in SIZES:
        assert recipe(f"digits-size-{d}d").model == card(f"digits-size-{d}d").model
        errors.append(card(f"digits-size-{d}d").metrics["mse"])
        path = checkpoints.shipped_folder() / f"digits-size-{d}d.safetensors"
        assert path.stat().st_size < (150_000 if d < 32 else 190_000)  # of it 115 kB are codes
    assert errors == sorted(errors, reverse=True)

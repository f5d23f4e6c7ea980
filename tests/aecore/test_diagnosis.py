"""A model that learnt nothing is told from one that did."""

from dataclasses import replace

import numpy as np
import pytest

from aecore import checkpoints, production
from aecore.checkpoints import read_card
from aecore.data.catalogue import load, present
from aecore.diagnosis import diagnose
from aecore.evaluation import evaluate
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe
from aecore.training.config import TrainingConfig

SOUND = {"epochs": 60, "batch_size": 8, "learning_rate": 0.01}


def trained(path, blobs, model=None, **settings):
    """The card of a small model of the blobs, as it comes back from its file."""
    config = ModelConfig(**({"kind": "vae", "shape": (1, 8, 8), "widths": (16,)} | (model or {})))
    recipe = Recipe("blobs", config, TrainingConfig(**(SOUND | settings)))
    splits = production.Splits(blobs, replace(blobs, split="val"), replace(blobs, split="test"))
    fresh = production.fresh_model(recipe)
    training = production.run(fresh, splits, recipe)
    list(training)
    production.finish(path, fresh, splits, recipe, "python -m aecore train …", training.n_steps)
    return read_card(path)


@pytest.fixture
def card_of(tmp_path, blobs):
    return lambda images=blobs, **rest: trained(tmp_path / "a.safetensors", images, **rest)


def test_a_sound_training_is_not_spoken_of_and_the_card_holds_what_it_saw(card_of, blobs):
    card = card_of()
    assert diagnose(card) is None
    x = blobs.images.astype(np.float64)
    assert card.metrics["image_variance"] == pytest.approx(x.var(axis=0, ddof=1).mean(), rel=1e-4)
    assert card.metrics["mean_intensity"] == pytest.approx(x.mean(), rel=1e-4)
    assert card.steps == 60 * 7  # whole batches of 8 of 60 images
    assert 0.5 < card.metrics["output_variance"] / card.metrics["image_variance"] < 1.1


def test_a_beta_of_1000_leaves_no_unit_active_and_beta_is_named(card_of):
    found = diagnose(card_of(model={"beta": 1000.0}))
    assert "no unit is active (0 of 2)" in found.fault
    assert found.mend == "β = 1000 is large: set it to 1 (--beta), or let it rise (--kl-warmup)."


@pytest.mark.parametrize("kind", ["ae", "vae"])
def test_a_single_step_is_too_few(card_of, kind):
    found = diagnose(card_of(model={"kind": kind}, epochs=1, batch_size=256))
    assert "learnt" in found.fault
    assert "Only 1 step was taken: train for 500 epochs (--epochs), or in smaller" in found.mend


def test_a_rate_of_almost_nothing_is_named(card_of):
    found = diagnose(card_of(model={"kind": "ae"}, learning_rate=1e-9))
    assert found.fault == "This model learnt nothing: it makes the same of every image."
    assert found.mend == "The learning rate 1e-09 is small: set it to 0.003 (--learning-rate)."


def test_equal_images_are_named_and_no_setting_is_blamed(card_of, blobs):
    equal = replace(blobs, pixels=np.repeat(blobs.pixels[:1], len(blobs), axis=0))
    found = diagnose(card_of(equal, learning_rate=1e-9))
    assert found.fault == "This model learnt nothing: all 60 test images are the same."
    assert found.mend == "Look at the files: nothing can be learnt from equal images."


def test_images_that_are_bright_nearly_everywhere_are_to_be_turned_over(card_of, blobs):
    dark_on_white = replace(blobs, pixels=(255 - blobs.pixels // 2).astype(np.uint8))
    assert diagnose(card_of(dark_on_white)) is None  # it learnt, so there is nothing to say
    found = diagnose(card_of(dark_on_white, model={"beta": 1000.0}))
    assert "or turn them over" in found.mend


def test_what_is_not_a_number_is_said_and_older_cards_are_judged_by_what_they_hold(card_of):
    card = card_of(model={"beta": 1000.0})
    broken = replace(card, metrics=card.metrics | {"mse": float("nan")})
    assert "not a number" in diagnose(broken).fault
    names = ("image_variance", "output_variance", "mean_intensity")
    kept = {name: value for name, value in card.metrics.items() if name not in names}
    assert "no unit is active" in diagnose(replace(card, metrics=kept, steps=0)).fault


def test_a_closed_form_is_not_told_to_train_longer(card_of):
    card = card_of(model={"kind": "pca"})
    poor = replace(card, metrics=card.metrics | {"mse": 2 * card.metrics["image_variance"]})
    said = diagnose(poor).mend
    assert "--latent-dim" in said
    assert "--epochs" not in said


def test_no_shipped_model_is_accused(shipped):
    """By its card, and by the figures of newer cards where its data are here."""
    tests = {}
    for path in shipped:
        card = read_card(path)
        assert (diagnose(card) is None) == ("collapsed" not in path.stem), path.stem
        if not present(card.data) or not card.encodes:
            continue
        model, _ = checkpoints.load(path)
        if card.data not in tests:
            tests[card.data] = load(card.data, "test", None, card.model.shape[-1])
        test = tests[card.data]
        figures = evaluate(model, test.take(test.places_of(card.training.only)[:50])).to_json()
        assert figures["mse"] < 0.9 * figures["image_variance"], path.stem
        measured = card.metrics | figures | {"active_units": card.metrics["active_units"]}
        assert diagnose(replace(card, metrics=measured)) is None, path.stem

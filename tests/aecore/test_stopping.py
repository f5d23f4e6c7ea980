"""Training until it stops improving."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import train, validate
from aecore.training.stopping import WARM_UP_STEPS, held_rate

CONFIG = ModelConfig(kind="ae", shape=(1, 8, 8), widths=(32,), code_dim=8)
RECIPE = TrainingConfig(epochs=400, batch_size=16, learning_rate=3e-2, patience=4)


def fresh(config=CONFIG, seed=0):
    return create(config, stream(seed, "weights"))


@pytest.fixture
def halves(blobs):
    """A few images to learn by heart, and others that show when that harms."""
    return blobs.take(np.arange(20)), blobs.take(np.arange(20, 60))


def test_it_ends_early_with_the_best_weights_of_all_epochs(halves):
    model, (few, others) = fresh(), halves
    training = train(model, few, others, RECIPE)
    reports = list(training)
    losses = [r.val.reconstruction for r in reports]
    assert len(reports) < 100
    assert training.done == training.n_epochs == reports[-1].n_epochs
    best = min(losses)
    assert losses[training.best_epoch - 1] == best
    assert validate(model, torch.from_numpy(others.images), RECIPE).reconstruction == best
    assert reports[-1].val.reconstruction == best, "the last report is of what is kept"


def test_the_rate_rises_is_held_and_falls_to_nothing():
    held = [held_rate(step, None) for step in (0, WARM_UP_STEPS - 1, 10**6)]
    assert held == [1 / WARM_UP_STEPS, 1, 1]
    falling = [held_rate(1000 + step, (1000, 50)) for step in (0, 25, 50, 60)]
    assert falling == [1, 0.5, 0, 0]


def test_all_epochs_are_the_most_and_the_last_of_them_cool(halves):
    few, others = halves
    reports = list(train(fresh(), few, others, replace(RECIPE, epochs=10, patience=10_000)))
    assert [r.epoch for r in reports] == list(range(1, 11))
    assert len(list(train(fresh(), few, others, replace(RECIPE, epochs=1)))) == 1


def test_a_warm_up_of_the_kl_term_is_no_lack_of_improvement(blobs):
    config = replace(CONFIG, kind="vae", beta=20.0)
    recipe = replace(RECIPE, epochs=30, patience=1, kl_warmup=0.5)
    training = train(fresh(config), blobs, blobs, recipe)
    assert len(list(training)) > 15


def test_a_refinement_comes_after_an_early_end(halves):
    few, others = halves
    reports = list(train(fresh(), few, others, replace(RECIPE, refine_epochs=3)))
    plain = list(train(fresh(), few, others, RECIPE))
    assert len(reports) == len(plain) + 3
    assert [r.val for r in reports[: len(plain)]] == [r.val for r in plain]


@pytest.mark.parametrize("before_the_end", [0, 3, 10])
def test_it_is_taken_up_again_before_and_while_the_rate_falls(halves, before_the_end):
    few, others = halves
    wanted = list(train(fresh(), few, others, RECIPE))
    stopped = train(fresh(), few, others, RECIPE)
    for _ in range(len(wanted) - before_the_end):
        next(stopped)
    model = fresh(seed=9)
    resumed = train(model, few, others, RECIPE)
    resumed.resume(stopped.snapshot())
    got = list(resumed)
    assert [r.val for r in got] == [r.val for r in wanted[len(wanted) - before_the_end :]]
    assert resumed.best_epoch == stopped.best_epoch or got


def test_a_snapshot_of_another_training_is_refused(blobs):
    training = train(fresh(), blobs, blobs, RECIPE)
    next(training)
    kept = training.snapshot()
    with pytest.raises(ValueError, match=r"another training \(epochs 400 instead of 9\)"):
        train(fresh(), blobs, blobs, replace(RECIPE, epochs=9)).resume(kept)
    wide = fresh(replace(CONFIG, widths=(64,)))
    with pytest.raises(ValueError, match=r"widths \[32\] instead of \[64\]"):
        train(wide, blobs, blobs, RECIPE).resume(kept)
    with pytest.raises(ValueError, match="images 60 instead of 20"):
        train(fresh(), blobs.take(np.arange(20)), blobs, RECIPE).resume(kept)

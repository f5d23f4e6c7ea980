"""Precision and recall of sets whose answers are known."""

import numpy as np
import pytest

from aecore.coverage import coverage


def cloud(n, centre=0.0, seed=0):
    return (centre + np.random.default_rng(seed).standard_normal((n, 8))).astype("f4")


def test_a_set_covers_itself_and_nothing_far_away():
    some = cloud(200)
    assert coverage(some, some) == (1, 1)
    assert coverage(some, some + 100) == (0, 0)


def test_one_class_alone_is_precise_and_leaves_the_other_out():
    both = np.concatenate([cloud(300), cloud(300, 20, 1)])
    found = coverage(both, cloud(600, 0, 2))
    assert found.precision > 0.75
    assert 0.35 < found.recall <= 0.5
    swapped = coverage(cloud(600, 0, 2), both)
    assert (swapped.recall, swapped.precision) == (found.precision, found.recall)


def test_noise_on_half_of_the_images_costs_precision():
    real, made = cloud(400), cloud(400, seed=1)
    made[::2] += 50
    whole = coverage(real, cloud(400, seed=1)).precision
    assert coverage(real, made).precision == pytest.approx(whole / 2, abs=0.05)


def test_too_few_images_are_said():
    with pytest.raises(ValueError, match="made is '3 rows', but must be 4 rows or more"):
        coverage(cloud(9), cloud(3))

"""What is normal, what is strange, and the small model trained on the spot."""

import numpy as np
import pytest

from aecore.anomaly.oneclass import AE, train_normal
from aecore.anomaly.strangers import corrupted, fitted, normal_classes, photographs, rows_of
from aecore.data import digits, sprites


def test_classes_of_a_choice():
    assert normal_classes("all", 3) == (0, 1, 2)
    assert normal_classes("only-1", 3) == (1,)
    assert normal_classes("without-1", 3) == (0, 2)
    assert rows_of(np.array([2, 0, 1, 2]), (0, 2)).tolist() == [0, 1, 3]


@pytest.mark.parametrize(
    ("choice", "n"), [("only-3", 3), ("with-1", 3), ("only-", 3), ("only-x", 3), ("only-0", 1)]
)
def test_an_impossible_choice_is_named(choice, n):
    with pytest.raises(ValueError, match=r"normal is .* but must be all, only-K or without-K"):
        normal_classes(choice, n)


def test_photographs_are_squares_of_photographs_and_always_the_same():
    got = photographs((1, 28, 28), 40)
    assert got.shape == (40, 1, 28, 28)
    assert got.dtype == np.uint8
    assert np.array_equal(got, photographs((1, 28, 28), 40))
    assert len(np.unique(got.reshape(40, -1), axis=0)) == 40
    assert photographs((3, 32, 32), 4).shape == (4, 3, 32, 32)


def test_damage_differs_from_image_to_image_and_repeats():
    pixels = np.repeat(digits.load("test").pixels[:1], 5, axis=0)
    got = corrupted(pixels, "patches", 0.3)
    assert np.array_equal(got, corrupted(pixels, "patches", 0.3))
    assert len(np.unique(got.reshape(5, -1), axis=0)) > 1
    with pytest.raises(ValueError, match="noise is 'fire'"):
        corrupted(pixels, "fire", 0.3)


def test_another_set_takes_the_models_shape():
    other = sprites.load("test").take(np.arange(5))
    got = fitted(other, (3, 28, 28))
    assert got.shape == (3, 28, 28)
    assert np.array_equal(got.labels, other.labels)
    wide = other.images.mean()
    assert got.images.mean() == pytest.approx(wide, abs=0.02)
    assert fitted(other, other.shape) is other


def test_a_small_model_learns_what_is_normal_and_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr("aecore.anomaly.oneclass.STEPS", 120)
    train = digits.load("train")
    ones = train.take(np.flatnonzero(train.labels == 1))
    steps = []
    model = train_normal(ones, AE, report=lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1]
    import torch

    from aecore.anomaly.scores import score
    from aecore.metrics import auroc

    test = digits.load("test")
    values = score("mse", model, torch.from_numpy(test.images))
    assert auroc(values[test.labels == 1], values[test.labels != 1]) > 0.9
    with pytest.raises(ValueError, match="there are 5 normal training images, but at least 20"):
        train_normal(ones.take(np.arange(5)), AE)

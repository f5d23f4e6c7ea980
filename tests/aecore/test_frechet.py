"""The Fréchet distance on pairs with known answers."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from aecore.frechet import Moments, distance, moments


def features(n=400, d=6, seed=0):
    draw = np.random.default_rng(seed)
    return draw.standard_normal((n, d)) @ draw.standard_normal((d, d))


def test_identical_sets_are_at_distance_zero():
    known = moments(features())
    assert distance(known, known) == pytest.approx(0, abs=1e-9)


def test_a_shift_costs_its_squared_length():
    cloud, shift = features(), np.array([1.0, -2, 0, 0.5, 3, 0])
    assert distance(moments(cloud), moments(cloud + shift)) == pytest.approx((shift**2).sum())


def test_diagonal_covariances_cost_the_squared_difference_of_deviations():
    a = Moments(9, np.zeros(3), np.diag([1.0, 4, 9]))
    b = Moments(9, np.array([0.0, 0, 2]), np.diag([4.0, 4, 1]))
    assert distance(a, b) == pytest.approx(4 + (1 - 2) ** 2 + 0 + (3 - 1) ** 2)


def test_it_is_symmetric_and_equals_the_matrix_root():
    a, b = moments(features(seed=1)), moments(features(seed=2))
    root = sqrtm(a.covariance @ b.covariance).real
    want = ((a.mean - b.mean) ** 2).sum() + np.trace(a.covariance + b.covariance - 2 * root)
    assert distance(a, b) == pytest.approx(want, rel=1e-6)
    assert distance(b, a) == pytest.approx(want, rel=1e-6)


def test_collapsed_samples_are_no_problem():
    real = moments(features())
    one = moments(np.zeros((10, 6)))
    want = (real.mean**2).sum() + np.trace(real.covariance)
    assert distance(one, real) == pytest.approx(want, rel=1e-6)


def test_one_image_has_no_covariance():
    with pytest.raises(ValueError, match="1 rows, but a covariance needs at least 2"):
        moments(np.zeros((1, 6)))

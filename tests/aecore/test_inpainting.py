"""Filling in: the conditional mean of a Gaussian, known without a network."""

import numpy as np
import pytest

from aecore.data.catalogue import load
from aecore.inpainting import PcaFill, fit_pca, hidden_mse, hide, mean_fill, pixel_plane

HIDDEN = [[9, 24, 27, 38, 39], [12, 16, 18, 27, 37]]


def test_the_same_patches_are_hidden_as_in_the_browser():
    hidden = hide(2, (1, 28, 28), 0.1, 7)
    assert hidden.sum(axis=(1, 2, 3)).tolist() == [5 * 16, 5 * 16]
    patches = [np.flatnonzero(image[0, ::4, ::4]).tolist() for image in hidden]
    assert patches == HIDDEN  # pinned in tests/js/inside.test.mjs too
    assert np.array_equal(hide(1, (1, 28, 28), 0.1, 7, first=1), hidden[1:])


def test_pca_fill_is_the_conditional_mean_of_the_gaussian_it_stands_for():
    draw = np.random.default_rng(0)
    loadings = draw.standard_normal((12, 3)) * 0.05
    fill = PcaFill(np.full(12, 0.5), loadings, 0.01)
    images = 0.5 + 0.05 * draw.standard_normal((4, 1, 3, 4))
    hidden = draw.random(images.shape) < 0.4
    covariance = loadings @ loadings.T + 0.01 * np.eye(12)
    filled = fill(images, hidden)
    for image, gone, found in zip(
        images.reshape(4, -1), hidden.reshape(4, -1), filled.reshape(4, -1), strict=True
    ):
        across = covariance[np.ix_(gone, ~gone)]
        want = 0.5 + across @ np.linalg.solve(covariance[np.ix_(~gone, ~gone)], image[~gone] - 0.5)
        assert np.allclose(found[gone], want)
        assert np.array_equal(found[~gone], image[~gone])


def test_what_lies_in_the_subspace_is_filled_in_exactly():
    draw = np.random.default_rng(1)
    codes = draw.uniform(0, 0.1, (50, 2))
    images = (0.3 + codes @ draw.uniform(0, 1, (2, 16))).reshape(50, 1, 4, 4)
    hidden = np.zeros(images.shape, bool)
    hidden[:, :, :2] = True
    assert np.allclose(fit_pca(images, 2)(images, hidden), images, atol=2e-3)


def test_on_digits_it_beats_the_mean_and_nothing_seen_is_the_mean():
    train, test = (load("digits", part).images for part in ("train", "test"))
    images = test[:60].astype(np.float64)
    hidden = np.repeat(np.random.default_rng(0).random((60, 1, 1, 28)) < 0.5, 28, axis=2)
    fill = fit_pca(train)
    by_mean = hidden_mse(mean_fill(images, hidden, fill.mean), images, hidden).mean()
    assert hidden_mse(fill(images, hidden), images, hidden).mean() < 0.5 * by_mean
    nothing = np.ones(images.shape, bool)
    assert np.allclose(fill(images, nothing), fill.mean.reshape(28, 28))
    assert np.isnan(hidden_mse(images, images, ~nothing)).all()
    with pytest.raises(ValueError, match="2 or more"):
        fit_pca(train[:1])


def test_the_plane_of_pixels_has_the_directions_that_were_put_in():
    draw = np.random.default_rng(2)
    across, down = np.eye(16)[3], np.eye(16)[9]
    spread = draw.standard_normal((80, 2)) * (0.2, 0.1)
    images = (0.5 + spread @ np.stack((across, down))).reshape(80, 1, 4, 4)
    mean, directions = pixel_plane(images)
    assert np.allclose(mean, 0.5, atol=0.1)
    assert np.allclose(
        np.abs(directions.T @ np.stack((across, down), axis=1)), np.eye(2), atol=0.1
    )
    assert np.allclose(np.linalg.norm(directions, axis=0), 1)

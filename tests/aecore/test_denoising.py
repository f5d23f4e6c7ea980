"""Figures against scikit-image, the linear filter against its closed form, filters that filter."""

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from aecore.checkpoints import load
from aecore.data import digits
from aecore.denoising import (
    FILTERS,
    best_parameter,
    classical,
    fit_wiener,
    quality,
)
from aecore.metrics import psnr, ssim
from aecore.noise import KINDS
from aecore.trials import Splits, trial


@pytest.fixture
def pairs():
    draw = np.random.default_rng(0)
    images = draw.random((5, 1, 28, 28)).astype(np.float32)
    spoilt = np.clip(images + 0.2 * draw.standard_normal(images.shape), 0, 1).astype(np.float32)
    return spoilt, images


def test_psnr_and_ssim_are_scikit_images(pairs):
    spoilt, images = pairs
    wanted = [
        peak_signal_noise_ratio(x, y, data_range=1) for x, y in zip(images, spoilt, strict=True)
    ]
    assert psnr(spoilt, images) == pytest.approx(np.array(wanted), abs=1e-5)
    wanted = [
        structural_similarity(x[0], y[0], data_range=1)
        for x, y in zip(images, spoilt, strict=True)
    ]
    assert ssim(spoilt, images) == pytest.approx(np.array(wanted), abs=1e-6)


def test_ssim_of_colour_and_of_small_images_is_scikit_images():
    draw = np.random.default_rng(1)
    for shape, window in (((3, 3, 12, 10), 7), ((3, 1, 5, 6), 5)):
        x, y = draw.random((2, *shape)).astype(np.float32)
        wanted = [
            structural_similarity(a, b, win_size=window, data_range=1, channel_axis=0)
            for a, b in zip(x, y, strict=True)
        ]
        assert ssim(x, y) == pytest.approx(np.array(wanted), abs=1e-6)


def test_an_exact_restoration_is_100_decibels_and_an_ssim_of_1(pairs):
    images = pairs[1]
    found = quality(images, images)
    assert found.psnr.tolist() == [100] * 5
    assert found.ssim == pytest.approx(np.ones(5))
    assert psnr(images * 0, images * 0 + 0.1)[0] == pytest.approx(20)


def test_what_leaves_the_range_is_clipped_before_it_is_compared(pairs):
    assert quality(pairs[1] + 2, pairs[1] * 0 + 1).psnr.tolist() == [100] * 5


def test_the_wiener_filter_is_its_closed_form():
    draw = np.random.default_rng(0)
    n, variance, noise = 40_000, np.array([0.02, 0.01, 0.005, 0.0005]), 0.01
    mixing = np.linalg.qr(draw.standard_normal((4, 4)))[0]
    clean = 0.5 + (draw.standard_normal((n, 4)) * np.sqrt(variance)) @ mixing.T
    spoilt = clean + np.sqrt(noise) * draw.standard_normal((n, 4))
    fitted = fit_wiener(*(part.reshape(n, 1, 2, 2).astype(np.float32) for part in (spoilt, clean)))
    covariance = mixing @ np.diag(variance) @ mixing.T
    wanted = covariance @ np.linalg.inv(covariance + noise * np.eye(4))
    assert fitted.matrix == pytest.approx(wanted, abs=0.02)
    assert fitted.offset == pytest.approx((np.eye(4) - wanted) @ np.full(4, 0.5), abs=0.02)


def test_no_other_linear_filter_of_a_few_has_a_smaller_error_on_what_it_was_fitted_on():
    images = digits.load("train").images[:400]
    made = trial("gaussian", 0.4, Splits(images, images[:10], images[:10]))
    spoilt = made.train.spoilt
    fitted = fit_wiener(spoilt, images)
    error = np.square(fitted(spoilt) - images).mean()
    for other in (spoilt, 0.5 * spoilt, np.broadcast_to(images.mean(0), images.shape)):
        assert error < np.square(other - images).mean()


def test_one_pair_is_too_few(pairs):
    with pytest.raises(ValueError, match="two or more pairs of one shape are needed"):
        fit_wiener(pairs[0][:1], pairs[1][:1])


@pytest.fixture(scope="module")
def digit_trial():
    found = (
        digits.load(part).images[:n] for part, n in (("train", 400), ("val", 12), ("test", 24))
    )
    return trial("gaussian", 0.3, Splits(*found))


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_with_its_best_parameter_takes_noise_off(name, digit_trial):
    found = digit_trial.of_filter(name)
    noisy = digit_trial.of_noisy()
    assert found.psnr > noisy.psnr + 1
    assert found.ssim > noisy.ssim
    assert found.n == 24
    assert found.parameter in FILTERS[name].parameters
    restored = classical(name)(digit_trial.test.spoilt, found.parameter)
    assert restored.shape == digit_trial.test.spoilt.shape
    assert restored.min() >= 0
    assert restored.max() <= 1


def test_the_best_parameter_is_the_one_with_the_highest_psnr(digit_trial):
    spoilt, images = digit_trial.val
    chosen = best_parameter("tv", spoilt, images)
    gains = [psnr(FILTERS["tv"](spoilt, p), images).mean() for p in FILTERS["tv"].parameters]
    assert gains[FILTERS["tv"].parameters.index(chosen)] == max(gains)
    assert chosen not in FILTERS["tv"].parameters[:1]


def test_an_unknown_filter_is_said():
    with pytest.raises(ValueError, match="filter is 'blur', but must be one of median, nlm"):
        classical("blur")


def test_filters_treat_channels_alone():
    draw = np.random.default_rng(0)
    images = draw.random((1, 3, 8, 8)).astype(np.float32)
    together = FILTERS["median"](images, 3.0)
    assert np.array_equal(together[:, 1:2], FILTERS["median"](images[:, 1:2], 3.0))


@pytest.mark.parametrize("kind", KINDS)
def test_a_shipped_denoiser_beats_the_noise_and_the_linear_filter(shipped, kind):
    path = next(path for path in shipped if path.stem == "digits-dae-784d")
    splits = (digits.load(part).images for part in ("train", "val", "test"))
    made = trial(kind, 0.4 if kind != "patches" else 0.3, Splits(*splits))
    network = made.of_network("dae", load(path).model)
    assert network.n == 355
    assert network.psnr > made.of_noisy().psnr + 3
    assert network.psnr > made.of_wiener().psnr
    assert network.ssim > made.of_wiener().ssim


def test_splits_are_spoilt_by_draws_of_their_own():
    images = torch.full((4, 1, 8, 8), 0.5).numpy()
    made = trial("gaussian", 0.2, Splits(images, images, images))
    assert not np.array_equal(made.train.spoilt, made.test.spoilt)
    again = trial("gaussian", 0.2, Splits(images, images, images))
    assert np.array_equal(made.test.spoilt, again.test.spoilt)

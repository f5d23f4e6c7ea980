"""Figures against scikit-image, the linear filter against its closed form, filters that filter."""

import math

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from aecore import denoising
from aecore.checkpoints import load
from aecore.data import digits
from aecore.denoising import (
    FILTERS,
    classical,
    fit_filter,
    fit_tone,
    fit_wiener,
    linear_fits,
    quality,
)
from aecore.metrics import psnr, ssim
from aecore.noise import KINDS
from aecore.trials import Splits, Spoilt, pair, trial


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
    y, x = (part.reshape(n, 1, 2, 2).astype(np.float32) for part in (spoilt, clean))
    fitted = fit_wiener([(y[:100], x[:100]), (y[100:], x[100:])])
    covariance = mixing @ np.diag(variance) @ mixing.T
    wanted = covariance @ np.linalg.inv(covariance + noise * np.eye(4))
    assert fitted.matrix == pytest.approx(wanted, abs=0.02)
    assert fitted.offset == pytest.approx((np.eye(4) - wanted) @ np.full(4, 0.5), abs=0.02)


def test_no_other_linear_filter_of_a_few_has_a_smaller_error_on_what_it_was_fitted_on():
    images = digits.load("train").images[:400]
    spoilt = pair("train", images, "gaussian", 0.4).spoilt
    fitted = fit_wiener([(spoilt, images)])
    error = np.square(fitted(spoilt) - images).mean()
    for other in (spoilt, 0.5 * spoilt, np.broadcast_to(images.mean(0), images.shape)):
        assert error < np.square(other - images).mean()


def test_large_images_are_weighted_along_the_axes_of_clean_ones(monkeypatch):
    draw = np.random.default_rng(0)
    p, n, noise, variance = 30 * 42, 3000, 0.01, np.array([40.0, 20.0, 10.0])
    directions = np.linalg.qr(draw.standard_normal((p, 3)))[0]

    def drawn(n):
        clean = 0.5 + (draw.standard_normal((n, 3)) * np.sqrt(variance)) @ directions.T
        spoilt = clean + np.sqrt(noise) * draw.standard_normal((n, p))
        return tuple(part.reshape(n, 1, 30, 42).astype(np.float32) for part in (spoilt, clean))

    def error(fitted):
        seen = spoilt.reshape(len(spoilt), -1)
        seen = seen if fitted.axes is None else seen @ fitted.axes
        restored = seen @ fitted.matrix.T + fitted.offset
        return np.square(restored - clean.reshape(len(clean), -1)).mean()

    seen, (spoilt, clean) = drawn(n), drawn(500)
    least = (variance * noise / (variance + noise)).sum() / p
    fitted = fit_wiener([seen])
    assert fitted.axes.shape[1] < p / 3
    assert 0.9 * least < error(fitted) < 1.3 * least
    monkeypatch.setattr(denoising, "MOST_WHOLE", p)
    assert error(fit_wiener([seen])) > 1.5 * least


def test_large_images_need_fewer_pairs_of_few_images_and_an_even_choice_of_many():
    few = np.zeros((40, 3, 20, 20), np.uint8)
    assert len(np.concatenate([clean for _, clean in Spoilt(few, "masking", 0.3)])) == 32 * 39 + 32
    marks = (np.arange(26_000) % 251).astype(np.uint8)
    many = np.zeros((26_000, 1, 1, 1025), np.uint8) + marks[:, None, None, None]
    seen = np.concatenate([clean[:, 0, 0, 0] for _, clean in Spoilt(many, "masking", 0.3)])
    assert len(seen) == 13_000
    assert np.array_equal(np.rint(255 * seen), marks[::2])


def test_one_pair_is_too_few(pairs):
    with pytest.raises(ValueError, match="pairs is 1, but must be two or more"):
        fit_wiener([(pairs[0][:1], pairs[1][:1])])


def test_an_image_of_too_many_numbers_is_refused_before_anything_is_fitted():
    large = np.zeros((2, 3, 64, 64), np.float32)
    assert not linear_fits(large.shape[1:])
    with pytest.raises(ValueError, match=r"images is \(3, 64, 64\), but must be at most 4,096"):
        fit_wiener([(large, large)])


def test_few_training_images_are_spoilt_often_enough_for_the_linear_filter():
    pixels = digits.load("train").pixels[:300]
    batches = list(Spoilt(pixels, "gaussian", 0.4))
    assert sum(len(clean) for _, clean in batches) >= 25_000
    assert not np.array_equal(batches[0].spoilt, batches[1].spoilt)
    assert np.array_equal(batches[1].clean, pixels.astype(np.float32) / 255)


def test_a_tone_curve_is_the_mean_clean_value_and_never_falls():
    draw = np.random.default_rng(0)
    clean = draw.choice([0.0, 1.0], (50, 1, 20, 20), p=[0.7, 0.3]).astype(np.float32)
    noisy = np.clip(clean + 0.4 * draw.standard_normal(clean.shape), 0, 1).astype(np.float32)
    curve = fit_tone(noisy, clean)
    assert (np.diff(curve.after) >= 0).all()
    # Bayes: the share of ink where clipped noise left a pixel at 0, in the middle and at 1
    tail = 0.5 * (1 - math.erf(1 / 0.4 / math.sqrt(2)))
    for value, wanted in ((0, 0.3 * tail / (0.3 * tail + 0.7 * 0.5)), (0.5, 0.3)):
        found = curve(np.full((1, 1, 1, 1), value, np.float32)).item()
        assert found == pytest.approx(wanted, abs=0.02)


def test_a_tone_curve_takes_back_what_clipping_did_to_black(digit_trial):
    spoilt, images = digit_trial.val
    fitted = fit_filter(classical("blur"), spoilt, images)
    black = images == 0
    assert fitted.restore(spoilt)[black].mean() > 0.1 > fitted(spoilt)[black].mean() + 0.03
    raw = max(
        psnr(classical("blur")(spoilt, p), images).mean() for p in classical("blur").parameters
    )
    assert psnr(fitted(spoilt), images).mean() > raw + 3


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
    restored = fit_filter(classical(name), *digit_trial.val)(digit_trial.test.spoilt)
    assert restored.shape == digit_trial.test.spoilt.shape
    assert restored.min() >= 0
    assert restored.max() <= 1


def test_the_best_strength_has_the_highest_psnr_behind_its_own_tone_curve(digit_trial):
    spoilt, images = digit_trial.val
    chosen = FILTERS["tv"]
    filtered = {p: chosen(spoilt, p) for p in chosen.parameters}
    gains = {p: psnr(fit_tone(x, images)(x), images).mean() for p, x in filtered.items()}
    assert fit_filter(chosen, spoilt, images).parameter == max(gains, key=gains.get)
    assert np.array_equal(filtered[0.0], spoilt)


def test_an_unknown_filter_is_said():
    with pytest.raises(ValueError, match="filter is 'fog', but must be one of blur, median"):
        classical("fog")


def test_filters_treat_channels_alone():
    draw = np.random.default_rng(0)
    images = draw.random((1, 3, 8, 8)).astype(np.float32)
    together = FILTERS["median"](images, 3.0)
    assert np.array_equal(together[:, 1:2], FILTERS["median"](images[:, 1:2], 3.0))


@pytest.mark.parametrize("kind", KINDS)
def test_a_shipped_denoiser_beats_the_noise(shipped, kind):
    path = next(path for path in shipped if path.stem == "digits-dae-784d")
    images = digits.load("test").images[:100]
    made = trial(kind, 0.4 if kind != "patches" else 0.3, Splits(images, images, images))
    network = made.of_network("dae", load(path).model)
    assert network.n == 100
    assert network.psnr > made.of_noisy().psnr + 3


def test_splits_are_spoilt_by_draws_of_their_own():
    images = torch.full((4, 1, 8, 8), 0.5).numpy()
    made = trial("gaussian", 0.2, Splits(images, images, images))
    assert not np.array_equal(next(iter(made.train)).spoilt, made.test.spoilt)
    again = trial("gaussian", 0.2, Splits(images, images, images))
    assert np.array_equal(made.test.spoilt, again.test.spoilt)

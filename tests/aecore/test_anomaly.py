"""Anomaly scores: identities and planted outliers; thresholds: their definitions."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import mahalanobis
from torch.distributions import Bernoulli, kl_divergence

from aecore.anomaly.calibration import N_CALIBRATION, calibrate
from aecore.anomaly.detectors import DETECTORS, measure
from aecore.anomaly.scores import LATENT_SHARE, SCORES, applicable, reference, score, scores
from aecore.anomaly.threshold import (
    RULES,
    best_f1_threshold,
    conformal_threshold,
    deviation_threshold,
    percentile,
    percentile_threshold,
)
from aecore.checkpoints import add_calibration, find, load, read, read_card
from aecore.data import digits
from aecore.data.faces import GRID, draw
from aecore.losses import bernoulli_nll
from aecore.metrics import auroc, average_precision, mse_per_pixel


@pytest.fixture(scope="module")
def vae():
    return load(find("digits-vae-16d")).model


@pytest.fixture(scope="module")
def images():
    return torch.from_numpy(digits.load("test").images)


@pytest.fixture(scope="module")
def known(vae):
    return reference(vae, torch.from_numpy(digits.load("train").images))


# ---- scores -------------------------------------------------------------------------------------


def test_mse_is_that_of_the_mean_reconstruction(vae, images):
    want = mse_per_pixel(vae.reconstruct(images).numpy(), images.numpy())
    assert np.allclose(score("mse", vae, images), want, rtol=1e-5)


def test_nll_less_entropy_is_a_bernoulli_divergence_and_never_negative(vae, images):
    got = score("surprise", vae, images)
    p = vae.reconstruct(images).clamp(1e-6, 1 - 1e-6)
    x = images.clamp(1e-7, 1 - 1e-7)
    want = kl_divergence(Bernoulli(probs=x.double()), Bernoulli(probs=p.double())).sum((1, 2, 3))
    assert np.allclose(got, want, rtol=1e-3)
    assert (got >= 0).all()
    entropy = Bernoulli(probs=x.double()).entropy().sum((1, 2, 3))
    nll = bernoulli_nll(torch.logit(p.double()).float(), images).double()
    assert np.allclose(got, nll - entropy, atol=0.05)


def test_a_grey_image_that_is_reconstructed_perfectly_is_no_surprise(vae, images, monkeypatch):
    monkeypatch.setattr(type(vae), "decode", lambda *_: images[:4])
    assert np.allclose(score("surprise", vae, images[:4]), 0, atol=1e-2)


def test_elbo_is_that_of_the_literature_within_its_noise(vae, images):
    got = score("elbo", vae, images)
    stated = read(find("digits-vae-16d")).card.metrics["negative_elbo"]
    assert got.mean() == pytest.approx(stated, rel=0.01)
    assert (got > score("kl", vae, images)).all()


def test_two_draws_order_large_images_as_sixteen_do(monkeypatch):
    faces = load(find("faces-vae-16d")).model
    pixels = draw(np.random.default_rng(0).integers(0, list(GRID.sizes.values()), (60, 10)))
    portraits = torch.from_numpy(pixels.astype(np.float32) / 255)
    few = score("elbo", faces, portraits)
    monkeypatch.setattr("aecore.anomaly.scores.FEWEST_DRAWS", 16)
    many = score("elbo", faces, portraits)
    assert not np.array_equal(few, many)
    assert np.corrcoef(few, many)[0, 1] > 0.99


def test_mahalanobis_is_scipys(vae, images, known):
    codes = vae.encode(images[:20]).mean.double().numpy()
    precision = known.whitening @ known.whitening.T
    want = [mahalanobis(code, known.mean, precision) for code in codes]
    assert np.allclose(score("mahalanobis", vae, images[:20], known), want, rtol=1e-4)
    every = vae.encode(torch.from_numpy(digits.load("train").images)).mean.double().numpy()
    assert np.allclose(known.mean, every.mean(axis=0))
    active = every.var(axis=0) > 0.5
    identity = (precision @ np.cov(every, rowvar=False))[np.ix_(active, active)]
    assert np.allclose(identity, np.eye(active.sum()), atol=0.01)  # but for the ridge


def test_neighbour_distance_is_scikit_learns(vae, images, known):
    from sklearn.neighbors import NearestNeighbors

    finder = NearestNeighbors(n_neighbors=5).fit(known.codes)
    white = known.whiten(vae.encode(images).mean)
    want = finder.kneighbors(white)[0].mean(axis=1)
    assert np.allclose(score("neighbours", vae, images, known), want, rtol=1e-4)


def test_relative_error_is_the_share_that_is_missed(vae, images, monkeypatch):
    monkeypatch.setattr(type(vae), "decode", lambda *_: torch.zeros(4, 1, 28, 28))
    missed_all = score("relative", vae, images[:4])
    assert ((missed_all > 0.7) & (missed_all < 1)).all()
    assert score("relative", vae, torch.zeros(4, 1, 28, 28)).max() == 0


def test_both_is_the_sum_of_two_logarithms(vae, images, known):
    error, distance = (
        np.log(score(n, vae, images, known).astype(np.float64)) for n in ("relative", "neighbours")
    )
    want = error + LATENT_SHARE * distance
    assert np.allclose(score("both", vae, images, known), want, atol=1e-4)


@pytest.mark.parametrize("name", [name for name in SCORES if name != "kl"])
def test_a_planted_outlier_ranks_first(vae, images, known, name):
    strange = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    got = score(name, vae, torch.cat((images, strange)), known)
    assert got.argmax() == len(images)


@pytest.mark.parametrize("name", list(SCORES))
def test_a_score_belongs_to_its_image_alone(vae, images, known, name):
    whole = score(name, vae, images[:7], known)
    single = np.concatenate([score(name, vae, images[i : i + 1], known) for i in range(7)])
    assert np.allclose(whole, single, rtol=1e-3, atol=1e-5)
    assert whole.dtype == np.float32


def test_several_scores_come_from_one_pass(vae, images, known):
    got = scores(tuple(SCORES), vae, images, known)
    assert list(got) == list(SCORES)
    assert np.allclose(got["kl"], score("kl", vae, images), rtol=1e-5)


def test_what_a_model_cannot_give_is_said(vae, images, known):
    plain = load(find("digits-ae-16d")).model
    assert "elbo" not in applicable(plain)
    assert set(applicable(vae)) == set(SCORES)
    with pytest.raises(ValueError, match=r"score is .kl., but must be one of .* for this model"):
        score("kl", plain, images)
    with pytest.raises(ValueError, match="score is 'neighbours', but must be one of mse,"):
        score("neighbours", vae, images)
    with pytest.raises(ValueError, match="score is 'gan', but must be one of mse, relative, sur"):
        score("gan", vae, images, known)
    assert score("mse", vae, images[:0]).shape == (0,)


def test_a_dead_latent_unit_does_not_divide_by_zero(vae, images, monkeypatch):
    from aecore.models.base import Posterior

    encode = type(vae).encode

    def deadened(self, x):
        posterior = encode(self, x)
        mean = posterior.mean.clone()
        mean[:, 0] = 0
        return Posterior(mean, posterior.log_var)

    monkeypatch.setattr(type(vae), "encode", deadened)
    known = reference(vae, images[:200])
    got = score("mahalanobis", vae, images, known)
    assert 3 < np.median(got) < 5  # about √15 in 15 dimensions


# ---- thresholds ---------------------------------------------------------------------------------


def test_conformal_threshold_is_the_order_statistic_of_its_definition():
    normal = np.random.default_rng(0).permutation(np.arange(1.0, 20.0))
    assert conformal_threshold(normal, 0.05) == 19  # ⌈20 · 0.95⌉ of 19
    assert conformal_threshold(normal, 0.5) == 10
    assert conformal_threshold(normal, 0.01) == math.inf  # 19 scores are too few for 1 %


def test_percentile_and_its_threshold():
    normal = np.array([3.0, 1.0, 2.0, 4.0])
    assert percentile(normal, 0.5) == 0
    assert percentile(normal, 3.0) == 0.5
    assert percentile(normal, 9.0) == 1
    assert percentile_threshold(normal, 0.75) == 3
    assert (normal <= percentile_threshold(normal, 0.5)).mean() == 0.5


def test_mean_and_deviations():
    normal = np.random.default_rng(0).normal(5, 2, 100_000)
    assert deviation_threshold(normal, 2.0) == pytest.approx(9, abs=0.05)


def test_best_f1_is_the_best_of_all_thresholds():
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(0)
    normal, strange = rng.normal(0, 1, 80), rng.normal(1.5, 1, 40)
    labels = np.repeat([0, 1], [80, 40])
    values = np.concatenate((normal, strange))

    def f1(threshold):
        return f1_score(labels, values > threshold)

    best = best_f1_threshold(normal, strange)
    assert f1(best) == pytest.approx(max(f1(v) for v in (-9, *values)))
    assert best_f1_threshold(np.array([1.0]), np.array([0.0])) == -math.inf


@pytest.mark.parametrize("name", list(RULES))
def test_every_rule_gives_a_number_and_names_labels(name):
    rule = RULES[name]
    normal, strange = np.arange(100.0), np.arange(50.0, 150.0)
    got = rule.of(normal, rule.default, strange)
    assert 0 < got < 150
    other = rule.of(normal, rule.default, strange + 40)
    assert (got != other) == rule.uses_labels


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: conformal_threshold(np.zeros(0)), "scores is 'empty'"),
        (lambda: conformal_threshold(np.array([1.0, np.nan])), "scores is 'nan'"),
        (lambda: conformal_threshold(np.ones(3), 0.0), "rate is 0.0, but must be above 0"),
        (lambda: percentile(np.zeros(0), 1.0), "scores is 'empty'"),
        (lambda: percentile_threshold(np.ones(3), 1.5), "share is 1.5, but must be 0 to 1"),
        (lambda: deviation_threshold(np.ones(3), math.inf), "k is inf"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# ---- calibration --------------------------------------------------------------------------------


def test_a_finished_checkpoint_carries_the_scores_of_its_validation_split(small):
    path, model, splits = small
    stored = read(path)
    held_out = torch.from_numpy(splits.val.images)
    expected = np.sort(score("mse", model.eval(), held_out))
    assert np.allclose(stored.calibration, expected, rtol=1e-5)
    assert "calibration.mse" not in stored.weights


def test_a_checkpoint_without_calibration_opens_and_can_be_completed(small):
    from aecore.checkpoints import save
    from aecore.cli import main

    path, model, splits = small
    whole = read(path)
    save(path, model, whole.card, whole.latents)
    assert len(read(path).calibration) == 0
    add_calibration(path, whole.calibration)
    assert read(path).digest == whole.digest
    assert np.allclose(calibrate(model.eval(), splits.val), whole.calibration, rtol=1e-5)
    assert main(["calibrate", "missing.safetensors"]) == 2


def test_the_command_completes_a_checkpoint_and_leaves_the_rest(tmp_path, capsys):
    import shutil

    from aecore.cli import main

    path = tmp_path / "x.safetensors"
    shutil.copy(find("digits-pca-2d"), path)
    before, shipped = path.read_bytes(), read(path).calibration
    add_calibration(path, np.ones(5, np.float32))
    assert path.read_bytes() != before
    assert main(["calibrate", str(path)]) == 0
    # Another processor rounds the scores in the last bit; the rest is copied.
    assert np.allclose(read(path).calibration, shipped, rtol=1e-5)
    add_calibration(path, shipped)
    assert path.read_bytes() == before
    assert "of 178 held-out ones; 2.0% to 7.9%" in capsys.readouterr().out


def test_calibration_is_a_sample_of_at_most_two_thousand(small):
    _, model, splits = small
    many = splits.val.take(np.arange(3000) % 60)
    assert len(calibrate(model.eval(), many)) == N_CALIBRATION
    with pytest.raises(ValueError, match="but this model was made for"):
        calibrate(model, replace(many, pixels=np.zeros((3000, 1, 4, 4), np.uint8)))


N_HELD_OUT = {"digits": 178, "heartbeats": 500, "cells": 35, "emoji": 189, "faces": 1000}


def test_every_shipped_checkpoint_is_calibrated_on_its_validation_split(shipped):
    for path in shipped:
        if not read_card(path).encodes:
            continue
        values = read(path).calibration
        data = path.stem.split("-")[0]
        assert len(values) == N_HELD_OUT.get(data, 2000)
        assert (np.diff(values) >= 0).all()
        assert values[0] > 0
        assert values.mean() == pytest.approx(
            read(path).card.metrics["mse"], rel=0.3 if data == "cells" else 0.12
        )


# ---- ranking and rivals -------------------------------------------------------------------------


def test_ranking_figures_are_scikit_learns():
    from sklearn.metrics import average_precision_score, roc_auc_score

    rng = np.random.default_rng(0)
    for digits_kept in (1, 8):  # with ties and without
        normal = rng.normal(0, 1, 300).round(digits_kept)
        strange = rng.normal(1, 1, 80).round(digits_kept)
        labels, values = np.repeat([0, 1], [300, 80]), np.concatenate((normal, strange))
        assert auroc(normal, strange) == pytest.approx(roc_auc_score(labels, values))
        want = average_precision_score(labels, values)
        assert average_precision(normal, strange) == pytest.approx(want)
    assert math.isnan(auroc(normal, np.zeros(0)))


@pytest.mark.parametrize("name", list(DETECTORS))
def test_every_detector_tells_a_far_cluster_from_its_own_and_repeats_itself(name):
    rng = np.random.default_rng(0)
    train, normal = rng.normal(0, 1, (300, 20)), rng.normal(0, 1, (50, 20))
    normal[:, 0] = train[:, 0] = 0.5  # a constant column, as in images
    got = measure(name, train, normal, rng.normal(4, 1, (40, 20)))
    assert got.auroc > 0.98
    assert got.average_precision > 0.95
    again = measure(name, train, normal, rng.normal(4, 1, (40, 20)))
    assert again.auroc > 0.98
    scores = [DETECTORS[name].fit(train, 3).score(normal) for _ in range(2)]
    assert np.array_equal(*scores)


def test_an_unknown_detector_and_too_few_rows_are_named():
    rows = np.zeros((5, 3))
    with pytest.raises(ValueError, match="detector is 'magic', but must be one of isolation_for"):
        measure("magic", rows, rows, rows)
    with pytest.raises(ValueError, match="train is '5 rows', but must be 10 or more"):
        measure("knn", rows, rows, rows)


def test_pca_leaves_an_error_where_columns_are_few():
    """With a component for each column all errors are rounding, and another processor's differ."""
    rows = np.random.default_rng(0).normal(size=(300, 12)).astype(np.float32)
    found = DETECTORS["pca"].fit(rows[:200], 0).score(rows[200:])
    assert found.min() > 0.01
    spread = np.median(found) / np.square(rows).mean()
    assert 0.2 < spread < 0.8  # half of the components leave about half of white noise

"""Figures with known answers."""

import json

import numpy as np
import pytest
import torch

from aecore import metrics
from aecore.checkpoints import load
from aecore.data.catalogue import load as load_data
from aecore.disentanglement import measure
from aecore.evaluation import evaluate, importance_weighted_nll
from aecore.losses import kl_to_standard_normal
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import validate


def test_mse_is_the_mean_of_squares_over_pixels():
    zeros, halves = np.zeros((2, 1, 4, 4), np.float32), np.full((2, 1, 4, 4), 0.5, np.float32)
    assert metrics.mse_per_pixel(zeros, halves).tolist() == [0.25, 0.25]


def test_active_units_are_those_that_vary():
    means = np.zeros((1000, 4), np.float32)
    means[:, 0] = np.random.default_rng(0).standard_normal(1000)
    means[:, 1] = 0.05 * np.random.default_rng(1).standard_normal(1000)
    means[:, 2] = 7
    assert metrics.active_units(means) == 1


def test_trustworthiness_of_the_space_itself_is_1_and_of_noise_about_a_half():
    draw = np.random.default_rng(0)
    plane = draw.standard_normal((200, 2)).astype(np.float32)
    noise = draw.standard_normal((200, 2)).astype(np.float32)
    assert metrics.trustworthiness(plane, plane) == 1
    assert metrics.trustworthiness(plane, noise) == pytest.approx(0.5, abs=0.07)


def test_the_figures_agree_with_the_training_loops(small):
    model, _ = load(small[0])
    test = small[2].test
    figures = evaluate(model, test)
    terms = validate(model, torch.from_numpy(test.images), TrainingConfig(seed=1))
    assert figures.kl == pytest.approx(terms.regulariser, rel=1e-4)
    assert figures.reconstruction == pytest.approx(terms.reconstruction, rel=0.02)
    assert figures.negative_elbo == pytest.approx(figures.reconstruction + figures.kl)
    assert sum(figures.kl_units) == pytest.approx(figures.kl)
    assert figures.n == 60
    direct = model.reconstruct(torch.from_numpy(test.images)).numpy()
    assert figures.mse == pytest.approx(np.square(direct - test.images).mean(), rel=1e-5)


def test_evaluating_twice_is_the_same_and_another_seed_is_not(small):
    model, _ = load(small[0])
    assert evaluate(model, small[2].test) == evaluate(model, small[2].test)
    other = evaluate(model, small[2].test, seed=1)
    assert other.reconstruction != evaluate(model, small[2].test).reconstruction
    assert other.mse == evaluate(model, small[2].test).mse


def test_importance_weighting_tightens_the_bound(small):
    model, _ = load(small[0])
    few = evaluate(model, small[2].test, iw_samples=1)
    many = evaluate(model, small[2].test, iw_samples=64)
    assert many.iw_nll < few.negative_elbo
    assert many.iw_nll < few.iw_nll + 0.05
    assert few.iw_gap == pytest.approx(0, abs=1e-4)  # one draw: both are the same sum
    assert many.iw_gap > 0
    assert many.iw_nll + many.iw_gap == pytest.approx(many.negative_elbo, abs=1)


def test_the_standard_error_is_that_of_many_draws_of_images(small):
    model, _ = load(small[0])
    test = small[2].test
    got = evaluate(model, test)
    rng = np.random.default_rng(0)
    images = torch.from_numpy(test.images)
    draw = model.encode(images).sample(stream(9, "codes"))
    nll = model.negative_log_likelihood(draw, images).numpy()
    means = [rng.choice(nll, len(nll)).mean() for _ in range(500)]
    assert got.reconstruction_se == pytest.approx(np.std(means), rel=0.3)


def test_importance_weighting_with_one_sample_is_the_elbo_on_average(small):
    model, _ = load(small[0])
    images = torch.from_numpy(small[2].test.images)
    posterior = model.encode(images)
    draws = [
        importance_weighted_nll(model, images, posterior, stream(s, "iw"), 1).mean().item()
        for s in range(60)
    ]
    kl = kl_to_standard_normal(posterior.mean, posterior.log_var).sum(1).mean().item()
    reconstruction = np.mean(
        [
            model.negative_log_likelihood(posterior.sample(stream(s, "r")), images).mean().item()
            for s in range(60)
        ]
    )
    assert np.mean(draws) == pytest.approx(reconstruction + kl, abs=0.15)


def test_disentanglement_is_measured_where_factors_are_known_and_only_there(small):
    data = load_data("sprites", "val").take(np.arange(1500))
    config = ModelConfig(kind="vae", shape=data.shape, code_dim=3, widths=(8,))
    model = create(config, stream(0, "weights"))
    figures = evaluate(model, data)
    codes = model.encode(torch.from_numpy(data.images)).mean.detach().numpy()
    known = data.factors
    expected = measure(codes, known.values, known.names, known.categorical)
    assert figures.disentanglement.mig == pytest.approx(expected.mig, abs=1e-4)
    shown = json.loads(json.dumps(figures.to_json()))
    assert set(shown["dci"]) == {"disentanglement", "completeness", "informativeness"}
    assert {"mig", "sap", "factor_vae"} < set(shown)
    assert len(shown["unit_factors"]) == 3
    assert np.array(shown["unit_information"]).shape == (3, 5)
    assert evaluate(model, data) == figures
    assert "mig" not in evaluate(load(small[0]).model, small[2].test).to_json()


def test_images_of_another_shape_are_refused(small):
    from aecore.data import digits

    model, _ = load(small[0])
    with pytest.raises(ValueError, match="made for \\(1, 8, 8\\)"):
        evaluate(model, digits.load("test"))

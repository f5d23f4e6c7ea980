"""Losses against torch.distributions and against each other."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Bernoulli, Normal, kl_divergence

from aecore import losses
from aecore.seeding import stream

finite = st.floats(-3, 3)


@given(mean=finite, log_var=finite)
def test_kl_is_that_of_torch_distributions(mean, log_var):
    got = losses.kl_to_standard_normal(torch.tensor([[mean]]), torch.tensor([[log_var]]))
    posterior = Normal(torch.tensor([[mean]]), torch.tensor([[log_var]]).mul(0.5).exp())
    expected = kl_divergence(posterior, Normal(0.0, 1.0))
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-5)


def test_bernoulli_nll_of_binary_images_is_their_log_probability():
    draws = stream(0, "test")
    logits = torch.randn(5, 1, 4, 4, generator=draws)
    images = (torch.rand(5, 1, 4, 4, generator=draws) > 0.5).float()
    expected = -Bernoulli(logits=logits).log_prob(images).flatten(1).sum(1)
    torch.testing.assert_close(losses.bernoulli_nll(logits, images), expected)


def test_gaussian_nll_is_the_log_density():
    draws = stream(1, "test")
    mean, images = torch.rand(2, 5, 1, 4, 4, generator=draws)
    expected = -Normal(mean, 0.3).log_prob(images).flatten(1).sum(1)
    torch.testing.assert_close(losses.gaussian_nll(mean, images, 0.3), expected)


def test_calibrated_nll_is_the_log_density_under_the_best_variance():
    draws = stream(1, "test")
    mean, images = torch.rand(2, 5, 1, 4, 4, generator=draws)
    std = (mean - images).square().mean((1, 2, 3), keepdim=True).sqrt()
    expected = -Normal(mean, std).log_prob(images).flatten(1).sum(1)
    torch.testing.assert_close(losses.calibrated_nll(mean, images, 0.0), expected)
    worse = -Normal(mean, 1.1 * std).log_prob(images).flatten(1).sum(1)
    assert (expected < worse).all()


def test_calibrated_nll_counts_a_decibel_alike_and_is_bounded_by_the_least_std():
    images = torch.zeros(2, 1, 4, 4)
    errors = torch.tensor([0.1, 0.4]).reshape(2, 1, 1, 1).expand_as(images)
    gained = losses.calibrated_nll(errors, images, 0.0) - losses.calibrated_nll(
        errors / 2, images, 0.0
    )
    torch.testing.assert_close(gained, torch.full((2,), 16 * math.log(2)))
    exact = losses.calibrated_nll(images, images, 0.03)
    torch.testing.assert_close(exact, 8 * (math.log(2 * math.pi * 0.03**2) + torch.ones(2)))


def test_log_normal_is_the_log_density():
    draws = stream(2, "test")
    x, mean, log_var = torch.randn(3, 6, 4, generator=draws)
    expected = Normal(mean, (0.5 * log_var).exp()).log_prob(x).sum(1)
    torch.testing.assert_close(losses.log_normal(x, mean, log_var), expected)


def test_losses_are_sums_over_pixels_so_that_twice_the_pixels_cost_twice():
    one = torch.full((1, 1, 4, 4), 0.3)
    two = torch.full((1, 1, 4, 8), 0.3)
    zero, zeros = torch.zeros_like(one), torch.zeros_like(two)
    assert losses.bernoulli_nll(zeros, two) == pytest.approx(2 * losses.bernoulli_nll(zero, one))
    assert losses.bernoulli_nll(zero, one).item() == pytest.approx(16 * math.log(2), rel=1e-5)


def test_free_bits_counts_a_unit_below_the_minimum_as_the_minimum_and_gives_it_no_gradient():
    kl = torch.tensor([[0.1, 2.0], [0.3, 4.0]], requires_grad=True)
    total = losses.free_bits(kl, 0.5)
    assert total.mean().item() == pytest.approx(0.5 + 3.0)
    total.sum().backward()
    assert kl.grad[:, 0].tolist() == [0, 0]
    assert kl.grad[:, 1].tolist() == [1, 1]
    torch.testing.assert_close(losses.free_bits(kl, 0.0), kl.sum(1))


def gaussian_case(n, correlation, noise=0.5):
    """Posteriors N(m, noise²) whose means are Gaussian: q(z) is Gaussian, all parts are known."""
    covariance = torch.tensor([[1.0, correlation], [correlation, 1.0]])
    means = torch.randn(n, 2, generator=stream(0, "means")) @ torch.linalg.cholesky(covariance).T
    log_var = torch.full((n, 2), 2 * math.log(noise))
    codes = means + noise * torch.randn(n, 2, generator=stream(0, "codes"))
    return codes, means, log_var, covariance + noise**2 * torch.eye(2)


@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_the_parts_of_kl_are_those_of_a_gaussian_case(correlation):
    *case, total = gaussian_case(2000, correlation)
    parts = losses.decompose_kl(*case)
    inside = 0.25**2  # determinant of the posteriors' covariance
    information = 0.5 * math.log(torch.det(total).item() / inside)
    dependence = -0.5 * math.log(1 - (total[0, 1] / total[0, 0]).item() ** 2)
    marginal = total.diagonal()
    alone = (0.5 * (marginal - 1 - marginal.log())).sum().item()
    assert parts.mutual_information.mean().item() == pytest.approx(information, abs=0.06)
    assert parts.total_correlation.mean().item() == pytest.approx(dependence, abs=0.04)
    assert parts.dimension_wise.mean().item() == pytest.approx(alone, abs=0.04)
    kl = losses.kl_to_standard_normal(*case[1:3]).sum(1).mean().item()
    assert sum(part.mean().item() for part in parts) == pytest.approx(kl, abs=0.08)


def test_the_parts_of_kl_agree_with_torch_distributions():
    draws = stream(3, "test")
    codes, mean, log_var = torch.randn(3, 7, 4, generator=draws)
    posteriors = Normal(mean, (0.5 * log_var).exp())
    each = torch.stack([posteriors.log_prob(code) for code in codes])  # code, image, unit
    joint = torch.log(each.sum(2).exp().mean(1))
    marginal = torch.log(each.exp().mean(1)).sum(1)
    own, prior = posteriors.log_prob(codes).sum(1), Normal(0.0, 1.0).log_prob(codes).sum(1)
    parts = losses.decompose_kl(codes, mean, log_var)
    torch.testing.assert_close(parts.mutual_information, own - joint)
    torch.testing.assert_close(parts.total_correlation, joint - marginal)
    torch.testing.assert_close(parts.dimension_wise, marginal - prior)
    torch.testing.assert_close(sum(parts), own - prior)
    torch.testing.assert_close(
        losses.total_correlation(codes, mean, log_var), parts.total_correlation
    )


def test_one_image_alone_has_no_information_and_no_correlation():
    parts = losses.decompose_kl(*torch.randn(3, 1, 4, generator=stream(4, "test")))
    assert parts.mutual_information.item() == pytest.approx(0, abs=1e-5)
    assert parts.total_correlation.item() == pytest.approx(0, abs=1e-5)

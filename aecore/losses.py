"""Likelihoods and divergences for each image, in nats, unreduced: the only copy.

Everything is summed over pixels or latent units and never averaged over images; only the
training loop takes the mean. Kingma & Welling, "Auto-Encoding Variational Bayes" (2014), call the
two parts of the ELBO E_q[log p(x|z)] and KL(q(z|x) || p(z)).
"""

import math
from typing import NamedTuple

import torch
from torch.nn import functional

from aecore.types import Codes, Images, Nats, UnitNats

RATE = 0.05  # ρ: what the mean of a unit of a sparse code over the images shall be


def bernoulli_nll(logits: Images, images: Images, weight: Images | None = None) -> Nats:
    """Cross-entropy −Σ w·(x·log p + (1 − x)·log(1 − p)), with p = sigmoid(logits), w = 1 or given.

    On grey values in [0, 1] this is the customary surrogate; its smallest value is the images' own
    entropy, not 0.
    """
    loss = functional.binary_cross_entropy_with_logits(logits, images, weight, reduction="none")
    return loss.flatten(1).sum(1)


def gaussian_nll(mean: Images, images: Images, std: float, weight: Images | None = None) -> Nats:
    """−log N(x; mean, std²·I), with the same standard deviation for every pixel.

    With weights the squared error of each pixel counts that often.
    """
    root = 1 if weight is None else weight.sqrt()
    squared = squared_error(root * mean, root * images)
    n_pixels = images[0].numel()
    return squared / (2 * std**2) + n_pixels * (math.log(std) + 0.5 * math.log(2 * math.pi))


def calibrated_nll(
    mean: Images, images: Images, least_std: float, weight: Images | None = None
) -> Nats:
    """−log N(x; mean, σ²·I) with an image's own best variance, σ² = its MSE + least_std².

    Rybkin, Daniilidis & Levine, "Simple and Effective VAE Training with Calibrated Decoders"
    (2021), section 3.3: half the pixels times log σ², so that a decibel counts alike for easy and
    for hard images. With weights the squared error of each pixel counts that often.
    """
    root = 1 if weight is None else weight.sqrt()
    n_pixels = images[0].numel()
    variance = squared_error(root * mean, root * images) / n_pixels + least_std**2
    return n_pixels / 2 * ((2 * math.pi * variance).log() + 1)


def squared_error(reconstruction: Images, images: Images) -> Nats:
    """Σ (x − x̂)² over the pixels of each image."""
    return (reconstruction - images).square().flatten(1).sum(1)


def kl_to_standard_normal(mean: Codes, log_var: Codes) -> UnitNats:
    """KL(N(mean, exp(log_var)) || N(0, 1)) for each unit: ½(μ² + σ² − 1 − log σ²).

    Kingma & Welling (2014), appendix B.
    """
    return 0.5 * (mean.square() + log_var.exp() - 1 - log_var)


def free_bits(kl: UnitNats, minimum: float) -> Nats:
    """Sum over units, in which a unit whose batch mean is under `minimum` nats counts as that.

    Kingma et al., "Improving Variational Inference with Inverse Autoregressive Flow" (2016),
    eq. 15: such a unit gets no gradient, so that it is not pressed to zero early on.
    """
    if minimum <= 0:
        return kl.sum(1)
    floor = torch.full_like(kl, minimum)
    return torch.where(kl.mean(0, keepdim=True) > minimum, kl, floor).sum(1)


def log_normal(x: Codes, mean: Codes, log_var: Codes) -> Nats:
    """Log density of a diagonal normal distribution."""
    squared = (x - mean).square() / log_var.exp()
    return -0.5 * (squared + log_var + math.log(2 * math.pi)).sum(1)


class KLParts(NamedTuple):
    """KL(q(z|x) || p(z)) of each image as a sum of three, in nats; eq. 2 of Chen et al. (2018).

    Attributes:
        mutual_information: log q(z|x) − log q(z): what the code tells of the image.
        total_correlation: log q(z) − Σ log q(z_j): how much the units depend on each other.
        dimension_wise: Σ log q(z_j) − log p(z_j): how far each unit is from the prior.
    """

    mutual_information: Nats
    total_correlation: Nats
    dimension_wise: Nats


def decompose_kl(codes: Codes, mean: Codes, log_var: Codes) -> KLParts:
    """Split KL for one sampled code of each image; the batch stands for the data set.

    q(z) is the mixture of the batch's posteriors: minibatch-weighted sampling of Chen, Li, Grosse
    & Duvenaud, "Isolating Sources of Disentanglement in VAEs" (2018), eq. 10, up to a constant
    that has no gradient. Mutual information is therefore never more than log n.
    """
    marginal, joint = _aggregate(codes, mean, log_var)
    zero = torch.zeros_like(codes)
    posterior, prior = log_normal(codes, mean, log_var), log_normal(codes, zero, zero)
    return KLParts(posterior - joint, joint - marginal, marginal - prior)


def total_correlation(codes: Codes, mean: Codes, log_var: Codes) -> Nats:
    """Return the middle part of `decompose_kl`, which β-TCVAE weighs (Chen et al. 2018, eq. 4)."""
    marginal, joint = _aggregate(codes, mean, log_var)
    return joint - marginal


def _aggregate(codes: Codes, mean: Codes, log_var: Codes) -> tuple[Nats, Nats]:
    """Σ log q(z_j) and log q(z) of each code, with q the mixture of all posteriors given."""
    squared = (codes[:, None] - mean).square() * (-log_var).exp()
    densities = -0.5 * (squared + log_var + math.log(2 * math.pi))
    n_log = math.log(len(mean))
    marginal = (densities.logsumexp(1) - n_log).sum(1)
    return marginal, densities.sum(2).logsumexp(1) - n_log


def standing(values: Codes) -> Nats:
    """How far each unit is from mean 0 and variance 1 over a batch; every image carries the same.

    Σ_k KL(N(m_k, s_k²) || N(0, 1)) of the batch's means m_k and variances s_k². Batch
    normalisation (Ioffe & Szegedy 2015) sets both exactly, but needs more than the weights later.
    """
    variance, mean = torch.var_mean(values, dim=0, correction=0)
    variance = variance.clamp(min=1e-6)
    each = 0.5 * (variance + mean.square() - 1 - variance.log())
    return each.sum().expand(len(values))


def sparsity(penalty: str, codes: Codes) -> Nats:
    """What an image's code costs a sparse autoencoder, unweighted.

    * "l1": Σ_k |z_k|;
    * "weighted": Σ_k (k / d)·|z_k|, k from 1: later units cost more, which orders them;
    * "kl": Σ_k KL(ρ || ρ̂_k) with ρ = 0.05 and ρ̂_k a unit's mean over the batch (Ng 2011); every
      image of the batch carries the same.
    """
    if penalty == "kl":
        rate = codes.mean(dim=0).clamp(1e-6, 1 - 1e-6)
        each = RATE * torch.log(RATE / rate) + (1 - RATE) * torch.log((1 - RATE) / (1 - rate))
        return each.sum().expand(len(codes))
    if penalty == "weighted":
        d = codes.shape[1]
        return (codes.abs() * torch.arange(1, d + 1, device=codes.device) / d).sum(dim=1)
    return codes.abs().sum(dim=1)

"""What lessons 8 and 9 say in figures, by formulas of the tests' own."""

import numpy as np
import torch
from scipy.special import entr
from scipy.stats import mannwhitneyu, rankdata
from torch.distributions import Bernoulli, Normal, kl_divergence

from aecore import originals
from aecore.checkpoints import build, find, read

DRAWS = 4


def entropy(images):
    """Of each image's greys, in nats."""
    return (entr(images) + entr(1 - images)).reshape(len(images), -1).sum(1)


def posterior(model, images):
    mean, log_var = model.encode(images)
    return Normal(mean, (log_var / 2).exp())


def log_likelihood(model, codes, images):
    """Grey as the probability of ink, so not only of 0 and 1."""
    ink = Bernoulli(logits=model.decoder[:-1](codes), validate_args=False)
    return ink.log_prob(images).flatten(1).sum(1)


def negative_elbo(model, images, seed=11):
    """Mean over draws of numpy's."""
    q, draw = posterior(model, images), np.random.default_rng(seed)
    noise = torch.from_numpy(draw.standard_normal((DRAWS, *q.mean.shape)).astype(np.float32))
    found = [log_likelihood(model, q.mean + q.stddev * each, images) for each in noise]
    prior = Normal(torch.zeros_like(q.mean), torch.ones_like(q.mean))
    return kl_divergence(q, prior).sum(1) - torch.stack(found).mean(0)


def scored(model, images):
    """Each image's scores as arrays."""
    mean = posterior(model, images).mean
    cross = -log_likelihood(model, mean, images).numpy()
    rebuilt = model.decode(mean)
    return {
        "mse": np.square((rebuilt - images).numpy()).mean((1, 2, 3)),
        "surprise": cross - entropy(images.numpy().astype(np.float64)),
        "elbo": negative_elbo(model, images).numpy(),
    }


def areas(model, normal, strange):
    """AUROC of each score."""
    low, high = scored(model, normal), scored(model, strange)
    return {
        name: mannwhitneyu(high[name], low[name]).statistic / len(low[name]) / len(high[name])
        for name in low
    }


def gap(name, n=60, k=300):
    """How far −ELBO lies above the importance-weighted bound, of images that come with models."""
    stored = read(find(name))
    table = stored.latents.rows(np.arange(n))
    pixels = originals.at(stored.card.data, table.split, table.index)
    images, model = torch.from_numpy(pixels.astype(np.float32) / 255), build(stored).eval()
    draw, weights = np.random.default_rng(5), []
    q = posterior(model, images)
    prior = Normal(torch.zeros_like(q.mean), torch.ones_like(q.mean))
    for _ in range(k):
        noise = draw.standard_normal(q.mean.shape).astype(np.float32)
        codes = q.mean + q.stddev * torch.from_numpy(noise)
        ratio = (prior.log_prob(codes) - q.log_prob(codes)).sum(1)
        weights.append(log_likelihood(model, codes, images) + ratio)
    each = torch.stack(weights).double()
    return (each.logsumexp(0) - np.log(k) - each.mean(0)).mean().item()


def follows(error, images):
    """Rank correlation of errors with total variation and with ink."""
    variation = sum(np.abs(np.diff(images, axis=axis)).sum((1, 2, 3)) for axis in (2, 3))
    values = {"variation": variation, "ink": images.sum((1, 2, 3))}
    return {
        name: np.corrcoef(rankdata(error), rankdata(value))[0, 1] for name, value in values.items()
    }


def log_density(images, known, width):
    """Of a Gaussian at each known image, up to a constant."""
    squares = images.square().sum(1)[:, None] + known.square().sum(1) - 2 * images @ known.T
    return (-squares / (2 * width**2)).logsumexp(1)


def climbs(model, known, clean, width, seed=3, least=0, most=1):
    """Cosines of the denoiser's way with the gradient, and with that to the mean; what is denser.

    The gradient is that of automatic differentiation.
    """
    noise = np.random.default_rng(seed).standard_normal(clean.shape)
    noisy = np.clip(clean + width * noise, least, most).astype(np.float32)
    restored = model.reconstruct(torch.from_numpy(noisy)).detach().flatten(1).double()
    known = torch.from_numpy(known).flatten(1).double()
    with torch.enable_grad():
        at = torch.from_numpy(noisy).flatten(1).double().requires_grad_()
        before = log_density(at, known, width)
        (steepest,) = torch.autograd.grad(before.sum(), at)
    ways = {"residual": restored - at, "mean": known.mean(0) - at}
    cosines = {
        name: ((way * steepest).sum(1) / way.norm(dim=1) / steepest.norm(dim=1)).detach().numpy()
        for name, way in ways.items()
    }
    return cosines, (log_density(restored, known, width) > before).numpy()

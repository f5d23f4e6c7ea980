"""How strange an image is to a model. A new score: a function and a line in `SCORES`.

Higher is more anomalous. A score belongs to one image alone: it does not depend on which others
are scored with it, nor on a draw.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from aecore.arrays import CodeArray, ValueArray
from aecore.configs import require
from aecore.latents.neighbours import nearest
from aecore.losses import kl_to_standard_normal
from aecore.models.base import Autoencoder, Posterior
from aecore.seeding import stream
from aecore.types import Images, Nats

DEFAULT = "mse"
BATCH = 500
N_NEIGHBOURS = 5
N_CODES = 2000  # training codes that distances are measured to
N_DRAWS, FEWEST_DRAWS = 8, 2  # of the posterior, for −ELBO; of large images
MOST_DRAWN = 32_768  # numbers that are drawn for an image, together
RIDGE = 1e-3  # of the mean variance, so that a dead unit does not divide by zero
SMALLEST = 1e-6  # a probability; and an error or distance under a logarithm
FAINT = 0.02  # intensity² per pixel, so that the relative error of an empty image is finite
LATENT_SHARE = 1.5  # weight of the log distance in "both"; chosen in benchmarks/one_vs_rest.py


class Reference(NamedTuple):
    """What a model makes of normal training images; needed by scores of the latent space.

    Attributes:
        mean: (d,) of all codes.
        whitening: (d, d) W with W Wᵀ = Σ⁻¹: (z − mean) W has the identity as its covariance.
        codes: (m, d) whitened codes of up to 2,000 images.
    """

    mean: Float[np.ndarray, " d"]
    whitening: Float[np.ndarray, "d d"]
    codes: CodeArray

    def whiten(self, codes: torch.Tensor) -> CodeArray:
        """Return codes in standard deviations of the normal ones, uncorrelated."""
        return (codes.double().cpu().numpy() - self.mean) @ self.whitening


class Seen(NamedTuple):
    """A batch of images, and what the model makes of it."""

    model: Autoencoder
    images: Images
    posterior: Posterior
    reconstruction: Images


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score and how it is explained.

    Attributes:
        title: for the screen.
        words: one sentence.
        unit: of the number; empty where it has none.
        of: the formula, for a batch.
        needs_posterior: whether the model has to say how sure it is (a VAE).
        needs_reference: whether it compares with codes of normal training images.
        compared: whether it stands beside the detectors of the textbooks.
        of_rows: whether rows of a table are scored by it, too.
        row_words, row_unit: of a table's rows, where they are others.
    """

    title: str
    words: str
    unit: str
    of: Callable[[Seen, Reference | None], torch.Tensor]
    needs_posterior: bool = False
    needs_reference: bool = False
    compared: bool = False
    of_rows: bool = False
    row_words: str = ""
    row_unit: str = ""


# ---- formulas -----------------------------------------------------------------------------------


def squared_error(seen: Seen, _: Reference | None = None) -> Nats:
    """(1/D) Σ (x − x̂)² with x̂ decoded from the posterior mean; intensity² in [0, 1]."""
    return (seen.reconstruction - seen.images).square().flatten(1).mean(1)


def surprise(seen: Seen, _: Reference | None = None) -> Nats:
    """−log p(x|z) − H(x): Σ KL(Bernoulli(x) || Bernoulli(x̂)), never negative.

    The cross-entropy of a grey picture cannot fall below the picture's own entropy H(x); without
    it, grey images would count as strange for being grey.
    """
    x, p = seen.images, seen.reconstruction.clamp(SMALLEST, 1 - SMALLEST)
    of_ink = torch.xlogy(x, x) - x * p.log()
    of_paper = torch.xlogy(1 - x, 1 - x) - (1 - x) * torch.log1p(-p)
    return (of_ink + of_paper).flatten(1).sum(1)


def negative_elbo(seen: Seen, _: Reference | None = None) -> Nats:
    """−E_q[log p(x|z)] + KL, with the same draws of noise for every image.

    Eight, or fewer of large ones (two at 64×64 in colour), whose scores they change little.
    """
    posterior = seen.posterior
    assert posterior.log_var is not None
    n = max(FEWEST_DRAWS, min(N_DRAWS, MOST_DRAWN // seen.images[0].numel()))
    noise = torch.empty(n, posterior.mean.shape[1])
    noise = noise.normal_(generator=stream(0, "anomaly")).to(posterior.mean)
    spread = (0.5 * posterior.log_var).exp()
    terms = [
        seen.model.negative_log_likelihood(posterior.mean + spread * draw, seen.images)
        for draw in noise
    ]
    return torch.stack(terms).mean(0) + divergence(seen)


def divergence(seen: Seen, _: Reference | None = None) -> Nats:
    """KL(q(z|x) || N(0, I)): how far the posterior is from the prior."""
    posterior = seen.posterior
    assert posterior.log_var is not None
    return kl_to_standard_normal(posterior.mean, posterior.log_var).sum(1)


def relative_error(seen: Seen, _: Reference | None = None) -> Nats:
    """Σ (x − x̂)² / Σ x²: the share of the image that is missed, so that thin strokes count.

    The squared error of a faint image is small whatever is made of it; see `FAINT` for an empty
    one.
    """
    power = seen.images.square().flatten(1).mean(1)
    return squared_error(seen) / (power + FAINT)


def mahalanobis(seen: Seen, reference: Reference | None) -> Nats:
    """√((z − μ)ᵀ Σ⁻¹ (z − μ)) with mean and covariance of the training codes.

    After Lee et al. (2018), who take the mean of each class.
    """
    assert reference is not None
    white = reference.whiten(seen.posterior.mean)
    return torch.from_numpy(np.sqrt(np.square(white).sum(axis=1)))


def neighbour_distance(seen: Seen, reference: Reference | None) -> Nats:
    """Mean distance to the 5 nearest training codes, whitened (after Sun et al. 2022)."""
    assert reference is not None
    white = reference.whiten(seen.posterior.mean)
    return torch.from_numpy(nearest(reference.codes, white, N_NEIGHBOURS).distance.mean(axis=1))


def both(seen: Seen, reference: Reference | None) -> Nats:
    """Log relative error + w·log neighbour distance: a badly drawn image or a far-off code."""
    error = relative_error(seen).double().cpu().clamp(min=SMALLEST).log()
    distance = neighbour_distance(seen, reference).clamp(min=SMALLEST).log()
    return error + LATENT_SHARE * distance


SCORES: dict[str, Score] = {
    "mse": Score(
        title="MSE", unit="intensity²", of=squared_error,
        words="Mean squared error per pixel of the reconstruction.",
        compared=True, of_rows=True, row_unit="standard deviations²",
        row_words="Squared error per number of the reconstruction, all numbers standardised.",
    ),
    "relative": Score(
        title="relative error", unit="share of the image", of=relative_error,
        words="The squared error as a share of the image's own power: what is missed of it.",
    ),
    "surprise": Score(
        title="NLL − entropy", unit="nats", of=surprise,
        words="Cross-entropy of the reconstruction, less the image's own entropy.", compared=True,
    ),
    "elbo": Score(
        title="−ELBO", unit="nats", of=negative_elbo, needs_posterior=True,
        words="The VAE's own bound on −log p(x): reconstruction and KL together.", compared=True,
    ),
    "kl": Score(
        title="KL", unit="nats", of=divergence, needs_posterior=True,
        words="How far the posterior is from the prior N(0, I).",
    ),
    "mahalanobis": Score(
        title="latent Mahalanobis", unit="standard deviations", of=mahalanobis,
        words="Distance of the code to the mean of the normal codes, by their covariance.",
        needs_reference=True, of_rows=True,
    ),
    "neighbours": Score(
        title="latent k-NN", unit="standard deviations", of=neighbour_distance,
        words="Mean distance of the code to its 5 nearest normal training codes, whitened.",
        needs_reference=True, of_rows=True,
    ),
    "both": Score(
        title="reconstruction + latent", unit="log", of=both,
        words=f"Log of the relative error plus {LATENT_SHARE:g} times the log of the distance to "
        "the nearest codes.",
        needs_reference=True, compared=True,
    ),
}  # fmt: skip


# ---- scoring ------------------------------------------------------------------------------------


def applicable(model: Autoencoder, with_reference: bool = True) -> tuple[str, ...]:
    """Names of the scores that a model can give."""
    has_posterior = model.numbers_per_unit > 1
    return tuple(
        name
        for name, entry in SCORES.items()
        if (has_posterior or not entry.needs_posterior)
        and (with_reference or not entry.needs_reference)
    )


def score(
    name: str, model: Autoencoder, images: Images, reference: Reference | None = None
) -> ValueArray:
    """Score images.

    Raises:
        ValueError: for an unknown score, or one that this model or the missing reference can't
            give.
    """
    return scores((name,), model, images, reference)[name]


@torch.no_grad()
def scores(
    names: Sequence[str], model: Autoencoder, images: Images, reference: Reference | None = None
) -> dict[str, ValueArray]:
    """Give several scores with one pass through the model.

    Raises:
        ValueError: as `score` does.
    """
    for name in names:
        _check(name, model, reference)
    columns: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for batch in torch.split(images, BATCH):
        seen = _see(model, batch)
        for name in names:
            columns[name].append(SCORES[name].of(seen, reference).float().cpu().numpy())
    empty = np.zeros(0, np.float32)
    return {name: np.concatenate((empty, *parts)) for name, parts in columns.items()}


def _check(name: str, model: Autoencoder, reference: Reference | None) -> None:
    require(name in SCORES, "score", name, f"one of {', '.join(SCORES)}")
    fit = applicable(model, reference is not None)
    require(name in fit, "score", name, f"one of {', '.join(fit)} for this model")


def _see(model: Autoencoder, images: Images) -> Seen:
    posterior = model.encode(images)
    return Seen(model, images, posterior, model.decode(posterior.mean))


@torch.no_grad()
def reference(model: Autoencoder, images: Images) -> Reference:
    """Describe normal training images, at least 2; distances go to the first 2,000."""
    require(len(images) >= 2, "images", len(images), "at least 2")
    parts = [model.encode(batch).mean for batch in torch.split(images, BATCH)]
    codes = torch.cat(parts).double().cpu().numpy()
    mean, whitening = codes.mean(axis=0), _whitening(codes)
    return Reference(mean, whitening, (codes[:N_CODES] - mean) @ whitening)


def _whitening(codes: CodeArray) -> np.ndarray:
    covariance = np.atleast_2d(np.cov(codes, rowvar=False))
    ridge = max(RIDGE * np.trace(covariance) / len(covariance), 1e-12)
    precision = np.linalg.inv(covariance + ridge * np.eye(len(covariance)))
    return np.linalg.cholesky(precision)

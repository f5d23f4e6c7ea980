"""What a model is worth on images it never saw, in the figures the literature reports."""

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from aecore.data.imageset import ImageSet
from aecore.disentanglement import Disentanglement, measure
from aecore.losses import kl_to_standard_normal, log_normal
from aecore.metrics import active_units, mse_per_pixel
from aecore.models.base import Autoencoder, Posterior
from aecore.seeding import stream
from aecore.types import Images, Nats

BATCH = 1000
MOST_WEIGHTED = 1000  # images that the importance-weighted bound is computed for


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures on one split, means over `n` images.

    Attributes:
        split: which images.
        n: how many.
        mse: squared error per pixel of the deterministic reconstruction, intensity² in [0, 1].
        reconstruction: −log p(x|z) in nats an image, with one sampled code (VAE) or the code (AE).
        kl: KL(q(z|x) || N(0, I)) in nats an image; None for a plain autoencoder.
        negative_elbo: reconstruction + KL, whatever β was trained with; None likewise.
        kl_units: KL of each latent unit in nats.
        active_units: units whose posterior mean has a variance above 0.01.
        image_variance: squared distance per pixel from the mean image of the others: the error of
            answering that always, intensity².
        output_variance: the same of the reconstructions.
        mean_intensity: of all pixels.
        reconstruction_se: standard error of `reconstruction` over the images.
        iw_nll: importance-weighted bound on −log p(x) in nats, or None where not asked for.
        iw_nll_se: its standard error over the images.
        iw_gap: how far −ELBO lies above it, on the same images and draws.
        iw_samples: how many codes that took for each image.
        iw_n: how many images it is a mean over.
        disentanglement: how well units stand for the factors, where those are known.
    """

    split: str
    n: int
    mse: float
    reconstruction: float
    kl: float | None
    negative_elbo: float | None
    kl_units: tuple[float, ...]
    active_units: int
    image_variance: float
    output_variance: float
    mean_intensity: float
    reconstruction_se: float = 0.0
    iw_nll: float | None = None
    iw_nll_se: float | None = None
    iw_gap: float | None = None
    iw_samples: int = 0
    iw_n: int = 0
    disentanglement: Disentanglement | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, rounded to 6 significant digits.

        The figures of `disentanglement` stand beside the others, and only where there are any.
        """
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        known: Disentanglement | None = values.pop("disentanglement")
        return {k: _rounded(v) for k, v in (values | (known.to_json() if known else {})).items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {name: _rounded(v) for name, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, tuple) else value


@torch.no_grad()
def evaluate(model: Autoencoder, data: ImageSet, seed: int = 0, iw_samples: int = 0) -> Evaluation:
    """Measure a model on a split; the seed draws the sampled codes and all else that is drawn.

    Raises:
        ValueError: if the images have another shape than the model's.
    """
    if data.shape != tuple(model.config.shape):
        raise ValueError(
            f"the images are {data.shape}, but this model was made for {model.config.shape}"
        )
    model.eval()
    generator = stream(seed, "evaluation")
    rows, means, kls = [], [], []
    images, outputs = Spread(), Spread()
    for start in range(0, len(data), BATCH):
        part = data.take(np.arange(start, min(start + BATCH, len(data))))
        told, batch = model.told(part.labels), torch.from_numpy(part.images)
        posterior = told.encode(batch)
        output = told.decode(posterior.mean)
        images.add(batch)
        outputs.add(output)
        rows.append(_row(told, batch, output, posterior, generator))
        means.append(posterior.mean.numpy())
        if posterior.log_var is not None:
            kls.append(kl_to_standard_normal(posterior.mean, posterior.log_var).numpy())
    figures = np.concatenate(rows, axis=1).astype(np.float64)
    mse, reconstruction = figures.mean(axis=1)
    kl_units = np.concatenate(kls).mean(axis=0, dtype=np.float64) if kls else np.zeros(0)
    kl = float(kl_units.sum()) if kls else None
    codes = np.concatenate(means)
    return Evaluation(
        split=data.split,
        n=len(data),
        mse=float(mse),
        reconstruction=float(reconstruction),
        kl=kl,
        negative_elbo=None if kl is None else float(reconstruction) + kl,
        kl_units=tuple(kl_units.tolist()),
        active_units=active_units(codes),
        image_variance=images.variance,
        output_variance=outputs.variance,
        mean_intensity=images.mean,
        reconstruction_se=_standard_error(figures[1]),
        **_bound(model, data, seed, iw_samples),
        disentanglement=data.factors and measure(codes, *data.factors, seed=seed),
    )


class Spread:
    """How images differ, gathered batch by batch around the first one."""

    def __init__(self) -> None:
        self.n, self.first = 0, torch.zeros(())
        self.sums, self.squares = np.zeros(()), np.zeros(())

    def add(self, batch: Images) -> None:
        """Take in (n, channels, height, width)."""
        if not self.n:
            self.first = batch[0].clone()
        away = (batch - self.first).double().numpy()
        self.n += len(batch)
        self.sums = self.sums + away.sum(axis=0)
        self.squares = self.squares + np.square(away).sum(axis=0)

    @property
    def variance(self) -> float:
        """Squared distance per pixel from the mean, as of a sample; 0 of a single image."""
        squares = self.squares - self.sums**2 / self.n
        return max(0.0, float(squares.mean())) / max(1, self.n - 1)

    @property
    def mean(self) -> float:
        """Mean over images and pixels."""
        return float((self.first.double().numpy() + self.sums / self.n).mean())


def _standard_error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else 0.0


def _bound(model: Autoencoder, data: ImageSet, seed: int, n_samples: int) -> dict[str, Any]:
    """The importance-weighted figures, of images evenly spaced; none without a posterior."""
    some = data.take(np.linspace(0, len(data) - 1, min(MOST_WEIGHTED, len(data))).astype(int))
    images, model = torch.from_numpy(some.images), model.told(some.labels)
    posterior = model.encode(images)
    if not n_samples or posterior.log_var is None:
        return {}
    weights = log_weights(model, images, posterior, stream(seed, "evaluation"), n_samples).double()
    nll = (math.log(n_samples) - torch.logsumexp(weights, dim=0)).numpy()
    return {
        "iw_nll": float(nll.mean()),
        "iw_nll_se": _standard_error(nll),
        "iw_gap": float(-weights.mean() - nll.mean()),
        "iw_samples": n_samples,
        "iw_n": len(nll),
    }


def _row(
    model: Autoencoder,
    images: Images,
    output: Images,
    posterior: Posterior,
    generator: torch.Generator,
) -> np.ndarray:
    mse = mse_per_pixel(output.numpy(), images.numpy())
    nll = model.negative_log_likelihood(posterior.sample(generator), images).numpy()
    return np.stack((mse, nll))


def importance_weighted_nll(
    model: Autoencoder,
    images: Images,
    posterior: Posterior,
    generator: torch.Generator,
    n_samples: int,
) -> Nats:
    """−log (1/k) Σ p(x|z_i) p(z_i) / q(z_i|x) for each image.

    Burda, Grosse & Salakhutdinov (2016), eq. 8; never above −ELBO in expectation, and closer to
    −log p(x) as k grows.
    """
    weights = log_weights(model, images, posterior, generator, n_samples)
    return math.log(n_samples) - torch.logsumexp(weights, dim=0)


def log_weights(
    model: Autoencoder,
    images: Images,
    posterior: Posterior,
    generator: torch.Generator,
    n_samples: int,
) -> Float[torch.Tensor, "k n"]:
    """Log p(x|z_i) p(z_i) / q(z_i|x) of k draws for each image; their mean estimates the ELBO."""
    assert posterior.log_var is not None
    weights = []
    for _ in range(n_samples):
        z = posterior.sample(generator)
        prior = log_normal(z, torch.zeros_like(z), torch.zeros_like(z))
        proposal = log_normal(z, posterior.mean, posterior.log_var)
        weights.append(prior - proposal - model.negative_log_likelihood(z, images))
    return torch.stack(weights)

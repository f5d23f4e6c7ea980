"""Where new codes come from: the prior, or a distribution made of the training codes.

A plain autoencoder is never told that its codes should follow N(0, I), so codes drawn from there
are none it knows. Fitting a distribution to its codes afterwards is the honest repair (Ghosh,
Sajjadi, Vergari, Black & Schölkopf 2020, "From variational to deterministic autoencoders"); it
repairs a VAE too, as its aggregate posterior q(z) = 1/N Σ q(z|xᵢ) is not its prior (Hoffman &
Johnson 2016, "ELBO surgery"). No torch; scikit-learn for the mixture alone.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from aecore import noise
from aecore.arrays import CodeArray, ValueArray
from aecore.configs import require

if TYPE_CHECKING:
    from sklearn.mixture import GaussianMixture

COMPONENTS = (1, 2, 4, 8, 16, 32)
CODES_A_COMPONENT = 10
MAX_FULL = 32  # units up to which a covariance is full; beyond that it is diagonal
RIDGE = 1e-6
MAX_TEMPERATURE = 3.0
COMPONENTS_OF_BOUND, DRAWS = 8, 4  # of the mixture in `kl_at_least`; from each posterior there


@runtime_checkable
class Source(Protocol):
    """Where codes come from: standard normal numbers go in, codes come out."""

    @property
    def code_dim(self) -> int:
        """Numbers in a code."""

    def place(
        self, normals: CodeArray, uniforms: ValueArray, temperature: float = 1.0
    ) -> CodeArray:
        """Turn standard normal numbers (n, d) into codes; `uniforms` make the choices in it."""


class Mixture(NamedTuple):
    """A mixture of k normal distributions; the prior and a single Gaussian are mixtures of one.

    Attributes:
        weights: share of each component, summing to 1.
        means: (k, d).
        factors: what standard normal numbers are multiplied by: (k, d, d) lower triangular with
            factor·factorᵀ = covariance, or (k, d) standard deviations where it is diagonal.
    """

    weights: ValueArray
    means: Float[np.ndarray, "k d"]
    factors: Float[np.ndarray, "k d d"] | Float[np.ndarray, "k d"]

    @property
    def code_dim(self) -> int:
        """Numbers in a code."""
        return self.means.shape[1]

    def place(
        self, normals: CodeArray, uniforms: ValueArray, temperature: float = 1.0
    ) -> CodeArray:
        """Turn standard normal numbers into codes: z = μ_k + temperature·L_k ε.

        Args:
            normals: ε, (n, d).
            uniforms: in (0, 1), choose the components by their cumulative weights.
            temperature: 0 gives the means, 1 the distribution itself.
        """
        ends = np.cumsum(self.weights)
        chosen = np.minimum(np.searchsorted(ends, uniforms, side="right"), len(ends) - 1)
        factors = self.factors[chosen]
        spread = (
            normals * factors if factors.ndim == 2 else np.einsum("nij,nj->ni", factors, normals)
        )
        return self.means[chosen] + temperature * spread


def draw(source: Source, n: int, seed: int, temperature: float = 1.0) -> CodeArray:
    """Draw n codes; the browser draws the same ones from the same seed.

    Raises:
        ValueError: for a temperature or a seed out of range.
    """
    allowed = f"0 to {MAX_TEMPERATURE:g}"
    require(0 <= temperature <= MAX_TEMPERATURE, "temperature", temperature, allowed)
    normals = noise.normal(seed, "codes", n, source.code_dim)
    return source.place(normals, noise.component(seed, n), temperature).astype(np.float32)


def prior(codes: CodeArray, _spreads: CodeArray | None = None) -> Mixture:
    """N(0, I), whatever the codes are: only their number of units matters."""
    d = codes.shape[1]
    return Mixture(np.ones(1), np.zeros((1, d)), np.ones((1, d)))


def gaussian(codes: CodeArray, _spreads: CodeArray | None = None) -> Mixture:
    """One normal distribution with the codes' mean and covariance."""
    wide = codes.astype(np.float64)
    mean = wide.mean(axis=0, keepdims=True)
    if codes.shape[1] > MAX_FULL:
        return Mixture(np.ones(1), mean, wide.std(axis=0, keepdims=True) + RIDGE)
    covariance = np.atleast_2d(np.cov(wide, rowvar=False, bias=True))
    return Mixture(np.ones(1), mean, _factors(covariance[None]))


def mixture(codes: CodeArray, _spreads: CodeArray | None = None, seed: int = 0) -> Mixture:
    """The mixture of 1, 2, 4 … 32 normal distributions with the lowest BIC (Schwarz 1978).

    BIC = k·ln n − 2·ln L charges each parameter for the codes it was fitted to. There are at least
    10 codes a component.
    """
    enough = [k for k in COMPONENTS if k == 1 or k * CODES_A_COMPONENT <= len(codes)]
    fits = [_normals(codes, k, seed) for k in enough]
    best = min(fits, key=lambda fit: fit.bic(codes.astype(np.float64)))
    spread = best.covariances_
    diagonal = best.covariance_type == "diag"
    return Mixture(best.weights_, best.means_, np.sqrt(spread) if diagonal else _factors(spread))


def aggregate(codes: CodeArray, spreads: CodeArray | None = None) -> Mixture:
    """q(z) = 1/N Σ q(z|xᵢ): the posterior of an image that is chosen at random.

    Args:
        codes: posterior means, (n, d).
        spreads: their standard deviations, (n, d); without them each posterior is a point.
    """
    n = len(codes)
    wide = codes.astype(np.float64)
    return Mixture(np.full(n, 1 / n), wide, np.zeros_like(wide) if spreads is None else spreads)


def kl_at_least(
    codes: CodeArray,
    spreads: CodeArray,
    others: Float[np.ndarray, "m code"],
    their_spreads: Float[np.ndarray, "m code"],
    seed: int = 0,
) -> float:
    """Bound KL(q(z) ‖ N(0, I)) of the aggregate posterior from below, in nats.

    E_q[log r(z) − log p(z)] = KL(q ‖ p) − KL(q ‖ r), for every density r that was chosen without
    these draws of q. Here r is a mixture of 8 normal distributions, fitted to draws from the
    posteriors of some images, and the draws of q come from those of others: an estimate of a
    lower bound, with an error from their number. The mean of the very posteriors that are drawn
    from will not do as r: it comes to their mean KL less log n at least, though q be the prior
    (Hoffman & Johnson 2016).

    Args:
        codes: posterior means of the images that the mixture is fitted to, (n, d).
        spreads: their standard deviations, (n, d).
        others: posterior means of other images of the same source, (m, d).
        their_spreads: their standard deviations, (m, d).
        seed: of the draws and of the fit.

    Example:
        >>> table = read(find("digits-vae-16d")).latents
        >>> spreads, train = np.exp(table.log_var / 2), table.split == 0
        >>> parts = [(table.codes[part], spreads[part]) for part in (train, ~train)]
        >>> round(kl_at_least(*parts[0], *parts[1]), 1)
        1.5
    """
    fit = _normals(_draws(codes, spreads, seed), COMPONENTS_OF_BOUND, seed)
    asked = _draws(others, their_spreads, seed + DRAWS)
    log_prior = -(np.square(asked) + np.log(2 * np.pi)).sum(axis=1) / 2
    return float((fit.score_samples(asked) - log_prior).mean())


def _draws(codes: CodeArray, spreads: CodeArray, seed: int) -> Float[np.ndarray, "drawn code"]:
    normals = [noise.normal(seed + k, "codes", *codes.shape) for k in range(DRAWS)]
    return np.concatenate([codes + spreads * each for each in normals])


def _normals(codes: CodeArray, k: int, seed: int) -> "GaussianMixture":
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    wide = codes.astype(np.float64)
    kind = "full" if codes.shape[1] <= MAX_FULL else "diag"
    ridge = RIDGE * float(wide.var(axis=0).mean()) + 1e-9
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # too few or equal codes: still a fit
        fit = GaussianMixture(k, covariance_type=kind, reg_covar=ridge, random_state=seed)
        return fit.fit(wide)


def _factors(covariances: Float[np.ndarray, "k d d"]) -> Float[np.ndarray, "k d d"]:
    d = covariances.shape[-1]
    ridge = RIDGE * np.trace(covariances, axis1=1, axis2=2) / d + 1e-12
    return np.linalg.cholesky(covariances + ridge[:, None, None] * np.eye(d))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A source of codes. The browser draws from any `Mixture` or `Flow` that is sent to it.

    Attributes:
        title: for the screen.
        words: one sentence.
        fit: training codes and the standard deviations of their posteriors → distribution; None
            for one that was learnt before and is kept beside the checkpoint.
        fitted: whether the training codes change anything but the number of units.
        sent: false for the aggregate posterior, which the browser makes of the codes it has.
        meanwhile: another name in `SAMPLERS`, shown while this one is being fitted; empty where
            fitting takes no time.
        waiting: what is said meanwhile.
        about: what is said of a fitted one; {k} stands for its number of components.
    """

    title: str
    words: str
    fit: Callable[[CodeArray, CodeArray | None], Mixture] | None
    fitted: bool = True
    sent: bool = True
    meanwhile: str = ""
    waiting: str = ""
    about: str = ""

    @property
    def learnt(self) -> bool:
        """Whether it is a flow, which takes a training of its own and can be asked for a class."""
        return self.fit is None

    def __call__(self, codes: CodeArray, spreads: CodeArray | None = None) -> Mixture:
        """Fit to training codes, and to the spreads of their posteriors where it needs them.

        Raises:
            ValueError: for one that is not fitted but learnt.
        """
        if self.fit is None:
            raise ValueError(f"the {self.title} is not fitted to codes: it is read from its file")
        return self.fit(codes, spreads)


SAMPLERS: dict[str, Sampler] = {
    "prior": Sampler(
        title="prior N(0, I)", fit=prior, fitted=False,
        words="The normal distribution that a VAE is trained towards, and a plain autoencoder "
        "knows nothing of",
    ),
    "gaussian": Sampler(
        title="fitted Gaussian", fit=gaussian,
        words="One normal distribution with the mean and covariance of the model's own training "
        "codes",
    ),
    "mixture": Sampler(
        title="fitted mixture", fit=mixture, meanwhile="gaussian",
        words="Several normal distributions fitted to the model's own training codes; how many is "
        "chosen by BIC",
        waiting="The mixture is being fitted; until it is there, codes are from the Gaussian.",
        about="The mixture has {k} normal distributions, as many as BIC chooses.",
    ),
    "aggregate": Sampler(
        title="aggregate posterior", fit=aggregate, sent=False,
        words="The posterior of a training image chosen at random: it redraws what the model was "
        "trained on: a yardstick for other sources, and little that is new",
        about="The codes of {k} training images, one of them chosen at random for each picture; "
        "of a VAE, a draw from its posterior.",
    ),
    "flow": Sampler(
        title="latent flow", fit=None, meanwhile="prior",
        words="A network that learnt how to carry noise to the model's codes, step by step, and "
        "can be asked for a class",
        waiting="The flow is on its way; until it is here, codes are from the prior.",
    ),
}  # fmt: skip

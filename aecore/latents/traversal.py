"""What is known of each latent unit before one pulls at it: its scale, its order, its name.

The pictures of a traversal are decoded in the browser; this says along which scale.
"""

from typing import NamedTuple

import numpy as np

from aecore.arrays import ValueArray
from aecore.checkpoints import Card, Stored
from aecore.metrics import ACTIVE_VARIANCE


class Unit(NamedTuple):
    """One latent unit.

    Attributes:
        dimension: column of the codes, from 0.
        centre: the value at 0 σ: 0 under a prior, else the mean of the training codes.
        sigma: one σ: 1 under a prior N(0, I), also a generator's, else the standard deviation of
            the training codes.
        kl: KL(q(z|x) || p(z)) of this unit in nats, mean over held-out images; None without a
            posterior.
        variance: of the unit's codes (posterior means) over training images.
        active: whether a VAE uses it: variance above 0.01, as `metrics.active_units` counts.
            Always true without a posterior, where the scale of codes is arbitrary.
        factor: name of the known factor of variation it follows, or None.
    """

    dimension: int
    centre: float
    sigma: float
    kl: float | None
    variance: float
    active: bool
    factor: str | None


def units(stored: Stored) -> list[Unit]:
    """Describe a model's latent units, the most used first: by KL, or by variance without one."""
    codes = stored.latents.training_codes.astype(np.float64)
    kl = _kl_units(stored)
    has_prior = kl is not None or not stored.card.encodes
    variance = codes.var(axis=0) if stored.card.encodes else np.ones(codes.shape[1])
    factors = _factors(stored.card)
    made = [
        Unit(
            dimension=j,
            centre=0.0 if has_prior else float(codes[:, j].mean()),
            sigma=1.0 if has_prior else float(np.sqrt(variance[j])) or 1.0,
            kl=None if kl is None else float(kl[j]),
            variance=float(variance[j]),
            active=kl is None or bool(variance[j] > ACTIVE_VARIANCE),
            factor=factors[j],
        )
        for j in range(codes.shape[1])
    ]
    return sorted(made, key=lambda unit: -(unit.variance if unit.kl is None else unit.kl))


def _kl_units(stored: Stored) -> ValueArray | None:
    """Held-out KL of each unit from the card, else over the stored codes; None without any."""
    codes, log_var = stored.latents.codes, stored.latents.log_var
    if log_var.shape[1] == 0:
        return None
    told = stored.card.metrics.get("kl_units") or ()
    if len(told) == codes.shape[1]:
        return np.array(told, dtype=np.float64)
    kl = 0.5 * (np.square(codes) + np.exp(log_var) - 1 - log_var)
    return np.asarray(kl.mean(axis=0, dtype=np.float64))


def _factors(card: Card) -> list[str | None]:
    """Names of the factors that units follow, as the card tells them; no names otherwise."""
    told = card.metrics.get("unit_factors") or ()
    d = card.model.code_dim
    return [str(name) if name else None for name in told] if len(told) == d else [None] * d


def information(card: Card, unit: int) -> float | None:
    """What the unit tells about the factor it follows, as the card's `unit_information` says.

    The largest entry of the unit's row (units × factors); None where the card has none.
    """
    told = card.metrics.get("unit_information") or ()
    if len(told) != card.model.code_dim or not told[unit]:
        return None
    return float(max(told[unit]))

"""Which of several trainings of a recipe to take, where no factors are known: UDR.

Models that took the data apart are alike, up to the order and the sign of their units; those that
did not each mix it in a way of their own (Duan et al., "Unsupervised Model Selection for
Variational Disentangled Representation Learning", 2020). A model's score says how much it is like
the others, so they should be of one recipe; it is no proof that units mean something.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

INFORMATIVE = 0.01  # nats of KL
PENALTY = 0.1


Codes = Float[np.ndarray, "n _"]


def udr(codes: Sequence[Codes], kl: Sequence[Float[np.ndarray, " _"]]) -> tuple[float, ...]:
    """Unsupervised disentanglement ranking of models, by a sparse regression between their units.

    With the paper's Lasso: the median over the other models of how well each unit
    is told by one of theirs, and each of theirs tells one. Higher is better, and 0.9 the highest:
    the penalty takes a tenth.

    Args:
        codes: posterior means of the same images by each model, (n, units).
        kl: nats of each unit of each model; one of 0.01 or less is left out.

    Raises:
        ValueError: for fewer than two models.
    """
    if len(codes) < 2:
        raise ValueError(f"there is {len(codes)} model to compare, but must be 2 or more")
    used = [
        (z - z.mean(axis=0))[:, told > INFORMATIVE] / z.std(axis=0)[told > INFORMATIVE]
        for z, told in zip(codes, kl, strict=True)
    ]
    return tuple(
        float(np.median([_alike(other, own) for j, other in enumerate(used) if j != i]))
        for i, own in enumerate(used)
    )


def _alike(other: Codes, own: Codes) -> float:
    """Mean over all units of both of (largest weight)² / Σ weights, in the regression of own."""
    if not other.shape[1] or not own.shape[1]:
        return 0.0
    from sklearn.linear_model import Lasso

    fitted = Lasso(alpha=PENALTY).fit(other, own)
    weights = abs(fitted.coef_.reshape(own.shape[1], other.shape[1]))
    strengths = [
        weights.max(axis=axis) ** 2 / np.maximum(weights.sum(axis=axis), 1e-12) for axis in (0, 1)
    ]
    return float(np.concatenate(strengths).mean())

"""What an order statistic of n held-out scores guarantees: on average, and for these very n.

A threshold at the k-th smallest of n held-out scores flags a share of the new images of the same
source that differs from one calibration set to the next: it is a draw from Beta(n + 1 − k, k),
where scores do not tie (with ties it is at most that). Vovk 2012, *Conditional validity of
inductive conformal predictors*. In the browser the same is `aeview/browser/anomaly/guarantees.js`.
"""

import math
from typing import NamedTuple

import numpy as np

from aecore.configs import require

DELTA = 0.05  # share of calibration sets for which the PAC rule may fail
BAND = 0.95  # share of calibration sets whose own rate lies within the band


class Realised(NamedTuple):
    """The rate of false alarms that one calibration set leads to, over all such sets.

    Attributes:
        mean: over sets, 0 to 1.
        low, high: what 95 % of them lie between.
        exceeds: the share of sets whose rate is above the one asked for.
    """

    mean: float
    low: float
    high: float
    exceeds: float


def conformal_rank(n: int, rate: float) -> int:
    """Return ⌈(n+1)(1−α)⌉, the place of the split conformal threshold; n + 1 where n is too small.

    On average over calibration sets at most a share of `rate` of new images is above it.

    Raises:
        ValueError: for a rate outside (0, 1).
    """
    require(0 < rate < 1, "rate", rate, "above 0 and below 1")
    return min(n + 1, math.ceil((n + 1) * (1 - rate) - 1e-9))  # 20 · 0.95 is not quite 19


def pac_rank(n: int, rate: float, delta: float = DELTA) -> int:
    """Return the smallest k with P(Binomial(n, 1−α) ≥ k) ≤ δ; n + 1 where n is too small.

    But for a share δ of all calibration sets, the one at hand leads to a rate of at most α (Vovk
    2012): probably approximately correct.

    Raises:
        ValueError: for a rate or δ outside (0, 1).
    """
    require(0 < rate < 1, "rate", rate, "above 0 and below 1")
    require(0 < delta < 1, "delta", delta, "above 0 and below 1")
    ranks = np.arange(1, n + 1)
    sure = np.flatnonzero(_at_least(ranks, n, 1 - rate) <= delta)
    return int(ranks[sure[0]]) if len(sure) else n + 1


def realised(n: int, rank: int, rate: float) -> Realised:
    """Say what rates calibration sets of n lead to, with the threshold at their k-th smallest.

    Raises:
        ValueError: for a rank outside 1 to n.
    """
    from scipy.special import betaincinv

    require(1 <= rank <= n, "rank", rank, f"1 to {n}")
    flagged, passed = n + 1 - rank, rank
    low, high = (betaincinv(flagged, passed, p) for p in ((1 - BAND) / 2, (1 + BAND) / 2))
    exceeds = _at_least(np.array([rank]), n, 1 - rate)[0]
    return Realised(flagged / (n + 1), float(low), float(high), float(exceeds))


def _at_least(ranks: np.ndarray, n: int, p: float) -> np.ndarray:
    """P(Binomial(n, p) ≥ k) = P(Beta(k, n + 1 − k) ≤ p)."""
    from scipy.special import betainc

    return betainc(ranks, n - ranks + 1, p)

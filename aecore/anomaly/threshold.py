"""From scores to a threshold, and what a threshold is worth: numpy alone, no model.

Higher scores are more anomalous, and an image is flagged where its score is above the threshold.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.anomaly.guarantees import DELTA, conformal_rank, pac_rank
from aecore.arrays import LabelArray, ValueArray
from aecore.configs import require

DEFAULT_RATE = 0.05


def conformal_threshold(normal: ValueArray, rate: float = DEFAULT_RATE) -> float:
    """Return the ⌈(n+1)(1−α)⌉-th smallest of n held-out normal scores; inf where n is too small.

    Split conformal prediction (Papadopoulos et al. 2002; for anomalies Laxhammar & Falkman 2015):
    a new image of the same source is above it with a probability of at most α = `rate`, on average
    over the draws of the held-out images, whatever the distribution of the scores. It says nothing
    of a single class, of another source, or of one set of held-out images: for that see
    `pac_threshold` and `guarantees.realised`.

    Raises:
        ValueError: for no scores, a score that is not a number, or a rate outside (0, 1).
    """
    return _at(_checked(normal), conformal_rank(len(normal), rate))


def pac_threshold(normal: ValueArray, rate: float = DEFAULT_RATE, delta: float = DELTA) -> float:
    """Return a higher one, which holds for these very held-out scores; inf where n is too small.

    Of new images of the same source at most a share of `rate` is above it, but for a share δ of
    all sets of n held-out scores (Vovk 2012; tolerance limits, Wilks 1941).

    Raises:
        ValueError: as `conformal_threshold`, or for δ outside (0, 1).
    """
    return _at(_checked(normal), pac_rank(len(normal), rate, delta))


GUARANTEED = {"conformal": conformal_threshold, "pac": pac_threshold}


def guaranteed_threshold(normal: ValueArray, rule: str = "conformal") -> float | None:
    """Return the threshold of a rule in `GUARANTEED` at 5 %; None where too few are held out.

    Raises:
        ValueError: for another rule.
    """
    require(rule in GUARANTEED, "rule", rule, f"one of {', '.join(GUARANTEED)}")
    limit = GUARANTEED[rule](normal) if len(normal) else math.inf
    return limit if math.isfinite(limit) else None


def thresholds_by_class(
    of: Callable[[ValueArray], float], normal: ValueArray, classes: LabelArray, n_classes: int
) -> Float[np.ndarray, " classes"]:
    """Choose a threshold within each class (Mondrian); inf for a class without held-out scores.

    Args:
        of: scores of one class → threshold.
        normal: held-out scores.
        classes: theirs, 0 to n_classes − 1, told without a label (`anomaly.classes`).
        n_classes: how many thresholds there are.
    """
    own = [normal[classes == number] for number in range(n_classes)]
    return np.array([of(scores) if len(scores) else math.inf for scores in own])


def percentile(normal: ValueArray, value: float) -> float:
    """Return the share of the normal scores that are below a value, 0 to 1.

    Raises:
        ValueError: for no scores, or a score that is not a number.
    """
    return float(np.searchsorted(_checked(normal), value, side="left")) / len(normal)


def percentile_threshold(normal: ValueArray, share: float) -> float:
    """Return the score that this share (0 to 1) of the normal scores does not exceed."""
    require(0 <= share <= 1, "share", share, "0 to 1")
    return float(np.quantile(_checked(normal), share, method="inverted_cdf"))


def deviation_threshold(normal: ValueArray, k: float) -> float:
    """Return mean + k standard deviations of the normal scores: customary; promises no rate."""
    require(math.isfinite(k), "k", k, "a number")
    values = _checked(normal).astype(np.float64)
    return float(values.mean() + k * values.std())


def best_f1_threshold(normal: ValueArray, strange: Float[np.ndarray, " m"]) -> float:
    """Return the threshold with the highest F1. It looks at the labels of both sides.

    Of thresholds that are equally good the highest; −inf where flagging everything is best.
    """
    good, bad = _checked(normal), _checked(strange)
    candidates = np.unique(np.concatenate(([-np.inf], good, bad)))[::-1]
    hits = len(bad) - np.searchsorted(bad, candidates, side="right")
    alarms = len(good) - np.searchsorted(good, candidates, side="right")
    f1 = 2 * hits / np.maximum(hits + alarms + len(bad), 1)
    return float(candidates[int(np.argmax(f1))])


class Rule(NamedTuple):
    """A way to choose the threshold.

    Attributes:
        title: for the screen.
        of: (held-out normal scores, its setting, strange scores) → threshold.
        setting: what its number means; empty where it has none.
        default, low, high: of that number.
        uses_labels: whether it looks at what is to be found.
        by_class: whether it is applied within each class, which gives a threshold for each.
    """

    title: str
    of: Callable[[ValueArray, float, ValueArray], float]
    setting: str = ""
    default: float = 0.0
    low: float = 0.0
    high: float = 0.0
    uses_labels: bool = False
    by_class: bool = False


_RATE = ("% false alarms", 100 * DEFAULT_RATE, 0.1, 50)
RULES: dict[str, Rule] = {
    "conformal": Rule(
        "conformal", lambda normal, percent, _: conformal_threshold(normal, percent / 100), *_RATE
    ),
    "by_class": Rule(
        "per class", lambda normal, percent, _: conformal_threshold(normal, percent / 100), *_RATE,
        by_class=True,
    ),
    "pac": Rule(
        "for this set", lambda normal, percent, _: pac_threshold(normal, percent / 100), *_RATE
    ),
    "percentile": Rule(
        "percentile", lambda normal, percent, _: percentile_threshold(normal, percent / 100),
        "% below", 95.0, 0, 100,
    ),
    "deviation": Rule(
        "mean + k·std", lambda normal, k, _: deviation_threshold(normal, k),
        "std", 2.0, -5, 20,
    ),
    "f1": Rule(
        "best F1", lambda normal, _, strange: best_f1_threshold(normal, strange), uses_labels=True
    ),
}  # fmt: skip


def _at(values: ValueArray, rank: int) -> float:
    """The rank-th smallest of sorted scores."""
    return math.inf if rank > len(values) else float(values[max(rank, 1) - 1])


def _checked(scores: ValueArray) -> ValueArray:
    require(len(scores) > 0, "scores", "empty", "at least one number")
    values = np.sort(scores)
    require(not np.isnan(values[-1]), "scores", "nan", "numbers")
    return values

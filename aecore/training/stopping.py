"""Training until it stops improving: which weights are the best, and when to let the rate fall.

A one-cycle schedule has to know its end, so a training with patience holds its rate instead: it
rises in a line, stays, and falls in a line to 0 when the held-out loss has not improved for
`patience` epochs, from the best weights seen (Hägele, Bakouch, Kosson et al. 2024, "Scaling laws
and compute-optimal training beyond fixed training durations": as good as a schedule that knew its
length).
"""

import math
from typing import Any

from torch import Tensor

from aecore.models.base import Autoencoder

WARM_UP_STEPS = 200  # 2 / (1 − β₂) of Adam: Ma & Yarats (2021), "untuned linear warmup"
COOLING_SHARE = 0.25  # epochs of falling rate, beside those before
LEAST_GAIN = 1e-4  # of the best loss: less is no improvement


class Plateau:
    """Watches the held-out loss of one training.

    Attributes:
        best: lowest loss.
        epoch: when that was.
        weights: of that epoch.
        gained: last epoch with an improvement worth the name.
    """

    def __init__(self) -> None:
        self.best, self.epoch, self.gained = math.inf, 0, 0
        self.weights: dict[str, Tensor] = {}

    def see(self, loss: float, epoch: int, model: Autoencoder) -> None:
        """Take note of an epoch."""
        if loss < self.best - LEAST_GAIN * abs(self.best) or math.isinf(self.best):
            self.gained = epoch
        if loss < self.best:
            self.best, self.epoch = loss, epoch
            self.weights = {name: value.clone() for name, value in model.state_dict().items()}

    def wait(self, epoch: int) -> None:
        """Begin to count: what came before was trained for another objective."""
        self.gained = epoch

    def restore(self, model: Autoencoder) -> None:
        """Put the best weights back."""
        if self.weights:
            model.load_state_dict(self.weights)

    def numbers(self) -> dict[str, Any]:
        """Plain JSON values for a snapshot; the weights are kept beside them."""
        best = None if math.isinf(self.best) else self.best
        return {"best": best, "epoch": self.epoch, "gained": self.gained}

    def load(self, numbers: dict[str, Any], weights: dict[str, Tensor]) -> None:
        """Restore what `numbers` said."""
        self.best = math.inf if numbers["best"] is None else float(numbers["best"])
        self.epoch, self.gained = int(numbers["epoch"]), int(numbers["gained"])
        self.weights = weights


def held_rate(step: int, cooling: tuple[int, int] | None) -> float:
    """Share of the highest rate at a step.

    Args:
        step: 0 for the first.
        cooling: (first step, number of steps) of the falling rate, once that is known.
    """
    rate = min(1.0, (step + 1) / WARM_UP_STEPS)
    if cooling is None:
        return rate
    first, n_steps = cooling
    return rate * max(0.0, 1 - (step - first) / n_steps)


def n_cooling(n_done: int) -> int:
    """Epochs of falling rate after so many."""
    return max(1, math.ceil(COOLING_SHARE * n_done))

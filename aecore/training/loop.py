"""The training loop: the whole set in memory, one report an epoch.

`train` is an iterator: who wants to stop stops iterating, and the model keeps the weights of the
last epoch.
"""

import itertools
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from aecore.arrays import CodeArray, PlanePoints
from aecore.configs import require
from aecore.corruption import mixed
from aecore.data.imageset import ImageSet
from aecore.devices import choose
from aecore.errors import TrainingError
from aecore.models.base import Autoencoder, ClosedForm, Denoising
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.steps import Snapshot, Steps
from aecore.types import Images

N_WATCHED = 500
RUNAWAY = 10.0


class MeanTerms(NamedTuple):
    """Both parts of the objective as means over images, in nats, unweighted."""

    reconstruction: float
    regulariser: float


@dataclass(frozen=True, slots=True)
class EpochReport:
    """What is known after an epoch.

    Attributes:
        epoch: 1 for the first.
        n_epochs: how many there will be.
        train: means over the epoch, while the weights changed; while a layout is learnt the
            regulariser is −log q of its places.
        val: means over the validation split, after the epoch.
        images_per_s: training speed.
        kl_weight: share of β in force at the end of the epoch.
        codes: posterior means of the first validation images, (≤ 500, d).
    """

    epoch: int
    n_epochs: int
    train: MeanTerms
    val: MeanTerms
    images_per_s: float
    kl_weight: float
    codes: CodeArray


def train(
    model: Autoencoder,
    data: ImageSet,
    val: ImageSet,
    config: TrainingConfig,
    device: str = "auto",
    layout: PlanePoints | None = None,
) -> "Training":
    """Train in place by Adam on a one-cycle schedule and report each epoch.

    A model that is fitted in closed form (PCA) is, on the CPU, with one report.

    Args:
        model: changed in place.
        data: training split.
        val: validation split.
        config: the epochs of layout and refinement, if any, come first and last.
        device: as `devices.choose` takes it.
        layout: (n, 2) place of each training image; needed where `layout_epochs` is not 0.

    Raises:
        TrainingError: when the loss is not a number or runs away; the model then has the weights
            of the last good epoch.
        ValueError: for a split without images, or a layout that is missing or does not fit.
    """
    return Training(model, data, val, config, device, layout)


class Training(Iterator[EpochReport]):
    """A training under way: iterate for a report an epoch, or `advance` by a few steps.

    Between two epochs it can be kept (`snapshot`) and, in another process, taken up again
    (`resume`); it then goes on as if it had never stopped. Arguments as those of `train`.
    """

    def __init__(
        self,
        model: Autoencoder,
        data: ImageSet,
        val: ImageSet,
        config: TrainingConfig,
        device: str = "auto",
        layout: PlanePoints | None = None,
    ) -> None:
        if not len(data) or not len(val):
            raise ValueError("the training and the validation split need at least one image each")
        _check_noise(model, config)
        self.model, self.data, self.val, self.config = model, data, val, config
        self.done = 0
        self.closed_form = isinstance(model, ClosedForm)
        self._best = math.inf
        self._under_way = False
        self._sums, self._n_taken, self._n_images, self._seconds = torch.zeros(2), 0, 0, 0.0
        place = choose("cpu" if self.closed_form else device)
        self._held_out = torch.from_numpy(val.images).to(place.torch)
        if not self.closed_form:
            if config.layout_epochs:
                _check_layout(layout, data, model)
            self._steps = Steps(model, data, config, place, layout)

    @property
    def n_epochs(self) -> int:
        """How many epochs there will be."""
        return 1 if self.closed_form else self.config.total_epochs

    @property
    def watched(self) -> Images:
        """The first validation images, up to 500: what the reports' codes are of."""
        return self._held_out[:N_WATCHED]

    def __next__(self) -> EpochReport:
        """Go on to the end of the epoch."""
        while True:
            report = self.advance(sys.maxsize)
            if report is not None:
                return report

    def advance(self, n_steps: int) -> EpochReport | None:
        """Take up to so many steps; returns the report where that ends an epoch.

        Raises:
            StopIteration: when all epochs are done.
            TrainingError: as `train`.
        """
        if self.done == self.n_epochs:
            raise StopIteration
        if isinstance(self.model, ClosedForm):
            self.done = 1
            return _fit(self.model, self.data, self._held_out, self.config)
        if not self._under_way:
            self._begin()
        start = time.perf_counter()
        for batch in itertools.islice(self._batches, n_steps):
            self._sums += self._steps.take(batch)
            self._n_taken += 1
            self._n_images += len(batch)
        self._seconds += time.perf_counter() - start
        return self._end() if self._n_taken == self._steps.n_batches else None

    @property
    def share(self) -> float:
        """How much of the epoch under way is done, 0 to 1."""
        return self._n_taken / self._steps.n_batches if self._under_way else 0.0

    @property
    def images_per_s(self) -> float:
        """Training speed of the epoch under way, or of the last one."""
        return self._n_images / max(self._seconds, 1e-9)

    def means(self) -> MeanTerms:
        """Mean terms of the steps that this epoch has taken so far."""
        reconstruction, regulariser = (self._sums / max(1, self._n_taken)).tolist()
        return MeanTerms(reconstruction, regulariser)

    def _begin(self) -> None:
        if self._steps.turn(self.done + 1):
            self._best = math.inf
        self._kept = {name: weight.clone() for name, weight in self.model.state_dict().items()}
        self._batches = self._steps.batches()
        self._sums = torch.zeros(2, device=self._steps.place.torch)
        self._n_taken, self._n_images, self._seconds = 0, 0, 0.0
        self._under_way = True

    def _end(self) -> EpochReport:
        means, steps = self.means(), self._steps
        self._under_way = False
        loss = means.reconstruction + steps.weight * means.regulariser
        if not math.isfinite(loss) or (loss > RUNAWAY * self._best and self._best > 0):
            self.model.load_state_dict(self._kept)
            raise TrainingError(
                f"the loss went to {loss:.3g} in epoch {self.done + 1}; the weights of epoch "
                f"{self.done} are kept. Try a learning rate below {self.config.learning_rate:g}"
            )
        self._best = min(self._best, loss)
        self.done += 1
        return EpochReport(
            self.done,
            self.n_epochs,
            means,
            validate(self.model, self._held_out, self.config),
            self.images_per_s,
            steps.kl_weight,
            _codes(self.model, self.watched),
        )

    def snapshot(self) -> Snapshot:
        """Copy all that the next epoch depends on; call it right after a report."""
        steps = self._steps
        numbers = {
            "epoch": self.done, "step": steps.step, "phase": steps.phase,
            "best": None if math.isinf(self._best) else self._best,
            "schedule": steps.schedule.state_dict(),
        }  # fmt: skip
        return Snapshot(steps.tensors(), numbers)

    def resume(self, kept: Snapshot) -> None:
        """Take up a training of the same model, data and config where it was kept."""
        numbers = kept.numbers
        self.done = int(numbers["epoch"])
        self._steps.turn(self.done)
        self._steps.step = int(numbers["step"])
        self._best = math.inf if numbers["best"] is None else float(numbers["best"])
        self._steps.restore(kept.tensors, numbers["schedule"])


def _check_noise(model: Autoencoder, config: TrainingConfig) -> None:
    """Noise is for a denoising model, and such a model needs it."""
    if isinstance(model, Denoising):
        require(bool(config.noise), "noise", config.noise, "one or more kinds for this model")
    else:
        require(not config.noise, "noise", config.noise, "left out for a model of this kind")


def _check_layout(layout: PlanePoints | None, data: ImageSet, model: Autoencoder) -> None:
    d = model.config.code_dim
    if layout is None or len(layout) != len(data) or d != 2:
        got = "missing" if layout is None else f"for {len(layout):,} images"
        raise ValueError(
            f"the layout is {got}, but layout_epochs needs one of all {len(data):,} training "
            f"images and a model of 2 latent units, not {d}; or set layout_epochs to 0"
        )


def _fit(
    model: ClosedForm, data: ImageSet, held_out: Images, config: TrainingConfig
) -> EpochReport:
    """Fit in closed form and report it as the only epoch."""
    start = time.perf_counter()
    model.fit(torch.from_numpy(data.pixels))
    seconds = time.perf_counter() - start
    means = validate(model, torch.from_numpy(data.images), config)
    codes = _codes(model, held_out[:N_WATCHED])
    speed = len(data) / seconds
    return EpochReport(1, 1, means, validate(model, held_out, config), speed, 1.0, codes)


@torch.no_grad()
def validate(
    model: Autoencoder, images: Images, config: TrainingConfig, batch_size: int = 1000
) -> MeanTerms:
    """Mean terms without training, in float32, with codes and noise drawn from the seed.

    A denoising model is shown spoilt images, as in training, and measured against clean ones.
    """
    model.eval()
    generator = stream(config.seed, "validation", images.device)
    sums = torch.zeros(2, dtype=torch.float64, device=images.device)
    for batch in torch.split(images, batch_size):
        if isinstance(model, Denoising):
            spoilt = mixed(batch, config.noise, config.noise_levels, generator)
            terms = model.denoising_terms(spoilt, batch)
        else:
            terms = model.terms(batch, generator)
        sums += torch.stack([term.double().sum() for term in terms])
    reconstruction, regulariser = (sums / len(images)).tolist()
    return MeanTerms(reconstruction, regulariser)


@torch.no_grad()
def _codes(model: Autoencoder, images: Images) -> CodeArray:
    return np.asarray(model.encode(images).mean.cpu())

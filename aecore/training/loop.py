"""The training loop: the whole set in memory, one report an epoch.

`train` is an iterator: who wants to stop stops iterating, and the model keeps the weights of the
last epoch.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from aecore.arrays import CodeArray
from aecore.data.imageset import ImageSet
from aecore.devices import Device, choose
from aecore.errors import TrainingError
from aecore.models.base import Autoencoder
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.jitter import jitter
from aecore.types import Images

N_WATCHED = 500
RUNAWAY = 10.0
SHORTEST_CYCLE = 8  # torch's schedule divides by zero at 4 steps


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
        train: means over the epoch, while the weights changed.
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
    model: Autoencoder, data: ImageSet, val: ImageSet, config: TrainingConfig, device: str = "auto"
) -> Iterator[EpochReport]:
    """Train in place by Adam on a one-cycle schedule and report each epoch.

    A model that is fitted in closed form (PCA) is, on the CPU, with one report.

    Raises:
        TrainingError: when the loss is not a number or runs away; the model then has the weights
            of the last good epoch.
        ValueError: for a split without images.
    """
    if not len(data) or not len(val):
        raise ValueError("the training and the validation split need at least one image each")
    if model.closed_form:
        yield _fit(model, data, val, config)
        return
    place = choose(device)
    run = _Run(model, data, config, place)
    watched = torch.from_numpy(val.images).to(place.torch)
    best = math.inf
    for epoch in range(1, config.epochs + 1):
        kept = {name: weight.clone() for name, weight in model.state_dict().items()}
        start = time.perf_counter()
        means = run.epoch()
        seconds = time.perf_counter() - start
        loss = means.reconstruction + model.config.beta * means.regulariser
        if not math.isfinite(loss) or (loss > RUNAWAY * best and best > 0):
            model.load_state_dict(kept)
            raise TrainingError(
                f"the loss went to {loss:.3g} in epoch {epoch}; the weights of epoch {epoch - 1} "
                f"are kept. Try a learning rate below {config.learning_rate:g}"
            )
        best = min(best, loss)
        yield EpochReport(
            epoch,
            config.epochs,
            means,
            validate(model, watched, config.seed),
            len(data) / seconds,
            config.kl_weight(run.progress),
            _codes(model, watched[:N_WATCHED]),
        )


def _fit(model: Autoencoder, data: ImageSet, val: ImageSet, config: TrainingConfig) -> EpochReport:
    """Fit in closed form and report it as the only epoch."""
    start = time.perf_counter()
    model.fit(torch.from_numpy(data.pixels))
    seconds = time.perf_counter() - start
    means, held_out = (
        validate(model, torch.from_numpy(part.images), config.seed) for part in (data, val)
    )
    codes = _codes(model, torch.from_numpy(val.images[:N_WATCHED]))
    return EpochReport(1, 1, means, held_out, len(data) / seconds, 1.0, codes)


class _Run:
    """Everything that changes from step to step."""

    def __init__(
        self, model: Autoencoder, data: ImageSet, config: TrainingConfig, place: Device
    ) -> None:
        self.model = model.to(place.torch).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        self.config = config
        self.place = place
        self.pixels = torch.from_numpy(data.pixels).to(place.torch)
        self.draws = {
            name: stream(config.seed, name, place.torch) for name in ("batches", "codes", "jitter")
        }
        self.optimiser = torch.optim.AdamW(
            model.parameters(),
            lr=config.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=config.weight_decay,
            fused=place.torch.type != "mps",
        )
        self.batch_size = min(config.batch_size, len(data))
        self.n_steps = config.epochs * (len(data) // self.batch_size)
        self.step = 0
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            config.learning_rate,
            total_steps=max(self.n_steps, SHORTEST_CYCLE),
            pct_start=0.25,
            cycle_momentum=False,
            final_div_factor=1e3,
        )

    @property
    def progress(self) -> float:
        return self.step / self.n_steps

    def epoch(self) -> MeanTerms:
        """Pass over the data once in a new order; a last incomplete batch is left out."""
        self.model.train()
        order = torch.randperm(
            len(self.pixels), generator=self.draws["batches"], device=self.place.torch
        )
        batches = torch.split(order, self.batch_size)[: self.n_steps // self.config.epochs]
        sums = torch.zeros(2, device=self.place.torch)
        for batch in batches:
            images = self.pixels[batch].float() / 255
            sums += self._step(jitter(images, self.config.jitter, self.draws["jitter"]))
        reconstruction, regulariser = (sums / len(batches)).tolist()
        return MeanTerms(reconstruction, regulariser)

    def _step(self, images: Images) -> Tensor:
        with self.place.autocast():
            terms = self.model.terms(images, self.draws["codes"])
        reconstruction, regulariser = terms.reconstruction.mean(), terms.regulariser.mean()
        weight = self.model.config.beta * self.config.kl_weight(self.progress)
        self.optimiser.zero_grad(set_to_none=True)
        (reconstruction + weight * regulariser).backward()
        self.optimiser.step()
        self.schedule.step()
        self.step += 1
        return torch.stack((reconstruction, regulariser)).detach()


@torch.no_grad()
def validate(model: Autoencoder, images: Images, seed: int, batch_size: int = 1000) -> MeanTerms:
    """Mean terms without training, in float32, with codes drawn from the seed."""
    model.eval()
    generator = stream(seed, "validation", images.device)
    sums = torch.zeros(2, dtype=torch.float64, device=images.device)
    for batch in torch.split(images, batch_size):
        sums += torch.stack([term.double().sum() for term in model.terms(batch, generator)])
    reconstruction, regulariser = (sums / len(images)).tolist()
    return MeanTerms(reconstruction, regulariser)


@torch.no_grad()
def _codes(model: Autoencoder, images: Images) -> CodeArray:
    return np.asarray(model.encode(images).mean.cpu())

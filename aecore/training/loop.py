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
from torch import Tensor, nn

from aecore.arrays import CodeArray, PlanePoints
from aecore.configs import require
from aecore.corruption import mixed
from aecore.data.imageset import ImageSet
from aecore.devices import Device, choose
from aecore.errors import TrainingError
from aecore.models.base import Autoencoder, ClosedForm, Denoising, Terms
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.jitter import jitter
from aecore.training.layout import layout_terms, to_codes
from aecore.types import Images

N_WATCHED = 500
RUNAWAY = 10.0
SHORTEST_CYCLE = 8  # torch's schedule divides by zero at 4 steps
REFINE_RATE = 0.4  # of the learning rate
REFINE_SHARE = 0.7  # of each batch that is jittered in the refinement


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
) -> Iterator[EpochReport]:
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
    if not len(data) or not len(val):
        raise ValueError("the training and the validation split need at least one image each")
    _check_noise(model, config)
    if isinstance(model, ClosedForm):
        yield _fit(model, data, val, config)
        return
    if config.layout_epochs:
        _check_layout(layout, data, model)
    place = choose(device)
    run = _Run(model, data, config, place, layout)
    watched = torch.from_numpy(val.images).to(place.torch)
    best = math.inf
    for epoch in range(1, config.total_epochs + 1):
        if run.turn(epoch):
            best = math.inf
        kept = {name: weight.clone() for name, weight in model.state_dict().items()}
        start = time.perf_counter()
        means = run.epoch()
        seconds = time.perf_counter() - start
        loss = means.reconstruction + run.weight * means.regulariser
        if not math.isfinite(loss) or (loss > RUNAWAY * best and best > 0):
            model.load_state_dict(kept)
            raise TrainingError(
                f"the loss went to {loss:.3g} in epoch {epoch}; the weights of epoch {epoch - 1} "
                f"are kept. Try a learning rate below {config.learning_rate:g}"
            )
        best = min(best, loss)
        yield EpochReport(
            epoch,
            config.total_epochs,
            means,
            validate(model, watched, config),
            len(data) / seconds,
            run.kl_weight,
            _codes(model, watched[:N_WATCHED]),
        )


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


def _fit(model: ClosedForm, data: ImageSet, val: ImageSet, config: TrainingConfig) -> EpochReport:
    """Fit in closed form and report it as the only epoch."""
    start = time.perf_counter()
    model.fit(torch.from_numpy(data.pixels))
    seconds = time.perf_counter() - start
    means, held_out = (
        validate(model, torch.from_numpy(part.images), config) for part in (data, val)
    )
    codes = _codes(model, torch.from_numpy(val.images[:N_WATCHED]))
    return EpochReport(1, 1, means, held_out, len(data) / seconds, 1.0, codes)


class _Run:
    """Everything that changes from step to step."""

    def __init__(
        self,
        model: Autoencoder,
        data: ImageSet,
        config: TrainingConfig,
        place: Device,
        layout: PlanePoints | None,
    ) -> None:
        self.model = model.to(place.torch).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        self.config = config
        self.place = place
        self.pixels = torch.from_numpy(data.pixels).to(place.torch)
        self.draws = {
            name: stream(config.seed, name, place.torch)
            for name in ("batches", "codes", "jitter", "noise")
        }
        self.n_batches = max(1, len(data) // config.batch_size)
        self.places = None if layout is None else to_codes(layout).to(place.torch)
        self.phase = ""

    def turn(self, epoch: int) -> bool:
        """Begin the phase that this epoch belongs to; returns whether it is a new one."""
        config = self.config
        phases = (
            ("layout", config.layout_epochs, self.model, 1.0),
            ("training", config.epochs, self.model, 1.0),
            ("refinement", config.refine_epochs, self.model.encoder, REFINE_RATE),
        )
        last = 0
        for phase, n_epochs, part, share in phases:
            last += n_epochs
            if epoch <= last and phase == self.phase:
                return False
            if epoch <= last:
                self.phase = phase
                self._begin(part, n_epochs, share * config.learning_rate)
                return True
        raise AssertionError(epoch)

    def _begin(self, part: nn.Module, n_epochs: int, rate: float) -> None:
        """Start a one-cycle schedule of so many epochs for the weights of a part."""
        self.trained = list(part.parameters())
        self.optimiser = torch.optim.AdamW(
            self.trained,
            lr=rate,
            betas=(0.9, 0.99),
            weight_decay=self.config.weight_decay,
            fused=self.place.torch.type != "mps",
        )
        self.n_steps = n_epochs * self.n_batches
        self.step = 0
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            rate,
            total_steps=max(self.n_steps, SHORTEST_CYCLE),
            pct_start=0.25,
            cycle_momentum=False,
            final_div_factor=1e3,
        )

    @property
    def kl_weight(self) -> float:
        return self.config.kl_weight(self.step / self.n_steps) if self.phase == "training" else 1.0

    @property
    def weight(self) -> float:
        """Of the regulariser."""
        return 1.0 if self.phase == "layout" else self.kl_weight * self.model.config.beta

    def epoch(self) -> MeanTerms:
        """Pass over the data once in a new order; a last incomplete batch is left out."""
        self.model.train()
        order = torch.randperm(
            len(self.pixels), generator=self.draws["batches"], device=self.place.torch
        )
        batches = torch.split(order, self.config.batch_size)[: self.n_batches]
        sums = torch.zeros(2, device=self.place.torch)
        for batch in batches:
            sums += self._step(batch)
        reconstruction, regulariser = (sums / len(batches)).tolist()
        return MeanTerms(reconstruction, regulariser)

    def _step(self, batch: Tensor) -> Tensor:
        with self.place.autocast():
            terms = self._terms(batch, self.pixels[batch].float() / 255)
        reconstruction, regulariser = terms.reconstruction.mean(), terms.regulariser.mean()
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(reconstruction + self.weight * regulariser, inputs=self.trained)
        self.optimiser.step()
        self.schedule.step()
        self.step += 1
        return torch.stack((reconstruction, regulariser)).detach()

    def _terms(self, batch: Tensor, images: Images) -> Terms:
        draws, config = self.draws, self.config
        if self.phase == "layout":
            assert self.places is not None
            return layout_terms(self.model, images, self.places[batch], draws["codes"])
        if self.phase == "refinement":
            n_changed = round(REFINE_SHARE * len(images))
            changed = jitter(images[:n_changed], config.refine_jitter, draws["jitter"])
            images = torch.cat((changed, images[n_changed:]))
        else:
            images = jitter(images, config.jitter, draws["jitter"])
        if isinstance(self.model, Denoising):
            spoilt = mixed(images, config.noise, config.noise_levels, draws["noise"])
            return self.model.denoising_terms(spoilt, images)
        return self.model.terms(images, draws["codes"])


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

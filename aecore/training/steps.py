"""All of a training that changes from step to step, how it is kept and how taken up again."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from aecore.arrays import PlanePoints
from aecore.corruption import mixed
from aecore.data.imageset import ImageSet
from aecore.devices import Device
from aecore.models.base import Autoencoder, Denoising, Terms
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.jitter import jitter
from aecore.training.layout import layout_terms, to_codes
from aecore.types import Images

SHORTEST_CYCLE = 8  # torch's schedule divides by zero at 4 steps
REFINE_RATE = 0.4  # of the learning rate
REFINE_SHARE = 0.7  # of each batch that is jittered in the refinement
STREAMS = ("batches", "codes", "jitter", "noise")


class Snapshot(NamedTuple):
    """A training between two epochs: all that its next epoch depends on.

    Attributes:
        tensors: weights, the optimiser's moments and the states of the random streams, by name.
        numbers: epoch, step, phase, best loss, schedule: plain JSON values.
    """

    tensors: dict[str, Tensor]
    numbers: dict[str, Any]


class Steps:
    """Weights, optimiser, schedule and random streams of a training."""

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
        self.draws = {name: stream(config.seed, name, place.torch) for name in STREAMS}
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
        """Share of β in force."""
        return self.config.kl_weight(self.step / self.n_steps) if self.phase == "training" else 1.0

    @property
    def weight(self) -> float:
        """Of the regulariser."""
        return 1.0 if self.phase == "layout" else self.kl_weight * self.model.regulariser_weight

    def batches(self) -> Iterator[Tensor]:
        """Cut the data into batches in a new order; a last incomplete one is left out."""
        order = torch.randperm(
            len(self.pixels), generator=self.draws["batches"], device=self.place.torch
        )
        return iter(torch.split(order, self.config.batch_size)[: self.n_batches])

    def take(self, batch: Tensor) -> Tensor:
        """One step of the optimiser; returns both mean terms of the batch, (2,)."""
        self.model.train()
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

    # ---- kept and taken up again -----------------------------------------------------------

    def tensors(self) -> dict[str, Tensor]:
        """Copy what the next epoch depends on, onto the CPU."""
        found = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        for i, weight in enumerate(self.trained):
            for name, value in self.optimiser.state[weight].items():
                found[f"optimiser.{i}.{name}"] = value
        copies = {name: value.detach().cpu().clone().contiguous() for name, value in found.items()}
        return copies | {f"draws.{name}": d.get_state() for name, d in self.draws.items()}

    def restore(self, tensors: dict[str, Tensor], schedule: dict[str, Any]) -> None:
        """Take up what `tensors` copied; the phase must have been begun."""
        weights = {n[6:]: value for n, value in tensors.items() if n.startswith("model.")}
        self.model.load_state_dict(weights)
        for name, draw in self.draws.items():
            draw.set_state(tensors[f"draws.{name}"])
        for i, weight in enumerate(self.trained):
            start = f"optimiser.{i}."
            self.optimiser.state[weight] = {
                name.removeprefix(start): self._placed(value, weight)
                for name, value in tensors.items()
                if name.startswith(start)
            }
        self.schedule.load_state_dict(schedule)
        for group, rate in zip(self.optimiser.param_groups, schedule["_last_lr"], strict=True):
            group["lr"] = rate

    def _placed(self, value: Tensor, weight: Tensor) -> Tensor:
        if value.shape != weight.shape:
            return value.to(self.place.torch)
        return torch.empty_like(weight).copy_(value)

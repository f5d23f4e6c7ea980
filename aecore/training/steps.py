"""All of a training that changes from step to step, how it is saved and resumed."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from aecore.corruption import mixed
from aecore.devices import Device
from aecore.models.base import Autoencoder, Denoising, Terms
from aecore.optimiser import AdamW
from aecore.processes import Team
from aecore.seeding import shared
from aecore.training.config import TrainingConfig
from aecore.training.feed import Batch, Feed
from aecore.training.jitter import jitter
from aecore.training.layout import layout_terms
from aecore.training.stopping import held_rate
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
        self, model: Autoencoder, feed: Feed, config: TrainingConfig, place: Device, team: Team
    ) -> None:
        self.model = model.to(place.torch).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        self.config, self.feed, self.place, self.team = config, feed, place, team
        n = feed.batch_size
        self.draws: dict[str, torch.Generator] = {
            name: shared(config.seed, name, place.torch, team.part, n) for name in STREAMS
        }
        self.n_batches = feed.n_batches
        self.n_training = config.epochs  # fewer when it stops improving
        self.cooling: tuple[int, int] | None = None
        self.phase = ""
        self.objective: nn.Module = Objective(self)
        if team.size > 1:
            self.objective = nn.parallel.DistributedDataParallel(
                self.objective,
                forward_sync_buffers=False,
                find_unused_parameters=config.layout_epochs > 0,
            )

    def turn(self, epoch: int) -> bool:
        """Begin the phase that this epoch belongs to; returns whether it is a new one."""
        config = self.config
        phases = (
            ("layout", config.layout_epochs, self.model, 1.0),
            ("training", self.n_training, self.model, 1.0),
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
        """Start a schedule of so many epochs for the weights of a part."""
        groups = self._groups(part, rate)
        self.trained = [weight for group in groups for weight in group["params"]]
        self.optimiser = AdamW(
            groups,
            betas=self.model.betas,
            weight_decay=self.config.weight_decay,
            fused=self.place.torch.type != "mps",
        )
        self.n_steps = n_epochs * self.n_batches
        self.step = 0
        self.schedule: torch.optim.lr_scheduler.LRScheduler
        if self.phase == "training" and self.config.patience:
            self.schedule = torch.optim.lr_scheduler.LambdaLR(
                self.optimiser, lambda step: held_rate(step, self.cooling)
            )
            return
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            [group["lr"] for group in groups],
            total_steps=max(self.n_steps, SHORTEST_CYCLE),
            pct_start=0.25,
            cycle_momentum=False,
            final_div_factor=1e3,
        )

    def _groups(self, part: nn.Module, rate: float) -> list[dict[str, Any]]:
        """The weights of a part by the learning rate that each has at most; mostly one group."""
        by_pace: dict[float, list[Tensor]] = {}
        for name, weight in part.named_parameters():
            by_pace.setdefault(self.model.pace(name), []).append(weight)
        return [{"params": some, "lr": pace * rate} for pace, some in by_pace.items()]

    def cool(self, n_done: int, n_epochs: int) -> None:
        """Let the rate fall to 0 within so many epochs and end the training there."""
        self.n_training = n_done + n_epochs
        self.cooling = (self.step, n_epochs * self.n_batches)

    @property
    def kl_weight(self) -> float:
        """Multiple of β in force."""
        return self.config.kl_weight(self.step / self.n_steps) if self.phase == "training" else 1.0

    @property
    def weight(self) -> float:
        """Of the regulariser."""
        return 1.0 if self.phase == "layout" else self.kl_weight * self.model.regulariser_weight

    def batches(self) -> Iterator[Batch]:
        """Cut the data into batches in a new order."""
        return self.feed.batches(self.draws["batches"])

    def take(self, batch: Batch) -> Tensor:
        """One step of the optimiser; returns both mean terms of the batch, (2,)."""
        self.model.train()
        with self.place.autocast():
            reconstruction, regulariser = self.objective(batch)
        self.model.zero_grad(set_to_none=True)
        loss = reconstruction + self.weight * regulariser
        # Where gradients are shared each weight needs one, also one that stands still.
        torch.autograd.backward(loss, inputs=self.trained if self.team.size == 1 else None)
        self.optimiser.step()
        self.schedule.step()
        self.step += 1
        return torch.stack((reconstruction, regulariser)).detach()

    def terms(self, batch: Batch) -> Terms:
        """Both parts of the objective of the phase."""
        draws, config = self.draws, self.config
        model = self.model if batch.labels is None else self.model.told(batch.labels)
        images: Images = batch.pixels.float() / 255
        if self.phase == "layout":
            assert batch.places is not None
            return layout_terms(model, images, batch.places, draws["codes"])
        if self.phase == "refinement":
            images = jitter(images, config.refine_jitter, draws["jitter"], REFINE_SHARE)
        else:
            images = jitter(images, config.jitter, draws["jitter"])
        if isinstance(model, Denoising):
            spoilt = mixed(images, config.noise, config.noise_levels, draws["noise"])
            return model.denoising_terms(spoilt, images)
        return model.terms(images, draws["codes"])

    # ---- saved and resumed -----------------------------------------------------------------

    def tensors(self) -> dict[str, Tensor]:
        """Copy what the next epoch depends on, onto the CPU; all processes have to ask for it."""
        found = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        for i, weight in enumerate(self.trained):
            for name, value in self.optimiser.state[weight].items():
                found[f"optimiser.{i}.{name}"] = value
        copies = {name: value.detach().cpu().clone().contiguous() for name, value in found.items()}
        for name, draw in self.draws.items():
            for rank, state in enumerate(self.team.gather(draw.get_state())):
                copies[f"draws.{name}.{rank}"] = state
        return copies

    def restore(self, tensors: dict[str, Tensor], schedule: dict[str, Any]) -> None:
        """Restore what `tensors` copied; the phase must have been begun."""
        self.model.load_state_dict(within(tensors, "model."))
        for name, draw in self.draws.items():
            draw.set_state(tensors[f"draws.{name}.{self.team.rank}"])
        for i, weight in enumerate(self.trained):
            self.optimiser.state[weight] = {
                name: self._placed(value, weight)
                for name, value in within(tensors, f"optimiser.{i}.").items()
            }
        self.schedule.load_state_dict(schedule)
        for group, rate in zip(self.optimiser.param_groups, schedule["_last_lr"], strict=True):
            group["lr"] = rate

    def _placed(self, value: Tensor, weight: Tensor) -> Tensor:
        if value.shape != weight.shape:
            return value.to(self.place.torch)
        return torch.empty_like(weight).copy_(value)


class Objective(nn.Module):
    """Batch to both mean terms: the part of a step that torch's DDP has to see."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self.model = steps.model
        self.terms = steps.terms

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the mean reconstruction and the mean regulariser, in nats, unweighted."""
        terms = self.terms(batch)
        return terms.reconstruction.mean(), terms.regulariser.mean()


def within(tensors: dict[str, Tensor], start: str) -> dict[str, Tensor]:
    """The tensors whose names have this prefix, without it."""
    return {name[len(start) :]: v for name, v in tensors.items() if name.startswith(start)}

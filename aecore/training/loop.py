"""The training loop: the set in memory or streamed, one process or several, a report an epoch.

`train` is an iterator: who wants to stop stops iterating, and the model keeps the weights of the
last epoch.
"""

import itertools
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from aecore.arrays import CodeArray, PlanePoints
from aecore.configs import require
from aecore.corruption import mixed
from aecore.data.imageset import ImageSet
from aecore.data.streamed import StreamedSet
from aecore.devices import choose
from aecore.errors import TrainingError
from aecore.models.base import Autoencoder, ClosedForm, Denoising
from aecore.processes import ALONE, Team, team
from aecore.seeding import shared
from aecore.training.config import TrainingConfig
from aecore.training.feed import Feed
from aecore.training.steps import Snapshot, Steps, within
from aecore.training.stopping import Plateau, n_cooling
from aecore.types import Classes, Images

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
        n_epochs: how many there will be; with patience at most, until the rate begins to fall.
        train: means over the epoch, while the weights changed; while a layout is learnt the
            regulariser is −log q of its places.
        val: means over the validation split, after the epoch; of the last one of a training with
            patience, of the best weights, which are kept.
        images_per_s: training speed.
        kl_weight: multiple of β in force at the end of the epoch.
        codes: posterior means of the first validation images, (≤ 500, d); none without an encoder.
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
    data: ImageSet | StreamedSet,
    val: ImageSet,
    config: TrainingConfig,
    device: str = "auto",
    layout: PlanePoints | None = None,
) -> "Training":
    """Train in place by Adam on a one-cycle schedule and report each epoch.

    In a process that has joined others (`processes.joined`) all train the one model together:
    each takes its part of every batch with the noise that is drawn for it, so that one process
    would do the same but for rounding, and all report the same. Not so where a set is streamed,
    since each process reads images of its own, and where a loss counts the images of a batch as
    one: each process then counts its own (KL and TopK penalties of a sparse autoencoder). A model
    that is fitted in closed form (PCA) is, on the CPU, with one report.

    Args:
        model: changed in place.
        data: training split; one that is streamed can't have a layout, nor a closed form.
        val: validation split.
        config: the epochs of layout and refinement, if any, come first and last.
        device: as `devices.choose` takes it.
        layout: (n, 2) place of each training image; needed where `layout_epochs` is not 0.

    Raises:
        TrainingError: when the loss is not a number or diverges; the model then has the weights
            of the last good epoch, or those it began with.
        ValueError: for a split without images, a layout that is missing or does not fit, or a
            batch that can't be shared out among the processes.
    """
    return Training(model, data, val, config, device, layout)


class Training(Iterator[EpochReport]):
    """A training under way: iterate for a report an epoch, or `advance` by a few steps.

    Between two epochs it can be saved (`snapshot`) and, in another process, resumed (`resume`);
    it then goes on as if it had never stopped. Arguments as those of `train`.
    """

    def __init__(
        self,
        model: Autoencoder,
        data: ImageSet | StreamedSet,
        val: ImageSet,
        config: TrainingConfig,
        device: str = "auto",
        layout: PlanePoints | None = None,
    ) -> None:
        if not len(data) or not len(val):
            raise ValueError("the training and the validation split need at least one image each")
        _check_noise(model, config)
        _check_encodes(model, config)
        self.team = team()
        self.model, self.data, self.val, self.config = model, data, val, config
        self.done = 0
        self.closed_form = isinstance(model, ClosedForm)
        self._best = math.inf
        self._plateau = Plateau()
        self._under_way = False
        self._sums, self._n_taken, self._n_images, self._seconds = torch.zeros(2), 0, 0, 0.0
        self.place = place = choose("cpu" if self.closed_form else self.team.device(device))
        self.watched = torch.from_numpy(val.images[:N_WATCHED]).to(place.torch)
        self._held_out = torch.from_numpy(val.images).to(place.torch)
        self._labels = torch.from_numpy(val.labels.astype(np.int64)).to(place.torch)
        self.labels = self._labels[:N_WATCHED]
        if self.closed_form:
            _check_closed(model, data, self.team)
        else:
            _check_layout(layout, data, model, config)
            _check_told(model, data)
            feed = Feed(data, config.batch_size, place, self.team, layout)
            self._steps = Steps(model, feed, config, place, self.team)

    @property
    def n_epochs(self) -> int:
        """How many epochs there will be; with patience at most, until the rate begins to fall."""
        if self.closed_form:
            return 1
        config = self.config
        return config.layout_epochs + self._steps.n_training + config.refine_epochs

    @property
    def telling(self) -> Autoencoder:
        """The model, told the classes of the watched images."""
        return self.model.told(self.labels)

    @property
    def n_steps(self) -> int:
        """Steps of the optimiser so far; 0 of a model that is fitted in closed form."""
        if self.closed_form:
            return 0
        return self.done * self._steps.n_batches + (self._n_taken if self._under_way else 0)

    @property
    def best_epoch(self) -> int:
        """The epoch with the best validation loss of a training with patience, else 0."""
        return self._plateau.epoch

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
            assert isinstance(self.data, ImageSet)
            return _fit(self.model, self.data, self._held_out, self.config)
        if not self._under_way:
            self._begin()
        start = time.perf_counter()
        for batch in itertools.islice(self._batches, n_steps):
            self._sums += self._steps.take(batch)
            self._n_taken += 1
            self._n_images += self.team.size * len(batch.pixels)
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
        steps = self._steps
        self._sums = self.team.sum(self._sums) / self.team.size
        means = self.means()
        self._under_way = False
        loss = means.reconstruction + steps.weight * means.regulariser
        if not math.isfinite(loss) or self._ran_away(loss):
            self.model.load_state_dict(self._kept)
            raise TrainingError(_diverged(loss, self.done, self.config))
        self._best = min(self._best, loss)
        self.done += 1
        val = self._validate()
        if self.config.patience and steps.phase == "training":
            val = self._watch(val)
        return EpochReport(
            self.done,
            self.n_epochs,
            means,
            val,
            self.images_per_s,
            steps.kl_weight,
            self._codes(),
        )

    def _codes(self) -> CodeArray:
        told = self.telling
        return _codes(told, self.watched if told.encodes else self.watched[:0])

    def _ran_away(self, loss: float) -> bool:
        """Many times the best, and a nat a value more: a density's loss may cross zero."""
        n_values = math.prod(self.model.config.shape)
        return loss > RUNAWAY * self._best > 0 and loss - self._best > n_values

    def _validate(self) -> MeanTerms:
        return validate(
            self.model, self._held_out, self.config, team=self.team, labels=self._labels
        )

    def _watch(self, val: MeanTerms) -> MeanTerms:
        """Keep the best weights; let the rate fall when it is time; end with the best."""
        config, steps, seen = self.config, self._steps, self._plateau
        epoch = self.done - config.layout_epochs
        seen.see(self.model.objective(*val), self.done, self.model)
        if epoch == steps.n_training:
            if seen.epoch < self.done:
                seen.restore(self.model)
                return self._validate()
        elif steps.cooling is None:
            if steps.kl_weight != 1:
                seen.wait(self.done)
            n_left = n_cooling(epoch)
            stale = self.done - seen.gained >= config.patience
            if stale or epoch + n_left >= config.epochs:
                seen.restore(self.model)
                steps.cool(epoch, min(n_left, config.epochs - epoch))
        return val

    def snapshot(self) -> Snapshot:
        """Copy all that the next epoch depends on; call it right after a report.

        Several processes have to call it together; each gets all of it.
        """
        steps, seen = self._steps, self._plateau
        numbers = {
            "plan": self._plan(),
            "epoch": self.done,
            "step": steps.step,
            "phase": steps.phase,
            "best": None if math.isinf(self._best) else self._best,
            "schedule": steps.schedule.state_dict(),
            "plateau": seen.numbers(),
            "n_training": steps.n_training,
            "cooling": steps.cooling,
        }
        best = {f"best.{name}": value.cpu().contiguous() for name, value in seen.weights.items()}
        return Snapshot(steps.tensors() | best, numbers)

    def resume(self, snapshot: Snapshot) -> None:
        """Resume a training of the same model, data and config.

        Raises:
            ValueError: naming what differs, for a snapshot of another training.
        """
        numbers, steps = snapshot.numbers, self._steps
        check_same(numbers.get("plan", {}), self._plan())
        self.done = int(numbers["epoch"])
        steps.n_training = int(numbers["n_training"])
        cooling = numbers["cooling"]
        steps.turn(self.done)
        steps.cooling = cooling and (int(cooling[0]), int(cooling[1]))
        steps.step = int(numbers["step"])
        self._best = math.inf if numbers["best"] is None else float(numbers["best"])
        self._plateau.load(numbers["plateau"], within(snapshot.tensors, "best."))
        steps.restore(snapshot.tensors, numbers["schedule"])

    def _plan(self) -> dict[str, Any]:
        data = {"data": self.data.name, "images": len(self.data), "processes": self.team.size}
        streamed = {"streamed": isinstance(self.data, StreamedSet)}
        return data | streamed | self.model.config.to_json() | self.config.to_json()


def check_same(saved: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Check that a snapshot is of this training.

    Raises:
        ValueError: naming what differs.
    """
    differ = [name for name in wanted if saved.get(name) != wanted[name]]
    if differ:
        words = ", ".join(f"{n} {saved.get(n, '?')} instead of {wanted[n]}" for n in differ[:3])
        raise ValueError(
            f"the snapshot is of another training ({words}); give the settings it was begun "
            "with, or begin anew without it"
        )


def _diverged(loss: float, done: int, config: TrainingConfig) -> str:
    """What is said of a loss that ran away, and of what is left."""
    where = f"the loss went to {loss:.3g} in epoch {done + 1}"
    left = f"the weights of epoch {done} are kept" if done else "nothing was learnt"
    return f"{where}; {left}. Try a learning rate below {config.learning_rate:g}"


def _check_closed(model: Autoencoder, data: ImageSet | StreamedSet, team: Team) -> None:
    kind = model.config.kind
    require(
        team.size == 1,
        "the number of processes",
        team.size,
        f"1 for {kind}: it is fitted in one go",
    )
    if isinstance(data, StreamedSet):
        raise ValueError(f"{kind} is fitted from all images at once and can't be streamed")


def _check_noise(model: Autoencoder, config: TrainingConfig) -> None:
    """Noise is for a denoising model, and such a model needs it."""
    if isinstance(model, Denoising):
        require(bool(config.noise), "noise", config.noise, "one or more kinds for this model")
    else:
        require(not config.noise, "noise", config.noise, "left out for a model of this kind")


def _check_encodes(model: Autoencoder, config: TrainingConfig) -> None:
    """Of a generator neither loss says when its pictures are best, and there are no codes."""
    if model.encodes:
        return
    for name in ("patience", "layout_epochs", "refine_epochs", "rbm_epochs"):
        value = getattr(config, name)
        require(not value, name, value, f"0 for {model.config.kind}, which has no encoder")


def _check_told(model: Autoencoder, data: ImageSet | StreamedSet) -> None:
    if model.config.n_classes and isinstance(data, StreamedSet):
        raise ValueError(
            "a streamed set's images come without their classes, which a conditional model is "
            "told; train it on a set that fits into memory, or another kind of model on this one"
        )


def _check_layout(
    layout: PlanePoints | None,
    data: ImageSet | StreamedSet,
    model: Autoencoder,
    config: TrainingConfig,
) -> None:
    if not config.layout_epochs:
        return
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
    model: Autoencoder,
    images: Images,
    config: TrainingConfig,
    batch_size: int = 1000,
    team: Team = ALONE,
    labels: Classes | None = None,
) -> MeanTerms:
    """Mean terms without training, in float32, with codes and noise drawn from the seed.

    A denoising model is shown spoilt images, as in training, and measured against clean ones.
    Several processes share each batch out, and all get the means over all images. A model that is
    told classes needs their labels.
    """
    model.eval()
    generator = shared(config.seed, "validation", images.device, team.part)
    exact = torch.device("cpu") if images.device.type == "mps" else images.device  # has float64
    sums = torch.zeros(3, dtype=torch.float64, device=exact)
    for start in range(0, len(images), batch_size):
        generator.n = min(batch_size, len(images) - start)
        own = team.part(generator.n)
        here = slice(start + own.start, start + own.stop)
        if here.start == here.stop:
            continue
        batch, told = images[here], model if labels is None else model.told(labels[here])
        if isinstance(told, Denoising):
            spoilt = mixed(batch, config.noise, config.noise_levels, generator)
            terms = told.denoising_terms(spoilt, batch)
        else:
            terms = told.terms(batch, generator)
        sums[:2] += torch.stack([term.to(exact).double().sum() for term in terms])
        sums[2] += len(batch)
    reconstruction, regulariser, n = team.sum(sums).tolist()
    return MeanTerms(reconstruction / n, regulariser / n)


@torch.no_grad()
def _codes(model: Autoencoder, images: Images) -> CodeArray:
    if not len(images):
        return np.zeros((0, model.config.code_dim), np.float32)
    return np.asarray(model.encode(images).mean.cpu())

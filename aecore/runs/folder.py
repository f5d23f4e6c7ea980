"""A run is a folder: its plan, what the user wishes, what the worker reports.

Every file is written whole or not at all. Nothing lives in the memory of the server, so that a run
goes on when the browser closes or the server dies, and is found again after a restart:

* `plan.json`: data set, configs, when it was made; never changed;
* `wish.json`: play, pause or stop, and how many single steps were asked for; the page writes it;
* `state.json`: what the worker does, or the sentence that says why it stopped;
* `frames/00012.safetensors`: what is shown of an epoch, `frames/live.safetensors`: of right now,
  `frames/untrained.safetensors`: of the model before its training;
* `snapshot.safetensors`: what the next epoch depends on;
* `model.safetensors`: the finished checkpoint, not listed before it is saved under a name.
"""

import json
import secrets
import shutil
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from aecore.checkpoints import registry_file
from aecore.data.pictures.sizes import Side
from aecore.errors import DataError
from aecore.files import whole
from aecore.limits import MEGABYTE, limits
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe
from aecore.training.config import TrainingConfig

ENDED = ("done", "failed", "stopped")
RESTING = ("interrupted", "stopped")  # and can be resumed
OPEN = ("starting", "queued", "running", "paused")
STARTING_S = 60  # what a worker may need to import torch on a busy machine


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run trains.

    Attributes:
        recipe: data set and configs.
        side: of the images, for a data set of the user's own; None for what suits them.
        device: as `devices.choose` takes it.
        start: the checkpoint whose weights it begins with; empty for fresh ones.
        made: seconds since 1970.
    """

    recipe: Recipe
    side: Side | None = None
    device: str = "auto"
    start: str = ""
    made: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "data": self.recipe.data,
            "model": self.recipe.model.to_json(),
            "training": self.recipe.training.to_json(),
            "side": self.side,
            "device": self.device,
            "start": self.start,
            "made": self.made,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Plan":
        """Read what `to_json` wrote."""
        recipe = Recipe(
            values["data"],
            ModelConfig.from_json(values["model"]),
            TrainingConfig.from_json(values["training"]),
        )
        return cls(recipe, *(values[name] for name in ("side", "device", "start", "made")))


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants of a run.

    Attributes:
        do: "play", "pause" or "stop".
        epochs, batches: how many single steps were asked for in all, while it was paused.
    """

    do: str = "play"
    epochs: int = 0
    batches: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What a worker last said of itself.

    Attributes:
        name: "starting", "queued", "running", "paused", "interrupted", or how it ended: "done",
            "failed", "stopped"; "deleted" where there is nothing to read any more.
        problem: the sentence to show where it failed or was interrupted.
        epoch: epochs done.
        since: when it was said, in seconds since 1970.
    """

    name: str = "starting"
    problem: str = ""
    epoch: int = 0
    since: float = 0.0


class Run:
    """One run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """The folder's name, unique on this machine."""
        return self.path.name

    @property
    def plan(self) -> Plan:
        """What is trained."""
        return Plan.from_json(_read(self.path / "plan.json"))

    @property
    def wish(self) -> Wish:
        """What is wanted now."""
        return Wish(**_read(self.path / "wish.json"))

    def want(self, **changes: Any) -> None:
        """Change the wish."""
        _write(self.path / "wish.json", replace(self.wish, **changes))

    @property
    def state(self) -> State:
        """What the worker last said; "interrupted" where it can say nothing any more."""
        try:
            state = State(**_read(self.path / "state.json"))
        except FileNotFoundError:
            return State("deleted")
        # If the wall clock was set back since, a time in the future is not trusted for ever.
        starting = state.name == "starting" and abs(time.time() - state.since) < STARTING_S
        if state.name in ENDED or starting or self.alive:
            return state
        return replace(state, name="interrupted")

    def say(self, state: State) -> None:
        """Write the worker's state."""
        _write(self.path / "state.json", replace(state, since=time.time()))

    @property
    def lock(self) -> FileLock:
        """Held by the worker while it lives: the system releases it even after kill -9."""
        return FileLock(self.path / "worker.lock")

    @property
    def alive(self) -> bool:
        """Whether a worker works on it."""
        return locked(self.lock)

    @property
    def open(self) -> bool:
        """Whether a worker has it or waits for it."""
        return self.state.name in OPEN

    @property
    def saved(self) -> bool:
        """Whether its model was saved under a name."""
        return (self.path / "saved").is_file()

    def mark_saved(self) -> None:
        """Note that its model was saved under a name: others are deleted before it."""
        (self.path / "saved").touch()

    @property
    def n_bytes(self) -> int:
        """What it takes on the disk."""
        return sum(_size(path) for path in self.path.rglob("*"))

    @property
    def frames(self) -> list[Path]:
        """What is shown of each epoch, in order."""
        return sorted(self.path.glob("frames/[0-9]*.safetensors"))

    @property
    def untrained(self) -> Path:
        """What is shown before the training; older runs and a closed form have none."""
        return self.path / "frames" / "untrained.safetensors"

    @property
    def live(self) -> Path:
        """What is shown of right now."""
        return self.path / "frames" / "live.safetensors"

    @property
    def snapshot(self) -> Path:
        """What the next epoch depends on."""
        return self.path / "snapshot.safetensors"

    @property
    def model(self) -> Path:
        """The finished checkpoint."""
        return self.path / "model.safetensors"


def folder() -> Path:
    """Where runs are kept: beside the list of the user's models."""
    return registry_file().parent / "runs"


def create(plan: Plan) -> Run:
    """Make the folder of a new run; it is listed only when it is complete.

    Raises:
        DataError: if it can't be written, or too many runs have not ended.
    """
    most = limits().open_runs
    if sum(run.open for run in runs()) >= most:
        raise DataError(
            f"{most} runs are under way, waiting or paused, as many as may be: wait for one, or "
            "stop one"
        )
    made = time.time()
    name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(made))}-{secrets.token_hex(3)}"
    hidden = folder() / f".{name}"
    try:
        (hidden / "frames").mkdir(parents=True)
        _write(hidden / "plan.json", replace(plan, made=made).to_json())
        _write(hidden / "wish.json", Wish())
        _write(hidden / "state.json", State(since=made))
        hidden.rename(folder() / name)
    except OSError as error:
        raise DataError(
            f"the run can't be kept in {folder()}: {error.strerror or error}; make room there, "
            "or choose another folder with AECORE_HOME"
        ) from None
    return Run(folder() / name)


def runs() -> list[Run]:
    """All runs on this machine, newest first."""
    return [Run(path.parent) for path in sorted(folder().glob("[0-9]*/plan.json"), reverse=True)]


def remove(run: Run) -> None:
    """Delete a run that no worker works on, and all that is in it; checkpoints saved from it stay.

    Raises:
        DataError: if it is still at work, or can't be deleted.
    """
    if run.alive:
        raise DataError("this run is still at work; stop it first")
    try:
        hidden = run.path.rename(run.path.with_name(f".{run.name}"))
        shutil.rmtree(hidden)
    except OSError as error:
        raise DataError(f"the run can't be deleted: {error.strerror or error}") from None


def make_room() -> list[Run]:
    """Delete the oldest ended runs until all of them fit into `runs_mb`; return those deleted.

    Those whose model was never saved go before others; the newest one and those under way stay.
    """
    kept = runs()
    sizes = {run.name: run.n_bytes for run in kept}
    over = sum(sizes.values()) - limits().runs_mb * MEGABYTE
    gone: list[Run] = []
    for run in sorted(kept[1:], key=lambda run: (run.saved, run.name)):
        if over <= 0:
            break
        if run.open:
            continue
        try:
            remove(run)
        except DataError:  # somebody has just resumed it, or deleted it
            continue
        over -= sizes[run.name]
        gone.append(run)
    return gone


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # a worker has just replaced it
        return 0


def ahead(run: Run) -> int:
    """How many runs are before this one: the one that trains, and older ones that wait."""
    before = ("starting", "queued")
    others = [other for other in runs() if other.name != run.name]
    return sum(
        other.state.name == "running" or (other.name < run.name and other.state.name in before)
        for other in others
    )


def locked(lock: FileLock) -> bool:
    """Whether another process holds a lock."""
    try:
        with lock.acquire(blocking=False):
            return False
    except Timeout:
        return True


def _read(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def _write(path: Path, values: Any) -> None:
    content = values if isinstance(values, dict) else asdict(values)
    with whole(path) as unfinished:
        unfinished.write_text(json.dumps(content), encoding="utf-8")

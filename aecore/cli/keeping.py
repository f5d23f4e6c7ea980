"""A training on the command line that is stopped, and resumed by `--resume`."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console

from aecore.errors import DataError

if TYPE_CHECKING:
    from aecore.training.loop import Training
    from aecore.training.steps import Snapshot

SUFFIX = ".resume"
REST_S = 1.0  # least time between two writes; Ctrl-C writes at once


def snapshot_path(out: Path) -> Path:
    """Where the snapshot of a training lies: beside its checkpoint."""
    return out.with_suffix(SUFFIX)


def load_snapshot(out: Path, console: Console, *, resume: bool) -> "Snapshot | None":
    """Load the snapshot to resume from, if that is asked for.

    Raises:
        DataError: in one sentence, if it is missing or damaged.
    """
    path = snapshot_path(out)
    if not resume:
        if path.exists():
            console.print(
                f"{path} holds a training that was stopped; this one begins anew "
                "(--resume would resume it)",
                highlight=False,
            )
        return None
    from safetensors import SafetensorError

    from aecore.training import snapshots

    if not path.is_file():
        raise DataError(f"there is no {path} to resume from; leave --resume out to begin anew")
    try:
        return snapshots.load(path)
    except (SafetensorError, KeyError, TypeError, ValueError, OSError) as error:
        raise DataError(f"{path} can't be read ({error}); leave --resume out") from None


class Keeper:
    """Writes the snapshot of a training after its epochs.

    Args:
        out: the checkpoint that is to be made.
        training: whose snapshots are written.
        console: for the sentence that says why a snapshot can't be written.
    """

    def __init__(self, out: Path, training: "Training", console: Console) -> None:
        self.path, self.training, self.console = snapshot_path(out), training, console
        self.pending: Snapshot | None = None
        self.written = time.monotonic()

    def keep(self) -> None:
        """Take a snapshot; all processes have to, and the first writes it."""
        if self.training.closed_form:
            return
        self.pending = self.training.snapshot()
        if time.monotonic() - self.written > REST_S:
            self.write()

    def write(self) -> None:
        """Write the last snapshot, if it is not written yet."""
        from aecore.training import snapshots

        if self.pending is None or not self.training.team.leads:
            return
        try:
            snapshots.save(self.path, self.pending)
        except OSError as error:
            self.console.print(
                f"aecore: {self.path} can't be written ({error.strerror or error}); if this "
                "training is stopped, it can't be resumed",
                style="red",
                highlight=False,
            )
        self.pending, self.written = None, time.monotonic()

    def remove(self) -> None:
        """Delete the snapshot of a training that is finished."""
        if self.training.team.leads:
            self.path.unlink(missing_ok=True)

    def last_words(self) -> str:
        """Write, and say how to resume."""
        self.write()
        done, n_epochs = self.training.done, self.training.n_epochs
        if not self.path.is_file():
            return "stopped before its first epoch was over; nothing was written"
        return (
            f"stopped after epoch {done} of {n_epochs}, which {self.path} keeps; the same command "
            "with --resume goes on"
        )


@contextmanager
def terminable() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C, so that `kill` leaves a snapshot, too."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

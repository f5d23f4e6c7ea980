"""The process that trains: `python -m aecore.runs.worker FOLDER`. It prints nothing.

It reads the wish between steps and writes what is to be shown; one run trains at a time, the
others wait in the order in which they were made.
"""

import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from aecore.data.imageset import things
from aecore.errors import TrainingError
from aecore.limits import limits
from aecore.priority import lower_priority
from aecore.runs import camera, frames, making
from aecore.runs.folder import Run, State, Wish, ahead, folder
from aecore.training import snapshots
from aecore.training.loop import EpochReport, Training

CHUNK_S = 0.08  # between two looks at the wish
MOST_STEPS = 10_000  # between two such looks
LIVE_S = 0.4  # between two pictures of an epoch under way
REST_S = 0.1  # between two looks while nothing is to be done


class Stopped(Exception):  # noqa: N818  # not an error: the user asked for it, or a limit did
    """The user stopped it, or a limit did; the argument says which limit."""


def main(path: str) -> None:
    """Work on a run until it ends; whatever happens is said in its state."""
    run = Run(Path(path))
    lower_priority()
    try:
        with run.lock.acquire(timeout=5):
            _guarded(run)
    except Timeout:
        return  # another worker has it


def _guarded(run: Run) -> None:
    try:
        Work(run).go()
        run.say(State("done", epoch=run.state.epoch))
    except Stopped as stop:
        run.say(replace(run.state, name="stopped", problem=str(stop)))
    except (ValueError, TrainingError) as error:
        run.say(replace(run.state, name="failed", problem=str(error)))
    except MemoryError:
        said = "There is not enough memory for this model; make it smaller."
        run.say(replace(run.state, name="failed", problem=said))
    except OSError as error:
        _cut_short(run, f"The run can't be written ({error.strerror or error}): make room for it.")
    except Exception as error:  # noqa: BLE001  # whatever it is, the page must not wait for ever
        _cut_short(run, f"The training stopped unexpectedly ({type(error).__name__}).")


def _cut_short(run: Run, sentence: str) -> None:
    """Say it if that can be written at all; a state that is not written reads the same."""
    with suppress(OSError):
        run.say(replace(run.state, name="interrupted", problem=sentence))


class Work:
    """One worker's life."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.turn = FileLock(folder() / "turn.lock")
        self.epochs = self.batches = 0  # single steps done
        self.bounds = limits()
        self.worked = self.rested = 0.0  # seconds; of rest, since the last step

    def go(self) -> None:
        """Wait for the turn, train, finish."""
        self._queue()
        training = self._begin()
        while training.done < training.n_epochs:
            self._obey(training)
        self.made.save(self.run.model, self.run.plan)

    # ---- waiting ---------------------------------------------------------------------------

    def _queue(self) -> None:
        """Take the turn when all older runs have had theirs."""
        while not self.turn.is_locked:
            if not ahead(self.run):
                with suppress(Timeout):
                    self.turn.acquire(blocking=False)
                    return
            self._say("queued")
            self._check()
            time.sleep(REST_S)

    def _say(self, name: str) -> None:
        if self.run.state.name != name:
            self.run.say(replace(self.run.state, name=name))

    def _check(self) -> None:
        if self.run.wish.do == "stop":
            raise Stopped

    # ---- training --------------------------------------------------------------------------

    def _begin(self) -> Training:
        self.made = making.begin(self.run)
        training = self.made.training
        before = None
        if training.done:
            before = frames.load(self.run.frames[-1]).arrays["points"].astype(np.float32)
        self.camera = camera.Camera(training, self.run.plan.recipe.training.seed, before)
        self._fixed(training)
        if not training.done and not training.closed_form:
            untrained = self.camera.take()
            frames.save(self.run.untrained, untrained)
            frames.save(self.run.live, untrained)
        self.n_steps = 1
        self.shown = 0.0
        self.run.say(State("running", epoch=training.done))
        return training

    def _fixed(self, training: Training) -> None:
        """What stays the same in all frames: the watched images, their labels, ten originals."""
        val = training.val
        n = len(training.watched) if training.model.encodes else 0
        arrays = {"labels": val.labels[:n], "originals": val.pixels[: camera.N_SHOWN]}
        arrays["watched"] = val.pixels[:n]
        numbers = {"classes": list(val.classes), "shape": list(val.shape), "n_val": len(val)}
        names = list(val.axis.names if val.axis else ())
        numbers |= {"names": names, "many": things(val.shape, table=bool(names)).many}
        frames.save(self.run.path / "frames" / "fixed.safetensors", frames.Frame(arrays, numbers))

    def _obey(self, training: Training) -> None:
        """One small piece of what is wanted."""
        self._check()
        self._check_time()
        wish = self.run.wish
        paused = wish.do == "pause"
        if paused and not self._owed(wish):
            self._rest(training)
            return
        self._queue()
        self._say("paused" if paused else "running")
        by_batch = paused and wish.batches > self.batches
        report = self._advance(training, 1 if by_batch else self.n_steps)
        if paused:
            self._count(by_batch, report)
        if report is not None:
            self._epoch(training, report)
        elif paused or time.monotonic() - self.shown > LIVE_S:
            self._live(training)

    def _advance(self, training: Training, n_steps: int) -> EpochReport | None:
        """Take steps, and reckon how many fit between two looks at the wish."""
        start = time.monotonic()
        report = training.advance(n_steps)
        took = time.monotonic() - start
        # An epoch may end before so many are taken: without a bound the number grows for ever.
        self.n_steps = min(MOST_STEPS, max(1, int(n_steps * CHUNK_S / max(took, 1e-4))))
        self.worked, self.rested = self.worked + took, 0.0
        return report

    def _owed(self, wish: Wish) -> bool:
        """Whether a single step that was asked for has not been taken."""
        return wish.epochs > self.epochs or wish.batches > self.batches

    def _count(self, by_batch: bool, report: EpochReport | None) -> None:
        if by_batch:
            self.batches += 1
        elif report is not None:
            self.epochs += 1

    def _rest(self, training: Training) -> None:
        self.turn.release()
        if self.run.state.name != "paused":
            self._say("paused")
            self._live(training)
        time.sleep(REST_S)
        self.rested += REST_S

    def _check_time(self) -> None:
        """Stop after too long; both times are measured by the monotonic clock."""
        if self.worked > 60 * self.bounds.run_minutes:
            raise Stopped(
                f"It has trained for {self.bounds.run_minutes} minutes, as long as a run may at "
                "a time; Continue resumes it."
            )
        if self.rested > 60 * self.bounds.paused_minutes:
            raise Stopped(
                f"It was paused for {self.bounds.paused_minutes} minutes, as long as a run may "
                "be; Continue resumes it."
            )

    # ---- what is written -------------------------------------------------------------------

    def _live(self, training: Training) -> None:
        frame = self.camera.take(training.means(), None, training.images_per_s)
        frames.save(self.run.live, frame)
        self.shown = time.monotonic()

    def _epoch(self, training: Training, report: EpochReport) -> None:
        frame = self.camera.take(report.train, report.val, report.images_per_s)
        frames.save(self.run.path / "frames" / f"{report.epoch:05d}.safetensors", frame)
        frames.save(self.run.live, frame)
        if not training.closed_form:
            snapshots.save(self.run.snapshot, training.snapshot())
        self.run.say(State(self.run.state.name, epoch=report.epoch))
        self.shown = time.monotonic()


if __name__ == "__main__":
    main(sys.argv[1])

"""The process that trains: `python -m aecore.runs.worker FOLDER`. It prints nothing.

It reads the wish between steps and writes what is to be shown; one run trains at a time, the
others wait in the order in which they were made.
"""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from aecore.checkpoints import load
from aecore.errors import TrainingError
from aecore.runs import frames
from aecore.runs.folder import Plan, Run, State, ahead, folder
from aecore.runs.frames import Camera
from aecore.training import snapshots
from aecore.training.loop import EpochReport, Training

POLITENESS = 10  # who clicks goes before who trains
CHUNK_S = 0.08  # between two looks at the wish
LIVE_S = 0.4  # between two pictures of an epoch under way
REST_S = 0.1  # between two looks while nothing is to be done


class Stopped(Exception):  # noqa: N818  # not an error: the user asked for it
    """The user wants no more of it."""


def launch(run: Run) -> None:
    """Start a worker that outlives this process."""
    run.want(do="play")
    run.say(State("starting", epoch=run.state.epoch))
    process = subprocess.Popen(
        [sys.executable, "-m", "aecore.runs.worker", str(run.path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"},
    )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()  # so that it leaves no zombie


def main(path: str) -> None:
    """Work on a run until it ends; whatever happens is said in its state."""
    run = Run(Path(path))
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    try:
        with run.lock.acquire(timeout=5):
            _guarded(run)
    except Timeout:
        return  # another worker has it


def _guarded(run: Run) -> None:
    try:
        Work(run).go()
        run.say(State("done", epoch=run.state.epoch))
    except Stopped:
        run.say(replace(run.state, name="stopped"))
    except (ValueError, TrainingError) as error:
        run.say(replace(run.state, name="failed", problem=str(error)))
    except OSError as error:
        said = f"The run can't be written: {error.strerror or error}. Make room and continue."
        _last_words(run, said)
    except MemoryError:
        _last_words(run, "There is not enough memory for this model; make it smaller.")


def _last_words(run: Run, sentence: str) -> None:
    """Say it if that can be written at all; a state that is not written says "interrupted"."""
    try:
        run.say(replace(run.state, name="failed", problem=sentence))
    except OSError:
        return


class Work:
    """One worker's life."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.turn = FileLock(folder() / "turn.lock")
        self.epochs = self.batches = 0  # single steps done

    def go(self) -> None:
        """Wait for the turn, train, finish."""
        self._wait()
        plan = self.run.plan
        training = self._begin(plan)
        while training.done < training.n_epochs:
            self._obey(training)
        self._finish(plan, training)

    # ---- waiting ---------------------------------------------------------------------------

    def _wait(self) -> None:
        """Take the turn when all older runs have had theirs."""
        if self.turn.is_locked:
            return
        self.run.say(replace(self.run.state, name="queued"))
        while True:
            self._check()
            if not ahead(self.run):
                try:
                    self.turn.acquire(blocking=False)
                except Timeout:
                    pass
                else:
                    return
            time.sleep(REST_S)

    def _check(self) -> None:
        if self.run.wish.do == "stop":
            raise Stopped

    # ---- training --------------------------------------------------------------------------

    def _begin(self, plan: Plan) -> Training:
        from aecore import production

        recipe = plan.recipe
        splits = production.load_splits(recipe.data, None, plan.side)
        recipe = replace(recipe, model=replace(recipe.model, shape=splits.train.shape))
        model = production.fresh_model(recipe)
        if plan.start:
            model.load_state_dict(load(plan.start).model.state_dict())
        training = production.run(model, splits, recipe, plan.device)
        self.splits, self.recipe, self.model = splits, recipe, model
        before = None
        if self.run.snapshot.is_file():
            training.resume(snapshots.load(self.run.snapshot))
            before = frames.load(self.run.frames[-1]).arrays["points"].astype(np.float32)
        self.camera = Camera(training, recipe.training.seed, before)
        self._fixed(training)
        self.n_steps = 1
        self.shown = 0.0
        self.run.say(State("running", epoch=training.done))
        return training

    def _fixed(self, training: Training) -> None:
        """What stays the same in all frames: labels of the watched images, and ten originals."""
        val = self.splits.val
        n = len(training.watched)
        arrays = {"labels": val.labels[:n], "originals": val.pixels[: frames.N_SHOWN]}
        numbers = {"classes": list(val.classes), "shape": list(val.shape), "n_val": len(val)}
        frames.save(self.run.path / "frames" / "fixed.safetensors", frames.Frame(arrays, numbers))

    def _obey(self, training: Training) -> None:
        """One small piece of what is wanted."""
        self._check()
        wish = self.run.wish
        if wish.do == "pause" and not self._owed():
            self._rest(training)
            return
        self._wait()
        n_steps = 1 if wish.do == "pause" and wish.batches > self.batches else self.n_steps
        start = time.monotonic()
        report = training.advance(n_steps)
        self._pace(n_steps, time.monotonic() - start)
        if wish.do == "pause":
            self._count(wish.batches > self.batches, report)
        if report is not None:
            self._epoch(training, report)
        elif wish.do == "pause" or time.monotonic() - self.shown > LIVE_S:
            self._live(training)

    def _owed(self) -> bool:
        """Whether a single step that was asked for has not been taken."""
        wish = self.run.wish
        return wish.epochs > self.epochs or wish.batches > self.batches

    def _count(self, by_batch: bool, report: EpochReport | None) -> None:
        if by_batch:
            self.batches += 1
        elif report is not None:
            self.epochs += 1

    def _pace(self, n_steps: int, seconds: float) -> None:
        self.n_steps = max(1, int(n_steps * CHUNK_S / max(seconds, 1e-4)))

    def _rest(self, training: Training) -> None:
        if self.run.state.name != "paused":
            self.turn.release()
            self.run.say(State("paused", epoch=training.done))
            self._live(training)
        time.sleep(REST_S)

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

    def _finish(self, plan: Plan, training: Training) -> None:
        from aecore import production

        del training
        command = " ".join(("python -m aecore train --data", plan.recipe.data, "(Train page)"))
        production.finish(self.run.model, self.model, self.splits, self.recipe, command)


if __name__ == "__main__":
    main(sys.argv[1])

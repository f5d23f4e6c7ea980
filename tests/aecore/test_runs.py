"""Trainings in processes of their own: obeyed, queued, killed, resumed."""

import os
import signal
import subprocess
import time

import numpy as np
import pytest
import torch

from aecore.checkpoints import load
from aecore.errors import DataError
from aecore.latents.projection import PROJECTIONS
from aecore.models.config import ModelConfig
from aecore.models.family import create as create_model
from aecore.recipes import Recipe
from aecore.runs import frames
from aecore.runs.camera import N_SHOWN, Camera, plane, turned
from aecore.runs.folder import Plan, ahead, create, remove, runs
from aecore.runs.launch import launch
from aecore.runs.making import save_so_far
from aecore.runs.worker import MOST_STEPS, Work
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import Training, train

PATIENCE_S = 120


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path))
    yield tmp_path
    for run in runs():
        run.want(do="stop")
    for run in runs():
        until(lambda run=run: not run.alive)


def plan(epochs=6, **settings):
    model = ModelConfig(kind=settings.pop("kind", "vae"), code_dim=2, widths=(32,))
    return Plan(Recipe("digits", model, TrainingConfig(epochs=epochs, batch_size=64, **settings)))


def until(state):
    """Wait until something holds; what it is."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if found := state():
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")


def ended(run):
    return until(
        lambda: run.state.name in ("done", "failed", "stopped", "interrupted") and run.state
    )


def played(*, epochs=6, **settings):
    run = create(plan(epochs, **settings))
    launch(run)
    return run


def terms(run):
    return [frames.load(path).numbers["val"] for path in run.frames]


def kill(run):
    """What a power cut does to the worker."""
    found = subprocess.run(["pgrep", "-f", str(run.path)], capture_output=True, text=True)
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    until(lambda: not run.alive)


def test_a_run_reports_each_epoch_and_ends_with_a_model_that_nobody_lists_yet():
    from aecore.checkpoints import available

    run = played()
    assert ended(run).name == "done"
    assert [frames.load(path).numbers["epoch"] for path in run.frames] == [1, 2, 3, 4, 5, 6]
    first, last = (frames.load(run.frames[i]) for i in (0, -1))
    untrained = frames.load(run.untrained)
    assert untrained.numbers["epoch"] == 0
    assert untrained.numbers["train"] is None
    seen = [frame.arrays["points"].astype(float) for frame in (untrained, first, last)]
    assert seen[0].shape == seen[1].shape  # the same images, which move
    assert 0 < np.ptp(seen[0]) < np.ptp(seen[-1])  # it spreads what is different
    assert last.numbers["objective"]["val"] == sum(last.numbers["val"].values())  # β is 1
    assert last.numbers["objective"]["val"] < first.numbers["objective"]["val"]
    assert last.arrays["points"].shape == (178, 2)
    card = load(run.model).card
    assert card.model.code_dim == 2
    assert card.command == (
        "python -m aecore train --data digits --model vae --widths 32 --epochs 6 --batch-size 64"
    )
    assert run.model not in [entry.path for entry in available()]


def test_pause_holds_single_steps_move_by_one_and_what_was_learnt_can_be_saved(tmp_path):
    run = create(plan(epochs=50))
    with pytest.raises(DataError, match="Not one epoch of this run is whole"):
        save_so_far(run, tmp_path / "nothing")
    launch(run)
    run.want(do="pause")
    until(lambda: run.state.name == "paused")
    before = run.state.epoch
    run.want(epochs=1)
    until(lambda: run.state.epoch == before + 1)
    run.want(batches=1)
    live = until(lambda: (f := frames.load(run.live)).numbers["share"] > 0 and f)
    assert live.numbers["share"] == pytest.approx(1 / (1264 // 64))
    assert run.state.name == "paused"
    run.want(do="stop")
    assert ended(run).name == "stopped"
    assert run.state.epoch == before + 1
    assert not run.model.exists()
    until(lambda: not run.alive)
    save_so_far(run, tmp_path / "so-far.safetensors")
    card = load(tmp_path / "so-far.safetensors").card
    assert card.command.endswith(f"  # stopped after {before + 1} of 50 epochs")
    assert card.validation == pytest.approx(terms(run)[-1], rel=0.01)  # float16 is stored
    launch(run, "pause")  # the single steps of its first life are not taken again
    until(lambda: run.state.name == "paused")
    run.want(epochs=1)
    until(lambda: run.state.epoch == before + 2)
    run.want(do="play")
    until(lambda: run.state.name == "running")


def test_a_killed_run_is_interrupted_and_goes_on_as_if_nothing_had_been():
    whole, cut = played(epochs=12), None
    assert ended(whole).name == "done"
    cut = played(epochs=12)
    until(lambda: len(cut.frames) >= 4)
    cut.want(do="pause")
    until(lambda: cut.state.name == "paused")
    at = cut.state.epoch
    kill(cut)
    assert cut.state.name == "interrupted"
    launch(cut)
    assert ended(cut).name == "done"
    assert 4 <= at < 12
    assert terms(cut) == terms(whole)


def test_the_second_run_waits_for_the_first():
    first, second = played(epochs=4000), None
    until(lambda: first.state.name == "running" and first.frames)
    second = played(epochs=2)
    until(lambda: second.state.name == "queued")
    assert second.frames == []
    first.want(do="stop")
    assert ended(first).name == "stopped"
    assert ended(second).name == "done"


def test_however_short_the_epochs_are_the_wish_is_looked_at_soon():
    class AtOnce(Training):
        def __init__(self):
            """Nothing is trained."""

        def advance(self, n_steps):
            assert n_steps <= MOST_STEPS

    work = object.__new__(Work)
    work.n_steps, work.worked = 1, 0.0
    for _ in range(100):
        work._advance(AtOnce(), work.n_steps)
    assert work.n_steps == MOST_STEPS


def test_what_cannot_be_trained_is_said_in_a_sentence():
    diverging = played(kind="ae", learning_rate=1.0, epochs=40)
    absent = create(Plan(Recipe("/no/such/folder", plan().recipe.model, TrainingConfig())))
    launch(absent)
    assert ended(absent).name == "failed"
    assert "/no/such/folder" in absent.state.problem
    assert ended(diverging).name in ("done", "failed")


def test_a_run_that_somebody_deletes_meanwhile_is_nobodys_fault():
    first, second = create(plan()), create(plan())
    remove(first)
    assert first.state.name == "deleted"
    assert ahead(second) == 0


def test_what_nobody_foresaw_is_said_too(monkeypatch):
    from aecore.runs import worker

    run = create(plan())

    def broken(_):
        raise RuntimeError("a kernel was not found")

    monkeypatch.setattr(worker.Work, "go", broken)
    monkeypatch.setattr(worker, "lower_priority", lambda: None)
    worker.main(str(run.path))
    assert run.state.name == "interrupted"
    assert run.state.problem == "The training stopped unexpectedly (RuntimeError)."


def test_a_full_disk_is_said_and_what_was_written_stays(tmp_path, monkeypatch):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "none", str(small)])
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    try:
        monkeypatch.setenv("AECORE_HOME", str(small))
        run = played(epochs=4000)
        assert ended(run).name in ("failed", "interrupted")
        for path in run.frames:
            frames.load(path)
        assert [one.name for one in runs()] == [run.name]
        assert not run.model.exists()
    finally:
        until(lambda: not run.alive)
        subprocess.run(["umount", str(small)], check=True)


def test_frames_are_turned_onto_the_one_before():
    rng = np.random.default_rng(0)
    before = rng.normal(size=(50, 2))
    angle = 2.0
    turn = np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])
    for points in (before @ turn, 3 * before @ turn):
        scale = np.linalg.norm(points) / np.linalg.norm(before)
        assert points @ turned(points, before) == pytest.approx(scale * before, abs=1e-9)
    assert (turned(before, None) == np.eye(2)).all()


def taken(config, images, n_epochs=3):
    """Frames of a short training, and the codes of the watched images after it."""
    learning = train(
        create_model(config, stream(0, "weights")), images, images, TrainingConfig(epochs=n_epochs)
    )
    camera = Camera(learning, 0)
    shown = [camera.take(report.train, report.val, 1.0) for report in learning]
    with torch.no_grad():
        return shown, learning.model.eval().encode(learning.watched).mean.numpy()


@pytest.mark.parametrize(("d", "kind"), [(2, "axes"), (4, "pca")])
def test_a_run_ends_with_the_map_that_its_model_opens_with(blobs, d, kind):
    config = ModelConfig(kind="vae", shape=blobs.shape, code_dim=d, widths=(9,))
    shown, codes = taken(config, blobs)
    own = PROJECTIONS[kind]().fit(codes).points
    last = frames.homeward(shown)[-1].arrays["points"]
    assert last.astype(float) == pytest.approx(own, abs=float(2e-3 * np.abs(own).max()))
    if d == 2:
        assert all(frame.numbers["turn"] == [[1, 0], [0, 1]] for frame in shown)
    untold = [frame._replace(numbers={}) for frame in shown]
    assert frames.homeward(untold) is untold
    turned_all = [frame._replace(numbers={"turn": [[0, -1], [1, 0]]}) for frame in shown]
    for frame, home in zip(shown, frames.homeward(turned_all), strict=True):
        points = frame.arrays["points"]
        assert (home.arrays["points"] == np.stack([-points[:, 1], points[:, 0]], 1)).all()


def test_a_plane_keeps_two_units_and_takes_the_widest_of_more():
    rng = np.random.default_rng(0)
    codes = (rng.normal(size=(200, 5)) * np.array([1, 9, 1, 5, 1])).astype(np.float32)
    points = plane(codes)
    assert plane(codes[:, :2]) is not None
    assert np.abs(np.corrcoef(points[:, 0], codes[:, 1])[0, 1]) > 0.99
    assert np.abs(np.corrcoef(points[:, 1], codes[:, 3])[0, 1]) > 0.99
    assert (plane(codes[:, :1])[:, 1] == 0).all()
    codes[0, 0] = np.nan
    assert plane(codes).shape == (200, 2)


def test_of_a_masked_model_what_it_is_shown_and_both_pictures_are_kept(blobs):
    config = ModelConfig(kind="masked", shape=blobs.shape, code_dim=3, widths=(9,))
    learning = train(
        create_model(config, stream(0, "weights")), blobs, blobs, TrainingConfig(epochs=1)
    )
    report = next(learning)
    arrays = Camera(learning, 0).take(report.train, report.val, 1.0).arrays
    original = blobs.pixels[:N_SHOWN].astype(int)
    spoilt, output, composite = (
        arrays[name].astype(int) for name in ("spoilt", "reconstructions", "composite")
    )
    hidden = (spoilt == 128) & (original != 128)
    assert 0.3 < hidden.mean() < 0.7
    assert np.array_equal(composite[hidden], output[hidden])
    shown = spoilt == original
    assert np.array_equal(composite[shown & (spoilt != 128)], original[shown & (spoilt != 128)])

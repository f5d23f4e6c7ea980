"""A training on the command line that is stopped and resumed."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from aecore.cli import main
from aecore.cli.keeping import snapshot_path
from aecore.training.loop import Training

WORDS = ["train", "--data", "few.npz", "--model", "vae", "--epochs", "3", "--widths", "8"]


@pytest.fixture
def there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    images = np.random.default_rng(0).integers(0, 256, (100, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images)
    return tmp_path


def train(name, *more):
    return main([*WORDS, "--out", f"{name}.safetensors", *more])


def stopped_after(n_epochs, how, monkeypatch):
    """Make the next training end like this when it has done so many epochs."""
    advance = Training.advance

    def until(self, n_steps):
        if self.done == n_epochs:
            how()
        return advance(self, n_steps)

    monkeypatch.setattr(Training, "advance", until)


def interrupt():
    raise KeyboardInterrupt


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("how", [interrupt, terminate])
def test_a_stopped_training_goes_on_to_the_same_bytes(there, capsys, monkeypatch, how):
    assert train("whole") == 0
    assert not snapshot_path(there / "whole.safetensors").exists()
    with monkeypatch.context() as patch:
        stopped_after(2, how, patch)
        assert train("halved") == 130
    said = " ".join(capsys.readouterr().err.split())
    assert "stopped after epoch 2 of 3, which halved.resume keeps; the same command" in said
    assert "with --resume goes on" in said
    assert not (there / "halved.safetensors").exists()
    assert train("halved", "--resume") == 0
    assert "going on after epoch 2 of 3" in capsys.readouterr().out
    whole, halved = (there / f"{name}.safetensors" for name in ("whole", "halved"))
    assert whole.read_bytes() == halved.read_bytes()
    assert [p.name for p in there.iterdir() if "resume" in p.name or p.name.startswith(".")] == []


def test_a_mistake_with_resume_gets_one_sentence(there, capsys, monkeypatch):
    assert train("x", "--resume") == 2
    assert "there is no x.resume to resume from" in capsys.readouterr().err
    with monkeypatch.context() as patch:
        stopped_after(1, interrupt, patch)
        train("x")
    capsys.readouterr()
    assert train("x", "--resume", "--seed", "5", "--epochs", "9") == 2
    said = capsys.readouterr().err
    assert "another training (epochs 3 instead of 9, seed 0 instead of 5)" in said
    (there / "x.resume").write_bytes(b"half")
    assert train("x", "--resume") == 2
    assert "x.resume can't be read" in capsys.readouterr().err
    with monkeypatch.context() as patch:
        stopped_after(0, interrupt, patch)
        assert train("y") == 130
    assert "stopped before its first epoch was over" in capsys.readouterr().err


def test_a_killed_training_goes_on_and_one_that_begins_anew_is_told(there):
    """By `kill -9`, at any moment after the first writing."""
    command = [sys.executable, "-u", "-m", "aecore", *WORDS, "--out", "k.safetensors"]
    command[command.index("--epochs") + 1] = "10000"
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)
    while not (there / "k.resume").exists():
        assert running.poll() is None
    running.kill()
    running.wait()
    from aecore.training import snapshots

    done = snapshots.load(there / "k.resume").numbers["epoch"]
    assert done >= 1
    assert not (there / "k.safetensors").exists()


def test_a_snapshot_that_cannot_be_written_does_not_end_the_training(there, capsys, monkeypatch):
    def full(path, snapshot):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("aecore.training.snapshots.save", full)
    monkeypatch.setattr("aecore.cli.keeping.REST_S", 0.0)
    assert train("x") == 0
    assert "x.resume can't be written (No space left on device)" in capsys.readouterr().out
    assert (there / "x.safetensors").exists()

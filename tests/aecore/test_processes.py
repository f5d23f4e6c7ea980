"""Two processes that train one model, under torchrun; and what a training alone must not notice.

Each start of torch takes seconds: one run of two processes answers all questions.
"""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.processes import Team, expected, lost, team
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import train

# What each process runs: a curve without any noise, so that two processes can repeat that of one;
# a VAE in one go and in two parts; then one process dies.
SCRIPT = """
import json, os, signal, sys
from dataclasses import replace
from pathlib import Path
from aecore.data.digits import load
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.processes import joined, lost
from aecore.seeding import stream
from aecore.training import snapshots
from aecore.training.config import TrainingConfig
from aecore.training.loop import train

out, config, recipe = Path(sys.argv[1]), *(json.loads(text) for text in sys.argv[2:])
config, recipe = ModelConfig.from_json(config), TrainingConfig.from_json(recipe)
data, val = load("train"), load("val")

def begun(kind="vae"):
    model = create(replace(config, kind=kind), stream(recipe.seed, "weights"))
    return train(model, data, val, recipe, "cpu")

def rows(training):
    return [[*r.train, *r.val] for r in training]

with joined() as team:
    curve, whole = rows(begun("sparse")), rows(begun())
    stopped = begun()
    for _ in range(2):
        next(stopped)
    kept = stopped.snapshot()
    if team.leads:
        snapshots.save(out / "kept.resume", kept)
    team.gather(stopped._sums)
    resumed = begun()
    resumed.resume(snapshots.load(out / "kept.resume"))
    told = {"curve": curve, "whole": whole, "again": rows(resumed), "size": team.size}
    (out / f"{team.rank}.json").write_text(json.dumps(told))
    doomed = begun()
    next(doomed)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # torchrun would be first to end it
    if not team.leads:
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        list(doomed)
    except RuntimeError as error:
        (out / "alone.json").write_text(json.dumps(lost(error)))
        raise SystemExit(2)
"""

CONFIG = ModelConfig(kind="sparse", widths=(32,), code_dim=16, sparsity=0.5)
RECIPE = TrainingConfig(epochs=4, batch_size=64, learning_rate=3e-3)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """What two processes wrote."""
    out = tmp_path_factory.mktemp("two")
    (out / "script.py").write_text(SCRIPT)
    settings = (json.dumps(config.to_json()) for config in (CONFIG, RECIPE))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "torch.distributed.run",
            "--standalone",
            "--nproc-per-node",
            "2",
            str(out / "script.py"),
            str(out),
            *settings,
        ],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert {f.name for f in out.glob("*.json")} >= {"0.json", "1.json"}
    return {file.stem: json.loads(file.read_text()) for file in out.glob("*.json")}


def test_two_processes_get_the_curve_of_one_within_a_per_cent(two):
    from aecore.data.digits import load

    model = create(CONFIG, stream(RECIPE.seed, "weights"))
    alone = [sum(r.train) for r in train(model, load("train"), load("val"), RECIPE, "cpu")]
    assert two["0"]["size"] == 2
    together = [row[0] + row[1] for row in two["0"]["curve"]]
    assert together == pytest.approx(alone, rel=0.01)
    assert two["0"]["curve"][-1][1] > 0, "the penalty counts"


def test_all_processes_report_the_same(two):
    assert two["0"] == two["1"]


def test_two_processes_are_taken_up_again_exactly(two):
    assert two["0"]["again"] == two["0"]["whole"][2:]


def test_a_process_that_dies_ends_the_others(two):
    assert two["alone"] is True


# ---- one process ------------------------------------------------------------------------------


def test_alone_a_team_changes_nothing(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    values = torch.arange(3.0)
    assert expected() == team() == Team()
    assert team().sum(values) is values
    assert team().gather(values)[0] is values
    assert team().stream("codes") == "codes"
    assert np.array_equal(np.arange(6)[team().share], np.arange(6))


def test_torchruns_environment_is_read(monkeypatch):
    monkeypatch.setenv("MASTER_ADDR", "localhost")
    monkeypatch.setenv("MASTER_PORT", "1")
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert (expected().rank, expected().size, expected().leads) == (1, 3, False)
    assert list(range(7))[expected().share] == [1, 4]
    assert expected().stream("codes") == "codes/1"
    with pytest.raises(ValueError, match="device is 'mps', but must be cuda or cpu"):
        expected().device("mps")


def test_a_lost_process_is_told_from_other_faults():
    assert lost(RuntimeError("[/gloo/transport/tcp/pair.cc:547] Connection closed by peer"))
    assert not lost(RuntimeError("not enough memory: you tried to allocate 8 GB"))


def test_what_processes_cannot_share_is_said(blobs, monkeypatch):
    monkeypatch.setattr("aecore.training.loop.team", lambda: Team(0, 3))
    config = ModelConfig(kind="ae", shape=(1, 8, 8), widths=(8,))
    with pytest.raises(ValueError, match="batch_size is 256, but must be a multiple of the 3"):
        train(create(config, stream(0, "weights")), blobs, blobs, TrainingConfig(), "cpu")
    pca = create(ModelConfig(kind="pca", shape=(1, 8, 8)), stream(0, "weights"))
    with pytest.raises(ValueError, match="number of processes is 3, but must be 1 for pca"):
        train(pca, blobs, blobs, TrainingConfig(), "cpu")

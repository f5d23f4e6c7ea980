"""Two processes that train one model, under torchrun; and what a training alone must not notice.

Each start of torch takes seconds: one run of two processes answers all questions.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from aecore.corruption import mixed
from aecore.devices import choose
from aecore.models.base import Posterior
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.processes import Team, expected, lost, team
from aecore.seeding import shared, stream
from aecore.training.config import TrainingConfig
from aecore.training.jitter import jitter
from aecore.training.layout import layout_terms
from aecore.training.loop import train

# What each process runs: a curve of each kind; a VAE in one go and in two parts; then one process
# dies.
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

out, config, recipes = Path(sys.argv[1]), *(json.loads(text) for text in sys.argv[2:])
config = ModelConfig.from_json(config)
recipes = {kind: TrainingConfig.from_json(recipe) for kind, recipe in recipes.items()}
data, val = load("train"), load("val")

def begun(kind="vae"):
    model = create(replace(config, kind=kind), stream(0, "weights"))
    return train(model, data, val, recipes[kind], "cpu")

def rows(training):
    return [[*r.train, *r.val] for r in training]

with joined() as team:
    curves = {kind: rows(begun(kind)) for kind in recipes}
    stopped = begun()
    for _ in range(2):
        next(stopped)
    kept = stopped.snapshot()
    if team.leads:
        snapshots.save(out / "kept.resume", kept)
    team.gather(stopped._sums)
    resumed = begun()
    resumed.resume(snapshots.load(out / "kept.resume"))
    told = {"curves": curves, "again": rows(resumed), "size": team.size}
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
RECIPES = {
    "sparse": RECIPE,
    "vae": replace(RECIPE, jitter=0.5, refine_epochs=1, refine_jitter=0.5),
    "dae": replace(RECIPE, noise=("gaussian", "patches"), noise_levels=(0.5, 0.5)),
}


SMALL = {
    kind: create(ModelConfig(kind=kind, shape=(1, 8, 8), widths=(8,)), stream(0, "weights"))
    for kind in ("vae", "masked")
}


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """What two processes wrote."""
    out = tmp_path_factory.mktemp("two")
    (out / "script.py").write_text(SCRIPT)
    recipes = {kind: recipe.to_json() for kind, recipe in RECIPES.items()}
    settings = (json.dumps(value) for value in (CONFIG.to_json(), recipes))
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


@pytest.mark.parametrize("kind", RECIPES)
def test_two_processes_get_the_curve_of_one(two, kind):
    """All but the last digits in float32; where bfloat16 is used, half a per cent of each term."""
    from aecore.data.digits import load

    model = create(replace(CONFIG, kind=kind), stream(0, "weights"))
    reports = list(train(model, load("train"), load("val"), RECIPES[kind], "cpu"))
    assert two["0"]["size"] == 2
    rel = 5e-3 if choose("cpu").bf16 else 1e-5
    for report, row in zip(reports, two["0"]["curves"][kind], strict=True):
        assert row == pytest.approx([*report.train, *report.val], rel=rel)
    assert kind == "dae" or two["0"]["curves"][kind][-1][1] > 0, "the regulariser counts"


def test_all_processes_report_the_same(two):
    assert two["0"] == two["1"]


def test_two_processes_are_taken_up_again_exactly(two):
    assert two["0"]["again"] == two["0"]["curves"]["vae"][2:]


def test_a_process_that_dies_ends_the_others(two):
    assert two["alone"] is True


# ---- one process ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize(
    "draw",
    [
        lambda images, draws: jitter(images, 1.0, draws),
        lambda images, draws: jitter(images, 1.0, draws, 0.4),
        lambda images, draws: mixed(images, ("patches", "gaussian"), (0.5, 1.0), draws),
        lambda images, draws: Posterior(images[:, 0, 0], images[:, 0, 1]).sample(draws),
        lambda images, draws: layout_terms(SMALL["vae"], images, images[:, 0, 0, :2], draws)[1],
        lambda images, draws: SMALL["masked"].mask(images, draws),
    ],
    ids=["jitter", "part of a batch", "noise", "codes", "layout", "mask"],
)
def test_processes_draw_for_their_images_what_one_would(blobs, draw, size):
    images = torch.from_numpy(blobs.images[:40])
    alone = draw(images, stream(7, "draws"))
    own = [Team(rank, size).part for rank in range(size)]
    parts = [draw(images[part(40)], shared(7, "draws", "cpu", part, 40)) for part in own]
    assert torch.allclose(torch.cat(parts).float(), alone.float(), rtol=1e-5, atol=1e-5)


def test_alone_a_team_changes_nothing(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    values = torch.arange(3.0)
    assert expected() == team() == Team()
    assert team().sum(values) is values
    assert team().gather(values)[0] is values
    assert np.array_equal(np.arange(6)[team().part(6)], np.arange(6))


def test_torchruns_environment_is_read(monkeypatch):
    monkeypatch.setenv("MASTER_ADDR", "localhost")
    monkeypatch.setenv("MASTER_PORT", "1")
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert (expected().rank, expected().size, expected().leads) == (1, 3, False)
    assert list(range(7))[expected().part(7)] == [2, 3]
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

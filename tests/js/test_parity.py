"""The browser says of a place and of a picture what the engine says, for shipped models."""

import json
import os
import shutil
import subprocess
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from aecore import classifier_files, noise
from aecore.checkpoints import build, read, shipped_folder
from aecore.classifier import load
from aecore.data.pictures.records import SCORED, Preparation
from aecore.diagnosis import diagnose
from aecore.export import classifier_parts, flow_parts, pack
from aecore.flows import files
from aecore.latents import counterfactual
from aecore.latents.counterfactual import Bench
from aecore.latents.directions import local_directions
from aecore.latents.position import Surroundings, explain
from aecore.latents.projection import TSNE
from aecore.latents.support import Support
from aecore.scoring import Scorer
from aeview.work import cache, live
from aeview.work.cache import MapChoice
from aeview.work.live import Opened
from aeview.work.pixels import as_bytes
from aeview.your_image import view as own_image
from tests.dummies import oblong

MODELS = sorted(path.stem for path in shipped_folder().glob("*.safetensors"))
MAPS = {
    "digits-vae-2d": [MapChoice("pca"), MapChoice("tsne")],
    "digits-vae-16d": [MapChoice("axes", units=(5, 2)), MapChoice("tsne")],
    "digits-ae-16d": [MapChoice("tsne")],
    "heartbeats-vae-2d": [MapChoice("pca")],
}
OBLONG = "of images wider than high"
CASES = [(name, None) for name in [*MODELS, OBLONG]] + [
    (n, each) for n in MAPS for each in MAPS[n]
]
WITHIN = 1e-5


@pytest.fixture
def node():
    """node(script, block, values): what a script prints of a block of bytes and JSON values."""
    program = shutil.which("node")
    if program is None:
        if os.environ.get("AEVIEW_REQUIRE_BROWSER"):
            pytest.fail("Node.js is not installed, and AEVIEW_REQUIRE_BROWSER asks for it")
        pytest.skip("Node.js is not installed; the browser's modules are tested in CI")

    def run(script, block, values):
        done = subprocess.run(
            [program, str(Path(__file__).with_name(script)), str(block)],
            input=json.dumps(values), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def near(got, want):
    """Whether numbers are the same to 1e-5, of their size where that is above 1."""
    got, want = np.asarray(got, np.float64).reshape(-1), np.asarray(want, np.float64).reshape(-1)
    return np.allclose(got, want, rtol=0, atol=WITHIN * max(1, np.abs(want).max()))


def places(latents):
    """Codes of training images, between them, and far outside."""
    training = latents.training_codes
    between = 0.7 * training[3] + 0.3 * training[11]
    return np.stack([training[0], training[7], between, 2 * training[5], 0 * between])


@pytest.mark.parametrize(("name", "choice"), CASES)
def test_a_place_is_explained_as_the_engine_explains_it(name, choice, node, tmp_path, monkeypatch):
    path = shipped_folder() / f"{name}.safetensors"
    if name == OBLONG:
        path = tmp_path / "oblong.safetensors"
        path.write_bytes(oblong(kind="vae", code_dim=4, body="conv", channels=(4, 8, 8)))
    stored = read(path)
    latents = stored.latents
    choice = choice or live.natural(stored)
    if choice.projection == "tsne":  # any layout will do that keeps neighbours together
        turn = np.random.default_rng(0).standard_normal((latents.codes.shape[1], 2))
        points = (9 * np.tanh(latents.codes @ turn)).astype(np.float32)
        monkeypatch.setattr(cache, "projection", lambda *_: TSNE().place(latents.codes, points))
    block = tmp_path / "block"
    block.write_bytes(cache.atlas(f"parity {choice}", name, 0, stored, choice))
    codes = places(latents)
    plane = cache.projection(stored, choice)
    around = Surroundings(build(stored), latents, plane, Support.of(latents))
    for code, got in zip(codes, node("explain.mjs", block, codes.tolist()), strict=True):
        agrees(got, explain(code, around), len(latents))
        if diagnose(stored.card):  # its pictures hardly move: rounding says which way
            continue
        want = local_directions(partial(decoded, around.model), around.support, code)
        assert near(got["directions"], want)


def agrees(got, want, n):
    assert near(got["pixels"], want.image)
    assert got["support"] == pytest.approx(want.support, abs=2 / n)
    assert (got["roundtrip"] is None) == (want.landing is None)
    if want.landing is not None:
        assert near(got["roundtrip"]["place"], want.landing)
        assert near(got["roundtrip"]["distance"], want.landing_distance)
    assert near([each["distance"] for each in got["neighbours"]], want.neighbours.distance)
    assert [each["row"] for each in got["neighbours"]] == want.neighbours.rows[0].tolist()
    drawn, posterior = got["posterior"], want.posterior
    assert (drawn is None) == (posterior is None)
    if posterior is None:
        return
    assert drawn["row"] == posterior.row
    assert near(drawn["draws"], posterior.images)
    assert near(drawn["places"], posterior.places)
    assert (drawn["ellipse"] is None) == (posterior.ellipse is None)
    if posterior.ellipse is not None:
        assert near(drawn["ellipse"], posterior.ellipse)


@pytest.mark.parametrize(
    "name",
    ["digits-vae-2d", "digits-pca-16d", "mnist-vae-16d", "fashion-ae-2d", "mnist-dae-784d"],
)
def test_the_verdict_on_a_picture_is_the_commands_verdict(name, node, tmp_path):
    stored = read(shipped_folder() / f"{name}.safetensors")
    sent = own_image.normal(Opened(name, stored))
    block = tmp_path / "block"
    block.write_bytes(cache.atlas(f"verdict {name}", name, 0, stored, live.natural(stored)))
    scorer = Scorer(stored)
    pictures = as_bytes(np.concatenate([
        decoded(scorer.model, stored.latents.codes[[0, 500]]),
        np.random.default_rng(0).random((1, *stored.card.model.shape), np.float32),
        np.zeros((1, *stored.card.model.shape), np.float32),
    ]))  # fmt: skip
    values = {
        "pictures": pictures.reshape(len(pictures), -1).tolist(),
        "normal": sent.scores.tolist(), "limit": sent.limit,
    }  # fmt: skip
    sides = set()
    for picture, got in zip(pictures, node("judge.mjs", block, values), strict=True):
        image = picture.astype(np.float32) / np.float32(255)
        want = scorer.judge(Preparation(SCORED, "", (), image, ()), "picture")
        assert near(got["score"], want.score)
        assert got["percentile"] == pytest.approx(want.percentile, abs=1 / len(sent.scores))
        assert got["anomalous"] == want.anomalous
        assert [each["row"] for each in got["near"]] == list(want.neighbours)
        sides.add(want.anomalous)
    assert sides == {True, False}


def decoded(model, codes):
    import torch

    with torch.no_grad():
        return model.decode(torch.from_numpy(codes)).numpy()


@pytest.mark.parametrize("asked", [{}, {"label": 7, "guidance": 1.5, "steps": 5}])
@pytest.mark.parametrize("file", sorted(shipped_folder().glob("*.flow")), ids=lambda f: f.stem)
def test_a_flow_goes_the_way_that_the_engine_goes(file, asked, node, tmp_path):
    flow, _ = files.load(file, read(file.with_suffix(".safetensors")))
    flow = flow.ask(**asked)
    block = tmp_path / "block"
    block.write_bytes(pack(*flow_parts(flow)))
    normals, shares = noise.normal(2, "codes", 12, flow.code_dim), noise.component(2, 12)
    told = {"asked": asdict(flow.asked), "normals": normals.tolist(), "shares": shares.tolist()}
    got = node("flow.mjs", block, told | {"temperature": 0.9})
    want = flow.place(normals, shares, 0.9)
    assert np.abs(np.array(got["codes"]) - want).max() < 1e-4 * max(1, np.abs(want).max())
    back = flow.back(flow.standard(np.array(got["codes"], np.float32)), flow.labels(shares))
    assert np.abs(np.array(got["back"]) - back).max() < 1e-3


SEEN = ("digits-vae-2d", "digits-size-16d", "mnist-vae-16d", "fashion-ae-2d", "sprites-vae-10d")


@pytest.mark.parametrize("name", SEEN)
def test_the_classifier_sees_and_finds_what_the_engine_does(name, node, tmp_path):
    stored = read(shipped_folder() / f"{name}.safetensors")
    file = classifier_files.find(stored.card.data)
    blocks = tmp_path / "atlas", tmp_path / "classifier"
    blocks[0].write_bytes(cache.atlas(f"seen {name}", name, 0, stored, live.natural(stored)))
    blocks[1].write_bytes(pack(*classifier_parts(classifier_files.read(file))))
    codes = stored.latents.codes[:12]
    labels = (stored.latents.labels[:12] + 1) % len(stored.card.classes)
    bench = Bench(build(stored), load(file).network, stored.latents, Support.of(stored.latents))
    asked = {"codes": codes.tolist(), "labels": labels.tolist()}
    for code, label, got in zip(
        codes,
        labels.tolist(),
        node("counterfactual.mjs", ",".join(map(str, blocks)), asked),
        strict=True,
    ):
        land = counterfactual.terrain(bench, label)
        answer = bench.classifier(bench.model.decode(torch.from_numpy(code[None]))).numpy()
        assert np.abs(np.array(got["answer"]) - answer).max() <= 1e-4
        odds, slope = land.slope(code)
        assert got["odds"] == pytest.approx(odds, abs=1e-3)
        assert np.abs(np.array(got["slope"]) - slope).max() <= 1e-3 * max(1, np.abs(slope).max())
        want, found = counterfactual.find(code, label, bench, 2), got["found"]
        assert (found is None) == (want is None)
        if want is not None:
            assert found["distance"] == pytest.approx(want.distance, rel=1e-2)
            assert found["probability"] == pytest.approx(want.probability[-1], abs=1e-2)
            assert found["roundtrip"]["distance"] == pytest.approx(want.landing_distance, abs=1e-2)

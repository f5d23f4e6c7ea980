"""Latent flows: what was learnt is found again, a class that is asked for comes, files say so."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import aecore
from aecore import cli, noise
from aecore.checkpoints import add_metrics, build, classifier_file, find, read
from aecore.classifier import load
from aecore.errors import CheckpointError, TrainingError
from aecore.flows import files, training
from aecore.flows.config import FlowConfig
from aecore.flows.flow import ANY, Flow, architecture
from aecore.latents.sampling import SAMPLERS, draw

SMALL = FlowConfig(width=48, depth=2, steps=600, batch_size=256)
SHIPPED = sorted(path.stem for path in find("digits-ae-16d").parent.glob("*.flow"))


def learnt(codes, labels=None, n_classes=0, spread=None):
    numbers = torch.zeros(len(codes)) if labels is None else torch.from_numpy(labels)
    return training.Learnt(torch.from_numpy(codes), spread, numbers.long(), n_classes)


def last(of, config=SMALL):
    *_, report = training.train(of, config)
    return report.flow


@pytest.fixture(scope="module")
def two_blobs():
    """A flow of two clouds in 3 units, which are two classes."""
    rng = np.random.default_rng(0)
    labels = (np.arange(3000) % 3 == 0).astype(np.int64)
    centre = np.where(labels[:, None], [2.0, 0, 0], [-2.0, 1, 0])
    codes = (centre + [0.5, 1.5, 0.5] * rng.standard_normal((3000, 3))).astype("f4")
    return last(learnt(codes, labels, 2), replace(SMALL, steps=2500, unlabelled=0.3))


def test_a_class_that_is_asked_for_comes_with_its_own_mean_and_spread(two_blobs):
    for label, centre in ((0, [-2, 1, 0]), (1, [2, 0, 0])):
        drawn = draw(two_blobs.ask(label), 2000, seed=3)
        assert np.abs(drawn.mean(axis=0) - centre).max() < 0.3
        assert np.abs(drawn.std(axis=0) - [0.5, 1.5, 0.5]).max() < 0.3


def test_without_a_class_both_come_and_without_guidance_in_their_shares(two_blobs):
    assert (draw(two_blobs, 2000, seed=1)[:, 0] > 0).mean() == pytest.approx(1 / 2, abs=0.05)
    free = draw(two_blobs.ask(guidance=0.0), 2000, seed=1)
    assert (free[:, 0] > 0).mean() == pytest.approx(1 / 3, abs=0.06)


def test_guidance_goes_on_in_the_direction_of_the_class(two_blobs):
    x = noise.normal(0, "codes", 50, 3).astype("f4")
    label, any_class = np.ones(50, np.int64), np.full(50, ANY)
    free, told = two_blobs.velocity(x, 0.4, any_class), two_blobs.velocity(x, 0.4, label)
    for w in (0.0, 1.0, 2.5):
        guided = two_blobs.ask(1, guidance=w).guided(x, 0.4, label)
        assert np.allclose(guided, (1 - w) * free + w * told, atol=1e-5)


def test_the_velocity_of_normal_codes_is_the_one_that_can_be_worked_out():
    """E[x₁ − x₀ | x_t] = x_t·(2t − 1) / (t² + (1 − t)²) where both ends are N(0, I)."""
    codes = np.random.default_rng(1).standard_normal((4000, 2)).astype("f4")
    flow = last(learnt(codes))
    x = np.random.default_rng(2).standard_normal((300, 2)).astype("f4")
    for t in (0.2, 0.5, 0.8):
        wanted = x * (2 * t - 1) / (t**2 + (1 - t) ** 2)
        got = flow.velocity(x, t, np.full(len(x), ANY))
        assert np.sqrt(np.square(got - wanted).mean()) < 0.2


def test_a_posterior_with_a_spread_is_drawn_and_not_its_mean_alone():
    codes = np.zeros((500, 2), "f4")
    flow = last(learnt(codes, spread=torch.full((500, 2), 3.0)))
    assert draw(flow, 2000, 0).std(axis=0) == pytest.approx([3, 3], abs=0.5)


def test_more_steps_come_nearer_to_where_very_many_lead(two_blobs):
    x = noise.normal(0, "codes", 200, 3).astype("f4")
    label = np.arange(200) % 2
    ends = {n: two_blobs.ask(steps=n).path(x, label)[-1] for n in (1, 6, 12, 50)}
    away = [np.abs(ends[n] - ends[50]).mean() for n in (1, 6, 12)]
    assert away[0] > away[1] > away[2]


def test_a_way_can_begin_half_way_and_ends_where_the_whole_one_does(two_blobs):
    x, label = noise.normal(0, "codes", 20, 3).astype("f4"), np.zeros(20, np.int64)
    whole = two_blobs.ask(steps=50).path(x, label)
    rest = two_blobs.ask(steps=25).path(whole[25], label, since=0.5)
    assert np.allclose(rest[-1], whole[-1], atol=1e-4)
    assert np.allclose(two_blobs.standard(two_blobs.codes(x)), x, atol=1e-5)


def test_a_way_back_leads_to_the_noise_that_the_way_forward_came_from(two_blobs):
    flow = two_blobs.ask(steps=50)
    x, label = noise.normal(3, "codes", 40, 3).astype("f4"), np.arange(40) % 2
    for known in (label, np.full(40, ANY)):
        assert np.abs(flow.back(flow.path(x, known)[-1], known) - x).max() < 0.02
    other = flow.codes(flow.path(flow.back(flow.path(x, label)[-1], label), 1 - label)[-1])
    assert np.array_equal(other[:, 0] > 0, label == 0)


def test_an_image_comes_as_another_class_and_as_its_own_again():
    lab = aecore.open("digits-ae-16d")
    table = lab.stored.latents
    some = np.flatnonzero(table.split == 2)[:60]
    judge = load(classifier_file("digits")).network
    seen = {}
    for label in (2, 9):
        images = lab.as_class(table.codes[some], label, table.labels[some])
        seen[label] = judge(torch.from_numpy(images)).argmax(1).numpy()
        assert (seen[label] == label).mean() > 0.85
    own = table.labels[some] == 9
    again = lab.as_class(table.codes[some][own], "9", [9] * own.sum())
    assert np.abs(again - lab.decode(table.codes[some][own])).max() < 0.05
    with pytest.raises(ValueError, match="label is 'A', but must be one of 0, 1"):
        lab.as_class(table.codes[:1], "A")


def test_the_same_seed_draws_the_same_and_temperature_0_one_code_a_class(two_blobs):
    assert np.array_equal(draw(two_blobs, 9, 5), draw(two_blobs, 9, 5))
    assert np.allclose(draw(two_blobs, 9, 5)[:4], draw(two_blobs, 4, 5), atol=1e-5)
    assert np.ptp(draw(two_blobs.ask(1), 9, 5, temperature=0.0), axis=0).max() < 1e-5


@pytest.mark.parametrize("wrong", [{"label": 2}, {"label": -2}, {"guidance": 5.0}, {"steps": 0}])
def test_what_a_flow_can_not_be_asked_is_said(two_blobs, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is .* but must be"):
        two_blobs.ask(**wrong)


def test_a_flow_that_knows_no_classes_says_so():
    config = replace(SMALL, steps=1)
    flow = last(learnt(np.random.default_rng(0).standard_normal((9, 2)).astype("f4")), config)
    assert draw(flow, 3, 0).shape == (3, 2)
    with pytest.raises(ValueError, match="label is 0, but must be left out: it knows none"):
        flow.ask(0)


def test_a_training_that_diverges_says_so_and_keeps_nothing():
    config = replace(SMALL, learning_rate=1.0, steps=50)
    codes = np.random.default_rng(0).standard_normal((100, 2)).astype("f4")
    codes[0] = np.inf
    with pytest.raises(TrainingError, match="no number any more"):
        last(learnt(codes), config)
    with pytest.raises(ValueError, match="at least two codes"):
        last(learnt(codes[:1]), config)


# ---- files ---------------------------------------------------------------------------------


def kept(folder, name="digits-ae-2d"):
    """A copy of a checkpoint, and a flow of a few steps beside it, made on the command line."""
    source = find(name)
    path = folder / source.name
    path.write_bytes(source.read_bytes())
    words = ["flow", str(path), "--steps", "20", "--width", "8", "--depth", "1"]
    assert cli.main(words) == 0
    return path


def test_the_command_makes_a_flow_that_is_read_again_and_its_card_says_how(tmp_path, capsys):
    path = kept(tmp_path)
    assert "Fréchet distance" in capsys.readouterr().out
    stored = read(path)
    flow, card = files.load(files.file_of(path), stored)
    assert flow.layers == architecture(2, 10, FlowConfig(width=8, depth=1))
    assert (card.classes, card.data) == (stored.card.classes, "digits")
    assert card.command == "python -m aecore flow digits-ae-2d --width 8 --depth 1 --steps 20"
    again = files.of_checkpoint(path, stored)
    assert np.array_equal(draw(flow, 5, 1), draw(again, 5, 1))
    add_metrics(path, {"iw_nll": 1.0})  # another figure in its card: the flow is still its own
    assert files.of_checkpoint(path, read(path)) is not None


def test_a_flow_of_other_weights_a_damaged_and_a_missing_one_are_said(tmp_path):
    path = kept(tmp_path)
    file = files.file_of(path)
    other = tmp_path / "other.safetensors"
    other.write_bytes(find("digits-vae-2d").read_bytes())
    files.file_of(other).write_bytes(file.read_bytes())
    with pytest.raises(CheckpointError, match="other weights than those of other; `python -m"):
        files.of_checkpoint(other, read(other))
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="is not a flow of ours"):
        files.of_checkpoint(path, read(path))
    file.unlink()
    assert files.of_checkpoint(path, read(path)) is None
    with pytest.raises(CheckpointError, match=r"there is no digits-ae-2d\.flow: `python -m"):
        files.load(file, read(path))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_flow_is_of_its_model_and_draws_what_its_card_says(name):
    path = find(name)
    stored = read(path)
    flow, card = files.load(files.file_of(path), stored)
    assert (card.name, card.classes) == (name, stored.card.classes)
    assert flow.layers == architecture(flow.code_dim, flow.n_classes, card.config)
    told = f"| {name} | {card.metrics['distance']:.1f} | {card.metrics['agreement']:.1%} |"
    assert told in (path.parent / "README.md").read_text(encoding="utf-8")
    assert agrees(build(stored), flow, card.data, 500) == pytest.approx(
        card.metrics["agreement"], abs=4 * np.sqrt(0.25 * 0.2 / 500)
    )


def agrees(model, flow: Flow, data, n):
    """Share of samples that the classifier takes for the class they were asked for."""
    judge = load(classifier_file(data)).network
    hits = 0
    for label in range(flow.n_classes):
        codes = draw(flow.ask(label), n // flow.n_classes, seed=9)
        with torch.no_grad():
            found = judge(model.decode(torch.from_numpy(codes))).argmax(1)
        hits += int((found == label).sum())
    return hits / (n // flow.n_classes * flow.n_classes)


def test_a_sampler_that_is_learnt_is_not_fitted():
    with pytest.raises(ValueError, match="not fitted to codes"):
        SAMPLERS["flow"](np.zeros((4, 2), "f4"))


def test_a_flow_that_the_app_has_made_is_found_by_a_notebook_too(tmp_path, monkeypatch):
    path = kept(tmp_path)
    monkeypatch.setenv("AECORE_CACHE_DIR", str(tmp_path / "cache"))
    place = files.made_here(read(path))
    place.parent.mkdir(parents=True)
    files.file_of(path).rename(place)
    assert aecore.open(path).sample(3, "flow", label=1).codes.shape == (3, 2)

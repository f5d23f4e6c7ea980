"""A generative adversarial network: its game, what its file carries, what it can't be asked."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from aecore import lab, production
from aecore.checkpoints import CheckpointError, build, find, read, read_card
from aecore.cli import main
from aecore.data import digits
from aecore.diagnosis import diagnose, n_drawn
from aecore.latents.quality import judge_of, n_of_each_class, sample_quality
from aecore.latents.sampling import prior
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.recipes import Recipe
from aecore.runs.camera import N_DRAWN, Camera
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import train
from tests import cards

SMALL = ModelConfig(kind="gan", shape=(1, 8, 8), widths=(12,), code_dim=3)
IMAGES = torch.rand(8, 1, 8, 8, generator=stream(0, "images"))


@pytest.fixture(scope="module")
def splits():
    parts = [digits.load(name) for name in ("train", "val", "test")]
    return production.Splits(*(part.take(np.arange(100)) for part in parts))


def moved(loss, model):
    """Names of the networks that a loss moves."""
    weights = dict(model.named_parameters())
    slopes = torch.autograd.grad(
        loss, list(weights.values()), allow_unused=True, retain_graph=True
    )
    named = zip(weights, slopes, strict=True)
    return {name.split(".")[0] for name, slope in named if slope is not None and slope.any()}


def test_each_loss_moves_its_own_network_alone():
    model = create(SMALL, stream(0, "weights"))
    terms = model.terms(IMAGES, stream(1, "codes"))
    assert moved(terms.reconstruction.sum(), model) == {"decoder"}
    assert moved(terms.regulariser.sum(), model) == {"critic"}


def test_the_losses_are_those_of_the_paper():
    model = create(SMALL, stream(0, "weights"))
    terms = model.terms(IMAGES, stream(1, "codes"))
    codes = torch.empty(8, 3).normal_(generator=stream(1, "codes"))
    real, false = (torch.sigmoid(model.critic(x)[:, 0]) for x in (IMAGES, model.decode(codes)))
    torch.testing.assert_close(terms.reconstruction, -false.log())
    torch.testing.assert_close(terms.regulariser, -real.log() - (1 - false).log())
    for weight in model.critic.parameters():
        weight.data.zero_()  # a critic that can't tell them apart
    terms = model.terms(IMAGES, stream(1, "codes"))
    torch.testing.assert_close(terms.reconstruction, torch.full((8,), math.log(2)))
    torch.testing.assert_close(terms.regulariser, torch.full((8,), 2 * math.log(2)))


def test_r1_moves_the_critic_by_its_slope_at_images_and_leaves_the_figure():
    def critic_slope(gamma):
        model = create(replace(SMALL, r1=gamma), stream(0, "weights"))
        loss = model.terms(IMAGES, stream(1, "codes")).regulariser
        slope = torch.autograd.grad(loss.mean(), model.critic[1].weight)[0]
        return model, loss.detach(), slope

    model, loss, slope = critic_slope(2.0)
    _, plain_loss, plain_slope = critic_slope(0.0)
    torch.testing.assert_close(loss, plain_loss)

    def penalty(weight):
        first, second = model.critic[1], model.critic[3]
        rows = IMAGES[::4].flatten(1).requires_grad_()
        hidden = functional.silu(functional.linear(rows, weight, first.bias))
        verdict = functional.linear(hidden, second.weight, second.bias).sum()
        slopes = torch.autograd.grad(verdict, rows, create_graph=True)[0]
        return 2.0 / 2 * slopes.square().sum(1).mean()

    expected = torch.autograd.functional.jacobian(penalty, model.critic[1].weight.detach())
    torch.testing.assert_close(slope - plain_slope, expected, rtol=1e-3, atol=1e-6)
    with torch.no_grad():  # as validation asks
        again = model.terms(IMAGES, stream(1, "codes")).regulariser
    torch.testing.assert_close(again, loss)


def test_the_critic_learns_at_its_share_of_the_rate(splits):
    config = replace(SMALL.fitted((1, 28, 28), 10), critic_rate=0.1)
    model = create(config, stream(0, "weights"))
    training = train(model, splits.train, splits.val, TrainingConfig(epochs=1), "cpu")
    training.advance(1)
    slow = {id(weight) for weight in model.critic.parameters()}
    rates = {
        id(weight) in slow: group["lr"]
        for group in training._steps.optimiser.param_groups
        for weight in group["params"]
    }
    assert rates[True] == pytest.approx(0.1 * rates[False])
    assert all(group["betas"] == (0.0, 0.99) for group in training._steps.optimiser.param_groups)


def test_a_training_that_is_taken_up_again_goes_on_as_if_it_had_not_stopped(splits):
    config = replace(SMALL.fitted((1, 28, 28), 10), critic_rate=0.5)
    two = TrainingConfig(epochs=2, batch_size=32)

    def fresh():
        model = create(config, stream(0, "weights"))
        return model, train(model, splits.train, splits.val, two, "cpu")

    whole, training = fresh()
    reports = list(training)
    assert reports[0].codes.shape == (0, 3)
    _, first = fresh()
    next(first)
    resumed, second = fresh()
    second.resume(first.snapshot())
    assert next(second).val == reports[1].val
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("setting", ["patience", "refine_epochs", "rbm_epochs"])
def test_what_needs_an_encoder_or_a_loss_that_says_when_it_is_best_is_refused(splits, setting):
    model = create(SMALL.fitted((1, 28, 28), 10), stream(0, "weights"))
    config = TrainingConfig(**{setting: 1})
    with pytest.raises(ValueError, match=rf"{setting} is 1, but must be 0 for gan"):
        train(model, splits.train, splits.val, config, "cpu")


def test_frames_of_its_training_show_draws_and_after_an_epoch_which_classes_they_show(splits):
    model = create(SMALL.fitted((1, 28, 28), 10), stream(0, "weights"))
    training = train(model, splits.train, splits.val, TrainingConfig(epochs=1), "cpu")
    camera = Camera(training, seed=0)
    untrained = camera.take()
    report = next(training)
    frame = camera.take(report.train, report.val)
    assert set(frame.arrays) == {"points", "samples"}
    assert frame.arrays["samples"].shape == (N_DRAWN, 1, 28, 28)
    assert (frame.arrays["samples"] != untrained.arrays["samples"]).any()  # of the same noise
    assert "drawn" not in untrained.numbers
    assert frame.numbers["drawn"] == n_of_each_class(model, judge_of("digits")).tolist()


# ---- its file ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(splits, tmp_path_factory):
    """A model that was not trained, as it is kept."""
    path = tmp_path_factory.mktemp("gan") / "gan.safetensors"
    recipe = Recipe("digits", SMALL.fitted((1, 28, 28), 10), TrainingConfig())
    production.finish(path, production.fresh_model(recipe), splits, recipe, "none")
    return path


def test_a_checkpoint_carries_draws_with_the_class_that_their_pictures_show(made):
    stored = read(made)
    table, card = stored.latents, stored.card
    assert not card.encodes
    assert len(table) == 2000
    assert (table.split == 0).all()
    assert abs(table.codes.mean()) < 0.05
    assert table.codes.var() == pytest.approx(1, abs=0.05)
    model = build(stored)
    assert {name.split(".")[0] for name in model.state_dict()} == {"critic", "decoder"}
    with torch.no_grad():
        seen = judge_of("digits").network(model.decode(torch.from_numpy(table.codes))).argmax(1)
    assert np.array_equal(table.labels, seen.numpy())
    assert not len(stored.calibration)
    assert card.metrics["mse"] is None
    assert sum(card.metrics["drawn"]) == card.metrics["n"] == 1000


def test_a_set_without_a_classifier_names_no_classes(splits, tmp_path):
    path = tmp_path / "own.safetensors"
    recipe = Recipe(str(tmp_path), SMALL.fitted((1, 28, 28), 10), TrainingConfig())
    card = production.finish(path, production.fresh_model(recipe), splits, recipe, "none")
    assert card.classes == ("class unknown",)
    assert "drawn" not in card.metrics
    assert diagnose(card) is None


def test_a_critic_that_the_file_does_not_pay_for_is_refused(made, tmp_path):
    """So that a few bytes can't ask for gigabytes."""
    path = tmp_path / "large.safetensors"
    cards.rewrite(made, lambda card: card["model"].update(widths=[65_536, 65_536]), path)
    with pytest.raises(CheckpointError, match="the layers' size"):
        read(path)


@pytest.mark.parametrize("figure", [{"drawn": ["x"]}, {"distance": "x"}, {"n": None}])
def test_figures_that_are_no_numbers_are_refused(made, tmp_path, figure):
    path = tmp_path / "odd.safetensors"
    cards.rewrite(made, lambda card: card["metrics"].update(figure), path)
    with pytest.raises(CheckpointError, match=next(iter(figure))):
        read_card(path)


# ---- what it can't be asked --------------------------------------------------------------------


def test_the_facade_says_in_a_sentence_what_needs_an_encoder(made):
    model = lab.open(made)
    images = np.zeros((1, 28, 28), np.float32)
    for ask in (
        lambda: model.encode(images), lambda: model.reconstruct(images),
        lambda: model.denoise(images), lambda: model.score(images), lambda: model.layers(images),
        lambda: model.map(n=10), lambda: model.units(), lambda: model.fill(images),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="has no encoder"):
            ask()
    with pytest.raises(ValueError, match="row 0 is a draw"):
        model.images(0)
    assert model.images("train-0").shape == (1, 1, 28, 28)


def test_the_facade_draws_walks_and_explains_without_one(made):
    model = lab.open(made)
    assert model.sample(4).images.shape == (4, 1, 28, 28)
    position = model.explain(model.codes[0])
    assert position.landing is position.landing_distance is position.posterior is None
    assert position.neighbours.rows[0, 0] == 0
    assert list(model.paths(model.codes[0], model.codes[1])) == ["linear", "slerp", "data"]
    with pytest.raises(ValueError, match="path"):
        model.interpolate(model.codes[0], model.codes[1], "fade")
    unit = model.traverse(model.codes[0], 0, n=3)
    assert unit.images.shape == (1, 3, 1, 28, 28)


@pytest.mark.parametrize(
    "words", ["evaluate {}", "calibrate {}", "flow {}", "score {png} --checkpoint {}"]
)
def test_the_command_line_says_so_too(made, tmp_path, capsys, words):
    from PIL import Image

    picture = tmp_path / "seven.png"
    Image.new("L", (28, 28)).save(picture)
    assert main(words.format(made, png=picture).split()) != 0
    assert "a GAN has no encoder" in capsys.readouterr().err


# ---- the shipped one ---------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_a_shipped_one_draws_every_class_and_comes_nearer_to_the_images_than_the_vae(data):
    path = find(f"{data}-gan-16d")
    assert path.stat().st_size < 4e6
    stored, vae = read(path), read(find(f"{data}-vae-16d"))
    judge, source = judge_of(data), prior(np.zeros((0, 16), np.float32))
    ours, theirs = (sample_quality(build(each), source, judge).distance for each in (stored, vae))
    assert ours == pytest.approx(stored.card.metrics["distance"], rel=1e-3)
    assert ours < theirs / 2
    counts = n_of_each_class(build(stored), judge).tolist()
    assert counts == stored.card.metrics["drawn"]
    assert n_drawn(counts) == 10
    assert min(counts) > 50
    assert diagnose(stored.card) is None


def test_a_model_that_draws_few_classes_has_collapsed_and_is_told_what_mends_it(tmp_path):
    path = tmp_path / "few.safetensors"

    def collapse(card):
        card["metrics"]["drawn"] = [990, 10, 0, 0, 0, 0, 0, 0, 0, 0]
        card["model"]["critic_rate"] = 0.1

    cards.rewrite(find("digits-gan-16d"), collapse, path)
    found = diagnose(read_card(path))
    assert found.fault.startswith("Mode collapse: 1,000 pictures that it draws show 2 of 10")
    assert "--critic-rate 1" in found.mend

"""What lessons ask before and after: the right answers are true, by the engine or arithmetic."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch

from aecore.anomaly.threshold import conformal_threshold
from aecore.checkpoints import build, classifier_file, find, read
from aecore.classifier import load as load_classifier
from aecore.corruption import CORRUPTIONS
from aecore.data.catalogue import load
from aecore.flows import files
from aecore.flows.flow import ANY
from aecore.latents import counterfactual
from aecore.latents.support import Support
from aecore.latents.traversal import units
from aecore.losses import kl_to_standard_normal
from aeview.lessons import files as lessons
from aeview.lessons.files import AFTER, BEFORE

SHELF = lessons.shelf()
BETAS = ["mnist-bvae-10d-b1", "mnist-bvae-10d-b2", "mnist-bvae-10d-b4", "mnist-bvae-10d-b10"]


def stored(name):
    return read(find(name))


def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("lesson", SHELF.lessons, ids=[each.id for each in SHELF.lessons])
def test_each_lesson_asks_twice_questions_of_as_many_kinds(lesson):
    asked = {
        part: [step.question for step in lesson.steps if step.part == part]
        for part in (BEFORE, AFTER)
    }
    assert len(asked[BEFORE]) == len(asked[AFTER]) in (2, 3)
    both = [*asked[BEFORE], *asked[AFTER]]
    assert len({question.ask for question in both}) == len(both)
    assert all(len(question.choices) == 3 for question in both)  # by chance one in three is right


def test_the_right_answer_stands_at_any_place():
    places = Counter(s.question.answer for each in SHELF.lessons for s in each.steps if s.part)
    assert min(places[n] for n in (1, 2, 3)) > 0.2 * places.total()


def test_only_the_code_passes():  # 1-bottleneck
    model = build(stored("digits-ae-2d"))
    image = torch.from_numpy(load("digits", "test").images[:1])
    code = model.encode(image).mean
    assert torch.equal(model.reconstruct(image), model.decode(code))
    twice = model.decode(torch.cat([code, code]))
    assert torch.equal(twice[0], twice[1])


def test_a_vae_answers_with_a_cloud_and_is_trained_on_draws_from_it():  # 4-vae
    model = build(stored("digits-vae-2d"))
    image = torch.from_numpy(load("digits", "test").images[:1])
    posterior = model.encode(image)
    assert posterior.mean.shape == posterior.log_var.shape == (1, 2)
    draws = generator()
    one, other = (model.terms(image, draws).reconstruction for _ in range(2))
    assert not torch.equal(one, other)


def test_the_kl_alone_is_least_where_every_cloud_is_the_prior_and_no_point_is():  # 4-vae
    zero = torch.zeros(1, 3)
    assert kl_to_standard_normal(zero, zero).sum() == 0
    for mean, log_var in ((zero + 0.1, zero), (zero, zero + 0.1), (zero, zero - 0.1)):
        assert kl_to_standard_normal(mean, log_var).sum() > 0
    narrower = [float(kl_to_standard_normal(zero, zero - v).sum()) for v in (1, 10, 100)]
    assert narrower == sorted(narrower)
    assert narrower[-1] > 100


def test_more_weight_on_the_kl_means_less_of_it_and_less_exact_pictures():  # 5-beta
    metrics = [stored(name).card.metrics for name in BETAS]
    assert all(a["kl"] > b["kl"] and a["mse"] < b["mse"] for a, b in pairwise(metrics))


def test_an_inactive_unit_says_nothing_costs_nothing_and_moves_nothing():  # 5-beta
    found = stored("mnist-bvae-10d-b10")
    silent = [unit for unit in units(found) if not unit.active]
    assert len(silent) == 4  # of ten, as is asked
    assert max(unit.kl for unit in silent) < 0.01
    codes = torch.zeros(2, 10)
    codes[1, [unit.dimension for unit in silent]] = 3.0
    pictures = build(found).decode(codes)
    assert (pictures[0] - pictures[1]).abs().max() < 0.05


@pytest.mark.parametrize(("kind", "level"), [("gaussian", 0.4), ("masking", 0.5)])
def test_a_copy_keeps_the_damage_and_a_denoiser_does_not(kind, level):  # 6-noise
    clean = torch.from_numpy(load("digits", "test").images)
    spoilt = CORRUPTIONS[kind](clean, level, generator())
    copied = (spoilt - clean).square().mean()
    restored = build(stored("digits-dae-784d")).reconstruct(spoilt)
    assert copied > 2 * (restored - clean).square().mean()


def test_the_mean_of_two_has_the_least_squared_error_on_average():  # 6-noise
    one, other = load("digits", "test").images[:2]

    def error(answer):
        return np.square(answer - one).mean() + np.square(answer - other).mean()

    mean = (one + other) / 2
    assert all(error(mean) < error(answer) for answer in (one, other, 0 * one))


def test_what_was_learnt_scores_lower_than_what_is_new():  # 7-normal
    model = build(stored("digits-vae-16d"))

    def scores(part):
        images = torch.from_numpy(load("digits", part).images)
        return (model.reconstruct(images) - images).square().mean(dim=(1, 2, 3)).detach().numpy()

    learnt, new = scores("train"), scores("test")
    assert new.mean() > 1.1 * learnt.mean()
    line = conformal_threshold(learnt, 0.05)
    assert (new > line).mean() > 0.07  # asked for: 0.05


def test_a_line_that_moves_never_lessens_both_mistakes():  # 7-normal
    draw = np.random.default_rng(0)
    normal, strange = draw.normal(size=50), draw.normal(1, 1, 50)
    lines = np.linspace(-3, 4, 100)
    alarms = [(normal > line).sum() for line in lines]
    misses = [(strange <= line).sum() for line in lines]
    assert (np.diff(alarms) <= 0).all()
    assert (np.diff(misses) >= 0).all()


def test_the_elbo_is_a_bound_and_how_loose_it_is_differs():  # 8-likelihood
    loose = [stored(name).card.metrics["iw_gap"] for name in BETAS]
    assert min(loose) > 0
    assert max(loose) - min(loose) > 4  # nats: more than the two models asked about differ by


def test_a_density_is_highest_where_next_to_no_draws_fall():  # 8-likelihood
    draws = np.random.default_rng(0).normal(size=(10_000, 784))
    away = np.linalg.norm(draws, axis=1)
    assert away.min() > 20  # the density is highest at 0
    assert abs(away.mean() - 28) < 0.1  # √784


def test_one_class_of_twenty_is_five_percent():  # 9-score
    labels = np.arange(20) == 0
    assert labels.mean() == 0.05


def test_an_empty_picture_comes_back_well_from_a_model_that_never_saw_one():  # 9-score
    model = build(stored("fashion-pca-16d"))
    black = torch.zeros(1, 1, 28, 28)
    error = float(model.reconstruct(black).square().mean())
    assert error < stored("fashion-pca-16d").card.metrics["mse"] / 10


@pytest.mark.parametrize(
    ("name", "data", "own", "asked"),
    [("mnist-vae-16d", "mnist", 3, 9), ("fashion-vae-16d", "fashion_mnist", 4, 3)],
)
def test_the_least_change_ends_just_beyond_the_boundary_before_any_image(name, data, own, asked):
    """Lesson 11: a 3 to a 9, a coat to a dress."""
    table = stored(name).latents
    judge = load_classifier(classifier_file(data)).network
    bench = counterfactual.Bench(build(stored(name)), judge, table, Support.of(table))
    sure, ways = [], []
    for row in np.flatnonzero(table.labels == own)[:12]:
        found = counterfactual.find(table.codes[row], asked, bench, 2)
        nearest = counterfactual.candidates(table.codes[row], asked, table)[0]
        ways.append(found.distance / np.linalg.norm(nearest - table.codes[row]))
        sure.append(found.probability[-1])
    typical = torch.from_numpy(table.codes[table.labels == asked][:100])
    with torch.no_grad():
        shares = judge(bench.model.decode(typical)).softmax(1)[:, asked]
    assert np.median(ways) < 0.7
    assert 0.5 <= min(sure) <= np.median(sure) < 0.7 < 0.9 < shares.median()


def test_from_pure_noise_the_mean_of_all_is_the_best_answer_and_later_one_of_fewer():  # 10
    path = find("mnist-ae-16d")
    flow = files.of_checkpoint(path, read(path))
    start = np.random.default_rng(0).normal(size=(500, flow.code_dim)).astype(np.float32)
    labels = np.full(len(start), ANY)
    times = np.linspace(0, 1, 9)
    spread = []
    for t, x in zip(times, flow.ask(steps=8).path(start, labels), strict=True):
        ends = x + np.float32(1 - t) * flow.velocity(x, float(t), labels)
        assert np.abs(ends.mean(axis=0)).max() < 0.3  # the codes' mean is 0, their spread 1
        spread.append(ends.std(axis=0).mean())
    assert max(spread[:2]) < 0.3  # the mean of all has 0, and this network comes near it
    assert spread[1:] == sorted(spread[1:])
    assert spread[-1] > 0.9

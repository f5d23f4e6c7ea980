"""The loop: what it learns, that it repeats, how it stops."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from aecore.data import digits
from aecore.data.imageset import ImageSet
from aecore.errors import TrainingError
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.seeding import stream
from aecore.training import probe
from aecore.training.config import TrainingConfig
from aecore.training.jitter import jitter
from aecore.training.layout import to_codes
from aecore.training.loop import train

CONFIG = ModelConfig(kind="vae", shape=(1, 8, 8), widths=(16,), code_dim=2)
RECIPE = TrainingConfig(epochs=6, batch_size=16, learning_rate=1e-2)


def fresh(config=CONFIG, seed=0):
    return create(config, stream(seed, "weights"))


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_the_loss_falls_and_reports_count_up(blobs):
    reports = list(train(fresh(), blobs, blobs, RECIPE))
    assert [r.epoch for r in reports] == [1, 2, 3, 4, 5, 6]
    assert sum(reports[-1].val) < 0.9 * sum(reports[0].val)
    assert reports[-1].codes.shape == (60, 2)


def test_the_same_seed_gives_the_same_bytes(blobs):
    models = [fresh(), fresh(), fresh()]
    for model, seed in zip(models, (5, 5, 6), strict=True):
        list(train(model, blobs, blobs, replace(RECIPE, seed=seed, jitter=0.5)))
    assert torch.equal(weights(models[0]), weights(models[1]))
    assert not torch.equal(weights(models[0]), weights(models[2]))


@pytest.mark.parametrize("batch_size", [60, 30, 20, 15, 12, 10, 1000])
def test_a_training_of_a_few_steps_works(blobs, batch_size):
    recipe = TrainingConfig(epochs=1, batch_size=batch_size)
    assert len(list(train(fresh(), blobs, blobs, recipe))) == 1


def test_a_refinement_moves_the_encoder_alone_and_is_counted_on(blobs):
    plain, refined = fresh(), fresh()
    list(train(plain, blobs, blobs, RECIPE))
    training = train(refined, blobs, blobs, replace(RECIPE, refine_epochs=4))
    reports = list(training)
    assert [(r.epoch, r.n_epochs) for r in reports] == [(i, 10) for i in range(1, 11)]
    assert training.n_steps == 10 * 3  # whole batches of 16 of 60 images
    assert torch.equal(weights(plain.decoder), weights(refined.decoder))
    assert not torch.equal(weights(plain.encoder), weights(refined.encoder))


def test_a_refinement_teaches_the_encoder_images_it_never_saw(blobs):
    turned = jitter(torch.from_numpy(blobs.images), 0.4, stream(1, "turned"))
    unseen = replace(blobs, pixels=(255 * turned.numpy()).round().astype(np.uint8))

    def loss(refine_epochs):
        model = fresh()
        recipe = replace(RECIPE, epochs=60, refine_epochs=refine_epochs)
        return sum(list(train(model, blobs, unseen, recipe))[-1].val)

    assert loss(60) < loss(0)


def test_a_layout_is_learnt_in_both_directions(blobs):
    places = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)[blobs.labels]
    model = fresh(replace(CONFIG, widths=(64,)))
    recipe = replace(RECIPE, layout_epochs=100, epochs=1, learning_rate=5e-3)
    reports = train(model, blobs, blobs, recipe, "cpu", 40 * places + 7)
    for _ in range(100):
        next(reports)
    wanted = to_codes(40 * places + 7)
    images = torch.from_numpy(blobs.images)
    with torch.no_grad():
        assert (model.encode(images).mean - wanted).abs().max() < 0.2
        learnt = (model.decode(wanted) - images).square().mean()
    assert learnt < 0.5 * (images - images.mean(0)).square().mean()
    assert wanted.square().mean().item() == pytest.approx(1, rel=1e-5)


def test_a_layout_that_is_missing_or_does_not_fit_is_said(blobs):
    recipe = replace(RECIPE, layout_epochs=1)
    with pytest.raises(ValueError, match="the layout is missing, but layout_epochs needs"):
        next(train(fresh(), blobs, blobs, recipe))
    with pytest.raises(ValueError, match="for 3 images"):
        next(train(fresh(), blobs, blobs, recipe, "cpu", np.zeros((3, 2), np.float32)))
    wide, layout = fresh(replace(CONFIG, code_dim=5)), np.zeros((60, 2), np.float32)
    with pytest.raises(ValueError, match="2 latent units, not 5"):
        next(train(wide, blobs, blobs, recipe, "cpu", layout))


def test_to_cancel_is_to_stop_iterating(blobs):
    stopped, whole = fresh(), fresh()
    reports = train(stopped, blobs, blobs, RECIPE)
    next(reports)
    next(reports)
    after_two = weights(stopped).clone()
    assert torch.equal(weights(stopped), after_two)
    list(train(whole, blobs, blobs, RECIPE))
    assert not torch.equal(weights(whole), after_two)


def test_a_loss_that_runs_away_keeps_the_last_good_weights(blobs):
    model = fresh(replace(CONFIG, likelihood="gaussian", output="identity", noise_std=0.01))
    good = []

    def diverge():
        for report in train(model, blobs, blobs, replace(RECIPE, learning_rate=1.0, epochs=40)):
            good.append((report.epoch, weights(model).clone()))

    with pytest.raises(TrainingError, match=r"weights of epoch \d+ are kept.*rate below 1"):
        diverge()
    kept = weights(model)
    assert torch.isfinite(kept).all()
    assert not good or torch.equal(kept, good[-1][1])


def test_a_loss_that_is_no_number_at_once_is_not_said_to_have_kept_an_epoch(blobs):
    model = fresh(CONFIG)
    with torch.no_grad():
        next(model.parameters()).fill_(math.nan)
    with pytest.raises(TrainingError, match=r"to nan in epoch 1; nothing was learnt\. Try a"):
        next(train(model, blobs, blobs, RECIPE))


def test_kl_warmup_rises_in_a_line_and_frees_the_first_epochs(blobs):
    config = replace(RECIPE, kl_warmup=0.5)
    assert [config.kl_weight(p) for p in (0.0, 0.25, 0.5, 1.0)] == [0, 0.5, 1, 1]
    strict = fresh(replace(CONFIG, beta=50.0))
    warmed = fresh(replace(CONFIG, beta=50.0))
    first_strict = next(iter(train(strict, blobs, blobs, RECIPE)))
    first_warm = next(iter(train(warmed, blobs, blobs, replace(RECIPE, kl_warmup=1.0))))
    assert first_warm.val.regulariser > first_strict.val.regulariser


def test_kl_may_start_above_beta_and_fall_in_a_line(blobs):
    config = replace(RECIPE, kl_warmup=0.5, kl_start=5.0)
    assert [config.kl_weight(p) for p in (0.0, 0.25, 0.5, 1.0)] == [5, 3, 1, 1]
    first = [
        next(iter(train(fresh(CONFIG), blobs, blobs, replace(RECIPE, kl_warmup=1.0, kl_start=k))))
        for k in (1.0, 50.0)
    ]
    assert first[1].val.regulariser < first[0].val.regulariser


def test_a_larger_beta_gives_a_smaller_kl(blobs):
    last = [
        list(train(fresh(replace(CONFIG, beta=b)), blobs, blobs, RECIPE))[-1] for b in (1.0, 30.0)
    ]
    assert last[1].val.regulariser < last[0].val.regulariser
    assert last[1].val.reconstruction > last[0].val.reconstruction


def test_a_linear_autoencoder_spans_pcas_subspace():
    draw = np.random.default_rng(0)
    left = np.where(np.arange(8) < 4, 1, -1) * np.ones((8, 1))
    directions = np.stack((left.ravel(), left.T.ravel()))
    amounts = draw.standard_normal((300, 2)) * (30, 18)
    flat = 128 + amounts @ directions + draw.standard_normal((300, 64))
    pixels = np.clip(np.rint(flat), 0, 255).astype(np.uint8).reshape(-1, 1, 8, 8)
    data = ImageSet("plane", "train", pixels, np.zeros(300, np.int64), ("one",))
    config = ModelConfig(
        kind="ae",
        shape=(1, 8, 8),
        code_dim=2,
        widths=(),
        activation="identity",
        output="identity",
        likelihood="gaussian",
        noise_std=1.0,
    )
    model = fresh(config)
    recipe = TrainingConfig(epochs=300, batch_size=50, learning_rate=5e-2)
    list(train(model, data, data, recipe))
    pca = PCA(2).fit(data.images.reshape(len(data), -1))
    ours, _ = np.linalg.qr(model.decoder[0].weight.detach().numpy())
    cosines = np.linalg.svd(pca.components_ @ ours, compute_uv=False)
    assert np.degrees(np.arccos(np.clip(cosines, -1, 1))).max() < 5


def test_jitter_moves_a_picture_alike_however_wide_its_frame_is():
    square = torch.zeros(6, 1, 40, 40)
    square[:, :, 12:28, 12:28] = torch.rand(6, 1, 16, 16, generator=stream(0, "images"))
    wide = torch.nn.functional.pad(square, (20, 20))
    moved, wider = (jitter(images, 1.0, stream(0, "jitter")) for images in (square, wide))
    assert torch.allclose(wider[..., 20:60], moved, atol=1e-4)
    white = torch.ones(6, 3, 20, 28)
    assert torch.allclose(jitter(white, 1.0, stream(0, "jitter")), white)  # no black edges


def test_jitter_of_strength_0_is_the_identity_and_keeps_most_of_the_ink():
    images = torch.from_numpy(digits.load("val").images[:50])
    assert jitter(images, 0.0, stream(0, "jitter")) is images
    moved = jitter(images, 1.0, stream(0, "jitter"))
    assert not torch.equal(moved, images)
    assert moved.sum().item() == pytest.approx(images.sum().item(), rel=0.05)
    turned_back = (moved - images).square().mean() < (images.roll(1, 0) - images).square().mean()
    assert turned_back


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"epochs": 0}, "epochs is 0, but must be 1 to 10,000"),
        ({"learning_rate": math.nan}, "learning_rate is nan"),
        ({"kl_warmup": 2.0}, "kl_warmup is 2.0, but must be 0 to 1"),
    ],
)
def test_wrong_settings_are_named(wrong, words):
    with pytest.raises(ValueError, match=words):
        TrainingConfig(**wrong)


# ---- saved and resumed ------------------------------------------------------------------------


PHASES = {
    "plain": {"kind": "vae"},
    "refined": {"refine_epochs": 3},
    "jittered": {"jitter": 0.5},
    "denoising": {"kind": "dae", "noise": ("gaussian",), "noise_levels": (0.5,)},
}


@pytest.mark.parametrize("at", [1, 3, 6])
@pytest.mark.parametrize("settings", PHASES.values(), ids=PHASES)
def test_a_training_that_is_taken_up_again_goes_on_as_if_it_had_never_stopped(blobs, settings, at):
    settings = dict(settings)
    config = replace(CONFIG, kind=settings.pop("kind", "vae"))
    recipe = replace(RECIPE, **settings)
    whole, first, second = fresh(config), fresh(config), fresh(config, seed=9)
    wanted = list(train(whole, blobs, blobs, recipe))
    stopped = train(first, blobs, blobs, recipe)
    for _ in range(at):
        next(stopped)
    kept = stopped.snapshot()
    next(stopped, None)  # what comes after must not change what was kept
    resumed = train(second, blobs, blobs, recipe)
    resumed.resume(kept)
    got = list(resumed)
    assert [r.train for r in got] == [r.train for r in wanted[at:]]
    assert [r.val for r in got] == [r.val for r in wanted[at:]]
    assert torch.equal(weights(whole), weights(second))


def test_a_training_by_single_steps_is_the_same_training(blobs):
    whole, stepped = fresh(), fresh()
    wanted = list(train(whole, blobs, blobs, RECIPE))
    training, got, shares = train(stepped, blobs, blobs, RECIPE), [], []
    while len(got) < RECIPE.epochs:
        report = training.advance(1)
        shares.append(training.share)
        if report is not None:
            got.append(report)
    assert [r.train for r in got] == [r.train for r in wanted]
    assert torch.equal(weights(whole), weights(stepped))
    n_batches = len(blobs) // RECIPE.batch_size
    assert len(shares) == RECIPE.epochs * n_batches
    assert shares[:n_batches] == [*((i + 1) / n_batches for i in range(n_batches - 1)), 0.0]


# ---- sparse codes ------------------------------------------------------------------------------


def spoken(codes):
    """Mean number of units that speak for an image."""
    return float((codes > 1e-3).sum(axis=1).mean())


def coded(blobs, **settings):
    config = replace(CONFIG, kind="sparse", code_dim=12, widths=(32,), **settings)
    reports = list(train(fresh(config), blobs, blobs, replace(RECIPE, epochs=40)))
    return reports[-1].codes


def test_more_sparsity_lets_fewer_units_speak(blobs):
    few, many = coded(blobs, sparsity=2.0), coded(blobs, sparsity=0.0)
    assert spoken(few) < 0.6 * spoken(many)


def test_the_weighted_penalty_puts_the_meaning_into_the_first_units(blobs):
    spread = coded(blobs, sparsity=2.0, penalty="weighted").var(axis=0)
    assert spread[:6].sum() > 2 * spread[6:].sum()


def test_the_kl_penalty_draws_every_unit_to_its_rate(blobs):
    free, held = (
        coded(blobs, sparsity=0.0, penalty="kl"),
        coded(blobs, sparsity=30.0, penalty="kl"),
    )
    assert abs(held.mean(axis=0) - 0.05).max() < abs(free.mean(axis=0) - 0.05).max() / 2


# ---- codes drawn to the prior ------------------------------------------------------------------


def test_an_adversarial_autoencoder_fills_the_prior_and_a_plain_one_does_not(blobs):
    def away(kind):
        """How far the codes' mean and covariance are from N(0, I)."""
        config = replace(CONFIG, kind=kind, widths=(32,), likelihood="gaussian")
        recipe = replace(RECIPE, epochs=150, learning_rate=3e-3)
        codes = list(train(fresh(config), blobs, blobs, recipe))[-1].codes
        return np.abs(codes.mean(axis=0)).max() + np.abs(np.cov(codes.T) - np.eye(2)).max()

    assert away("adversarial") < 0.5 * away("ae")


def test_a_masked_autoencoder_fills_in_what_it_was_not_shown(blobs):
    def error(kind):
        """Squared error of the hidden pixels, when half of the patches are hidden."""
        config = replace(CONFIG, kind=kind, widths=(32,), code_dim=4)
        model = fresh(config)
        list(train(model, blobs, blobs, replace(RECIPE, epochs=60)))
        images = torch.from_numpy(blobs.images)
        hidden = create(replace(config, kind="masked"), stream(0, "weights")).mask(
            images, stream(7, "mask")
        )
        with torch.no_grad():
            restored = model.reconstruct(torch.where(hidden, 0.5, images))
        return float((restored - images)[hidden].square().mean())

    assert error("masked") < 0.7 * error("ae")


def test_an_estimate_is_three_steps_scaled_to_an_epoch(monkeypatch):
    ticks = iter([10.0, 13.0])
    monkeypatch.setattr(probe, "time", SimpleNamespace(perf_counter=lambda: next(ticks)))
    taken = []
    monkeypatch.setattr(
        probe.Training, "advance", lambda self, n: taken.append((n, len(self.data)))
    )
    assert probe.seconds_per_epoch(CONFIG, RECIPE, 165) == 10.0
    assert taken == [(1, 80), (3, 80)]  # and no epoch ends, so that nothing is validated

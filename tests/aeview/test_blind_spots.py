"""Lessons 8 and 9: figures that ship are right, by formulas of the tests' own."""

import numpy as np
import pytest
import torch

from aecore import scoring
from aecore.anomaly.classes import by_nearest_codes
from aecore.anomaly.strangers import corrupted
from aecore.checkpoints import build, find, read
from aecore.data.catalogue import load
from aecore.losses import gaussian_nll, kl_to_standard_normal
from aeview.lessons.figures import KINDS_OF_FIGURES, opened
from aeview.own_pictures import samples
from aeview.work import shipped
from tests import blind_spots

pytestmark = pytest.mark.usefixtures("grad_off")


@pytest.fixture
def grad_off():
    with torch.no_grad():
        yield


def figure(model, name, *words):
    return KINDS_OF_FIGURES[name].value(opened(model), list(words))


def model(name):
    return build(read(find(name))).eval()


def some(data, split, n):
    """A random choice of a split's images."""
    found = load(data, split)
    return found.take(np.sort(np.random.default_rng(2).permutation(len(found))[:n]))


def images(data, n=10**6, split="test"):
    return torch.from_numpy(some(data, split, n).images)


@pytest.mark.parametrize(("beta", "std"), [(4.0, 0.25), (9.0, 0.1)])
def test_beta_is_a_noise_level(beta, std):
    """Both losses of the same outputs: one is β times the other, up to a constant."""
    vae, x = model("digits-vae-16d"), images("digits", 60)
    q = vae.encode(x)
    codes = q.mean + 0.3 * torch.randn(q.mean.shape, generator=torch.Generator().manual_seed(1))
    kl = kl_to_standard_normal(q.mean, q.log_var).sum(1)
    weighted = gaussian_nll(vae.decode(codes), x, std) + beta * kl
    wider = gaussian_nll(vae.decode(codes), x, std * beta**0.5) + kl
    constant = weighted - beta * wider
    assert constant.std() < 1e-3 * weighted.std()
    first = figure("digits-vae-16d", "gaussian_loss", "4", "0.25")
    assert first == pytest.approx(4 * figure("digits-vae-16d", "gaussian_loss", "1", "0.5"))


def test_the_gradients_of_both_are_parallel():
    vae, x = model("digits-vae-16d").requires_grad_(), images("digits", 20)
    with torch.enable_grad():
        q = vae.encode(x)
        kl, mean = kl_to_standard_normal(q.mean, q.log_var).sum(), vae.decode(q.mean)
        weighted = gaussian_nll(mean, x, 0.25).sum() + 4 * kl
        wider = gaussian_nll(mean, x, 0.5).sum() + kl
        weights = list(vae.parameters())
        one, other = (
            torch.autograd.grad(loss, weights, retain_graph=True) for loss in (weighted, wider)
        )
    for a, b in zip(one, other, strict=True):
        assert (a - 4 * b).norm() < 1e-4 * a.norm()


def test_grey_pixels_have_a_floor():
    x = images("digits")
    floor = blind_spots.entropy(x.numpy().astype(np.float64)).mean()
    assert figure("digits-vae-16d", "grey") == pytest.approx(floor, rel=1e-3)
    exact = torch.logit(x.double())
    least = torch.nn.functional.binary_cross_entropy_with_logits(
        exact.clamp(-30, 30), x.double(), reduction="none"
    )
    assert least.flatten(1).sum(1).mean().item() == pytest.approx(floor, rel=1e-3)
    card = opened("digits-vae-16d").checkpoint.card.metrics
    assert figure("digits-vae-16d", "avoidable") == pytest.approx(
        card["reconstruction"] - floor, abs=0.05
    )
    assert figure("digits-ae-16d", "avoidable") is None  # a Gaussian has no such floor


def test_digits_without_greys_are_likelier_than_digits():
    vae, x = model("digits-vae-16d"), images("digits")
    spoilt = corrupted(load("digits", "test").pixels, "masking", 0.05).astype(np.float32) / 255
    for kind, odd in (("own", x), ("rounded", (x > 0.5).float()), ("masked", spoilt)):
        odd = torch.as_tensor(odd)
        shown = figure("digits-vae-16d", "stranger_elbo", kind)
        assert shown == pytest.approx(blind_spots.negative_elbo(vae, odd).mean().item(), abs=1)
        if kind != "own":
            for score, area in blind_spots.areas(vae, x, odd).items():
                told = figure("digits-vae-16d", "stranger_auroc", score, kind)
                assert told == pytest.approx(100 * area, abs=1), (kind, score)


@pytest.mark.mnist
def test_a_vae_of_clothes_prefers_digits():
    """Of a random 600 of each; the shipped figures are of 10,000."""
    vae, clothes, digits = model("fashion-vae-16d"), *(
        images(data, 600) for data in ("fashion_mnist", "mnist")
    )  # fmt: skip
    for data, x in (("fashion", clothes), ("mnist", digits)):
        floor = blind_spots.entropy(x.numpy().astype(np.float64)).mean()
        assert figure(f"{data}-vae-16d", "grey") == pytest.approx(floor, rel=0.05)
    for kind, odd in (("mnist", digits), ("faded", digits / 2)):
        for score, area in blind_spots.areas(vae, clothes, odd).items():
            told = figure("fashion-vae-16d", "stranger_auroc", score, kind)
            assert told == pytest.approx(100 * area, abs=4), (kind, score)


@pytest.mark.mnist
def test_errors_of_clothes_follow_detail():
    x = images("fashion_mnist", 1500)
    error = (model("fashion-ae-16d").reconstruct(x) - x).square().mean((1, 2, 3)).numpy()
    for what, value in blind_spots.follows(error, x.numpy().astype(np.float64)).items():
        assert figure("fashion-ae-16d", "detail", what) == pytest.approx(value, abs=0.06)


def flagged_of(labels, flagged):
    shares = [100 * flagged[labels == c].mean() for c in range(10)]
    return {"lowest": min(shares), "highest": max(shares)}


def line(scores):
    return np.sort(scores)[int(np.ceil((len(scores) + 1) * 0.95)) - 1]


@pytest.mark.mnist
def test_errors_of_mnist_follow_detail_and_one_line_is_an_average_of_classes():
    name, data = "mnist-ae-16d", "mnist"
    autoencoder, told = model(name), by_nearest_codes(model(name), load(data, "train"))
    held, test = (load(data, part) for part in ("val", "test"))

    def errors(x):
        rebuilt = [autoencoder.reconstruct(part).numpy() for part in torch.split(x, 1000)]
        return np.square(np.concatenate(rebuilt) - x.numpy()).mean((1, 2, 3))

    (old, class_of_old), (new, class_of_new) = (
        (errors(x), told(x)) for x in (torch.from_numpy(part.images) for part in (held, test))
    )
    for what, value in blind_spots.follows(new, test.images.astype(np.float64)).items():
        assert figure(name, "detail", what) == pytest.approx(value, abs=0.005)
    lines = np.array([line(old[class_of_old == c]) for c in range(10)])
    for rule, limit in (("conformal", line(old)), ("by_class", lines[class_of_new])):
        for end, share in flagged_of(test.labels, new > limit).items():
            assert figure(name, "class_rate", rule, end) == pytest.approx(share, abs=0.2)


def test_a_black_image_is_nobodys_anomaly_or_the_strangest():
    """Against the images that come with the models; no set is needed."""
    for name, lowest in (("fashion-pca-16d", True), ("digits-ae-16d", False)):
        black = np.square(model(name).decode(model(name).encode(
            torch.zeros(1, 1, 28, 28)).mean).numpy()).mean()  # fmt: skip
        assert figure(name, "black") == pytest.approx(float(black))
        carried = read(find(name)).latents.error
        assert (black < carried.min()) if lowest else (black > carried.max())
        assert figure(name, "least_error") == pytest.approx(carried.min())
        assert figure(name, "largest_error") == pytest.approx(carried.max())


def test_digits_with_a_tenth_of_their_pixels_are_all_flagged():
    autoencoder, limit = model("digits-ae-16d"), figure("digits-ae-16d", "limit")
    spoilt = corrupted(load("digits", "test").pixels, "masking", 0.9).astype(np.float32) / 255
    rebuilt = autoencoder.reconstruct(torch.from_numpy(spoilt)).numpy()
    assert (np.square(rebuilt - spoilt).mean((1, 2, 3)) > limit).all()


def test_a_line_for_each_class_takes_nineteen_of_each():
    def least(rate):
        return next(n for n in range(1, 200) if np.ceil((n + 1) * (1 - rate) - 1e-9) <= n)

    assert (least(0.05), least(0.1)) == (19, 9)
    told = by_nearest_codes(model("digits-ae-16d"), load("digits", "train"))
    held = np.bincount(told(images("digits", split="val")))
    assert (held < 19).sum() > 5
    assert held.min() >= 9


def test_the_denoiser_goes_uphill():
    denoiser = model("digits-dae-784d")
    known, clean = load("digits", "train").images, load("digits", "test").images[::6]
    for level in ("0.2", "0.4", "0.6"):
        cosines, denser = blind_spots.climbs(denoiser, known, clean, float(level))
        assert denser.all()
        assert figure("digits-dae-784d", "denser", level) == 100
        for way, each in cosines.items():
            shown = figure("digits-dae-784d", "uphill", way, level)
            assert shown == pytest.approx(each.mean(), abs=0.03), (way, level)


def test_of_noise_it_has_never_seen_it_does_not():
    """What benchmarks/README.md says of noise that leaves [0, 1]."""
    known, clean = load("digits", "train").images, load("digits", "test").images[::4]
    cosines, denser = blind_spots.climbs(
        model("digits-dae-784d"), known, clean, 0.2, least=-9, most=9
    )
    kept = shipped.blind_spots("unclipped")["digits-dae-784d"]["0.2"]
    assert kept["residual"] == pytest.approx(cosines["residual"].mean(), abs=0.03)
    assert kept["denser"] == pytest.approx(denser.mean(), abs=0.15)
    assert denser.mean() < 0.7


def test_the_letter_is_flagged_by_the_squared_error():
    """Lesson 8 shows it to the VAE of clothes."""
    title, make = samples.MADE["letter"]
    stored = read(find("fashion-vae-16d"))
    judged = scoring.Scorer(stored, build(stored)).score(samples.png(make()), title)
    assert judged.score > 2 * np.sort(stored.calibration)[int(0.95 * len(stored.calibration))]

"""The figures that lessons can name of a model, each with what it is, its words and its digits.

What is slow to measure, or needs a set that may not be at hand, was measured by a benchmark and
is read from `aeview/assets/`. How a lesson writes them is in `figures`.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from aecore import scoring
from aecore.anomaly.guarantees import conformal_rank, realised
from aecore.anomaly.threshold import DEFAULT_RATE
from aecore.checkpoints import Card
from aecore.data import sprites
from aecore.data.imageset import SPLITS
from aecore.diagnosis import n_drawn
from aecore.flows.flow import STEPS
from aecore.latents.sampling import SAMPLERS
from aecore.noise import KINDS
from aeview.own_pictures import samples as sample_pictures
from aeview.work import cache, sample_quality, shipped
from aeview.work.live import Opened

PER_PIXEL = ".4f"


class Kind(NamedTuple):
    """A figure of a model.

    Attributes:
        says: what it is, for `lessons/README.md`.
        digits: how it is written.
        value: of an opened model and the words behind its name; None where it has none.
        words: what each word can be.
    """

    says: str
    digits: str
    value: Callable[[Opened, list[str]], float | None]
    words: tuple[tuple[str, ...], ...] = ()


# ---- of a model's card -----------------------------------------------------------------


def _metric(name: str) -> Callable[[Opened, list[str]], float | None]:
    return lambda model, _: model.checkpoint.card.metrics.get(name)


def _card(value: Callable[[Card], float | None]) -> Callable[[Opened, list[str]], float | None]:
    return lambda model, _: value(model.checkpoint.card)


def _drawn(card: Card) -> float | None:
    counts = card.metrics.get("drawn")
    return n_drawn(counts) if counts else None


def _pixels(card: Card) -> int:
    return math.prod(card.model.shape)


def _beta(card: Card) -> float | None:
    return card.model.beta if card.metrics["kl"] is not None else None


def _loss(card: Card) -> float | None:
    kl = card.metrics["kl"]
    return None if kl is None else card.metrics["reconstruction"] + card.model.beta * kl


def _over_seeds(model: Opened, words: list[str]) -> float | None:
    """The mutual information gap of a shipped recipe."""
    names = {"median": "MIG", "lowest": "MIG from", "highest": "to"}
    return shipped.over_seeds(model.name).get(names[words[0]])


def _told(model: Opened, words: list[str]) -> float | None:
    """I(unit; factor) / H(factor) of the unit that knows most of the factor."""
    metrics = model.checkpoint.card.metrics
    if words[0] not in metrics.get("factor_names", ()):
        return None
    factor = metrics["factor_names"].index(words[0])
    return 100 * max(unit[factor] for unit in metrics["unit_information"])


def _outside(model: Opened, _: list[str]) -> float | None:
    """Percent of the training codes that lie farther out than 99 % of the prior's draws."""
    from scipy.stats import chi2

    codes = model.checkpoint.latents.training_codes
    far = np.square(codes).sum(axis=1) > chi2.ppf(0.99, codes.shape[1])
    return float(100 * far.mean())


def _gaussian_loss(model: Opened, words: list[str]) -> float | None:
    """Σ (x − x̂)² / 2σ² + β·KL, by the squared error of the posterior mean; D·log σ is left out."""
    card, (beta, std) = model.checkpoint.card, map(float, words)
    kl = card.metrics["kl"]
    if kl is None:
        return None
    return _pixels(card) * card.metrics["mse"] / (2 * std**2) + beta * kl


# ---- what −ELBO and error don't see ------------------------------------------------------------


def _grey(model: Opened, _: list[str]) -> float | None:
    return shipped.blind_spots("grey").get(model.checkpoint.card.data)


def _avoidable(model: Opened, words: list[str]) -> float | None:
    card, floor = model.checkpoint.card, _grey(model, words)
    if floor is None or card.model.likelihood != "bernoulli":
        return None
    reconstruction: float = card.metrics["reconstruction"]
    return reconstruction - floor


def _stranger_elbo(model: Opened, words: list[str]) -> float | None:
    return shipped.strangers(model.name, words[0]).get("elbo")


def _stranger_auroc(model: Opened, words: list[str]) -> float | None:
    found = shipped.strangers(model.name, words[1]).get(f"AUROC {words[0]}")
    return None if found is None else 100 * found


def _detail(model: Opened, words: list[str]) -> float | None:
    found = shipped.blind_spots("detail").get(model.name)
    return None if found is None else float(found[words[0]])


def _black(model: Opened, _: list[str]) -> float | None:
    import torch

    network = cache.model(model.checkpoint.digest, model.checkpoint)
    with torch.no_grad():
        black = torch.zeros(1, *model.checkpoint.card.model.shape)
        return float(network.reconstruct(black).square().mean())


def _carried(end: Callable[[np.ndarray], float]) -> Callable[[Opened, list[str]], float | None]:
    return lambda model, _: float(end(model.checkpoint.latents.error))


def _flagged(model: Opened, words: list[str]) -> float | None:
    """Percent of the test images whose scores the model carries, of a class or of all."""
    table, limit = model.checkpoint.latents, scoring.threshold(model.checkpoint)
    own = table.split == SPLITS.index("test")
    if words[0] != ALL:
        own = own & (table.labels == int(words[0]))
    return (
        None if limit is None or not own.any() else 100 * float((table.error[own] > limit).mean())
    )


def _class_rate(model: Opened, words: list[str]) -> float | None:
    ends = shipped.blind_spots("classes").get(model.name)
    return None if ends is None else 100 * float(ends[words[0]][words[1] == "highest"])


def _uphill(model: Opened, words: list[str]) -> float | None:
    found = shipped.blind_spots("uphill").get(model.name)
    return None if found is None else float(found[words[1]][words[0]])


def _denser(model: Opened, words: list[str]) -> float | None:
    share = _uphill(model, ["denser", *words])
    return None if share is None else 100 * share


def _style(name: str) -> Callable[[Opened, list[str]], float | None]:
    def value(model: Opened, words: list[str]) -> float | None:
        found = shipped.style(model.name).get(name.format(*words))
        return None if found is None else 100 * float(found)

    return value


# ---- of its held-out scores, samples and curves ----------------------------------------------


def _rank(model: Opened, _: list[str]) -> float | None:
    n = len(model.checkpoint.calibration)
    rank = conformal_rank(n, DEFAULT_RATE)
    return float(rank) if n > 0 and rank <= n else None


def _rate(end: str) -> Callable[[Opened, list[str]], float | None]:
    def value(model: Opened, words: list[str]) -> float | None:
        n, rank = len(model.checkpoint.calibration), _rank(model, words)
        if rank is None:
            return None
        return 100 * float(getattr(realised(n, int(rank), DEFAULT_RATE), end))

    return value


def _limit(model: Opened, _: list[str]) -> float | None:
    return scoring.threshold(model.checkpoint)


def _photograph(model: Opened, _: list[str]) -> float | None:
    """The score of the photograph that the page Your image offers."""
    title, make = sample_pictures.MADE["thing"]
    network = cache.model(model.checkpoint.digest, model.checkpoint)
    content = sample_pictures.png(make())
    return scoring.Scorer(model.checkpoint, network).score(content, title).score


def _strangeness(model: Opened, words: list[str]) -> float | None:
    score = _photograph(model, words)
    return None if score is None else score / model.checkpoint.card.metrics["mse"]


def _frechet(model: Opened, words: list[str]) -> float | None:
    return sample_quality.distance(model, words[0])


def _aggregate_kl(model: Opened, _: list[str]) -> float | None:
    return sample_quality.aggregate_kl(model)


def _asked(name: str, unit: float) -> Callable[[Opened, list[str]], float | None]:
    def value(model: Opened, words: list[str]) -> float | None:
        found = sample_quality.asked(model, float(words[0]), int(words[1]))
        return None if found is None else unit * found[name]

    return value


def _floor(model: Opened, _: list[str]) -> float | None:
    return sample_quality.floor(model.checkpoint.card.data)


def measured(row: str, data: str, metric: str, words: list[str]) -> float | None:
    """A filter's or model's "psnr" or "ssim", at the kind and level of noise in `words`."""
    found = shipped.denoising(data)
    values = found["kinds"].get(words[0]) if found else None
    level = float(words[1])
    if values is None or row not in values["rows"] or level not in values["levels"]:
        return None
    figure: float = values["rows"][row][metric][values["levels"].index(level)]
    return figure


def _restored(metric: str) -> Callable[[Opened, list[str]], float | None]:
    return lambda model, words: measured(model.name, model.checkpoint.card.data, metric, words)


ALL = "all"
_STRANGERS = ("own", "mnist", "faded", "rounded", "masked")
_WIDTHS = ("0.2", "0.4", "0.6")  # of the noise, and of the density
_ASKED = (("0", "1", "2"), ("1", str(STEPS)))  # guidance, steps
_NOISE = (tuple(KINDS), tuple(f"{level:g}" for kind in KINDS.values() for level in kind.levels))
KINDS_OF_FIGURES: dict[str, Kind] = {
    "pixels": Kind("numbers in an image", ".0f", _card(_pixels)),
    "units": Kind("numbers in a code", ".0f", _card(lambda card: card.model.code_dim)),
    "ratio": Kind(
        "pixels for each number of the code", ".0f",
        _card(lambda card: _pixels(card) / card.model.code_dim),
    ),
    "mse": Kind("squared error per pixel, test images", PER_PIXEL, _metric("mse")),
    "rmse": Kind(
        "its root: how far a pixel is off, typically", ".2f",
        _card(lambda card: math.sqrt(card.metrics["mse"])),
    ),
    "images": Kind("how many test images figures are means over", ",d", _metric("n")),
    "reconstruction": Kind("−log p(x given z), nats an image", ".1f", _metric("reconstruction")),
    "kl": Kind("KL to the prior, nats an image", ".1f", _metric("kl")),
    "aggregate_kl": Kind(
        "KL of the aggregate posterior to the prior, nats, at least", ".1f", _aggregate_kl
    ),
    "elbo": Kind("−ELBO, nats an image", ".1f", _metric("negative_elbo")),
    "iw_nll": Kind(
        "importance-weighted bound on −log p(x), nats an image", ".1f", _metric("iw_nll")
    ),
    "iw_gap": Kind("how far −ELBO lies above it, on the same images", ".1f", _metric("iw_gap")),
    "iw_images": Kind("how many test images both are means over", ",d", _metric("iw_n")),
    "loss": Kind("reconstruction + β · KL, nats an image", ".1f", _card(_loss)),
    "beta": Kind("β", ".0f", _card(_beta)),
    "active": Kind("active units", ".0f", _metric("active_units")),
    "drawn": Kind("classes that 1,000 draws show, 10 or more of each", ".0f", _card(_drawn)),
    "mig": Kind("mutual information gap, 0 to 1", ".2f", _metric("mig")),
    "mig_over_seeds": Kind(
        "the same over trainings from several seeds, on validation images", ".2f", _over_seeds,
        (("median", "lowest", "highest"),),
    ),
    "told": Kind("percent of a factor that the best single unit tells", ".0f", _told,
                 (sprites.GRID.names,)),
    "outside": Kind(
        "percent of its codes that lie farther out than 99 % of draws from the prior", ".0f",
        _outside,
    ),
    "held_out": Kind(
        "held-out normal images that the limit comes from", ",d",
        lambda model, _: len(model.checkpoint.calibration),
    ),
    "rank": Kind("which of them, by score, is the limit", ",d", _rank),
    "rate_low": Kind(
        "percent of normal images above the limit, 95 % of calibration sets: from", ".1f",
        _rate("low"),
    ),
    "rate_high": Kind("the same: to", ".1f", _rate("high")),
    "limit": Kind(
        "the score that at most 5 % of new normal images exceed, on average over calibration sets",
        PER_PIXEL, _limit,
    ),
    "photograph": Kind("the score of the sample photograph", PER_PIXEL, _photograph),
    "strangeness": Kind(
        "how many times the mean score of test images that is", ".0f", _strangeness
    ),
    "frechet": Kind(
        "Fréchet distance of samples to real images", ".1f", _frechet, (tuple(SAMPLERS),)
    ),
    "flow_distance": Kind(
        "the same of a latent flow, each class asked for as often", ".1f", _asked("distance", 1),
        _ASKED,
    ),
    "flow_agreement": Kind(
        "percent of these samples that the classifier takes for the class asked for", ".2f",
        _asked("agreement", 100), _ASKED,
    ),
    "class_in_code": Kind(
        "percent of test images whose class a linear classifier tells from their codes", ".0f",
        _style("class from the code"),
    ),
    "class_asked": Kind(
        "percent of draws of a conditional model, at a temperature, taken for the class told",
        ".1f", _style("agree, T = {}"), (("1", "0.8"),),
    ),
    "class_swapped": Kind(
        "percent of test images, each drawn as every class, that are taken for that class", ".1f",
        _style("an image as each class"),
    ),
    "floor": Kind("Fréchet distance of real test images", ".1f", _floor),
    "psnr": Kind("decibels after denoising", ".1f", _restored("psnr"), _NOISE),
    "ssim": Kind("SSIM after denoising", ".2f", _restored("ssim"), _NOISE),
    "gaussian_loss": Kind(
        "squared error / 2σ² + β · KL, whatever the model was trained on: nats an image, without "
        "the constant", ".1f", _gaussian_loss, (("1", "4"), ("0.25", "0.5")),
    ),
    "grey": Kind("entropy of a test image's grey pixels, nats", ".1f", _grey),
    "avoidable": Kind("how far the cross-entropy lies above it", ".1f", _avoidable),
    "stranger_elbo": Kind(
        "−ELBO of images it has not learnt, nats an image", ".0f", _stranger_elbo, (_STRANGERS,)
    ),
    "stranger_auroc": Kind(
        "percent of pairs in which such an image scores above a test image", ".0f",
        _stranger_auroc, (("mse", "surprise", "elbo"), _STRANGERS),
    ),
    "detail": Kind(
        "rank correlation of squared error with total variation or ink, test images", ".2f",
        _detail, (("variation", "ink"),),
    ),
    "black": Kind("squared error per pixel of an all-black image", ".6f", _black),
    "least_error": Kind("the lowest of the images it carries", ".6f", _carried(np.min)),
    "largest_error": Kind("the highest of the images it carries", ".6f", _carried(np.max)),
    "flagged": Kind(
        "percent of test images above the limit", ".1f", _flagged,
        ((ALL, *map(str, range(10))),),
    ),
    "class_rate": Kind(
        "percent of a class above its limit, of all test images", ".1f", _class_rate,
        (("conformal", "by_class"), ("lowest", "highest")),
    ),
    "uphill": Kind(
        "cosine between a way from noisy images and the gradient of a kernel density", ".2f",
        _uphill, (("residual", "clean", "mean"), _WIDTHS),
    ),
    "denser": Kind(
        "percent of noisy images that are denser by it when restored", ".0f", _denser, (_WIDTHS,)
    ),
}  # fmt: skip

"""The figures that lessons name: `{{digits-vae-16d.kl}}` becomes 13.8, from the model's own card.

A figure is `{{subject.name}}`, `{{subject.name words}}` or `{{subject.name words:.2f}}`. The
subject is a model by its name, `model` (the one that is chosen now), `here` (what the control of
the step shows now) or a filter or detector of the textbooks. Nothing is evaluated: names are
looked up in the tables below.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import cache as once
from typing import NamedTuple

import numpy as np

from aecore import checkpoints, scoring
from aecore.anomaly.detectors import DETECTORS
from aecore.anomaly.guarantees import conformal_rank, realised
from aecore.anomaly.threshold import DEFAULT_RATE
from aecore.checkpoints import Card
from aecore.data.sprites import FACTOR_NAMES
from aecore.denoising import FILTERS
from aecore.errors import CheckpointError, DataError
from aecore.latents.sampling import SAMPLERS
from aecore.noise import KINDS
from aeview.own_pictures import samples as sample_pictures
from aeview.work import cache, sample_quality, shipped
from aeview.work.live import Opened

MODEL, HERE = "model", "here"
UNKNOWN = "?"
_COUNTS = ("n", "seed", "frames")
_FIGURE = re.compile(
    r"\{\{\s*(?P<subject>[\w-]+)\.(?P<name>\w+)(?P<words>(?:\s+[\w.-]+)*)\s*"
    r"(?::(?P<digits>\.[0-6]f|,d))?\s*\}\}"
)
_PER_PIXEL = ".4f"


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


def _floor(model: Opened, _: list[str]) -> float | None:
    return sample_quality.floor(model.checkpoint.card.data)


def _measured(row: str, data: str, metric: str, words: list[str]) -> float | None:
    found = shipped.denoising(data)
    values = found["kinds"].get(words[0]) if found else None
    level = float(words[1])
    if values is None or row not in values["rows"] or level not in values["levels"]:
        return None
    figure: float = values["rows"][row][metric][values["levels"].index(level)]
    return figure


def _restored(metric: str) -> Callable[[Opened, list[str]], float | None]:
    return lambda model, words: _measured(model.name, model.checkpoint.card.data, metric, words)


_NOISE = (tuple(KINDS), tuple(f"{level:g}" for kind in KINDS.values() for level in kind.levels))
KINDS_OF_FIGURES: dict[str, Kind] = {
    "pixels": Kind("numbers in an image", ".0f", _card(_pixels)),
    "units": Kind("numbers in a code", ".0f", _card(lambda card: card.model.code_dim)),
    "ratio": Kind(
        "pixels for each number of the code", ".0f",
        _card(lambda card: _pixels(card) / card.model.code_dim),
    ),
    "mse": Kind("squared error per pixel, test images", _PER_PIXEL, _metric("mse")),
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
    "mig": Kind("mutual information gap, 0 to 1", ".2f", _metric("mig")),
    "mig_over_seeds": Kind(
        "the same over trainings from several seeds, on validation images", ".2f", _over_seeds,
        (("median", "lowest", "highest"),),
    ),
    "told": Kind("percent of a factor that the best single unit tells", ".0f", _told,
                 (FACTOR_NAMES,)),
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
        _PER_PIXEL, _limit,
    ),
    "photograph": Kind("the score of the sample photograph", _PER_PIXEL, _photograph),
    "strangeness": Kind(
        "how many times the mean score of test images that is", ".0f", _strangeness
    ),
    "frechet": Kind(
        "Fréchet distance of samples to real images", ".1f", _frechet, (tuple(SAMPLERS),)
    ),
    "floor": Kind("the same of real test images", ".1f", _floor),
    "psnr": Kind("decibels after denoising", ".1f", _restored("psnr"), _NOISE),
    "ssim": Kind("SSIM after denoising", ".2f", _restored("ssim"), _NOISE),
}  # fmt: skip


# ---- of the textbooks -----------------------------------------------------------------


@once
def _detectors(setting: str) -> dict[str, float]:
    found = {line["name"]: line["auroc"] for line in shipped.detectors_of(setting)}
    if (ours := shipped.autoencoder_of(setting)) is not None:
        found[AUTOENCODER] = ours
    return {name: 100 * value for name, value in found.items()}


@once
def _code_sizes() -> dict[str, float]:
    """By "pca 64", "pca 64 train" or "pca 64 clipped"."""
    measured = shipped.code_sizes()
    return {
        f"{family} {k}{end}": value
        for part, end in (("test", ""), ("train", " train"), ("clipped", " clipped"))
        for family, values in (shipped.errors(measured, part) if measured else {}).items()
        for k, value in values.items()
    }


def _by_code_size(family: str, words: list[str]) -> float:
    found, wanted = _code_sizes(), " ".join((family, *words))
    if wanted not in found:
        raise DataError(f"“{CODE_SIZE}.{wanted[:40]}” was not measured")
    return found[wanted]


CODE_SIZE = "code_size"
DETECTED = "digits/all/corrupted/patches/0.3"
AUTOENCODER = "autoencoder"  # the one that the page Anomaly trains on a table
DETECTED_ON = {"": DETECTED, "rows": "breast cancer"}
NOISY = "noisy"


def _textbook(subject: str, name: str, words: list[str], data: str) -> tuple[float | None, str]:
    if subject in (*DETECTORS, AUTOENCODER) and name == "auroc" and " ".join(words) in DETECTED_ON:
        return _detectors(DETECTED_ON[" ".join(words)]).get(subject), ".1f"
    if subject in (*FILTERS, "wiener", NOISY) and name in ("psnr", "ssim"):
        _check(name, words)
        return _measured(subject, data, name, words), KINDS_OF_FIGURES[name].digits
    raise DataError(f"“{subject}.{name}” is no figure of that filter or detector")


# ---- texts -----------------------------------------------------------------


class Context(NamedTuple):
    """What figures are looked up in.

    Attributes:
        model: the chosen model; None where there is none.
        here: what the step's control shows now.
    """

    model: Opened | None
    here: Mapping[str, float]


def fill(text: str, context: Context) -> str:
    """Put the figures into a text.

    Raises:
        DataError: in one sentence, for a figure that does not exist.
    """
    made = _FIGURE.sub(lambda match: _written(match, context), text)
    if "{{" in made:
        wrong = made[made.index("{{") :][:40]
        raise DataError(f"“{wrong}” is no figure; write {{{{model.kl}}}}, or {{ {{ with a space")
    return made


def _written(match: re.Match[str], context: Context) -> str:
    subject, name, words = match["subject"], match["name"], match["words"].split()
    value, digits = _value(subject, name, words, context)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return UNKNOWN
    digits = match["digits"] or digits
    number = f"{round(value):,}" if digits == ",d" else f"{value:{digits}}"
    return number.replace("-", "−")


def _value(
    subject: str, name: str, words: list[str], context: Context
) -> tuple[float | None, str]:
    if subject == HERE:
        if name not in context.here or words:
            known = ", ".join(context.here) or "nothing, as this step has no such control"
            raise DataError(f"“here.{name}” is no figure; here can be {known}")
        return context.here[name], _here_digits(name)
    if subject == CODE_SIZE:
        return _by_code_size(name, words), _PER_PIXEL
    if subject in (*DETECTORS, AUTOENCODER, *FILTERS, "wiener", NOISY):
        data = context.model.checkpoint.card.data if context.model else "digits"
        return _textbook(subject, name, words, data)
    if name not in KINDS_OF_FIGURES:
        raise DataError(f"“{subject}.{name}” is no figure; of a model there are {_NAMES}")
    _check(name, words)
    kind = KINDS_OF_FIGURES[name]
    model = context.model if subject == MODEL else opened(subject)
    return (kind.value(model, words) if model else None), kind.digits


def _here_digits(name: str) -> str:
    return ".0f" if name in _COUNTS else _PER_PIXEL if name == "error" else ".2f"


_NAMES = ", ".join(KINDS_OF_FIGURES)


def _check(name: str, words: list[str]) -> None:
    offered = KINDS_OF_FIGURES[name].words
    wrong = [word for word, known in zip(words, offered, strict=False) if word not in known]
    if wrong or len(words) != len(offered):
        wanted = " and ".join(f"one of {', '.join(dict.fromkeys(each))}" for each in offered)
        said = " ".join(words)[:40]
        raise DataError(f"behind “{name}” stands “{said}”; there has to be {wanted or 'nothing'}")


def opened(name: str) -> Opened:
    """Open a model by its name.

    Raises:
        DataError: if there is none of that name, or it can't be opened.
    """
    entry = next((e for e in checkpoints.available() if e.name == name and e.card), None)
    if entry is None:
        raise DataError(f"there is no model “{name[:60]}” on this machine")
    try:
        return Opened(name, cache.stored(entry.path))
    except (CheckpointError, OSError) as error:
        raise DataError(f"{name}: {error}") from None

"""The figures that lessons name: `{{digits-vae-16d.kl}}` becomes 13.8, from the model's own card.

A figure is `{{subject.name}}`, `{{subject.name words}}` or `{{subject.name words:.2f}}`. The
subject is a model by its name, `model` (the one that is chosen now), `here` (what the control of
the step shows now) or a filter or detector of the textbooks. Nothing is evaluated: names are
looked up in the tables below, those of a model in `kinds`.
"""

import math
import re
from collections.abc import Mapping
from functools import cache as once
from typing import NamedTuple

from aecore import checkpoints
from aecore.anomaly.detectors import DETECTORS
from aecore.denoising import FILTERS
from aecore.errors import CheckpointError, DataError
from aeview.lessons.kinds import KINDS_OF_FIGURES as KINDS_OF_FIGURES
from aeview.lessons.kinds import PER_PIXEL, measured
from aeview.work import cache, shipped
from aeview.work.live import Opened

MODEL, HERE = "model", "here"
UNKNOWN = "?"
_COUNTS = ("n", "seed", "frames")
_FIGURE = re.compile(
    r"\{\{\s*(?P<subject>[\w-]+)\.(?P<name>\w+)(?P<words>(?:\s+[\w.-]+)*)\s*"
    r"(?::(?P<digits>\.[0-6]f|,d))?\s*\}\}"
)


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
    sizes = shipped.code_sizes()
    return {
        f"{family} {k}{end}": value
        for part, end in (("test", ""), ("train", " train"), ("clipped", " clipped"))
        for family, values in (shipped.errors(sizes, part) if sizes else {}).items()
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
        return measured(subject, data, name, words), KINDS_OF_FIGURES[name].digits
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
        return _by_code_size(name, words), PER_PIXEL
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
    return ".0f" if name in _COUNTS else PER_PIXEL if name == "error" else ".2f"


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

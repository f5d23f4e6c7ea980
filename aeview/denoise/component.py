"""Denoise: images spoilt and restored while a slider is dragged, painted and filled in.

Networks come through `payload` as "network/0" and on, the images as "denoise/images".
"""

import math
from typing import Any, NamedTuple

from aecore.limits import limits
from aecore.noise import KINDS, MAX_SEED
from aeview.work.component import component

NO_NOISE = "none"
MAX_IMAGES = 12
N_OFFERED = 400  # images that are sent to choose from
SHOW = ("pictures", "residuals")
METRICS = ("psnr", "ssim")


class Shown(NamedTuple):
    """What is on the page; every field is in the link.

    Attributes:
        kind: a name in `noise.KINDS`, or "none".
        level: of the noise, within the kind's range.
        seed: of the noise.
        n: images, 1 to 12.
        first: which of the offered images is the first, 0 to 399.
        show: "pictures" or "residuals".
        metric: the figure of the curves, "psnr" or "ssim".
    """

    kind: str = "gaussian"
    level: float = 0.4
    seed: int = 0
    n: int = 8
    first: int = 0
    show: str = "pictures"
    metric: str = "psnr"


class Asked(NamedTuple):
    """What the browser shows at rest, of which the filters are asked.

    Attributes:
        shown: the state.
        stamp: names this state, so that an answer to another one is not taken for it.
        images: names of the images, from left to right.
        paint: by place, what is painted away: base64 of one byte a pixel.
    """

    shown: Shown
    stamp: str
    images: tuple[str, ...]
    paint: dict[str, str]

    @classmethod
    def of(cls, values: Any) -> "Asked | None":
        """Read what the browser reported; None before it did."""
        reported = values.get("shown") if values else None
        if not reported:
            return None
        shown = Shown(**{name: reported[name] for name in Shown._fields})
        images, paint = tuple(reported["images"]), dict(reported["paint"])
        if max(len(images), len(paint)) > limits().asked:
            return None  # no page of ours asks for so many
        return cls(shown, reported["stamp"], images, paint)


def allowed(field: str, value: float, kind: str) -> bool:
    """Whether a number may stand in a field of `Shown`."""
    ranges: dict[str, tuple[float, float]] = {
        "seed": (0, MAX_SEED),
        "n": (1, MAX_IMAGES),
        "first": (0, N_OFFERED - 1),
    }
    if field == "level":
        ranges["level"] = (KINDS[kind].low, KINDS[kind].high) if kind in KINDS else (0, 1)
    low, high = ranges[field]
    whole = field == "level" or float(value).is_integer()
    return math.isfinite(value) and low <= value <= high and whole


class Page(NamedTuple):
    """What the component is told.

    Attributes:
        rows: of pictures, from top to bottom: id, title, note, and for a network its slot and key.
        kinds: of noise: title, words and range of the level, and how far networks were trained.
        shape: of an image.
        images: key of the images to choose from; empty for none.
        source: what they are, in words.
        own: the user's images: name and base64 of bytes.
        curves: by kind: levels, n, and figures by row.
        measured, unmeasured: words under the curves, where there are some and where not.
        restored: the filters' pictures of the state that `stamp` names, or None.
        start: what to show at first.
    """

    rows: list[dict[str, Any]]
    kinds: dict[str, dict[str, Any]]
    shape: tuple[int, ...]
    images: str
    source: str
    own: list[dict[str, str]]
    curves: dict[str, dict[str, Any]]
    measured: str
    unmeasured: str
    restored: dict[str, Any] | None
    start: Shown


def denoise(page: Page, key: str) -> None:
    """Show the page's component; what it reports is in the session state under `key`."""
    states = {"start": page.start._asdict(), "first": Shown()._asdict()}
    component("denoise")(key=key, data=page._asdict() | states, on_shown_change=_nothing)


def _nothing() -> None:
    """Streamlit wants a callback to know the names."""

"""Inside: layers, units, the way back from noise, missing pixels; all live in the browser.

The model comes through `payload`, slot 0; "inside/units" and "inside/pixels" hold what only Python
can compute.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from aecore.noise import MAX_SEED, live
from aeview.work.component import component

PARTS = ("layers", "units", "way", "masked")
UNITS = "inside/units"
PIXELS = "inside/pixels"
MAX_TURNS = 10
RATIOS = (0.05, 0.95)


class Shown(NamedTuple):
    """What is on the page; every field but `key` is in the link.

    Attributes:
        part: one of `PARTS`.
        of: the image, as "train-12"; "own" for the user's own, empty for the first.
        unit: the chosen unit; −1 for the first of the order.
        kind, level: of the noise.
        repeats: turns of encoding and decoding, 1 to 10.
        ratio: hidden share of the patches.
        seed: of noise and mask.
    """

    part: str = "layers"
    of: str = ""
    unit: int = -1
    kind: str = "gaussian"
    level: float = 0.4
    repeats: int = 1
    ratio: float = 0.5
    seed: int = 0

    @classmethod
    def of_report(cls, values: Any, key: str) -> "Shown | None":
        """Read what the browser reported of this model; None before it did."""
        reported = values.get("shown") if values else None
        if not reported or reported["key"] != key:
            return None
        return cls(**{name: reported[name] for name in cls._fields})


def allowed(field: str, value: float) -> bool:
    """Whether a number may stand in a field of `Shown`."""
    low, high = {
        "unit": (-1, 1024), "level": (0, 1), "repeats": (1, MAX_TURNS), "ratio": RATIOS,
        "seed": (0, MAX_SEED),
    }[field]  # fmt: skip
    whole = field in ("level", "ratio") or float(value).is_integer()
    return math.isfinite(value) and low <= value <= high and whole


class Page(NamedTuple):
    """What the component is told.

    Attributes:
        keys: atlas key of the model.
        units, pixels: keys of the two blocks.
        own: the user's own picture, packed, or None.
        masks: whether the model is a masked autoencoder.
        originals: whether the original images are on this machine, so that `pixels` will come.
        elsewhere: where there is one: its name (or none) and words.
        start: what to show at first.
    """

    keys: tuple[str, ...]
    units: str
    pixels: str
    own: dict[str, str] | None
    masks: bool
    originals: bool
    elsewhere: dict[str, str]
    start: Shown


def inside(page: Page, key: str, going: Callable[[], None]) -> None:
    """Show the component; what it reports is in the session state under `key`."""
    kinds = [{"name": n, "title": k.title, "level": k.level} for n, k in live().items()]
    data = page._asdict() | {"start": page.start._asdict(), "kinds": kinds}
    component("inside")(key=key, data=data, on_shown_change=_nothing, on_going_change=going)


def _nothing() -> None:
    """Streamlit wants a callback to know the names."""

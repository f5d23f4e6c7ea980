"""Generate: random codes, noisy codes and posterior draws of two models, decoded in the browser.

Its constants come through `payload`, slots 0 (the sidebar's model) and 1 (the one beside it).
"""

import math
from typing import Any, NamedTuple

from aecore.latents.sampling import MAX_TEMPERATURE, SAMPLERS
from aecore.noise import MAX_SEED
from aeview.work.component import component

MAX_SAMPLES = 100
MAX_NOISE = 3.0


class Shown(NamedTuple):
    """What is on the page; every field is in the link.

    Attributes:
        seed: of all draws.
        n: samples for each model, 1 to 100.
        temperature: what the noise is multiplied by, 0 to 3.
        method: a name in `SAMPLERS`.
        image: the chosen image as split-index, for example "0-17"; empty for the first.
        noise: largest noise on its code, in standard deviations of the model's codes, 0 to 3.
    """

    seed: int = 0
    n: int = 36
    temperature: float = 1.0
    method: str = "prior"
    image: str = ""
    noise: float = 2.0

    @classmethod
    def of(cls, values: Any) -> "Shown | None":
        """Read what the browser reported; None before it did."""
        reported = values.get("shown") if values else None
        return cls(**{name: reported[name] for name in cls._fields}) if reported else None


def allowed(field: str, value: float) -> bool:
    """Whether a number may stand in a field of `Shown`."""
    low, high = {
        "seed": (0, MAX_SEED), "n": (1, MAX_SAMPLES),
        "temperature": (0, MAX_TEMPERATURE), "noise": (0, MAX_NOISE),
    }[field]  # fmt: skip
    whole = field in ("temperature", "noise") or float(value).is_integer()
    return math.isfinite(value) and low <= value <= high and whole


class Page(NamedTuple):
    """What the component is told, for each slot where it says so.

    Attributes:
        keys: atlas key of each slot.
        titles: title of each slot.
        order: slots from left to right.
        sources: for each slot the packed distributions there are so far, by method.
        quality: Fréchet figures, or why there are none.
        start: what to show at first.
    """

    keys: tuple[str, ...]
    titles: tuple[str, ...]
    order: tuple[int, ...]
    sources: tuple[dict[str, dict[str, str]], ...]
    quality: dict[str, Any]
    start: Shown


def generate(page: Page, key: str) -> None:
    """Show the page's component; what it reports is in the session state under `key`."""
    methods = [
        {
            "name": name, "title": each.title, "words": each.words, "fitted": each.fitted,
            "meanwhile": each.meanwhile, "waiting": each.waiting, "about": each.about,
        }
        for name, each in SAMPLERS.items()
    ]  # fmt: skip
    data = page._asdict() | {"start": page.start._asdict(), "methods": methods}
    component("generate")(key=key, data=data, on_shown_change=_nothing, on_ask_change=_nothing)


def _nothing() -> None:
    """Streamlit wants a callback to know the names."""

"""Generate: random codes, noisy codes and posterior draws of two models, decoded in the browser.

Its constants come through `payload`, slots 0 (the sidebar's model) and 1 (the one beside it).
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from aecore.latents.measures import MEASURES, Measure
from aecore.latents.sampling import SAMPLERS
from aeview.generate.shown import Shown
from aeview.work.component import component

TOLD = (
    "title",
    "words",
    "fitted",
    "sent",
    "learnt",
    "meanwhile",
    "waiting",
    "about",
)  # of a sampler


class Page(NamedTuple):
    """What the component is told, for each slot where it says so.

    Attributes:
        keys: atlas key of each slot.
        titles: title of each slot.
        order: slots from left to right.
        sources: for each slot the packed distributions there are so far, by method.
        flows: for each slot what is told of its latent flow.
        own: the user's own picture as the models take it; None without one.
        quality: figures of the samples, or why there are none.
        start: what to show at first.
    """

    keys: tuple[str, ...]
    titles: tuple[str, ...]
    order: tuple[int, ...]
    sources: tuple[dict[str, dict[str, str]], ...]
    flows: tuple[dict[str, Any], ...]
    own: dict[str, str] | None
    quality: dict[str, Any]
    start: Shown


def generate(page: Page, key: str) -> None:
    """Show the page's component; what it reports is in the session state under `key`."""
    component("generate", "shown", "ask")(key=key, data=told(page, tuple(SAMPLERS), MEASURES))


def told(page: Page, methods: Collection[str], measures: Mapping[str, Measure]) -> dict[str, Any]:
    """What the component is told of the page, of these samplers, of these figures of samples."""
    return page._asdict() | {
        "fields": Shown.for_browser(),
        "start": page.start.as_json(),
        "methods": [
            {"name": name} | {told: getattr(SAMPLERS[name], told) for told in TOLD}
            for name in methods
        ],
        "measures": [{"name": name, **each._asdict()} for name, each in measures.items()],
    }

"""Generate: random codes, noisy codes and posterior draws of two models, decoded in the browser.

Its constants come through `payload`, slots 0 (the sidebar's model) and 1 (the one beside it).
"""

from typing import Any, NamedTuple

from aecore.latents.sampling import SAMPLERS
from aeview.generate.shown import Shown
from aeview.work.component import component

TOLD = ("title", "words", "fitted", "sent", "meanwhile", "waiting", "about")  # of a sampler


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
        {"name": name} | {told: getattr(each, told) for told in TOLD}
        for name, each in SAMPLERS.items()
    ]
    data = page._asdict() | {
        "fields": Shown.for_browser(),
        "start": page.start.as_json(),
        "methods": methods,
    }
    component("generate", "shown", "ask")(key=key, data=data)

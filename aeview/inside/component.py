"""Inside: layers, units, the way back from noise, missing pixels; all live in the browser.

The model comes through `payload`, slot 0; "inside/units" and "inside/pixels" hold what only Python
can compute.
"""

from collections.abc import Callable
from typing import NamedTuple

from aecore.noise import live
from aeview.inside.shown import Shown
from aeview.work.component import component

UNITS = "inside/units"
PIXELS = "inside/pixels"


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
    data = page._asdict() | {
        "fields": Shown.for_browser(),
        "start": page.start.as_json(),
        "kinds": kinds,
    }
    component("inside", "shown")(key=key, data=data, on_going_change=going)

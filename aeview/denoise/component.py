"""Denoise: images spoilt and restored while a slider is dragged, painted and filled in.

Networks come through `payload` as "network/0" and on, the images as "denoise/images".
"""

from typing import Any, NamedTuple

from aecore.limits import limits
from aeview.denoise.shown import Shown
from aeview.work.component import component


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
        shown = Shown.from_report(reported)
        if reported is None or shown is None:
            return None
        images, paint = tuple(reported["images"]), dict(reported["paint"])
        if max(len(images), len(paint)) > limits().asked:
            return None  # no page of ours asks for so many
        return cls(shown, reported["stamp"], images, paint)


class Page(NamedTuple):
    """What the component is told.

    Attributes:
        rows: of pictures, from top to bottom: id, title, note, and for a network its slot and key.
        lines: of curves alone, as rows are.
        kinds: of noise: title, words and range of the level, and how far networks were trained.
        shape: of an image.
        images: key of the images to choose from; empty for none.
        source: what they are, in words.
        own: the user's images: name and base64 of bytes.
        curves: by kind: levels, n, and figures by row.
        measured, unmeasured, unspoilt: words under the curves, where there are none, and where no
            noise is added.
        restored: the filters' pictures of the state that `stamp` names, or None.
        start: what to show at first.
    """

    rows: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    kinds: dict[str, dict[str, Any]]
    shape: tuple[int, ...]
    images: str
    source: str
    own: list[dict[str, str]]
    curves: dict[str, dict[str, Any]]
    measured: str
    unmeasured: str
    unspoilt: str
    restored: dict[str, Any] | None
    start: Shown


def denoise(page: Page, key: str) -> None:
    """Show the page's component; what it reports is in the session state under `key`."""
    data = page._asdict() | {
        "fields": Shown.for_browser(),
        "start": page.start.as_json(),
        "first": Shown().as_json(),
    }
    component("denoise", "shown")(key=key, data=data)

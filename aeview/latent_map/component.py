"""The latent map: canvas, gestures and the panel beside it; decodes in the browser.

Its constants come through `payload`, slot 0.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from aeview.latent_map.shown import Shown
from aeview.work.component import component


class Row(NamedTuple):
    """The row above the map, from an image to its code and back.

    Attributes:
        sentence: what is seen there.
        there: whether the page has it.
        tour: whether a visit may begin with a tour of the map.
        sweeps: that may be chosen from (`sweeps.told`); None for no choice.
    """

    sentence: str
    there: bool = True
    tour: bool = False
    sweeps: dict[str, Any] | None = None


class Map(NamedTuple):
    """Which map is shown.

    Attributes:
        key: of its payload.
        originals: whether the original images are on this machine.
        classifier: the key of that of its data set; empty where there is none.
        forms: the key of the map that takes its place and shows how it forms (`forming.send`).
    """

    key: str
    originals: bool
    classifier: str = ""
    forms: str = ""


def latent_map(
    which: Map,
    start: Shown,
    guess: tuple[float, ...] | None,
    row: Row,
    choose: Callable[[], None],
    tell: Callable[[], None],
) -> None:
    """Show the map; what it reports of it is in the session state (`Shown.reported`).

    Args:
        which: the map.
        start: what to begin with; read when an atlas is opened.
        guess: a code that is marked as the user's guess.
        row: what stands above it.
        choose: called when another model of a sweep is, "member" in the session state.
        tell: called when a conditional model is to be told another class, "told" there.
    """
    component("latent_map", "pin", "view")(
        key=Shown.component,
        on_member_change=choose,
        on_told_change=tell,
        data=told(which, start, row, guess) | {"tells": True},
    )


def told(
    which: Map, start: Shown, row: Row, guess: tuple[float, ...] | None = None
) -> dict[str, Any]:
    """What the component is told; `tells` stands beside it where a class can be told the model."""
    pin = {"code": start.code, "row": start.row, "place": start.place or None}
    begin = {
        "pin": pin if start.code else None, "view": start.view or None, "colour": start.colour,
        "layers": start.layers, "towards": start.towards, "put_away": start.put_away,
        "beside": start.beside, "guess": guess,
    }  # fmt: skip
    return {
        "keys": [which.key],
        "start": begin,
        "originals": which.originals,
        "classifier": which.classifier,
        "forms": which.forms,
        "sentence": row.sentence,
        "network": row.there,
        "tour": row.tour,
        "sweeps": row.sweeps,
    }

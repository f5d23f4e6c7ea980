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
        sizes: of the code, that may be chosen (`sizes.told`); None for no choice.
    """

    sentence: str
    there: bool = True
    tour: bool = False
    sizes: dict[str, Any] | None = None


def latent_map(
    atlas_key: str,
    start: Shown,
    guess: tuple[float, ...] | None,
    originals: bool,
    row: Row,
    resize: Callable[[], None],
) -> None:
    """Show the map; what it reports of it is in the session state (`Shown.reported`).

    Args:
        atlas_key: key of the payload it shows.
        start: what to begin with; read when an atlas is opened.
        guess: a code that is marked as the user's guess.
        originals: whether the original images are on this machine.
        row: what stands above it.
        resize: called when another size of the code is chosen, "size" in the session state.
    """
    pin = {"code": start.code, "row": start.row, "place": start.place or None}
    begin = {
        "pin": pin if start.code else None, "view": start.view or None, "colour": start.colour,
        "layers": start.layers, "put_away": start.put_away, "beside": start.beside, "guess": guess,
    }  # fmt: skip
    component("latent_map", "pin", "view")(
        key=Shown.component,
        on_size_change=resize,
        data={
            "keys": [atlas_key],
            "start": begin,
            "originals": originals,
            "sentence": row.sentence,
            "network": row.there,
            "tour": row.tour,
            "sizes": row.sizes,
        },
    )

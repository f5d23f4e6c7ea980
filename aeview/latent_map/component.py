"""The latent map: canvas, gestures and the panel beside it; decodes in the browser.

Its constants come through `payload`, slot 0.
"""

from typing import Any, NamedTuple

from aeview.work.component import component


class Pin(NamedTuple):
    """What the user pinned.

    Attributes:
        code: latent code; empty after Escape.
        row: the point it was pinned on, or −1.
        place: where on the map.
    """

    code: tuple[float, ...]
    row: int
    place: tuple[float, float]


class View(NamedTuple):
    """What the user looks at: centre and width in units of the map, colour and layers."""

    view: tuple[float, float, float]
    colour: str
    layers: tuple[str, ...]


class MapState(NamedTuple):
    """What the browser has reported of a map so far; None for what it has not."""

    pin: Pin | None
    view: View | None

    @classmethod
    def of(cls, values: Any, atlas_key: str) -> "MapState":
        """Read the component's session state; what belongs to another map does not count."""
        pin, view = (_of_map(values, name, atlas_key) for name in ("pin", "view"))
        return cls(
            Pin(tuple(pin["code"]), int(pin["row"]), tuple(pin["place"])) if pin else None,
            View(tuple(view["view"]), view["colour"], tuple(view["layers"])) if view else None,
        )


def _of_map(values: Any, name: str, atlas_key: str) -> dict[str, Any] | None:
    value = values.get(name) if values else None
    return value if value and value["key"] == atlas_key else None


def latent_map(atlas_key: str, start: dict[str, Any], originals: bool, key: str) -> None:
    """Show the map; what it reports is in the session state under `key` (`MapState.of`).

    Args:
        atlas_key: key of the payload it shows.
        start: pin, view, colour, layers and a guess to begin with; read when an atlas is opened.
        originals: whether the original images are on this machine.
        key: the widget's key.
    """
    component("latent_map")(
        key=key,
        data={"keys": [atlas_key], "start": start, "originals": originals},
        on_pin_change=_nothing,
        on_view_change=_nothing,
    )


def _nothing() -> None:
    """Streamlit wants a callback to know the names."""

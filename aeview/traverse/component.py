"""One slider a latent unit, the decoded picture, and the traversal grid; decodes in the browser.

Its constants come through `payload`, slot 0.
"""

from typing import Any, NamedTuple

from aeview.work.component import component


class Place(NamedTuple):
    """Where the user is in latent space, and how they got there.

    Attributes:
        code: latent code.
        row: the stored image from which *Reset* starts again; −1 for the mean code.
        seed: the seed of the random numbers on screen.
        columns: pictures in each row of the grid.
    """

    code: tuple[float, ...]
    row: int
    seed: int
    columns: int

    @classmethod
    def of(cls, values: Any, atlas_key: str) -> "Place | None":
        """Read the component's session state; what belongs to another model does not count."""
        place = values.get("place") if values else None
        if not place or place["key"] != atlas_key:
            return None
        return cls(
            tuple(place["code"]), int(place["row"]), int(place["seed"]), int(place["columns"])
        )


def traverse(atlas_key: str, start: dict[str, Any], units: list[dict[str, Any]], key: str) -> None:
    """Show sliders, picture and grid; what they report is in the session state (`Place.of`).

    Args:
        atlas_key: key of the payload it shows.
        start: code (or None for the starting image's own), row, seed and columns to begin with;
            read when an atlas is opened.
        units: `aecore.latents.traversal.Unit` of each row of the grid, from the top, with a
            `note` for its tooltip.
        key: the widget's key.
    """
    component("traverse")(
        key=key,
        data={"keys": [atlas_key], "start": start, "units": units},
        on_place_change=_nothing,
    )


def _nothing() -> None:
    """Streamlit wants a callback to know the name."""

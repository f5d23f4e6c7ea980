"""One slider a latent unit, the decoded picture, and the traversal grid; decodes in the browser.

Its constants come through `payload`, slot 0.
"""

from typing import Any

from aeview.traverse.shown import COLUMNS, MOST_ROWS, Shown
from aeview.work.component import component

PLACE = "place"  # the part that the component reports


def traverse(atlas_key: str, start: Shown, units: list[dict[str, Any]]) -> None:
    """Show sliders, picture and grid; what they report is in the session state (`PLACE`).

    Args:
        atlas_key: key of the payload it shows.
        start: what to begin with; read when an atlas is opened.
        units: `aecore.latents.traversal.Unit` of each row of the grid, from the top, with a
            `note` for its tooltip.
    """
    component("traverse", "place")(key=Shown.component, data=told(atlas_key, start, units))


def told(atlas_key: str, start: Shown, units: list[dict[str, Any]]) -> dict[str, Any]:
    """What the component is told."""
    return {
        "keys": [atlas_key], "fields": Shown.for_browser(),
        "columns": COLUMNS, "most_rows": MOST_ROWS,
        "start": start.as_json() | {"code": start.code or None}, "units": units,
    }  # fmt: skip

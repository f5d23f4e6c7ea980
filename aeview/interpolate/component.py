"""Strips between two codes, a scrubber and a small map; everything is decoded in the browser.

Its model comes through `payload`, slot 0.
"""

from collections.abc import Mapping
from typing import Any

from aecore.latents.paths import Look
from aeview import theme
from aeview.interpolate.shown import Shown
from aeview.shell.ends import End
from aeview.work.component import component


def interpolate(data: dict[str, Any]) -> None:
    """Show the strips, as `told` has it; what they report is in the session state."""
    component("interpolate", "shown")(key=Shown.component, data=data)


def told(
    atlas_key: str,
    start: Shown,
    ends: tuple[End, End],
    offered: Mapping[str, Look],
    originals: bool,
) -> dict[str, Any]:
    """What the component is told.

    Args:
        atlas_key: key of the payload that is shown.
        start: what to begin with; read when an atlas is opened.
        ends: its two ends.
        offered: the ways between them, and how they look.
        originals: whether the original images are on this machine and will be sent.
    """
    a, b = (end.as_json() for end in ends)
    ways = [
        {
            "name": name, "title": look.title, "words": look.words,
            "colour": theme.COLOURS[look.style.colour], "dash": list(look.style.dash),
        }
        for name, look in offered.items()
    ]  # fmt: skip
    return {
        "keys": [atlas_key], "fields": Shown.for_browser(),
        "start": start.as_json() | {"a": a, "b": b}, "ways": ways, "originals": originals,
    }  # fmt: skip

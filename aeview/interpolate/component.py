"""Strips between two codes, a scrubber and a small map; everything is decoded in the browser.

Its model comes through `payload`, slot 0.
"""

from typing import Any

from aecore.latents.strips import live
from aeview import theme
from aeview.work.component import component


def interpolate(atlas_key: str, start: dict[str, Any], originals: bool, key: str) -> None:
    """Show the strips; what they report is in the session state under `key`, as `shown`.

    Args:
        atlas_key: key of the payload that is shown.
        start: ends, frames, path and place to begin with; read when an atlas is opened.
        originals: whether the original images are on this machine and will be sent.
        key: the widget's key.
    """
    ways = [
        {
            "name": name, "title": look.title, "words": look.words,
            "colour": theme.COLOURS[look.style.colour], "dash": list(look.style.dash),
        }
        for name, look in live().items()
    ]  # fmt: skip
    component("interpolate")(
        key=key,
        data={"keys": [atlas_key], "start": start, "ways": ways, "originals": originals},
        on_shown_change=_nothing,
    )


def _nothing() -> None:
    """Streamlit wants a callback to know the names."""

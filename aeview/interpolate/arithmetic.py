"""Latent arithmetic with images, and attribute vectors with a strength; decoded in the browser.

Its model comes through `payload`, slot 0.
"""

from typing import Any

from aeview.interpolate.shown import Sums
from aeview.work.component import component


def arithmetic(atlas_key: str, start: dict[str, Any], originals: bool) -> None:
    """Show both; what they report is in the session state (`Sums.reported`).

    Args:
        atlas_key: key of the payload that is shown.
        start: images, classes and strength to begin with; read when an atlas is opened.
        originals: whether the original images are on this machine and will be sent.
    """
    component("interpolate/arithmetic", "shown")(
        key=Sums.component,
        data={
            "keys": [atlas_key], "fields": Sums.for_browser(), "start": start,
            "originals": originals,
        },
    )  # fmt: skip

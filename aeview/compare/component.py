"""Linked maps of two to four models, one card for a sample, and rows of reconstructions.

The models come through `payload`, one slot each; everything that follows the pointer happens in
the browser.
"""

from typing import NamedTuple

from aeview.compare.shown import Shown
from aeview.work.component import component


class Sample(NamedTuple):
    """An image of the data set: its split (0 train, 1 validation, 2 test) and its place there."""

    split: int
    position: int


def compare(
    keys: list[str],
    titles: list[tuple[str, str]],
    start: Shown,
    rows: list[Sample],
    originals: list[bool],
) -> None:
    """Show the maps; what they report is in the session state, field by field.

    Args:
        keys: keys of the payloads, one for each slot.
        titles: for each model what it is, and its name.
        start: what to begin with; of it the seed is followed.
        rows: the images shown in rows.
        originals: for each model, whether its original images are on this machine.
    """
    component("compare", "sample", "seed", "gain")(
        key=Shown.component,
        data={
            "keys": keys, "titles": titles, "fields": Shown.for_browser(),
            "start": start.as_json() | {"sample": start.sample or None},
            "rows": rows, "originals": originals,
        },
    )  # fmt: skip

"""The image that is pinned, so that it stays pinned where another model knows it, too."""

import numpy as np

from aecore.checkpoints import Stored
from aeview.shown import address
from aeview.work import cache
from aeview.work.cache import MapChoice

IMAGE = "pinned image"  # among what was seen last, which opening a link forgets


def keep(checkpoint: Stored, choice: MapChoice, row: int) -> None:
    """Remember the image of a map's row; −1 for none. A draw is no image."""
    if not checkpoint.card.encodes:
        return
    seen = address.seen()
    seen.pop(IMAGE, None)
    points = cache.table(checkpoint, choice.n_points)
    if row >= 0 and points is not None and row < len(points):
        seen[IMAGE] = f"{points.split[row]} {points.index[row]} {checkpoint.card.data}"


def row(checkpoint: Stored, choice: MapChoice) -> int | None:
    """The row of the image that was pinned last; None where this map has it not."""
    split, _, rest = address.seen().get(IMAGE, "").partition(" ")
    index, _, data = rest.partition(" ")
    points = cache.table(checkpoint, choice.n_points)
    if data != checkpoint.card.data or points is None or not checkpoint.card.encodes:
        return None
    rows = np.flatnonzero((points.split == int(split)) & (points.index == int(index)))
    return int(rows[0]) if len(rows) else None

"""Latent arithmetic on the interpolation page: where it begins, and what it keeps in the link."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from aecore.checkpoints import LatentTable, Stored
from aeview.interpolate.arithmetic import arithmetic
from aeview.interpolate.shown import Sums
from aeview.shell import ends
from aeview.work import cache
from aeview.work.cache import MapChoice


@st.fragment
def show(checkpoint: Stored, choice: MapChoice, first: int) -> None:
    """Show a − b + c and the attribute vector; `first` is the image to begin with."""
    key = cache.atlas_key(checkpoint, choice)
    sums = now(checkpoint, choice)
    begin = {
        "sum": summed(checkpoint, sums),
        "attribute": _attribute(checkpoint.latents, sums, first),
    }
    arithmetic(key, begin, cache.has_originals(checkpoint))
    if Sums.reported(of=key):
        sums.write()


def now(checkpoint: Stored, choice: MapChoice) -> Sums:
    """What is on screen: as the component reported, else what the link says."""
    read = {"sum": _rows, "attribute": _parse}
    checks = {name: partial(_problem, each, checkpoint.latents) for name, each in read.items()}
    reported = Sums.reported(of=cache.atlas_key(checkpoint, choice))
    return reported if reported and reported.fits(checks) else Sums.start(checks)


def _problem(read: Any, points: LatentTable, text: str) -> str:
    return ends.problem(read, text, points)


def summed(checkpoint: Stored, sums: Sums) -> list[int] | None:
    """The rows of the three images; None for the usual ones."""
    return _rows(sums.sum, checkpoint.latents) if sums.sum else None


def _rows(text: str, points: LatentTable) -> list[int]:
    rows = [ends.image_row(part, points) for part in text.split(",")]
    if len(rows) != 3:
        raise ValueError("is not three images")
    return rows


def _attribute(points: LatentTable, sums: Sums, first: int) -> dict[str, Any]:
    if sums.attribute:
        return _parse(sums.attribute, points)
    lacks = int(points.labels[first])
    others = [int(label) for label in np.unique(points.labels) if label != lacks]
    has = others[-1] if others else lacks
    return {"row": first, "has": has, "lacks": lacks, "strength": sums.strength}


def _parse(text: str, points: LatentTable) -> dict[str, Any]:
    parts = text.split(",")
    if len(parts) != 4:
        raise ValueError("is not an image, two classes and a strength")
    row = ends.image_row(parts[0], points)
    classes = {str(label): int(label) for label in np.unique(points.labels)}
    if not {parts[1], parts[2]} <= set(classes):
        raise ValueError("names a class that has no images here")
    strength = Sums.kinds()["strength"].read(parts[3], {})
    return {
        "row": row, "has": classes[parts[1]], "lacks": classes[parts[2]], "strength": strength,
    }  # fmt: skip

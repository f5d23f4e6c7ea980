"""Latent arithmetic on the interpolation page: where it begins, and what it keeps in the link."""

import math
from typing import Any

import numpy as np
import streamlit as st

from aecore.checkpoints import LatentTable, Stored
from aeview.interpolate import shown as declared
from aeview.interpolate.arithmetic import arithmetic
from aeview.shell import ends
from aeview.shown import address
from aeview.work import cache
from aeview.work.cache import MapChoice

STRONGEST = 2.0
USUAL_STRENGTH = 1.0


@st.fragment
def show(held: Stored, choice: MapChoice, first: int) -> None:
    """Show a − b + c and the attribute vector; `first` is the image to begin with."""
    key = cache.atlas_key(held, choice)
    points = held.latents
    begin = {"sum": _sum(points), "attribute": _attribute(points, first)}
    arithmetic(key, begin, cache.has_originals(held.card.data), key=declared.Sums.component)
    values = (st.session_state.get(declared.Sums.component) or {}).get("shown")
    if values and values["key"] == key:
        address.set_parameters(
            {
                declared.Sums.link("sum"): values["sum"],
                declared.Sums.link("attribute"): values["attribute"],
            }
        )


def _sum(points: LatentTable) -> list[int] | None:
    text = address.text(declared.Sums.link("sum"))
    if text is None:
        return None
    try:
        rows = [ends.image_row(part, points) for part in text.split(",")]
        if len(rows) == 3:
            return rows
        reason = "is not three images"
    except ValueError as error:
        reason = str(error)
    address.ignore(declared.Sums.link("sum"), reason)
    return None


def _attribute(points: LatentTable, first: int) -> dict[str, Any]:
    text = address.text(declared.Sums.link("attribute"))
    if text is not None:
        try:
            return _parse(text, points)
        except ValueError as error:
            address.ignore(declared.Sums.link("attribute"), str(error))
    lacks = int(points.labels[first])
    others = [int(label) for label in np.unique(points.labels) if label != lacks]
    has = others[-1] if others else lacks
    return {"row": first, "has": has, "lacks": lacks, "strength": USUAL_STRENGTH}


def _parse(text: str, points: LatentTable) -> dict[str, Any]:
    parts = text.split(",")
    if len(parts) != 4:
        raise ValueError("is not an image, two classes and a strength")
    row = ends.image_row(parts[0], points)
    classes = {str(label): int(label) for label in np.unique(points.labels)}
    if not {parts[1], parts[2]} <= set(classes):
        raise ValueError("names a class that has no images here")
    try:
        strength = float(parts[3])
    except ValueError:
        strength = math.nan
    if not abs(strength) <= STRONGEST:
        raise ValueError(f"has a strength outside −{STRONGEST:g} to {STRONGEST:g}")
    return {
        "row": row, "has": classes[parts[1]], "lacks": classes[parts[2]], "strength": strength,
    }  # fmt: skip

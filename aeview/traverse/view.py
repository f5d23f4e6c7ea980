"""The traverse page's parts: where it starts, what its units are called, and its link."""

from typing import Any

import streamlit as st

from aecore.checkpoints import Stored
from aecore.latents import traversal
from aecore.latents.support import ABOUT
from aecore.latents.traversal import Unit
from aeview.shell import sidebar
from aeview.shown import address, as_many
from aeview.traverse import sweep
from aeview.traverse.component import PLACE, traverse
from aeview.traverse.shown import GRIDS, Shown
from aeview.work import cache, live
from aeview.work.cache import MapChoice


@st.fragment
def show(checkpoint: Stored, choice: MapChoice) -> None:
    """Show sliders, picture and grid, and keep the address telling what is on screen."""
    key = cache.atlas_key(checkpoint, choice)
    if Shown.another("model", checkpoint.origin):
        Shown.forget("code", "row")
    place = Shown.reported(PLACE, key)
    traverse(key, place or _start(checkpoint), units(checkpoint))
    if place:
        address.remember_code(checkpoint.origin, place.code)
        place.write(without=("row",) if place.row < 0 else ())


def now(checkpoint: Stored, choice: MapChoice) -> Shown:
    """Where the user is: as the component reported, else where the page begins."""
    shown = Shown.reported(PLACE, cache.atlas_key(checkpoint, choice)) or _start(checkpoint)
    return shown if shown.code else shown.replace(code=tuple(_code(checkpoint, shown.row)))


def sheets(checkpoint: Stored, place: Shown) -> bool:
    """Whether sheets along directions are shown; one unit has none."""
    return place.grid == GRIDS[1] and checkpoint.card.model.code_dim > 1


def _code(checkpoint: Stored, row: int) -> list[float]:
    """Of a stored image; with −1 each unit at its centre."""
    if row >= 0:
        return checkpoint.latents.codes[row].tolist()
    units = sorted(traversal.units(checkpoint), key=lambda unit: unit.dimension)
    return [unit.centre for unit in units]


def units(checkpoint: Stored) -> list[dict[str, Any]]:
    """The units as the browser takes them, in the order of the grid's rows."""
    return [
        unit._asdict() | {"note": _note(checkpoint, unit)} for unit in traversal.units(checkpoint)
    ]


def _note(checkpoint: Stored, unit: Unit) -> str:
    if not checkpoint.card.encodes:
        return "Drawn from N(0, 1)."
    parts = [f"Variance of its codes over training images: {unit.variance:.3g}"]
    if unit.kl is not None:
        parts.insert(0, f"KL {unit.kl:.3g} nats")
    if not unit.active:
        parts.append("inactive (0.01 or less): the encoder says nothing by it")
    told = traversal.information(checkpoint.card, unit.dimension)
    if unit.factor:
        share = "" if told is None else f" (information {told:.2f})"
        parts.append(f"follows {unit.factor}{share}")
    return "; ".join(parts) + "."


def _start(checkpoint: Stored) -> Shown:
    """What the link says; else the code last pinned on this model; else the mean."""
    n = len(checkpoint.latents)
    shown = Shown.start({
        "code": as_many(checkpoint.card.model.code_dim),
        "row": lambda row: "" if 0 <= row < n else f"is not one of the {n:,} stored images",
    })  # fmt: skip
    if {"code", "row"} & set(Shown.linked()):
        return shown
    last = address.last_code(checkpoint.origin)
    return shown.replace(code=last) if last else shown


def words() -> None:
    """Say how the page is read, and what σ and KL mean here."""
    with st.expander("How to read this page"):
        st.markdown(
            sidebar.say(f"""
- **Drag a slider**: the picture is decoded again at every move, in your browser. Arrow keys step
  by 0.1 σ, Page up and Page down by 1 σ; any number can be typed, also beyond ±3 σ.
- **The grid**: each row pulls one unit from −3 σ to 3 σ and leaves the others as they are now. The
  line marks where the unit is. A click on a picture sets the unit.
- **Directions**: from the code in the middle of the first sheet the picture changes most to the
  right, and upwards in the second place, for what the 16 nearest training codes vary; a step is
  1 standard deviation of theirs. The second sheet takes steps as long along the two units that
  are used most. A click, or an arrow key, goes to a picture, and both are found anew there.
- **Moves**: the standard deviation of each pixel over the row. A dark map means that the decoder
  does not listen to this unit.
- **σ**: a VAE's prior is N(0, I), so one σ is 1 and the mean code is 0. A plain autoencoder has no
  prior: there σ and mean are those of the unit's codes over training images.
- **Inactive** units of a VAE have codes whose variance over the training images is 0.01 or less
  (Burda, Grosse and Salakhutdinov 2016); their KL is near 0 nats.
- {ABOUT}
""")
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    name, checkpoint = sidebar.chosen_model()
    choice = live.natural(checkpoint)
    show(checkpoint, choice)
    live.send(name, checkpoint, choice)
    sweep.show(checkpoint)
    words()

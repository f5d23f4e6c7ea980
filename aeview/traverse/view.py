"""The traverse page's parts: where it starts, what its units are called, and its link."""

from typing import Any

import streamlit as st

from aecore.checkpoints import Stored
from aecore.latents import traversal
from aecore.latents.traversal import Unit
from aeview.shell import sidebar
from aeview.shown import address
from aeview.traverse import family
from aeview.traverse import shown as declared
from aeview.traverse.component import Place, traverse
from aeview.work import cache, live
from aeview.work.cache import MapChoice

COLUMNS = (7, 11, 13)
MAX_SEED = 999_999


@st.fragment
def show(held: Stored, choice: MapChoice) -> None:
    """Show sliders, picture and grid, and keep the address telling what is on screen."""
    key = cache.atlas_key(held, choice)
    place = Place.of(st.session_state.get(declared.Shown.component), key)
    units = [_as_json(held, unit) for unit in traversal.units(held)]
    traverse(key, _start(held), units, key=declared.Shown.component)
    if place:
        _write_link(held, place)


def now(held: Stored, choice: MapChoice) -> Place:
    """Where the user is: as the component reported, else where the page begins."""
    place = Place.of(st.session_state.get(declared.Shown.component), cache.atlas_key(held, choice))
    if place is not None:
        return place
    begin = _start(held)
    code = begin["code"] or _code(held, begin["row"])
    return Place(tuple(code), begin["row"], begin["seed"], begin["columns"])


def _code(held: Stored, row: int) -> list[float]:
    """Of a stored image; with −1 each unit at its centre."""
    if row >= 0:
        return held.latents.codes[row].tolist()
    units = sorted(traversal.units(held), key=lambda unit: unit.dimension)
    return [unit.centre for unit in units]


def _as_json(held: Stored, unit: Unit) -> dict[str, Any]:
    return unit._asdict() | {"note": _note(held, unit)}


def _note(held: Stored, unit: Unit) -> str:
    parts = [f"Variance of its codes over training images: {unit.variance:.3g}"]
    if unit.kl is not None:
        parts.insert(0, f"KL {unit.kl:.3g} nats")
    if not unit.active:
        parts.append("inactive (0.01 or less): the decoder hears nothing from it")
    told = traversal.information(held.card, unit.dimension)
    if unit.factor:
        share = "" if told is None else f" (information {told:.2f})"
        parts.append(f"follows {unit.factor}{share}")
    return "; ".join(parts) + "."


def _start(held: Stored) -> dict[str, Any]:
    """What the link says; else the code last pinned on this model; else the mean."""
    row = _whole(declared.Shown.link("row"), len(held.latents) - 1)
    code = address.numbers(declared.Shown.link("code"), held.card.model.code_dim)
    if code is None and row is None:
        code = address.last_code(held.digest)
    columns = _whole(declared.Shown.link("columns"), max(COLUMNS)) or COLUMNS[0]
    if columns not in COLUMNS:
        address.ignore(
            declared.Shown.link("columns"), f"is not one of {', '.join(map(str, COLUMNS))}"
        )
    return {
        "code": None if code is None else list(code),
        "row": -1 if row is None else row,
        "seed": _whole(declared.Shown.link("seed"), MAX_SEED) or 0,
        "columns": columns if columns in COLUMNS else COLUMNS[0],
    }


def _whole(name: str, most: int) -> int | None:
    """Read a whole number from 0 on from the link; anything else is ignored with a notice."""
    text = st.query_params.get(name)
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most:
        return int(text)
    address.ignore(name, f"is not a whole number, 0 to {most:,}")
    return None


def _write_link(held: Stored, place: Place) -> None:
    address.remember_code(held.digest, place.code)
    address.set_parameters(
        {
            declared.Shown.link("code"): ",".join(f"{v:.6g}" for v in place.code),
            declared.Shown.link("seed"): str(place.seed),
            declared.Shown.link("columns"): str(place.columns),
        }
    )
    if place.row >= 0:
        address.set_parameters({declared.Shown.link("row"): str(place.row)})
    else:
        address.forget(declared.Shown.link("row"))


def words() -> None:
    """Say how the page is read, and what σ and KL mean here."""
    with st.expander("How to read this page"):
        st.markdown(
            """
- **Drag a slider**: the picture is decoded again at every move, in your browser. Arrow keys step
  by 0.1 σ, Page up and Page down by 1 σ; any number can be typed, also beyond ±3 σ.
- **The grid**: each row pulls one unit from −3 σ to 3 σ and leaves the others as they are now. The
  line marks where the unit is. A click on a picture sets the unit.
- **Moves**: the standard deviation of each pixel over the row. A dark map means that the decoder
  does not listen to this unit.
- **σ**: a VAE's prior is N(0, I), so one σ is 1 and the mean code is 0. A plain autoencoder has no
  prior: there σ and mean are those of the unit's codes over training images.
- **Inactive** units of a VAE have codes whose variance over the training images is 0.01 or less
  (Burda, Grosse and Salakhutdinov 2016); their KL is near 0 nats.
- **Support** is the share of training images that lie at least as far from their own neighbours
  in latent space as this code does.
"""
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    address.resume(*declared.Shown.parameters())
    name, held = sidebar.chosen_model()
    choice = live.natural(held)
    show(held, choice)
    live.send(name, held, choice)
    family.show(held)
    words()

"""The latent map page's parts: its controls, its waiting states, and where the map begins.

What a pin says is computed in the browser; Python hears of it for the link and other pages.
"""

from typing import Any

import streamlit as st

from aecore.checkpoints import Stored
from aeview.latent_map import shown as declared
from aeview.latent_map.component import MapState, Pin, View, latent_map
from aeview.shell import map_choice, sidebar
from aeview.shown import address
from aeview.work import cache, live
from aeview.work.cache import MapChoice

# ---- the map -----------------------------------------------------------------------------------


@st.fragment
def show(held: Stored, choice: MapChoice, guess: tuple[float, ...] | None = None) -> None:
    """Show the map, and keep what is pinned on it; `guess` is marked as the user's guess."""
    key = cache.atlas_key(held, choice)
    reported = MapState.of(st.session_state.get(declared.Shown.component), key)
    fits = guess is not None and len(guess) == held.card.model.code_dim
    begin = start(held, choice) | {"guess": guess if fits else None}
    latent_map(key, begin, cache.has_originals(held.card.data), key=declared.Shown.component)
    _write_link(held, reported.pin, reported.view)


def pinned(held: Stored, choice: MapChoice) -> Pin | None:
    """What is pinned now, by the user, by the link or as the first picture; None for nothing."""
    if cache.table(held, choice.n_points) is None or cache.projection(held, choice) is None:
        return None
    reported = MapState.of(
        st.session_state.get(declared.Shown.component), cache.atlas_key(held, choice)
    ).pin
    if reported is not None:
        return reported if reported.code else None
    first = start(held, choice)["pin"]
    return Pin(tuple(first["code"]), first["row"], tuple(first["place"] or (0.0, 0.0)))


def start(held: Stored, choice: MapChoice) -> dict[str, Any]:
    """What the map begins with: pin, view, colour and layers."""
    d = held.card.model.code_dim
    code, row = address.numbers(declared.Shown.link("code"), d), -1
    place = address.numbers(declared.Shown.link("place"), 2) if code else None
    code = code or address.last_code(held.digest)
    if code is None:
        row = map_choice.middle(held, choice)
        points = cache.table(held, choice.n_points)
        assert points is not None
        code = tuple(float(f"{value:.6g}") for value in points.codes[row])
    view = address.numbers(declared.Shown.link("view"), 3)
    return {
        "pin": {"code": list(code), "row": row, "place": place},
        "view": list(view) if view and view[2] > 0 else None,
        "colour": next(
            iter(address.words(declared.Shown.link("colour"), declared.COLOURS)), "class"
        ),
        "layers": list(address.words(declared.Shown.link("layers"), declared.LAYERS)),
    }


def _write_link(held: Stored, pin: Pin | None, view: View | None) -> None:
    """Keep the address telling what is on screen."""
    values: dict[str, str] = {}
    if pin and not pin.code:
        address.clear_pin()
    elif pin:
        address.remember_code(held.digest, pin.code)
        values[declared.Shown.link("code")] = ",".join(f"{v:.6g}" for v in pin.code)
        values[declared.Shown.link("place")] = ",".join(f"{v:.6g}" for v in pin.place)
    if view:
        values[declared.Shown.link("view")] = ",".join(f"{v:.4g}" for v in view.view)
        values[declared.Shown.link("colour")] = view.colour
        values[declared.Shown.link("layers")] = ",".join(view.layers)
    address.set_parameters(values)


# ---- words -------------------------------------------------------------------------------------


def words(held: Stored, choice: MapChoice) -> None:
    """Say what is exact on this map and what is not."""
    plane = cache.projection(held, choice)
    assert plane is not None
    about = plane.describe()
    st.caption(f"**{plane.title}.** {about.exact} {about.approximate}")
    with st.expander("How to read this page"):
        st.markdown(
            """
- **Move** over the map: the picture is what the decoder makes of that place, computed in your
  browser. **Click** to pin a place; near a point the click takes that image's own code.
- **Support** is the share of training images that lie at least as far from their own neighbours
  in latent space as this place does. Low support means that the decoder was never taught there.
- **Posterior**: a VAE's encoder answers an image not with one code but with a bell curve of codes,
  a mean and a standard deviation for each unit. **Prior**: N(0, I), the bell curve around 0 with
  standard deviation 1 in each unit. The VAE is trained to keep all posteriors together near it, so
  that random codes can be drawn from it. **KL** says how far a posterior is from the prior, and
  **−ELBO** is that plus the reconstruction; both in **nats**, the unit of natural logarithms
  (1 nat is 1.44 bits).
- **Round trip**: the decoded picture is encoded again. The arrow on the map points to where it
  lands; a long arrow means that the place does not stand for its own picture.
- **Drag** moves the map, the **wheel** zooms, a **double-click** shows all again. **Shift-drag**
  (or *lasso*, *box*) selects images. In the legend a click hides a class, a double-click isolates
  it. Arrow keys move the cursor, Enter pins, Esc clears.
"""
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    name, held = sidebar.chosen_model()
    choice = map_choice.controls(held)
    if cache.table(held, choice.n_points) is None:
        map_choice.wait_for_points(held, choice)
    elif cache.projection(held, choice) is None:
        map_choice.wait_for_tsne(held, choice)
    else:
        show(held, choice)
        live.send(name, held, choice)
        words(held, choice)

"""The latent map page's parts: its controls, its waiting states, and where the map begins.

What a pin says is computed in the browser; Python hears of it for the link and other pages.
"""

import streamlit as st

from aecore.checkpoints import Stored
from aecore.diagnosis import diagnose
from aecore.latents.counterfactual import FLOOR, PROBABILITY
from aecore.latents.support import ABOUT
from aeview.latent_map import forming, pinned_image, sweeps
from aeview.latent_map.component import Map, Row, latent_map
from aeview.latent_map.shown import CLASSIFIER, PIN, VIEW, Shown
from aeview.shell import desk, links, map_choice, messages, sidebar
from aeview.shown import address, as_many
from aeview.streamlit_fixes import run_whole_page, uncut
from aeview.work import cache, classifiers, live
from aeview.work.cache import MapChoice

# ---- the map -----------------------------------------------------------------------------------


@st.fragment
def show(
    checkpoint: Stored,
    choice: MapChoice,
    guess: tuple[float, ...] | None = None,
    waits: bool = False,
    alone: bool = False,
) -> None:
    """Show the map, and keep what is pinned on it.

    Args:
        checkpoint: the model.
        choice: its map.
        guess: a code that is marked as the user's guess.
        waits: another map is being computed: what the link says is of that one.
        alone: without the row above it, and without a tour.
    """
    key = cache.atlas_key(checkpoint, choice)
    here = cache.has_originals(checkpoint, choice.n_points)
    card = checkpoint.card
    judge, above = classifiers.key(card), card.encodes and not (alone or card.served)
    which = Map(key, here, judge, map_choice.forming(checkpoint) if waits else "")
    row = Row(
        messages.squeezes(checkpoint.card), above, not (waits or alone) and _fresh(),
        sweeps.told(checkpoint) if above else None,
    )  # fmt: skip
    if waits:
        pin = Shown.reported(PIN, key)
        latent_map(which, pin or _unlinked(checkpoint, choice), None, row, sweeps.choose, _tell)
        if pin and pin.code:
            address.remember_code(checkpoint.origin, pin.code)
        return
    if Shown.another("model", checkpoint.origin):
        Shown.forget("code", "colour", "layers", "towards")
    if Shown.another("map", key):
        Shown.forget("place", "view")
        _bring(checkpoint, choice)
    shown = now(checkpoint, choice)
    fits = guess is not None and len(guess) == checkpoint.card.model.code_dim
    latent_map(which, shown, guess if fits else None, row, sweeps.choose, _tell)
    _judge(checkpoint, shown)
    pin, view = (Shown.reported(part, key) for part in (PIN, VIEW))
    if pin and pin.code:
        address.remember_code(checkpoint.origin, pin.code)
    if not alone:
        pinned_image.keep(checkpoint, choice, shown.row)
        _compare(checkpoint, shown)
    if pin or view:
        told = "code" in Shown.linked() if pin is None else bool(pin.code)
        asked = ("towards",) if shown.towards < 0 else ()
        shown.write(without=asked if told else (*asked, "code", "place"))


def _bring(checkpoint: Stored, choice: MapChoice) -> None:
    """Bring along what was pinned on the map before: the choice of this one may cut its run."""
    told = (st.session_state.get(Shown.component) or {}).get(PIN) or {"key": ""}
    pin = Shown.reported(PIN)
    points = cache.table(checkpoint, choice.n_points)
    if pin is None or not pin.code or not told["key"].startswith(checkpoint.origin):
        return
    there = points is not None and 0 <= pin.row < len(points)
    image = there and _on(checkpoint, choice, pin.row).code == pin.code
    pinned_image.keep(checkpoint, choice, pin.row if image else -1)
    address.remember_code(checkpoint.origin, pin.code)
    Shown.tell(code=pin.code)


def _judge(checkpoint: Stored, shown: Shown) -> None:
    if CLASSIFIER in shown.layers or shown.towards >= 0:
        classifiers.send(checkpoint.card)


@uncut
def _tell() -> None:
    """Tell a conditional model the class whose picture was clicked."""
    sidebar.tell((st.session_state.get(Shown.component) or {}).get("told"))
    run_whole_page()


def _compare(checkpoint: Stored, shown: Shown) -> None:
    if "pca" in shown.beside and checkpoint.card.encodes:
        sweeps.send_pca(checkpoint)


def now(checkpoint: Stored, choice: MapChoice) -> Shown:
    """What is on screen: as the component reported it, else what the map begins with."""
    key = cache.atlas_key(checkpoint, choice)
    shown = start(checkpoint, choice)
    for part in (PIN, VIEW):
        shown = Shown.reported(part, key, shown) or shown
    return shown


def pinned(checkpoint: Stored, choice: MapChoice) -> Shown | None:
    """What is pinned now, by the user, by the link or as the first picture; None for nothing."""
    if (
        cache.table(checkpoint, choice.n_points) is None
        or cache.projection(checkpoint, choice) is None
    ):
        return None
    shown = now(checkpoint, choice)
    return shown if shown.code else None


def start(checkpoint: Stored, choice: MapChoice) -> Shown:
    """What the map begins with: by the link, as one left it, or the point in its middle."""
    d = checkpoint.card.model.code_dim
    shown = Shown.start({
        "code": as_many(d), "towards": classifiers.is_class(checkpoint.card),
        "view": lambda view: "" if view[2] > 0 else "has no width",
    })  # fmt: skip
    row = pinned_image.row(checkpoint, choice)
    if "code" in Shown.linked():
        return shown if row is None else _known(checkpoint, choice, row, shown)
    if row is not None:
        return _on(checkpoint, choice, row, shown)
    last = address.last_code(checkpoint.origin)
    if last and last != shown.code:
        return shown.replace(code=last, place=())
    return shown if shown.code else _usual(checkpoint, choice, shown)


def _known(checkpoint: Stored, choice: MapChoice, row: int, shown: Shown) -> Shown:
    """The row of a code that is that image's."""
    there = _on(checkpoint, choice, row, shown)
    return there if there.code == shown.code else shown


def _fresh() -> bool:
    """Whether neither a link, nor a scene, nor an earlier look at the page says what is shown."""
    told = Shown.linked() or Shown.remembered()
    return not told and not desk.opened(links.FIRST)


def _unlinked(checkpoint: Stored, choice: MapChoice) -> Shown:
    """The image pinned that was pinned last, else the one in the middle of the map."""
    row = pinned_image.row(checkpoint, choice)
    return _usual(checkpoint, choice) if row is None else _on(checkpoint, choice, row)


def _usual(checkpoint: Stored, choice: MapChoice, shown: Shown | None = None) -> Shown:
    """The point in the middle of the map pinned."""
    return _on(checkpoint, choice, map_choice.middle(checkpoint, choice), shown)


def _on(checkpoint: Stored, choice: MapChoice, row: int, shown: Shown | None = None) -> Shown:
    """A point pinned."""
    points = cache.table(checkpoint, choice.n_points)
    assert points is not None
    return (shown or Shown()).replace(
        code=tuple(float(f"{value:.6g}") for value in points.codes[row]), row=row, place=()
    )


# ---- words -------------------------------------------------------------------------------------


def words(checkpoint: Stored, choice: MapChoice) -> None:
    """Say what is exact on this map and what is not."""
    plane = cache.projection(checkpoint, choice)
    assert plane is not None
    about = plane.describe()
    st.caption(sidebar.say(f"**{plane.title}.** {about.exact} {about.approximate}"))
    with st.expander("How to read this page"):
        st.markdown(
            sidebar.say(f"""
- **Move** over the map: the picture is what the decoder makes of that place, computed in your
  browser. **Click** to pin a place; near a point the click takes that image's own code.
- {ABOUT} Low support means that the decoder was never taught there.
- **Posterior**: a VAE's encoder answers an image not with one code but with a bell curve of codes,
  a mean and a standard deviation for each unit. **Prior**: N(0, I), the bell curve around 0 with
  standard deviation 1 in each unit. The VAE is trained to keep all posteriors together near it, so
  that random codes can be drawn from it. **KL** says how far a posterior is from the prior, and
  **−ELBO** is that plus the reconstruction; both in **nats**, the unit of natural logarithms
  (1 nat is 1.44 bits).
- **Classifier** (where one ships for the data set): what our own classifier, trained on images,
  sees in the picture of every place. Between the places that are asked its answer is interpolated.
  It has to name a class, also of a picture that is none.
- **Least change**: a counterfactual. Straight from the pin to the nearest place that is found
  where the classifier gives the chosen class at least {PROBABILITY:.0%} and support is at least
  {FLOOR:.0%}. It tells what this classifier goes by, which may be little to your eye.
- **Round trip**: the decoded picture is encoded again. The arrow on the map points to where it
  lands; a long arrow means that the place does not stand for its own picture.
- **Drag** moves the map, the **wheel** zooms, a **double-click** shows all again. **Shift-drag**
  (or *lasso*, *box*) selects images. In the legend a click hides a class, a double-click isolates
  it, and one more brings the others back. Arrow keys move the cursor, Enter pins, Esc clears.
""")
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    name, checkpoint = sidebar.chosen_model()
    chosen = map_choice.ready(checkpoint, forming.sender(checkpoint))
    choice = chosen or map_choice.before(checkpoint)
    if found := diagnose(checkpoint.card):
        st.warning(f"{found.fault} Its map says little of the data.")
    show(checkpoint, choice, waits=chosen is None)
    live.send(name, checkpoint, choice)
    sweeps.send(checkpoint, choice)
    words(checkpoint, choice)

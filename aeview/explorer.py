"""The latent map page's parts: its controls, its waiting states, and the answer to a pin."""

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from aecore.checkpoints import Stored
from aecore.data.catalogue import DATASETS
from aecore.latents.projection import PROJECTIONS, Linear
from aecore.limits import limits
from aeview import cache, jobs, live, state
from aeview.cache import STORED_POINTS, MapChoice
from aeview.components.latent_map import MapState, Pin, View, latent_map
from aeview.pixels import as_base64
from aeview.plain import plain

if TYPE_CHECKING:
    from aecore.latents.position import Position

POINTS_OFFERED = (10_000,)
PERPLEXITIES = [5, 15, 30, 50, 100]
HELP_PROJECTION = "How codes are laid out on the plane. {words}."
HELP_PERPLEXITY = "About how many neighbours each point keeps. Usual: 5 to 50; default 30."
HELP_ACROSS = "The latent unit drawn from left to right."
HELP_UP = "The latent unit drawn upwards."
HELP_POINTS = "How many images are drawn: the model's own sample, or more from the data set."


# ---- controls ----------------------------------------------------------------------------------


def controls(held: Stored) -> MapChoice:
    """Draw the row of controls and return what is chosen."""
    d = held.card.model.code_dim
    natural = live.natural(held).projection
    row = st.container(key="map_choice")
    columns = row.columns([2.2, 1.5, 1.2, 1.2, 5], vertical_alignment="bottom")
    if d == 1:
        with columns[0]:
            return live.natural(held)._replace(n_points=n_points(held))
    _follow_model(held)
    with columns[0]:
        projection = state.select(
            "Projection",
            list(PROJECTIONS),
            natural,
            state.PROJECTION,
            words=lambda name: PROJECTIONS[name].title,
            help=HELP_PROJECTION.format(
                words="; ".join(p.words for p in PROJECTIONS.values() if p.words)
            ),
        )
    units, perplexity = (0, 1), 30
    settings = PROJECTIONS[projection].settings
    if "units" in settings and d > 2:
        units = _units(d, columns[2], columns[3])
    if "perplexity" in settings:
        with columns[2]:
            perplexity = state.select(
                "Perplexity", PERPLEXITIES, 30, state.PERPLEXITY, help=HELP_PERPLEXITY
            )
    with columns[1]:
        shown = n_points(held)
    return MapChoice(projection, units, perplexity, shown)


def _follow_model(held: Stored) -> None:
    """Another model starts on its natural map, unless one that is not linear was chosen."""
    before = st.session_state.get(state.LAST_MODEL)
    st.session_state[state.LAST_MODEL] = held.digest
    chosen = PROJECTIONS.get(st.session_state.get(state.PROJECTION, ""), Linear)
    if before in (None, held.digest) or not issubclass(chosen, Linear):
        return
    st.session_state[state.PROJECTION] = live.natural(held).projection


def _units(d: int, left: Any, right: Any) -> tuple[int, int]:
    options = list(range(1, d + 1))
    with left:
        x = state.select("Across", options, 1, state.UNIT_X, words=_unit, help=HELP_ACROSS)
    with right:
        y = state.select("Up", options, 2, state.UNIT_Y, words=_unit, help=HELP_UP)
    units = _two(x, y, d)
    if x == y:
        st.caption(f"The same unit twice makes a line; z{units[1] + 1} is drawn upwards instead.")
    return units


def _two(x: int, y: int, d: int) -> tuple[int, int]:
    """Two different units, from 0, of two numbers from 1."""
    return x - 1, x % d if x == y else y - 1


def _unit(number: int) -> str:
    return f"z{number}"


def n_points(held: Stored) -> int:
    """Offer more points where the data set is here; 0 for those that the checkpoint carries."""
    own = len(held.latents)
    total = DATASETS[held.card.data].n_images if held.card.data in DATASETS else own
    total = min(total, limits().map_points)
    if not cache.has_originals(held.card.data) or total <= own:
        return STORED_POINTS
    options = [own, *(n for n in POINTS_OFFERED if n < total), total]
    chosen = state.select(
        "Points", options, own, state.POINTS, words=lambda n: f"{n:,}", help=HELP_POINTS
    )
    return STORED_POINTS if chosen == own else chosen


def choice(held: Stored) -> MapChoice:
    """What the controls say, without drawing them."""
    d, said = held.card.model.code_dim, st.session_state
    natural = live.natural(held)
    n = said.get(state.POINTS, len(held.latents))
    natural = natural._replace(n_points=STORED_POINTS if n == len(held.latents) else n)
    projection = said.get(state.PROJECTION, natural.projection)
    if d == 1 or projection not in PROJECTIONS:
        return natural
    units, perplexity = (0, 1), 30
    settings = PROJECTIONS[projection].settings
    if "units" in settings and d > 2:
        units = _two(said.get(state.UNIT_X, 1), said.get(state.UNIT_Y, 2), d)
    if "perplexity" in settings:
        perplexity = said.get(state.PERPLEXITY, perplexity)
    return MapChoice(projection, units, perplexity, natural.n_points)


# ---- waiting -----------------------------------------------------------------------------------


def wait_for_points(held: Stored, choice: MapChoice) -> None:
    """Encode more images in the background, with progress."""
    name = f"encode {held.digest} {choice.n_points}"
    title = f"Encoding {choice.n_points:,} images"
    _wait(name, title, lambda job: cache.compute_table(held, choice.n_points, job), at_once=True)


def wait_for_tsne(held: Stored, choice: MapChoice) -> None:
    """Compute t-SNE in the background, with progress; it starts at a button if it is long."""
    points = cache.table(held, choice.n_points)
    assert points is not None
    n_points = len(points)
    name = f"tsne {cache.atlas_key(held, choice)}"
    at_once = n_points <= len(held.latents)
    _wait(name, f"t-SNE of {n_points:,} codes", lambda job: cache.compute_tsne(held, choice, job),
          at_once)  # fmt: skip


def _wait(name: str, title: str, work: jobs.Work, at_once: bool) -> None:
    job = jobs.find(name)
    if job is not None and job.running:
        jobs.show(name, title)
        return
    if job is not None and job.state in ("failed", "cancelled"):
        reason = job.problem or "Cancelled."
        st.warning(plain(f"{title}: {reason}"))
        jobs.offer("Start again", name, work, type="primary")
    elif job is None and at_once:
        jobs.start(name, work)
        st.rerun()
    else:
        jobs.offer(f"Compute {title} (may take minutes)", name, work, type="primary")


# ---- the map and its answers -------------------------------------------------------------------


@st.fragment
def show(held: Stored, choice: MapChoice, guess: tuple[float, ...] | None = None) -> None:
    """Show the map, and answer what is pinned on it; `guess` is marked as the user's guess."""
    key = cache.atlas_key(held, choice)
    reported = MapState.of(st.session_state.get(state.MAP), key)
    begin = start(held, choice)
    pin = reported.pin
    code = pin.code if pin else begin["pin"]["code"]
    # Before torch is there, the browser paints first and then asks by reporting its pin.
    answer = _answer(held, choice, tuple(code)) if code and (pin or cache.is_warm()) else None
    fits = guess is not None and len(guess) == held.card.model.code_dim
    latent_map(key, begin | {"guess": guess if fits else None}, answer, key=state.MAP)
    _write_link(held, pin, reported.view)


def pinned(held: Stored, choice: MapChoice) -> Pin | None:
    """What is pinned now, by the user, by the link or as the first picture; None for nothing."""
    if cache.table(held, choice.n_points) is None or cache.projection(held, choice) is None:
        return None
    reported = MapState.of(st.session_state.get(state.MAP), cache.atlas_key(held, choice)).pin
    if reported is not None:
        return reported if reported.code else None
    first = start(held, choice)["pin"]
    return Pin(tuple(first["code"]), first["row"], tuple(first["place"] or (0.0, 0.0)))


def start(held: Stored, choice: MapChoice) -> dict[str, Any]:
    """What the map begins with: pin, view, colour and layers."""
    d = held.card.model.code_dim
    code, row = state.numbers(state.PIN, d), -1
    place = state.numbers(state.PLACE, 2) if code else None
    code = code or state.last_code(held.digest)
    if code is None:
        row = middle(held, choice)
        points = cache.table(held, choice.n_points)
        assert points is not None
        code = tuple(float(f"{value:.6g}") for value in points.codes[row])
    view = state.numbers(state.VIEW, 3)
    return {
        "pin": {"code": list(code), "row": row, "place": place},
        "view": list(view) if view and view[2] > 0 else None,
        "colour": next(iter(state.words(state.COLOUR, state.COLOURS)), "class"),
        "layers": list(state.words(state.LAYERS, state.LAYER_NAMES)),
    }


def middle(held: Stored, choice: MapChoice) -> int:
    """The point nearest to the middle of the map, pinned from the first picture on."""
    plane = cache.projection(held, choice)
    assert plane is not None
    away = np.square(plane.points - np.median(plane.points, axis=0)).sum(axis=1)
    return int(away.argmin())


def _answer(held: Stored, choice: MapChoice, code: tuple[float, ...]) -> dict[str, Any]:
    from aecore.latents.position import Surroundings, explain  # imports torch

    points, plane = cache.table(held, choice.n_points), cache.projection(held, choice)
    assert points is not None
    assert plane is not None
    around = Surroundings(
        cache.model(held.digest, held), points, plane, cache.support(held.digest, held)
    )
    position = explain(np.array(code, dtype=np.float32), around)
    return _as_json(position, code) | {"originals": cache.has_originals(held.card.data)}


def _as_json(position: "Position", code: tuple[float, ...]) -> dict[str, Any]:
    near = zip(position.neighbours.rows[0], position.neighbours.distance[0], strict=True)
    posterior = position.posterior
    return {
        "code": list(code),
        "image": as_base64(position.image),
        "support": position.support,
        "roundtrip": {
            "place": position.landing.tolist(),
            "distance": position.landing_distance,
        },
        "neighbours": [{"row": int(row), "distance": float(away)} for row, away in near],
        "posterior": posterior
        and {
            "draws": [as_base64(image) for image in posterior.images],
            "places": posterior.places.tolist(),
            "ellipse": None if posterior.ellipse is None else posterior.ellipse.tolist(),
            "seed": 0,
        },
    }


def _write_link(held: Stored, pin: Pin | None, view: View | None) -> None:
    """Keep the address telling what is on screen."""
    values: dict[str, str] = {}
    if pin and not pin.code:
        state.clear_pin()
    elif pin:
        state.remember_code(held.digest, pin.code)
        values[state.PIN] = ",".join(f"{v:.6g}" for v in pin.code)
        values[state.PLACE] = ",".join(f"{v:.6g}" for v in pin.place)
    if view:
        values[state.VIEW] = ",".join(f"{v:.4g}" for v in view.view)
        values[state.COLOUR] = view.colour
        values[state.LAYERS] = ",".join(view.layers)
    state.set_parameters(values)


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

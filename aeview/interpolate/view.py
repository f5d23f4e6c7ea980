"""The interpolation page's parts: where it begins, what it keeps in the link, its downloads."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from aecore.checkpoints import LatentTable, Stored
from aecore.latents.paths import DataGraph
from aecore.latents.strips import Bench, Strip, looks, strips, telling_pair
from aecore.latents.strips import live as in_browser
from aeview.escape import file_name
from aeview.interpolate import exports, sums
from aeview.interpolate import shown as declared
from aeview.interpolate.component import interpolate
from aeview.shell import ends, sidebar
from aeview.shell.ends import End
from aeview.shown import address
from aeview.work import cache, live
from aeview.work.cache import MapChoice

# Keys in the session state.
LAST_BENCH = "last_bench"
FEWEST, MOST, USUAL = 5, 21, 11
START_AT = 0.5


class Shown(NamedTuple):
    """What is on screen.

    Attributes:
        a, b: the two ends.
        frames: of each strip.
        path: a name in `in_browser()`.
        t: the scrubber's share of the way.
    """

    a: End
    b: End
    frames: int
    path: str
    t: float


@st.fragment
def show(name: str, held: Stored, choice: MapChoice) -> None:
    """Show the strips, keep the link, and offer the downloads."""
    key = cache.atlas_key(held, choice)
    points = held.latents
    _forget_codes(held)
    reported = _reported(key, points)
    shown = reported or _start(held)
    begin = shown._asdict() | {"a": shown.a.as_json(), "b": shown.b.as_json()}
    interpolate(key, begin, cache.has_originals(held.card.data), key=declared.Shown.component)
    if reported:
        _write_link(reported, points)
    _downloads(name, held, shown)


def now(held: Stored, choice: MapChoice) -> Shown:
    """What is on screen: as the component reported, else what the page begins with."""
    return _reported(cache.atlas_key(held, choice), held.latents) or _start(held)


def _forget_codes(held: Stored) -> None:
    """Another model keeps the images at the ends, but no codes: they are other places there."""
    before = st.session_state.get(LAST_BENCH)
    st.session_state[LAST_BENCH] = held.digest
    if before not in (None, held.digest):
        address.forget(
            *(
                n
                for n in (declared.Shown.link("a"), declared.Shown.link("b"))
                if "," in (address.text(n) or "")
            )
        )


def _reported(key: str, points: LatentTable) -> Shown | None:
    """What the browser reported of this model, if anything."""
    values = (st.session_state.get(declared.Shown.component) or {}).get("shown")
    if not values or values["key"] != key:
        return None
    frames = int(values["frames"])
    if not FEWEST <= frames <= MOST or values["path"] not in in_browser():
        return None  # no page of ours asks for that
    a, b = (ends.parse(values[end], points) for end in ("a", "b"))
    return Shown(a, b, frames, values["path"], float(values["t"]))


def _start(held: Stored) -> Shown:
    points = held.latents
    first, second = (
        ends.linked(declared.Shown.link("a"), points),
        ends.linked(declared.Shown.link("b"), points),
    )
    if not (first and second):
        usual = _usual(held.digest, held)
        first = first or ends.of_row(points, usual[0])
        second = second or ends.of_row(points, usual[1])
    t = address.numbers(declared.Shown.link("t"), 1)
    if t and not 0 <= t[0] <= 1:
        address.ignore(declared.Shown.link("t"), "is not between 0 and 1")
        t = None
    offered = tuple(in_browser())
    path = next(iter(address.words(declared.Shown.link("path"), offered)), offered[0])
    return Shown(first, second, _frames(), path, t[0] if t else START_AT)


def _frames() -> int:
    text = address.text(declared.Shown.link("frames"))
    if text is None:
        return USUAL
    if text.isdecimal() and FEWEST <= int(text) <= MOST:
        return int(text)
    address.ignore(declared.Shown.link("frames"), f"is not a number from {FEWEST} to {MOST}")
    return USUAL


def usual_first(held: Stored) -> int:
    """The image that the page begins with."""
    return _usual(held.digest, held)[0]


@st.cache_resource(show_spinner=False, max_entries=40)
def _usual(digest: str, _held: Stored) -> tuple[int, int]:
    """Two images of different classes with little data between them."""
    points = _held.latents
    return telling_pair(points.codes, points.labels, cache.support(digest, _held))


def _write_link(shown: Shown, points: LatentTable) -> None:
    address.set_parameters(
        {
            declared.Shown.link("a"): _text(shown.a, points),
            declared.Shown.link("b"): _text(shown.b, points),
            declared.Shown.link("frames"): str(shown.frames),
            declared.Shown.link("path"): shown.path,
            declared.Shown.link("t"): f"{shown.t:.3g}",
        }
    )


def _text(end: End, points: LatentTable) -> str:
    return ends.name(points, end.row) if end.row >= 0 else ",".join(f"{v:.6g}" for v in end.code)


# ---- downloads ---------------------------------------------------------------------------------


class File(NamedTuple):
    """A file that is made when it is asked for."""

    name: str
    make: Callable[[], bytes]


def files(name: str, held: Stored, shown: Shown) -> tuple[File, File]:
    """All strips as PNG, and the chosen one as GIF."""
    order = exports.Order(name, shown.a.array, shown.b.array, shown.frames)
    stem = f"{name}-{_word(shown.a, held)}-to-{_word(shown.b, held)}"
    shape = held.card.model.shape
    return (
        File(
            f"{stem}-{shown.frames}-frames.png",
            lambda: exports.strips_png(_strips(held, order), order, shape),
        ),
        File(
            f"{stem}-{shown.path}.gif",
            lambda: exports.animation_gif(_strips(held, order)[shown.path].images),
        ),
    )


def _downloads(name: str, held: Stored, shown: Shown) -> None:
    labels = ("Strips (PNG)", "Animation (GIF)")
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, file in zip(labels, files(name, held, shown), strict=True):
            st.download_button(
                label,
                file.make,
                file_name(file.name, ""),
                icon=":material/download:",
                on_click="ignore",
            )
        more = [look.title for name, look in looks().items() if name not in in_browser()]
        also = f", and {', '.join(more)}, which the browser can't draw" if more else ""
        st.caption(
            f"The PNG holds all strips with their numbers{also}. The GIF plays "
            f"“{in_browser()[shown.path].title}” there and back, "
            f"{exports.n_gif_frames(shown.frames)} frames."
        )


def _word(end: End, held: Stored) -> str:
    if end.row < 0:
        return "code"
    label = held.card.classes[held.latents.labels[end.row]]
    return "".join(c if c.isalnum() else "_" for c in label).strip("_") or "image"


def _strips(held: Stored, order: exports.Order) -> dict[str, Strip]:
    bench = Bench(
        cache.model(held.digest, held), _graph(held.digest, held), cache.support(held.digest, held)
    )
    return strips(bench, order.a, order.b, order.frames)


@st.cache_resource(show_spinner=False, max_entries=8)
def _graph(digest: str, _held: Stored) -> DataGraph:
    del digest
    return DataGraph(_held.latents.training_codes)


# ---- words -------------------------------------------------------------------------------------


def words(held: Stored, choice: MapChoice) -> None:
    """Say what each way is, and how to read the numbers."""
    plane = cache.projection(held, choice)
    assert plane is not None
    with st.expander("How to read this page"):
        st.markdown(
            f"""
- **Linear** goes straight from code to code: (1 − t) a + t b. **Spherical (slerp)** turns evenly
  about the origin of the latent space, where the prior of a VAE has its middle, and its norm goes
  evenly from the first end's to the second's. **Along the data** is the shortest way over training
  codes, each joined to its 10 nearest, at equal lengths of way. The **pixel cross-fade** is the
  control: no latent space at all, only (1 − t) picture + t picture.
- **Support** is the share of training images that lie at least as far from their own neighbours in
  latent space as this frame's code does. A strip **strays** by the mean distance percentile of its
  frames, 100 % − support. The **largest step** is the root mean square difference of neighbouring
  frames, with intensity from 0 to 1; no way between two pictures has a smaller one than the
  cross-fade, and more frames make all of them smaller.
- The cross-fade has no codes of its own: its support and its place on the map are those of the
  code that the encoder gives to the mixture.
- **Drag** over a strip or the scrubber to move; the arrow keys move the scrubber. On the map a
  **click** sets an end, and the numbered ends can be **dragged**. {plane.describe().exact}
"""
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    address.resume(*(*declared.Shown.parameters(), *declared.Sums.parameters()))
    name, held = sidebar.chosen_model()
    choice = live.natural(held)
    show(name, held, choice)
    sums.show(held, choice, usual_first(held))
    live.send(name, held, choice)
    words(held, choice)

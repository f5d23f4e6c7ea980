"""The interpolation page's parts: where it begins, what it keeps in the link, its downloads."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from aecore.checkpoints import Stored
from aecore.latents.paths import DataGraph
from aecore.latents.strips import Bench, Strip, looks, strips, telling_pair
from aecore.latents.strips import live as in_browser
from aeview.escape import file_name
from aeview.interpolate import exports, sums
from aeview.interpolate.component import interpolate
from aeview.interpolate.shown import Shown
from aeview.shell import ends, sidebar
from aeview.shell.ends import End
from aeview.work import cache, live
from aeview.work.cache import MapChoice


@st.fragment
def show(name: str, held: Stored, choice: MapChoice) -> None:
    """Show the strips, keep the link, and offer the downloads."""
    key = cache.atlas_key(held, choice)
    _forget_codes(held)
    reported = Shown.reported(of=key)
    shown = now(held, choice)
    interpolate(key, shown, both_ends(held, shown), cache.has_originals(held.card.data))
    if reported:
        shown.write()
    _downloads(name, held, shown)


def now(held: Stored, choice: MapChoice) -> Shown:
    """What is on screen: as the component reported, else what the page begins with."""
    reported = Shown.reported(of=cache.atlas_key(held, choice))
    if reported and reported.fits(_checks(held)):
        return reported
    shown = Shown.start(_checks(held))
    if not (shown.a and shown.b):
        usual = [ends.name(held.latents, row) for row in _usual(held.digest, held)]
        shown = shown.replace(a=shown.a or usual[0], b=shown.b or usual[1])
    return shown.replace(path=shown.path or next(iter(in_browser())))


def both_ends(held: Stored, shown: Shown) -> tuple[End, End]:
    """The two ends, with their codes."""
    return ends.parse(shown.a, held.latents), ends.parse(shown.b, held.latents)


def _checks(held: Stored) -> dict[str, Callable[[str], str]]:
    def end(text: str) -> str:
        return ends.problem(ends.parse, text, held.latents)

    def path(name: str) -> str:
        return "" if name in in_browser() else f"is “{name[:60]}”, which is not offered here"

    return {"a": end, "b": end, "path": path}


def _forget_codes(held: Stored) -> None:
    """Another model keeps the images at the ends, but no codes: they are other places there."""
    if Shown.another("model", held.digest):
        said = Shown.remembered() | Shown.linked()
        Shown.forget(*(name for name in ("a", "b") if "," in said.get(name, "")))


def usual_first(held: Stored) -> int:
    """The image that the page begins with."""
    return _usual(held.digest, held)[0]


@st.cache_resource(show_spinner=False, max_entries=40)
def _usual(digest: str, _held: Stored) -> tuple[int, int]:
    """Two images of different classes with little data between them."""
    points = _held.latents
    return telling_pair(points.codes, points.labels, cache.support(digest, _held))


# ---- downloads ---------------------------------------------------------------------------------


class File(NamedTuple):
    """A file that is made when it is asked for."""

    name: str
    make: Callable[[], bytes]


def files(name: str, held: Stored, shown: Shown) -> tuple[File, File]:
    """All strips as PNG, and the chosen one as GIF."""
    a, b = both_ends(held, shown)
    order = exports.Order(name, a.array, b.array, shown.frames)
    stem = f"{name}-{_word(a, held)}-to-{_word(b, held)}"
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
    name, held = sidebar.chosen_model()
    choice = live.natural(held)
    show(name, held, choice)
    sums.show(held, choice, usual_first(held))
    live.send(name, held, choice)
    words(held, choice)

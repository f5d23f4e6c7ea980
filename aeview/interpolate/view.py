"""The interpolation page's parts: where it begins, what it keeps in the link, its downloads."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from aecore.checkpoints import Stored
from aecore.latents.paths import DataGraph, Look
from aecore.latents.strips import Bench, Strip, looks, strips, telling_pair
from aecore.latents.strips import live as live_ways
from aecore.latents.support import ABOUT
from aeview.escape import file_name
from aeview.interpolate import exports, sums
from aeview.interpolate.component import interpolate, told
from aeview.interpolate.shown import Shown, Sums
from aeview.shell import ends, sidebar
from aeview.shell.ends import End
from aeview.work import cache, live
from aeview.work.cache import MapChoice


@st.fragment
def show(name: str, checkpoint: Stored, choice: MapChoice) -> None:
    """Show the strips, keep the link, and offer the downloads."""
    key = cache.atlas_key(checkpoint, choice)
    _forget_ends(checkpoint)
    reported = Shown.reported(of=key)
    shown = now(checkpoint, choice)
    ends = both_ends(checkpoint, shown)
    originals = cache.has_originals(checkpoint)
    interpolate(told(key, shown, ends, in_browser(checkpoint), originals))
    if reported:
        shown.write()
    _downloads(name, checkpoint, shown)


def now(checkpoint: Stored, choice: MapChoice) -> Shown:
    """What is on screen: as the component reported, else what the page begins with."""
    reported = Shown.reported(of=cache.atlas_key(checkpoint, choice))
    if reported and reported.fits(_checks(checkpoint)):
        return reported
    shown = Shown.start(_checks(checkpoint))
    if not (shown.a and shown.b):
        usual = [
            ends.name(checkpoint.latents, row) for row in _usual(checkpoint.digest, checkpoint)
        ]
        shown = shown.replace(a=shown.a or usual[0], b=shown.b or usual[1])
    return shown.replace(path=shown.path or next(iter(in_browser(checkpoint))))


def in_browser(checkpoint: Stored) -> dict[str, Look]:
    """The ways that are drawn on the page."""
    return live_ways(encodes=checkpoint.card.encodes)


def both_ends(checkpoint: Stored, shown: Shown) -> tuple[End, End]:
    """The two ends, with their codes."""
    return ends.parse(shown.a, checkpoint.latents), ends.parse(shown.b, checkpoint.latents)


def _checks(checkpoint: Stored) -> dict[str, Callable[[str], str]]:
    def end(text: str) -> str:
        return ends.problem(ends.parse, text, checkpoint.latents)

    def path(name: str) -> str:
        return (
            ""
            if name in in_browser(checkpoint)
            else f"is “{name[:60]}”, which is not offered here"
        )

    return {"a": end, "b": end, "path": path}


def _forget_ends(checkpoint: Stored) -> None:
    """Another model keeps the images at the ends, but no codes: they are other places there.

    Nor does it keep images where its rows are draws, or draws where they are images: one's
    "train-12" has nothing to do with the other's.
    """
    others = Shown.another("rows", "images" if checkpoint.card.encodes else "draws")
    if Shown.another("model", checkpoint.origin):
        said = Shown.remembered() | Shown.linked()
        Shown.forget(*(name for name in ("a", "b") if others or "," in said.get(name, "")))
    if others:
        Sums.forget("sum", "attribute")


def usual_first(checkpoint: Stored) -> int:
    """The image that the page begins with."""
    return _usual(checkpoint.digest, checkpoint)[0]


@st.cache_resource(show_spinner=False, max_entries=40)
def _usual(digest: str, _checkpoint: Stored) -> tuple[int, int]:
    """Two images of different classes with little data between them."""
    points = _checkpoint.latents
    return telling_pair(points.codes, points.labels, cache.support(digest, _checkpoint))


# ---- downloads ---------------------------------------------------------------------------------


class File(NamedTuple):
    """A file that is made when it is asked for."""

    name: str
    make: Callable[[], bytes]


def files(name: str, checkpoint: Stored, shown: Shown) -> tuple[File, File]:
    """All strips as PNG, and the chosen one as GIF."""
    a, b = both_ends(checkpoint, shown)
    order = exports.Order(name, a.array, b.array, shown.frames)
    stem = f"{name}-{_word(a, checkpoint)}-to-{_word(b, checkpoint)}"
    shape = checkpoint.card.model.shape
    return (
        File(
            f"{stem}-{shown.frames}-frames.png",
            lambda: exports.strips_png(_strips(checkpoint, order), order, shape),
        ),
        File(
            f"{stem}-{shown.path}.gif",
            lambda: exports.animation_gif(_strips(checkpoint, order)[shown.path].images),
        ),
    )


def _downloads(name: str, checkpoint: Stored, shown: Shown) -> None:
    labels = ("Strips (PNG)", "Animation (GIF)")
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, file in zip(labels, files(name, checkpoint, shown), strict=True):
            st.download_button(
                label,
                file.make,
                file_name(file.name, ""),
                icon=":material/download:",
                on_click="ignore",
            )
        there = in_browser(checkpoint)
        more = [look.title for name, look in looks().items() if name not in live_ways()]
        also = f", and {', '.join(more)}, which the browser can't draw" if more else ""
        st.caption(
            f"The PNG holds all strips with their numbers{also}. The GIF plays "
            f"“{there[shown.path].title}” there and back, "
            f"{exports.n_gif_frames(shown.frames)} frames."
        )


def _word(end: End, checkpoint: Stored) -> str:
    if end.row < 0:
        return "code"
    label = checkpoint.card.classes[checkpoint.latents.labels[end.row]]
    return "".join(c if c.isalnum() else "_" for c in label).strip("_") or "image"


def _strips(checkpoint: Stored, order: exports.Order) -> dict[str, Strip]:
    bench = Bench(
        cache.model(checkpoint.digest, checkpoint),
        _graph(checkpoint.digest, checkpoint),
        cache.support(checkpoint.digest, checkpoint),
    )
    return strips(bench, order.a, order.b, order.frames)


@st.cache_resource(show_spinner=False, max_entries=8)
def _graph(digest: str, _checkpoint: Stored) -> DataGraph:
    del digest
    return DataGraph(_checkpoint.latents.training_codes)


# ---- words -------------------------------------------------------------------------------------


def words(checkpoint: Stored, choice: MapChoice) -> None:
    """Say what each way is, and how to read the numbers."""
    plane = cache.projection(checkpoint, choice)
    assert plane is not None
    with st.expander("How to read this page"):
        st.markdown(
            sidebar.say(f"""
- **Linear** goes straight from code to code: (1 − t) a + t b. **Spherical (slerp)** turns evenly
  about the origin of the latent space, where the prior of a VAE has its middle, and its norm goes
  evenly from the first end's to the second's. **Along the data** is the shortest way over training
  codes, each joined to its 10 nearest, at equal lengths of way. The **pixel cross-fade** is the
  control: no latent space at all, only (1 − t) picture + t picture.
- {ABOUT} A strip **strays** by 100 % minus the mean support of its frames.
- The **largest step** is the root mean square difference of neighbouring
  frames, with intensity from 0 to 1; no way between two pictures has a smaller one than the
  cross-fade, and more frames make all of them smaller.
- The cross-fade has no codes of its own: its support and its place on the map are those of the
  code that the encoder gives to the mixture.
- **Drag** over a strip or the scrubber to move; the arrow keys move the scrubber. On the map a
  **click** sets an end, and the numbered ends can be **dragged**. {plane.describe().exact}
""")
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    name, checkpoint = sidebar.chosen_model()
    choice = live.natural(checkpoint)
    show(name, checkpoint, choice)
    sums.show(checkpoint, choice, usual_first(checkpoint))
    live.send(name, checkpoint, choice)
    words(checkpoint, choice)

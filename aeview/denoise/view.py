"""The Denoise page's parts: which models, the images, the filters' answers, curves, the link."""

import math
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from aecore import originals as shipped_originals
from aecore.checkpoints import Card, Entry
from aecore.data.imageset import is_signal, random_sample
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import Size
from aecore.denoising import BM3D, FILTERS, MOST_LINEAR, MOST_WHOLE, N_AXES, NOISY, WIENER
from aecore.errors import CheckpointError, DataError
from aecore.export import pack
from aecore.models.family import family_of
from aecore.noise import KINDS
from aecore.noise import live as live_kinds
from aecore.styles import LineStyle
from aeview import theme
from aeview.denoise import filtering, own
from aeview.denoise import measuring as denoising_figures
from aeview.denoise.component import Asked, Page, denoise
from aeview.denoise.own import Own
from aeview.denoise.shown import N_OFFERED, NO_NOISE, Shown
from aeview.escape import argument, escaped
from aeview.shell import messages, originals, sidebar, training
from aeview.work import cache, live
from aeview.work.live import Opened
from aeview.work.payload import STORE, payload

KINDS_SHOWN = ("dae", "ae", "vae")
NO_DAE = (
    "There is no denoising autoencoder for this data set yet. Train one: `python -m aecore train "
    "--data {data} --side {side} --model dae --body spatial --channels {maps} --widths 32 32 "
    "--latent-dim {d} --noise gaussian salt_and_pepper masking patches --noise-levels 0.8 0.8 "
    "0.8 0.6 --out my-dae.safetensors`"
)
NO_SIGNAL_DAE = (
    "There is no denoising autoencoder for these {many} yet. Train one: `python -m aecore train "
    "--data {data} --model dae --body dense --widths 128 --latent-dim 16 --likelihood gaussian "
    "--epochs 200 --noise gaussian salt_and_pepper masking patches --noise-levels 0.8 0.8 0.8 0.6 "
    "--out my-dae.safetensors`"
)
IN_ADVANCE = "BM3D (dash-dotted) was measured in advance, on Gaussian noise."
SIGNAL_LEVEL = 0.2  # to begin with: a line is lost in noise that a picture is still seen in
TABLE_LEVEL = 0.1  # one standard deviation of a column


# ---- models -------------------------------------------------------------------------------------


def models(chosen: Opened) -> list[Opened]:
    """A denoising autoencoder, an autoencoder and a VAE; the sidebar's model is one of them.

    Where the data set has no denoising autoencoder, says how to train one.
    """
    own = chosen.checkpoint.card
    found = opened(chosen)
    if not _has_denoiser(found):
        size = Size.of(own.model.shape[1:])
        words = NO_SIGNAL_DAE if is_signal(own.model.shape) else NO_DAE
        halvings = max(1, math.ceil(math.log2(size.longer / 16)))  # so that the code stays small
        maps = " ".join(halvings * ["32"])
        d = 4 * math.prod(-(-side // 2**halvings) for side in size)
        data = argument(own.data)
        st.info(words.format(data=data, side=size.written, maps=maps, d=d, many=own.things.many))
    return found


def _has_denoiser(found: list[Opened]) -> bool:
    return any(each.checkpoint.card.model.kind == "dae" for each in found)


def opened(chosen: Opened) -> list[Opened]:
    """The same models, without a word on what there is not."""
    own = chosen.checkpoint.card
    entries = [entry for entry in sidebar.of_data(own.data) if _fits(entry, own)]
    picked = {kind: _pick(kind, entries) for kind in KINDS_SHOWN}
    found = {kind: _open(entry) for kind, entry in picked.items() if entry is not None}
    found[own.model.kind] = chosen
    order = (*KINDS_SHOWN, own.model.kind)
    return [each for kind in dict.fromkeys(order) if (each := found.get(kind)) is not None]


def _fits(entry: Entry, own: Card) -> bool:
    return entry.card is not None and tuple(entry.card.model.shape) == tuple(own.model.shape)


def _pick(kind: str, entries: list[Entry]) -> Entry | None:
    """Of a kind the model that gives images back best; a VAE with β = 1 before others."""
    of_kind = [entry for entry in entries if entry.card and entry.card.model.kind == kind]

    def order(entry: Entry) -> tuple[bool, float]:
        assert entry.card is not None
        return entry.card.model.beta == 1, -entry.card.metrics["mse"]

    return max(of_kind, key=order, default=None)


def _open(entry: Entry) -> Opened | None:
    try:
        return Opened(entry.name, cache.stored(entry.path))
    except (CheckpointError, OSError) as error:
        st.error(escaped(f"{entry.name}: {error}"))
        return None


# ---- images -------------------------------------------------------------------------------------


class Offered(NamedTuple):
    """Images to choose from: of the test split, or where that is not here some that were learnt.

    Attributes:
        key: names them.
        names: of each, for the screen.
        places: of each, as the engine names it: test-12.
        pixels: uint8 (n, channels, height, width).
        learnt: whether they are training images.
    """

    key: str
    names: tuple[str, ...]
    places: tuple[str, ...]
    pixels: np.ndarray
    learnt: bool


def offered_of(card: Card) -> Offered | None:
    """Images of the data set that a model has learnt, as it has."""
    whole = cache.has_set(card.data)  # in the cache's key: it may be downloaded meanwhile
    return offered(card.data, tuple(card.model.shape), card.training.fit, whole)


@st.cache_resource(show_spinner=False, max_entries=12)
def offered(
    data: str, shape: tuple[int, ...], fit: str = PADDED, whole: bool = True
) -> Offered | None:
    """A random sample of the test split, else of what comes with the models; None without both."""
    part = "test" if whole else "train"
    try:
        found = (
            cache.split(data, part, (shape[1], shape[2]), fit)
            if whole
            else shipped_originals.part(data, part)
        )
    except (DataError, OSError):
        return None
    if found is None or found.shape != tuple(shape) or not len(found):
        return None
    at = np.arange(len(found)) if whole else shipped_originals.places(data, part)
    rows = np.random.default_rng(0).permutation(random_sample(len(found), N_OFFERED))
    title = "test image" if whole else "training image"
    names = tuple(f"{title} {at[row]}, {found.classes[found.labels[row]]}" for row in rows)
    places = tuple(f"{part}-{at[row]}" for row in rows)
    key = f"{data}/{shape}/{fit}/{part}/{len(found)}"
    return Offered(key, names, places, found.pixels[rows], learnt=not whole)


@st.cache_resource(show_spinner=False, max_entries=12)
def _images(key: str, _found: Offered) -> bytes:
    size = int(_found.pixels[0].size)
    header = {
        "store": STORE, "topic": "denoise/images", "key": key, "size": size,
        "count": len(_found.pixels), "names": list(_found.names),
    }  # fmt: skip
    return pack(header, {"pixels": _found.pixels.reshape(-1, size)})


# ---- the page -----------------------------------------------------------------------------------


def send(found: list[Opened], images: Offered | None) -> None:
    """Send networks and images to the browser."""
    for slot, (_, checkpoint) in enumerate(found):
        live.send_network(checkpoint, slot)
    if images is not None:
        payload(_images(images.key, images), key="denoise_images")


@st.fragment
def show(found: list[Opened], images: Offered | None, own: list[Own]) -> None:
    """Show the component, answer what its filters are asked, keep the link telling the state."""
    asked = Asked.of(st.session_state.get(Shown.component))
    card = found[0].checkpoint.card
    start = asked.shown if asked else _start(card)
    names = {opened.checkpoint.card.model.kind: opened.name for opened in found}
    denoise(
        Page(
            rows=rows(found),
            lines=[_row(denoising_figures.BM3D_ROW, BM3D.title, BM3D.style, note=IN_ADVANCE)],
            kinds=_kinds(found),
            shape=tuple(card.model.shape),
            images=images.key if images else "",
            source=_source(card, images),
            own=[each.packed for each in own],
            curves=denoising_figures.curves(card.data, names, filtering.methods(card)),
            measured=denoising_figures.words(card.data, names),
            unspoilt=_unspoilt(card),
            unmeasured="No curves of this data set yet: measure them with the button below.",
            restored=_restored(asked, card, images, own),
            start=start,
        ),
        key=Shown.component,
    )
    if asked or Shown.remembered():
        start.write()


def now(card: Card) -> Shown:
    """What is on screen: as the component reported, else what the page begins with."""
    asked = Asked.of(st.session_state.get(Shown.component))
    return asked.shown if asked else _start(card)


def rows(found: list[Opened]) -> list[dict[str, Any]]:
    """What the table's rows are, from top to bottom."""
    card = found[0].checkpoint.card

    networks = [_network(slot, opened) for slot, opened in enumerate(found)]
    filters = [
        _row(name, method.title, method.style, filter=True)
        for name, method in ((n, FILTERS.get(n, WIENER)) for n in filtering.methods(card))
    ]
    original = {"id": "original", "title": "Original", "note": "", "colour": "", "dash": ""}
    noisy = _row("noisy", NOISY.title, NOISY.style, note="what the methods see")
    return [original, noisy, *networks, *filters]


def _row(name: str, title: str, style: LineStyle, note: str = "", **more: Any) -> dict[str, Any]:
    drawn = {"colour": theme.COLOURS[style.colour], "dash": " ".join(map(str, style.dash))}
    return {"id": name, "title": title, "note": note, **drawn, **more}


def _network(slot: int, opened: Opened) -> dict[str, Any]:
    kind = opened.checkpoint.card.model.kind
    family = family_of(kind)
    return _row(
        kind, family.heading, family.style, opened.name,
        slot=slot, key=opened.checkpoint.digest, strong=kind == "dae",
    )  # fmt: skip


def _kinds(found: list[Opened]) -> dict[str, dict[str, Any]]:
    trained = [
        o.checkpoint.card.training.trained_levels
        for o in found
        if o.checkpoint.card.training.noise
    ]
    return {
        name: {
            "title": kind.title, "level": kind.level, "axis": kind.axis,
            "low": kind.low, "high": kind.high,
            "trained": trained[0].get(name) if trained else None,
        }
        for name, kind in live_kinds().items()
    }  # fmt: skip


def _source(card: Card, images: Offered | None) -> str:
    if images is None:
        return f"{originals.why(card)} Or add your own below."
    title = originals.title(card.data)
    if images.learnt:
        return (
            f"from {len(images.names):,} training images of {title} that come with the models, "
            "which have learnt them: test images are harder. The sidebar has the download."
        )
    return f"from {len(images.names):,} test images of {title}, which no model was trained on"


def _unspoilt(card: Card) -> str:
    """What stands where the curves would, while no noise is added."""
    words = "No noise is added; choose a kind to see the curves."
    if not filtering.methods(card):
        return words
    kind, level = filtering.tuned_for(Shown(kind=NO_NOISE))
    return f"{words} The filters are those for {KINDS[kind].title} at {level:g}, the weakest."


def _restored(
    asked: Asked | None, card: Card, images: Offered | None, own: list[Own]
) -> dict[str, Any] | None:
    """The filters' pictures of what the browser shows at rest."""
    if asked is None:
        return None
    known = {each.name: each.pixels for each in own}
    if images is not None:
        known |= {name: images.pixels[i] for i, name in enumerate(images.names)}
    if any(name not in known for name in asked.images):
        return None  # another data set was chosen meanwhile
    clean = [known[name][None].astype(np.float32) / 255 for name in asked.images]
    answer = filtering.restore(np.concatenate(clean), asked, card) if clean else {}
    return {"stamp": asked.stamp, "rows": answer}


def _start(card: Card) -> Shown:
    """What the link says, what was shown before in this session, or the first picture."""
    if not is_signal(card.model.shape):
        return Shown.start(usual=Shown())
    return Shown.start(usual=Shown(level=TABLE_LEVEL if card.is_table else SIGNAL_LEVEL))


# ---- words --------------------------------------------------------------------------------------


def _explanation() -> str:
    return messages.DENOISE.format(most=MOST_LINEAR, whole=MOST_WHOLE, axes=N_AXES)


def explain() -> None:
    """Say how the page is read."""
    with st.expander("How to read this page"):
        st.markdown(sidebar.say(_explanation()))


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    chosen = sidebar.chosen_model()
    card = chosen.checkpoint.card
    bench = st.container()
    own_ones = own.choose(chosen.checkpoint)
    with bench:
        found = models(chosen)
        if not _has_denoiser(found):
            training.offer("Train a denoising autoencoder", "dae", card)
        images = offered_of(card)
        show(found, images, own_ones)
        send(found, images)
        denoising_figures.offer(found)
    explain()

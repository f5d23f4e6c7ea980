"""The Inside page's parts: what the browser needs of Python, the link, the way to other models."""

import math

import numpy as np
import streamlit as st

from aecore import checkpoints
from aecore import originals as shipped_originals
from aecore.activations import N_IMAGES, Activity, activity, population_sparseness
from aecore.checkpoints import Card, Entry, LatentTable, Stored
from aecore.data.imageset import SPLITS
from aecore.export import pack
from aeview.inside.component import PIXELS, UNITS, Page, inside
from aeview.inside.shown import Shown
from aeview.own_pictures import carried
from aeview.shell import ends, links, originals, sidebar, training
from aeview.streamlit_fixes import uncut
from aeview.work import cache, live
from aeview.work.live import Opened
from aeview.work.payload import STORE, payload
from aeview.work.pixels import as_bytes

# Keys in the session state.
INSIDE_GOING = "inside_going"
N_POOLED = 40
NORMAL = 1 - 2 / math.pi  # population sparseness of independent normal numbers of equal variance
VALIDATION = "validation images"
CARRIED = "images that the model carries"
LEARNT = (
    "training images that come with the models; validation images are not at hand: the sidebar "
    "says why"
)
RECONSTRUCTED = (
    "images that the model carries; the originals are not at hand (the sidebar says why), so "
    "reconstructions are shown"
)
MASKED_ELSEWHERE = (
    "This model was never shown images with hidden patches. {name} was: it is a masked "
    "autoencoder{of}, trained to fill in what it is not shown."
)
MASKED_NOWHERE = (
    "This model was never shown images with hidden patches, and there is no masked autoencoder "
    "yet. Train one on the page Train, or by: python -m aecore train --data {data} --model masked "
    "--latent-dim 32 --epochs 30 --out my-masked.safetensors"
)

# ---- the page -----------------------------------------------------------------------------------


@st.fragment
def show(chosen: Opened) -> None:
    """Show the component and keep the link telling what it shows."""
    checkpoint = chosen.checkpoint
    if st.session_state.pop(INSIDE_GOING, False):
        st.rerun()
    key = cache.atlas_key(checkpoint, live.natural(checkpoint))
    shown = Shown.reported(of=key)
    start = shown or _start(checkpoint)
    own = carried.picture(checkpoint)
    inside(
        Page(
            keys=(key,), units=_units_key(checkpoint), pixels=_pixels_key(checkpoint.card),
            own=own.packed if own else None, masks=checkpoint.card.model.kind == "masked",
            originals=_learnt_here(checkpoint.card),
            elsewhere=_elsewhere(checkpoint.card), start=start,
        ),
        key=Shown.component,
        going=_go,
    )  # fmt: skip
    if start.part == "masked" and not _masked():
        training.offer("Train a masked autoencoder", "masked", checkpoint.card)
    if shown or Shown.remembered():
        start.write(without=_untold(start))


def now(checkpoint: Stored) -> Shown:
    """What is on screen: as the component reported, else what the page begins with."""
    key = cache.atlas_key(checkpoint, live.natural(checkpoint))
    return Shown.reported(of=key) or _start(checkpoint)


def _untold(shown: Shown) -> list[str]:
    """The first unit of an order is no unit's number; one's own picture can't be in a link."""
    return [*(["unit"] if not shown.unit else []), *(["of"] if shown.of == carried.OWN else [])]


def error(checkpoint: Stored) -> float:
    """Squared error per pixel of the image that is on screen, intensity² in [0, 1]."""
    points, name = checkpoint.latents, now(checkpoint).of
    if name == carried.OWN:
        own = carried.picture(checkpoint)
        return _error_of(checkpoint, own.image) if own else math.nan
    return float(points.error[ends.image_row(name or first_image(points), points)])


def _error_of(checkpoint: Stored, image: np.ndarray) -> float:
    import torch

    batch = torch.from_numpy(image[None].astype(np.float32))
    with torch.no_grad():
        rebuilt = cache.model(checkpoint.digest, checkpoint).reconstruct(batch)
    return float((rebuilt - batch).square().mean())


def send(chosen: Opened) -> None:
    """Send the model, and what only Python can compute, to the browser."""
    name, checkpoint = chosen
    live.send(name, checkpoint, live.natural(checkpoint))
    payload(units(_units_key(checkpoint), checkpoint), key="inside_units")
    card = checkpoint.card
    pixels = controls(_pixels_key(card), _learnt_here(card), checkpoint)
    if pixels is not None:
        payload(pixels, key="inside_pixels")


def _masked() -> list[Entry]:
    known = checkpoints.available()
    return [entry for entry in known if entry.card and entry.card.model.kind == "masked"]


def _elsewhere(card: Card) -> dict[str, str]:
    """A masked autoencoder, of the same data set if there is one."""
    masked = _masked()
    masked.sort(key=lambda entry: entry.card is not None and entry.card.data != card.data)
    if not masked:
        return {"model": "", "words": MASKED_NOWHERE.format(data=card.data)}
    name, found = masked[0].name, masked[0].card
    assert found is not None  # as `_masked` has it
    of = "" if found.data == card.data else f" of {originals.title(found.data)}"
    return {"model": name, "words": MASKED_ELSEWHERE.format(name=name, of=of)}


@uncut
def _go() -> None:
    """Open the model that the button names, on the same part of the page."""
    name = (st.session_state.get(Shown.component) or {}).get("going")
    for entry in checkpoints.available():
        if entry.name == name and entry.card is not None:
            st.session_state[links.Chosen.link("data")] = entry.card.data
            st.session_state[links.Chosen.link("model")] = entry.name
            st.session_state[INSIDE_GOING] = True
            Shown.tell(part="masked")


# ---- the link -----------------------------------------------------------------------------------


def _start(checkpoint: Stored) -> Shown:
    """What the link says, what was shown before in this session, or the first picture."""
    d = checkpoint.card.model.code_dim

    def image(name: str) -> str:
        try:
            if name != carried.OWN:
                ends.image_row(name, checkpoint.latents)
        except ValueError as error:
            return str(error)
        return ""

    return Shown.start({"of": image, "unit": lambda z: "" if z <= d else "is not in its range"})


def first_image(points: LatentTable) -> str:
    """The image that the page begins with: a test image, if the model carries one."""
    held_out = np.flatnonzero(points.split == SPLITS.index("test"))
    return ends.name(points, int(held_out[0]) if len(held_out) else 0)


# ---- what the units do --------------------------------------------------------------------------


def _units_key(checkpoint: Stored) -> str:
    here = cache.has_set(checkpoint.card.data), cache.has_originals(checkpoint)
    return "/".join((checkpoint.digest, *map(str, here)))


@st.cache_resource(show_spinner=False, max_entries=20)
def units(key: str, _checkpoint: Stored) -> bytes:
    """Pack what each unit does over validation images, and the images that excite it."""
    images = cache.sample(_checkpoint.card, "val", N_IMAGES)
    if images is None:
        codes, names, labels = _stored_codes(_checkpoint)
    else:
        codes = _encoded(_checkpoint, images.images)
        names = [f"validation image {i}, {images.classes[y]}" for i, y in enumerate(images.labels)]
        labels = images.labels
    found = activity(codes)
    kept, most, least = _compact(found)
    if images is None:
        pixels, which = _stored_pixels(_checkpoint, kept)
    else:
        pixels, which = images.pixels[kept], VALIDATION
    header = {
        "store": STORE, "topic": UNITS, "key": key, "d": codes.shape[1], "n": len(codes),
        "names": [names[row] for row in kept], "words": _words(found, codes, which),
        "pooled": [float(codes.min()), float(codes.max())],
        "speaking": [0, codes.shape[1]], "threshold": found.threshold,
    }  # fmt: skip
    arrays = {
        name: getattr(found, name).astype(np.float32)
        for name in ("mean", "std", "active", "low", "high")
    }
    arrays |= {
        "counts": found.counts.astype(np.int32), "most": most, "least": least,
        "most_values": _values(codes, found.most), "least_values": _values(codes, found.least),
        "labels": labels[kept].astype(np.int16), "pixels": pixels.reshape(len(kept), -1),
        "pooled": _pooled(codes), "speaking": _speaking(found, codes.shape[1]),
    }  # fmt: skip
    return pack(header, arrays)


def _stored_codes(checkpoint: Stored) -> tuple[np.ndarray, list[str], np.ndarray]:
    table = checkpoint.latents
    classes = checkpoint.card.classes
    names = [f"{ends.name(table, row)}, {classes[y]}" for row, y in enumerate(table.labels)]
    return table.codes, names, table.labels


def _stored_pixels(checkpoint: Stored, rows: np.ndarray) -> tuple[np.ndarray, str]:
    """The images of stored codes, or what the model makes of these; and what is said of them."""
    table = checkpoint.latents.rows(rows)
    found = cache.originals(checkpoint, table)
    if found is not None:
        return found, CARRIED if cache.has_set(checkpoint.card.data) else LEARNT
    return as_bytes(_decoded(checkpoint, table.codes)), RECONSTRUCTED


def _encoded(checkpoint: Stored, images: np.ndarray) -> np.ndarray:
    import torch

    model = cache.model(checkpoint.digest, checkpoint)
    parts = torch.split(torch.from_numpy(images), 500)
    with torch.no_grad():
        return np.concatenate([model.encode(part).mean.numpy() for part in parts])


def _decoded(checkpoint: Stored, codes: np.ndarray) -> np.ndarray:
    import torch

    model = cache.model(checkpoint.digest, checkpoint)
    with torch.no_grad():
        return model.decode(torch.from_numpy(codes)).numpy()


def _compact(found: Activity) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of all images that are named anywhere, and the two tables as places among them."""
    kept, place = np.unique(np.stack((found.most, found.least)), return_inverse=True)
    both = place.reshape(2, *found.most.shape).astype(np.int32)
    return kept, both[0], both[1]


def _values(codes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return codes[rows, np.arange(codes.shape[1])[:, None]].astype(np.float32)


def _pooled(codes: np.ndarray) -> np.ndarray:
    """Logarithms of the counts: one bar at zero would hide all others."""
    return np.log1p(np.histogram(codes, N_POOLED)[0]).astype(np.float32)


def _speaking(found: Activity, d: int) -> np.ndarray:
    counts = np.histogram(found.n_active, min(d + 1, N_POOLED), (-0.5, d + 0.5))[0]
    return counts.astype(np.int32)


def _words(found: Activity, codes: np.ndarray, which: str) -> str:
    n, d = codes.shape
    sparse = population_sparseness(codes).mean()
    said = f" Population sparseness {sparse:.2f} (0 to 1; of normal numbers {NORMAL:.2f})."
    said = "" if np.isnan(sparse) else said
    return (
        f"On average {found.n_active.mean():.1f} of {d:,} units are active in an image (mean over "
        f"{n:,} {which}); {found.n_dead} never {'is' if found.n_dead == 1 else 'are'}. Active: "
        f"|z| above {found.threshold:.3g}, a twentieth of the largest.{said}"
    )


# ---- plane and controls -------------------------------------------------------------------------


def _learnt_here(card: Card) -> bool:
    """Whether training images of its data set are here: the set, or a sample with the models."""
    return cache.has_set(card.data) or shipped_originals.count(card.data) > 0


def _pixels_key(card: Card) -> str:
    return f"{card.data}/{card.model.shape}"


@st.cache_resource(show_spinner=False, max_entries=20)
def controls(key: str, here: bool, _checkpoint: Stored) -> bytes | None:
    """Pack the plane of pixels and PCA in-painting, fitted to training images."""
    images = cache.sample(_checkpoint.card, SPLITS[0], N_IMAGES) if here else None
    if images is None or len(images) < 2:
        return None
    from aecore.inpainting import fit_pca, pixel_plane

    fill = fit_pca(images.images)
    mean, directions = pixel_plane(images.images)
    header = {
        "store": STORE, "topic": PIXELS, "key": key, "noise": fill.noise, "n": len(images),
    }  # fmt: skip
    arrays = {"mean": mean, "directions": directions, "loadings": fill.loadings}
    return pack(header, {name: values.astype(np.float32) for name, values in arrays.items()})


# ---- words --------------------------------------------------------------------------------------


def explain() -> None:
    """Say how the page is read."""
    with st.expander("How to read this page"):
        st.markdown(
            sidebar.say("""
- **Layers** shows the numbers that leave every layer, after its activation function. A dense layer
  is a block of squares, a unit each; a convolution's maps are pictures again. **Filters** are the
  weights themselves: those of the first layer say what is looked for, those of the last one what
  is painted.
- **Units** describes the code over validation images the model was not trained on; where these
  are not on this machine, over images that the model carries. A **sparse autoencoder** is pressed
  to leave most units silent in every image, so that each one speaks for something of its own; the
  nine images that excite a unit most say for what. Population sparseness is 0 where all units
  speak alike and 1 where a single one does (Vinje & Gallant 2000). What nothing has made sparse is
  not 0: normal numbers of equal variance have 1 − 2/π = 0.36, PCA's 16 numbers of a digit 0.45;
  the 1,024 units of digits-sparse-1024d have 0.97.
- **Way back**: noise is added to images, and arrows lead from the noisy image x̃ to what the model
  makes of it, D(E(x̃)) (Vincent et al. 2008; Alain & Bengio 2014). A map of codes can't show an
  image, only its code: there the arrow leads from E(x̃) to the code of the reconstruction.
  The plane on the right shows images themselves. With more **turns** the answer is given to the
  model again, and the arrows become a path.
- **Missing pixels**: 4×4 patches are hidden as in the training of a masked autoencoder (He et al.
  2022). The composite keeps what was seen. PCA fills in the most likely pixels of a Gaussian with
  32 principal directions, given the pixels that are seen (Tipping & Bishop 1999).
""")
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    chosen = sidebar.chosen_model()
    show(chosen)
    send(chosen)
    explain()

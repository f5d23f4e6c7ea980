"""Cached calls into aecore, keyed by checkpoint digest; what they return is never changed.

Nothing here imports torch before it is needed: cards, codes, maps and weights are numpy.
"""

import gc
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from aecore import checkpoints
from aecore import originals as shipped_originals
from aecore.checkpoints import LatentTable, Stored
from aecore.data.catalogue import DATASETS, load, present
from aecore.data.imageset import SPLITS, Axis, ImageSet, is_signal, random_sample
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import Side
from aecore.diagnosis import diagnose
from aecore.errors import DataError
from aecore.export import network, pack
from aecore.latents import directions, position, stored_maps
from aecore.latents.projection import TSNE, Linear, Projection, projection_class
from aecore.latents.support import Support
from aecore.limits import MEGABYTE, limits
from aeview.bounded import Bounded
from aeview.classroom import access
from aeview.theme import CLASS_COLOURS
from aeview.work import subprocesses
from aeview.work.jobs import Job
from aeview.work.payload import ATLAS, PICTURES, STORE, topic
from aeview.work.pixels import gzipped

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder

STORED_POINTS = 0


class MapChoice(NamedTuple):
    """Which map of a model is shown.

    Attributes:
        projection: a name in `PROJECTIONS`, or "line" for a model of one unit.
        units: the two latent units of `axes`.
        perplexity: of `tsne`.
        n_points: how many images are drawn; 0 for those that the checkpoint carries.
    """

    projection: str
    units: tuple[int, int] = (0, 1)
    perplexity: int = 30
    n_points: int = STORED_POINTS


@st.cache_resource(show_spinner=False)
def warm_up() -> bool:
    """Import torch on one thread, and freeze what garbage collection would walk at every rerun."""
    import torch

    from aecore.models.family import MODELS, model_class

    for kind in MODELS:
        model_class(kind)  # so that the first click does not import it
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    _warm().set()
    return True


@st.cache_resource(show_spinner=False)
def _warm() -> threading.Event:
    return threading.Event()


def is_warm() -> bool:
    """Whether torch is there, so that an answer need not wait for its import."""
    return _warm().is_set()


def stored(path: Path, label: int = 0) -> Stored:
    """Read a checkpoint once for each version of the file.

    Args:
        path: of the file.
        label: the class that a conditional model is told.

    Raises:
        CheckpointError: in one sentence, if it can't be opened.
    """
    return _stored(path, path.stat().st_mtime_ns, label)


@st.cache_resource(show_spinner=False, max_entries=40)
def _stored(path: Path, changed: int, label: int) -> Stored:
    del changed
    return checkpoints.told(checkpoints.read(path), label)


@st.cache_resource(show_spinner=False, max_entries=40)
def model(digest: str, _stored: Stored) -> "Autoencoder":
    """Build the torch model of a checkpoint, in evaluation mode."""
    del digest
    warm_up()
    return checkpoints.build(_stored)


@st.cache_resource(show_spinner=False)
def _splits() -> Bounded[tuple[str, str, Side | None, str], ImageSet]:
    return Bounded(
        lambda: 60, lambda: limits().cached_mb * MEGABYTE, lambda one: one.pixels.nbytes
    )


def split_of(card: checkpoints.Card, part: str) -> ImageSet:
    """Load a split of the data set that a model has learnt, as it was read for the model.

    Raises:
        DataError: as `split`.
    """
    return split(card.data, part, card.model.shape[1:], card.training.fit)


def split(name: str, part: str, side: Side | None, fit: str = PADDED) -> ImageSet:
    """Load a split once.

    Raises:
        DataError: if the set is not there or damaged, or lies where nobody may look.
    """
    if not access.may_open(name):
        raise DataError("this data set lies in none of the folders that class mode allows")
    return _splits().once((name, part, side, fit), lambda: load(name, part, side=side, fit=fit))


def axis(card: checkpoints.Card) -> Axis | None:
    """What the samples of a model's signals are; None for pictures, and where it is not known."""
    if not is_signal(card.model.shape):
        return None
    if card.axis is not None:
        return card.axis
    if card.data in DATASETS:
        return DATASETS[card.data].axis
    try:
        return split(card.data, "test", card.model.shape[1:]).axis
    except (DataError, OSError):
        return None


def has_set(name: str) -> bool:
    """Whether a data set is on this machine, with all its images."""
    return access.may_open(name) and present(name)


def has_originals(checkpoint: Stored, n_points: int = STORED_POINTS) -> bool:
    """Whether the images of a model's points are here: with their set, or with the models.

    Draws are of no images.
    """
    if not checkpoint.card.encodes:
        return False
    if has_set(checkpoint.card.data):
        return True
    points = table(checkpoint, n_points)
    return points is not None and shipped_originals.has(
        checkpoint.card.data, points.split, points.index
    )


def whole_part(card: checkpoints.Card, part: str) -> ImageSet | None:
    """A split's images, of its set or as far as they come with the models; None for none."""
    try:
        found: ImageSet | None = split_of(card, part)
    except (DataError, OSError):
        found = shipped_originals.part(card.data, part)
    if found is None or found.shape != tuple(card.model.shape) or not len(found):
        return None
    return found


def sample(card: checkpoints.Card, part: str, n: int) -> ImageSet | None:
    """At most n of a split's images (`whole_part`); None for none."""
    found = whole_part(card, part)
    if found is None:
        return None
    return found.take(random_sample(len(found), n))


@st.cache_resource(show_spinner=False, max_entries=40)
def support(digest: str, _stored: Stored) -> Support:
    """Support by the training codes that the checkpoint carries."""
    del digest
    return Support.of(_stored.latents)


# ---- points ----------------------------------------------------------------------------------


@st.cache_resource
def _tables() -> Bounded[tuple[str, int], LatentTable]:
    return Bounded(lambda: limits().cached_tables)


def table(checkpoint: Stored, n_points: int) -> LatentTable | None:
    """Return the codes of so many images, or None where they have yet to be computed."""
    return (
        checkpoint.latents
        if n_points == STORED_POINTS
        else _tables().get((checkpoint.digest, n_points))
    )


def compute_table(checkpoint: Stored, n_points: int, job: Job) -> None:
    """Encode a random sample of a data set's images of all splits, reporting to the job."""
    from aecore.latents.encoding import encode_across, join

    parts = [split_of(checkpoint.card, name) for name in SPLITS]
    n_chosen = min(n_points, sum(map(len, parts)))
    tables: list[LatentTable] = []
    for encoded in encode_across(model(checkpoint.digest, checkpoint), parts, n_points):
        tables.append(encoded)
        job.report(sum(map(len, tables)), n_chosen)
    _tables()[checkpoint.digest, n_points] = join(tables)


# ---- maps ------------------------------------------------------------------------------------


@st.cache_resource
def _layouts() -> Bounded[tuple[str, MapChoice], Projection]:
    return Bounded(lambda: limits().cached_maps)


def projection(checkpoint: Stored, choice: MapChoice) -> Projection | None:
    """Return a map, or None where it has yet to be computed (t-SNE)."""
    known = _layouts().get((checkpoint.digest, choice))
    codes = table(checkpoint, choice.n_points)
    if known is not None or codes is None:
        return known
    plane = _chosen(choice)
    if isinstance(plane, TSNE):
        made: Projection | None = stored_maps.stored(plane, codes.codes, checkpoint.digest)
    else:
        made = plane.fit(codes.codes)
    return made if made is None else _keep(checkpoint, choice, made)


def _chosen(choice: MapChoice) -> Projection:
    make: Callable[..., Projection] = projection_class(choice.projection)
    settings = projection_class(choice.projection).settings
    return make(**{name: getattr(choice, name) for name in settings})


def _keep(checkpoint: Stored, choice: MapChoice, made: Projection) -> Projection:
    _layouts()[checkpoint.digest, choice] = made
    return made


def compute_tsne(checkpoint: Stored, choice: MapChoice, job: Job) -> None:
    """Compute a t-SNE layout, reporting to the job."""
    points = table(checkpoint, choice.n_points)
    assert points is not None
    codes = points.codes
    laid_out = subprocesses.work(
        stored_maps.compute_points, choice.perplexity, codes, checkpoint.digest, job=job
    )
    _keep(checkpoint, choice, TSNE(perplexity=choice.perplexity).place(codes, laid_out))


# ---- what is sent to the browser ---------------------------------------------------------------


def atlas_key(checkpoint: Stored, choice: MapChoice) -> str:
    """Name a map: on one server the same key is the same bytes."""
    return "/".join((checkpoint.digest, *map(str, choice)))


@st.cache_resource(show_spinner=False, max_entries=30)
def atlas(key: str, name: str, slot: int, _checkpoint: Stored, _choice: MapChoice) -> bytes:
    """Pack network, points, codes and support of a model for the components."""
    points, plane = table(_checkpoint, _choice.n_points), projection(_checkpoint, _choice)
    assert points is not None
    assert plane is not None
    description, arrays = network(_checkpoint)
    supported = support(_checkpoint.digest, _checkpoint)
    header = {
        "store": STORE,
        "topic": topic(ATLAS, slot),
        "key": key,
        "pictures": pictures_key(_checkpoint, _choice),
        "name": name,
        "data": _checkpoint.card.data,
        "network": description,
        "classes": list(_checkpoint.card.classes),
        "palette": list(CLASS_COLOURS),
        "has_posterior": points.log_var.shape[1] > 0,
        "label": _checkpoint.label,
        "nothing": _checkpoint.card.encodes and diagnose(_checkpoint.card) is not None,
        "count": count_words(_checkpoint, points),
        "map": {"kind": _kind(plane), "axes": list(plane.describe().axes)},
        "position": position.constants(),
        "directions": directions.constants(),
        "support": supported.circles(),
    }
    shown = _points(points, plane) | _support(supported) | _linear(plane)
    return pack(header, arrays | {name: _short(array) for name, array in shown.items()})


def _kind(plane: Projection) -> str:
    """Which of the browser's two kinds of map: every one that is not linear goes by neighbours."""
    return "linear" if isinstance(plane, Linear) else "neighbours"


def _points(points: LatentTable, plane: Projection) -> dict[str, np.ndarray]:
    return {
        "points": plane.points,
        "codes": points.codes,
        "log_var": points.log_var,
        "labels": points.labels.astype(np.int16),
        "split": points.split.astype(np.uint8),
        "index": points.index.astype(np.int32),
        "error": points.error,
        "kl": points.kl,
    }


def _short(array: np.ndarray) -> np.ndarray:
    """Return floats as float16 where nothing is lost, as with what a checkpoint stores."""
    if array.dtype.kind != "f":
        return array
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    return half if np.array_equal(half, array) else array.astype(np.float32)


def _support(supported: Support) -> dict[str, np.ndarray]:
    return {
        "support_codes": supported.codes,
        "support_scale": supported.scale,
        "support_reference": supported.reference,
    }


def _linear(plane: Projection) -> dict[str, np.ndarray]:
    return {"origin": plane.origin, "basis": plane.basis} if isinstance(plane, Linear) else {}


def count_words(checkpoint: Stored, points: LatentTable) -> str:
    """Say how many of how many images are drawn, and which."""
    if not checkpoint.card.encodes:
        return f"{len(points):,} draws of N(0, I)"
    known = DATASETS.get(checkpoint.card.data)
    total = known.n_images if known else len(points)
    noun = checkpoint.card.things.many
    if len(points) >= total:
        return f"all {total:,} {noun}"
    which = f"training {noun}" if (points.split == 0).all() else noun
    return f"{len(points):,} of {total:,} shown (random {which})"


def pictures_key(checkpoint: Stored, choice: MapChoice) -> str:
    """Name the originals of a map's points."""
    return f"{checkpoint.digest}/{choice.n_points}"


@st.cache_resource(show_spinner=False, max_entries=12)
def pictures(
    key: str, here: bool, slot: int, _checkpoint: Stored, _choice: MapChoice
) -> bytes | None:
    """Pack the original images of a map's points; None where they can't be read.

    `here` says whether they are on this machine, so that a download is noticed.
    """
    if not here:
        return None
    points = table(_checkpoint, _choice.n_points)
    assert points is not None
    pixels = originals(_checkpoint, points)
    if pixels is None:
        return None
    return pack_pictures(key, slot, pixels)


def pack_pictures(key: str, slot: int, pixels: np.ndarray, level: int = 1) -> bytes:
    """Pack images as the browser takes them, gzipped at a level from 1 to 9."""
    header = {
        "store": STORE,
        "topic": topic(PICTURES, slot),
        "key": key,
        "size": int(pixels[0].size),
    }
    return pack(header, {"gzip": gzipped(pixels, level)})


def originals(checkpoint: Stored, points: LatentTable) -> np.ndarray | None:
    """Return the original images of the table's rows, or None where they are not to be had."""
    data = checkpoint.card.data
    try:
        if not has_set(data):
            return shipped_originals.at(data, points.split, points.index)
        parts = {n: split_of(checkpoint.card, SPLITS[n]) for n in np.unique(points.split).tolist()}
    except (DataError, OSError):
        return None
    if any(part.shape != tuple(checkpoint.card.model.shape) for part in parts.values()):
        return None
    pixels = np.empty((len(points), *checkpoint.card.model.shape), dtype=np.uint8)
    for number, part in parts.items():
        rows = points.split == number
        if points.index[rows].max() >= len(part):
            return None
        pixels[rows] = part.pixels[points.index[rows]]
    return pixels

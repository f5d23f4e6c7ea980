"""t-SNE layouts on disk, by the checkpoint's digest and the parameters."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from jaxtyping import Int16

from aecore.arrays import CodeArray, PlanePoints
from aecore.data.download import cache_folder
from aecore.files import whole
from aecore.latents.projection import TSNE


def stored(tsne: TSNE, codes: CodeArray, digest: str) -> TSNE | None:
    """Return the projection with a layout computed before, or None."""
    path = _path(tsne, codes, digest)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            points = archive["points"]
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    fits = points.shape == (len(codes), 2) and bool(np.isfinite(points).all())
    return tsne.place(codes, points) if fits else None


def compute(tsne: TSNE, codes: CodeArray, digest: str) -> TSNE:
    """Compute a layout and keep it; where the disk can't be written to, only return it.

    Raises:
        Cancelled: when the projection's progress callback asked for it.
    """
    tsne.fit(codes)
    path = _path(tsne, codes, digest)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as unfinished:
            np.savez(unfinished, points=tsne.points)
    return tsne


def compute_points(
    perplexity: int,
    codes: CodeArray,
    digest: str,
    report: Callable[[int, int, Int16[np.ndarray, "n 2"]], object],
) -> PlanePoints:
    """Compute and keep a layout, and return where the codes lie: nothing but arrays in and out.

    Args:
        perplexity: about how many neighbours each point keeps.
        codes: (n, d).
        digest: of the checkpoint they are of.
        report: called with (steps done, steps in all, the layout so far: `coarse`).
    """

    def progress(done: int, total: int, points: PlanePoints) -> bool:
        report(done, total, coarse(points))
        return False

    return compute(TSNE(perplexity=perplexity, progress=progress), codes, digest).points


def coarse(points: PlanePoints) -> Int16[np.ndarray, "n 2"]:
    """Four bytes a point of a layout, for looking at: moved, and scaled alike both ways."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    half = max(float(np.ptp(points, axis=0).max()) / 2, np.finfo(np.float32).tiny)
    return np.rint((points - middle) / half * np.iinfo(np.int16).max).astype(np.int16)


def _path(tsne: TSNE, codes: CodeArray, digest: str) -> Path:
    key = json.dumps([digest, codes.shape, tsne.parameters()], sort_keys=True)
    return cache_folder() / "maps" / f"tsne-{hashlib.sha256(key.encode()).hexdigest()[:24]}.npz"

"""What Codes at work measures of a model, in one job: probe, search, compression.

Results stay in memory by the model's digest; sessions that ask for the same share one job.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import streamlit as st

from aecore import compression, probe, search
from aecore.checkpoints import Stored
from aecore.compression import CODECS, N_PACKED, Packed, Quantiser
from aecore.data.imageset import ImageSet, random_sample
from aecore.metrics import psnr
from aecore.probe import Features, Labels, Score
from aecore.search import Search
from aeview.bounded import Bounded
from aeview.work import cache
from aeview.work.jobs import Job

N_PICTURES = 6
BATCH = 250
MOST = 40
CODE = "code"


class Line(NamedTuple):
    """One way to pack images.

    Attributes:
        name: `CODE` or a name in `CODECS`.
        n_bytes: of an image, mean, each in a file of its own and all in one file.
        psnr: mean decibels; of lossless ones 100.
        pictures: of the first images, as they come out.
    """

    name: str
    n_bytes: tuple[float, float]
    psnr: float
    pictures: np.ndarray


@dataclass(slots=True)
class Work:
    """What is measured of a model so far.

    Attributes:
        n_train, n_test: images of the probe.
        classes: how many classes there are.
        scores: of the probe.
        search: None for images without classes.
        own, photographs: packed images of the model's own data, and of another kind.
        originals: the first images of both, as they went in.
        done: whether all of it is there.
    """

    n_train: int = 0
    n_test: int = 0
    classes: int = 0
    scores: list[Score] = field(default_factory=list)
    search: Search | None = None
    own: list[Line] = field(default_factory=list)
    photographs: list[Line] = field(default_factory=list)
    originals: tuple[np.ndarray, ...] = ()
    done: bool = False


@st.cache_resource
def _known() -> Bounded[str, Work]:
    return Bounded(lambda: MOST)


def known(checkpoint: Stored) -> Work | None:
    """What is measured, if it is there as a whole."""
    found = _known().get(checkpoint.digest)
    return found if found and found.done else None


def job_name(checkpoint: Stored) -> str:
    """The job that measures a model."""
    return f"codes at work {checkpoint.digest}"


def measure(checkpoint: Stored, job: Job) -> None:
    """Measure all of it, reporting to the job.

    Raises:
        DataError: if the images are not there.
        ValueError: if there are too few of them.
    """
    train, test = (cache.split_of(checkpoint.card, part) for part in ("train", "test"))
    train, test = probe.samples(train, test)
    work = Work(n_train=len(train), n_test=len(test), classes=len(np.unique(train.labels)))
    n_encoded = len(train) + len(test)
    total = int(1.6 * n_encoded)
    codes = Features(
        _encode(checkpoint, train, job, 0, total),
        _encode(checkpoint, test, job, len(train), total),
    )
    labels, pixels = Labels(train.labels, test.labels), probe.pixels(train, test)
    if work.classes > 1:
        for step, score in enumerate(probe.probe(probe.beside(codes, pixels), labels), 1):
            work.scores.append(score)
            job.report(n_encoded + int(0.04 * step * n_encoded), total)
        work.search = search.compare(codes, pixels, labels)
        job.report(n_encoded + int(0.45 * n_encoded), total)
    _compress(checkpoint, test, codes.train, work)
    work.done = True
    _known()[checkpoint.digest] = work


def _encode(checkpoint: Stored, images: ImageSet, job: Job, done: int, total: int) -> np.ndarray:
    import torch

    model = cache.model(checkpoint.digest, checkpoint)
    parts = []
    with torch.no_grad():
        for start_ in range(0, len(images), BATCH):
            batch = images.pixels[start_ : start_ + BATCH].astype(np.float32) / 255
            parts.append(model.encode(torch.from_numpy(batch)).mean.numpy())
            job.report(done + start_, total)
    return np.concatenate(parts)


def _compress(checkpoint: Stored, test: ImageSet, codes: np.ndarray, work: Work) -> None:
    shape = test.shape
    if not compression.fits(shape):
        return
    scale = Quantiser.fit(codes)
    own = test.pixels[random_sample(len(test), N_PACKED)]
    other = compression.photographs(shape, len(own))
    work.originals = own[:N_PICTURES], other[:N_PICTURES]
    work.own, work.photographs = (_lines(checkpoint, scale, pixels) for pixels in (own, other))


def _lines(checkpoint: Stored, scale: Quantiser, pixels: np.ndarray) -> list[Line]:
    code = compression.by_code(cache.model(checkpoint.digest, checkpoint), scale, pixels)
    lines = [_line(CODE, code, code, pixels)]
    for name, codec in CODECS.items():
        each, all_ = compression.alone(codec, pixels), compression.together(codec, pixels)
        lines.append(_line(name, each, all_, pixels))
    return lines


def _line(name: str, alone: Packed, together: Packed, pixels: np.ndarray) -> Line:
    quality = psnr(alone.pixels / np.float32(255), pixels / np.float32(255))
    n_bytes = float(alone.n_bytes.mean()), float(together.n_bytes.mean())
    return Line(name, n_bytes, float(quality.mean()), alone.pixels[:N_PICTURES])

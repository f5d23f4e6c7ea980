"""A model from elsewhere looked at before it is kept: each reading of its files, by its pictures.

`opening` makes the checkpoint of the reading that was chosen. A stranger's files are to be looked
at and kept in a process of its own: `look_alone`, `keep_alone`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from aecore.arrays import ImageArray
from aecore.errors import ForeignModelError
from aecore.foreign.formats import Asked, Files, told_apart
from aecore.foreign.opening import (
    Converted,
    compared,
    conversions,
    difference,
    save,
    shown_with,
)
from aecore.limits import MEGABYTE, limits
from aecore.priority import bound_memory

N_SHOWN = 8
Report = Callable[[int, int], object]


class Seen(NamedTuple):
    """One reading of the files.

    Attributes:
        kind: the family, "vae" or "ae".
        title: how images enter and leave, in words.
        words: what was found, in sentences.
        mse, variance: per pixel, of rebuilding up to 64 images, and of answering their mean.
        reconstructions: of `Look.images`, intensity in [0, 1].
    """

    kind: str
    title: str
    words: tuple[str, ...]
    mse: float
    variance: float
    reconstructions: ImageArray


class Look(NamedTuple):
    """What files were understood as.

    Attributes:
        names: of the encoder's file, the decoder's, and the list of layers, where there is one.
        images: up to 8 of the test split, intensity in [0, 1].
        readings: best first; where there are several, a person is asked.
    """

    names: tuple[str, str | None, str | None]
    images: ImageArray
    readings: tuple[Seen, ...]


def look(
    files: Sequence[Path],
    data: str,
    report: Report = lambda *_: None,
    code: str | None = None,
) -> Look:
    """Read files, told apart by what they take and give, and rebuild images by them.

    Args:
        files: in one folder; numbers beside a model may be among them.
        data: a data set's name, or the path of your own.
        report: called with steps done and all steps.
        code: the tensor at which one file with both halves is cut; found unless said.

    Raises:
        ForeignModelError: in one sentence, where a file can't be read or shown.
        AmbiguousModelError: where the code may be several tensors.
        DataError: for data that are not there.
    """
    found = told_apart(files)
    try:
        return _looked(found, data, report, code)
    except ForeignModelError as error:
        if found.decoder is None:
            raise
        try:
            return _looked(Files(found.decoder, found.encoder), data, report)
        except ForeignModelError:
            raise error from None


def _looked(files: Files, data: str, report: Report, code: str | None = None) -> Look:
    asked = Asked(layers=files.layers, code=code)
    report(0, 3)
    _, images = shown_with(files.encoder, files.decoder, data, asked=asked)
    report(1, 3)
    seen = []
    for made in conversions(files.encoder, files.decoder, images, asked):
        report(2 + made.chosen, 2 + len(made.readings))
        seen.append(_seen(made, images))
    decoder, layers = (each.name if each else None for each in files[1:])
    return Look((files.encoder.name, decoder, layers), _some(images), tuple(seen))


def _some(images: ImageArray) -> np.ndarray:
    return images[:: max(1, len(images) // N_SHOWN)][:N_SHOWN]


def _seen(made: Converted, images: ImageArray) -> Seen:
    _check_weight(made)
    with torch.no_grad():
        rebuilt = made.model.reconstruct(torch.from_numpy(_some(images))).clamp(0, 1).numpy()
    words = (*made.words(), *compared(made, difference(made, images)))
    title = made.readings[made.chosen].words()
    return Seen(made.model.config.kind, title, words, made.mse, made.variance, rebuilt)


def _check_weight(made: Converted) -> None:
    """A model is sent to each browser that opens it."""
    most = limits().model_mb
    weight = sum(each.numel() * each.element_size() for each in made.model.state_dict().values())
    if weight > most * MEGABYTE:
        raise ForeignModelError(
            f"this model weighs {weight / MEGABYTE:,.0f} MB in numbers of 32 bits; up to {most} "
            "MB are sent to a browser"
        )


# ---- in a process of their own --------------------------------------------------------------


def look_alone(files: Sequence[Path], data: str, code: str | None, report: Report) -> Look:
    """`look`, in a process that may hold so much memory and no more."""
    with _bounded():
        return look(files, data, report, code)


def keep_alone(files: Files, data: str, out: Path, asked: Asked, report: Report) -> None:
    """Write the checkpoint of a reading, in such a process, and list it nowhere.

    Args:
        files: the model's.
        data: what it is shown with.
        out: the checkpoint.
        asked: what the files don't say, and the place in `Look.readings`.
        report: called with steps done and all steps.
    """
    with _bounded():
        report(0, 1)
        save(files.encoder, files.decoder, data, out, asked=asked)


@contextmanager
def _bounded() -> Iterator[None]:
    most = limits().model_memory_mb
    bound_memory(most)
    try:
        yield
    except MemoryError:
        raise ForeignModelError(f"this model takes more than {most:,} MB of memory") from None

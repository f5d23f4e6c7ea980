"""Pictures of the user's own on the Anomaly page: files or a .zip, kept in memory alone."""

import hashlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

import numpy as np
import streamlit as st

from aecore.arrays import Pixels
from aecore.checkpoints import Card, Stored
from aecore.data import pixel_table
from aecore.data.imageset import is_signal
from aecore.data.pictures.sources import SUFFIXES, Source, from_zip
from aecore.data.signals import SUFFIXES as SIGNAL_FILES
from aecore.data.signals import scaled
from aecore.errors import DataError
from aecore.limits import limits
from aeview.escape import escaped
from aeview.streamlit_fixes import UploadedFile
from aeview.work import cache, pictures

ENDINGS = [*(suffix.removeprefix(".") for suffix in SUFFIXES), "zip", "csv"]
SEVERAL = {".zip": from_zip, ".csv": pixel_table.sources}
WORDS_SHOWN = 3


class Own(NamedTuple):
    """Pictures as the model takes them.

    Attributes:
        digest: of their bytes.
        pixels: uint8, ink bright on dark.
        problems: a sentence for each that could not be used.
    """

    digest: str
    pixels: Pixels
    problems: tuple[str, ...]


def ask(checkpoint: Stored) -> Own | None:
    """Ask for pictures, or for signals; None until there are some that can be used."""
    if is_signal(checkpoint.card.model.shape):
        return _signals(checkpoint)
    most = limits().judged_pictures
    files = st.file_uploader(
        "Pictures that may be strange", ENDINGS, accept_multiple_files=True,
        help="PNG, JPEG and the like, a .zip of them, or a .csv whose rows are pixels; the first "
        f"{most} are taken. They stay in memory and are forgotten with this session.",
        max_upload_size=limits().file_mb,
    )  # fmt: skip
    if not files:
        st.info("Upload pictures or a .zip of pictures: whatever the model should judge.")
        return None
    card = checkpoint.card
    contents = tuple((file.name, file.getvalue()) for file in files)
    own = prepared(contents, card.data, card.model.shape, card)
    for problem in own.problems[:WORDS_SHOWN]:
        st.warning(escaped(problem))
    if len(own.problems) > WORDS_SHOWN:
        st.warning(f"… and {len(own.problems) - WORDS_SHOWN} more that could not be used.")
    return own if len(own.pixels) else None


def _text(title: str, help_words: str) -> UploadedFile | None:
    found: UploadedFile | None = st.file_uploader(
        title, [each.removeprefix(".") for each in SIGNAL_FILES],
        help=f"{help_words} It stays in memory and is forgotten with this session.",
        max_upload_size=limits().file_mb,
    )  # fmt: skip
    return found


def _rows(card: Card) -> Own | None:
    """Ask for a table with the columns that the model has learnt."""
    n = len(card.axis.columns.encoded) if card.axis and card.axis.columns else 0
    file = _text(
        "A table that may hold strange rows",
        f"CSV with a first row of names, the {n} columns among them that the model has learnt.",
    )
    if file is None:
        st.info(f"Upload a table with the {n} columns that the model has learnt; others may stay.")
        return None
    from aecore.anomaly.rows import read as read_rows

    content = file.getvalue()
    try:
        pixels = read_rows(content, file.name, card)
    except DataError as error:
        st.error(escaped(str(error)))
        return None
    taken = pixels[: limits().judged_pictures]
    beyond = float(np.isin(taken, (0, 255)).mean())
    st.caption(
        f"{len(taken):,} of {len(pixels):,} rows; {100 * beyond:.1f} % of their numbers lie at or "
        "beyond the range of a drawing and are cut off."
    )
    return Own(hashlib.sha256(content).hexdigest()[:16], taken, ())


def _signals(checkpoint: Stored) -> Own | None:
    """Ask for a text file of signals, scaled as the training signals are."""
    card = checkpoint.card
    if card.is_table:
        return _rows(card)
    length, axis = card.model.shape[-1], cache.axis(card)
    file = _text(
        "Signals that may be strange",
        f"CSV or UCR text: a signal a row, its class first or last, with {length} samples; or one "
        "long series, a column of times and one of values, which is cut.",
    )
    if file is None or axis is None:
        unit = f" in {axis.unit}" if axis and axis.unit else ""
        st.info(f"Upload signals of {length} samples{unit}, one a row, the class first.")
        return None
    from aecore.anomaly.rows import read_signals

    content = file.getvalue()
    try:
        found = read_signals(content, file.name, length)
    except DataError as error:
        st.error(escaped(str(error)))
        return None
    pixels = scaled(found.values[: limits().judged_pictures], axis)
    beyond = float(((found.values < axis.low) | (found.values > axis.high)).mean())
    st.caption(
        f"{len(pixels):,} of {len(found.values):,} signals; {100 * beyond:.1f} % of their values "
        f"lie beyond {axis.low:.3g} to {axis.high:.3g} {axis.unit} and are cut off."
    )
    return Own(hashlib.sha256(content).hexdigest()[:16], pixels, ())


@st.cache_resource(show_spinner="Preparing the pictures …", max_entries=10)
def prepared(
    contents: tuple[tuple[str, bytes], ...], data: str, shape: tuple[int, ...], _card: Card
) -> Own:
    """Bring pictures to a model's input, each by the steps of Your image."""
    digest = hashlib.sha256(str((data, shape)).encode())
    images: list[np.ndarray] = []
    problems: list[str] = []
    for name, content in _each(contents, problems):
        digest.update(content)
        try:
            ready = pictures.prepared(content, name, _card)
        except DataError as error:
            problems.append(str(error))
            continue
        if ready.to_score:
            images.append(np.rint(ready.image * 255).astype(np.uint8))
        else:
            problems.append(f"{name}: {ready.words}")
    pixels = np.stack(images) if images else np.zeros((0, *shape), np.uint8)
    return Own(digest.hexdigest()[:16], pixels, tuple(problems))


def _each(
    contents: tuple[tuple[str, bytes], ...], problems: list[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes, those within a .zip too, up to `judged_pictures`."""
    n, most = 0, limits().judged_pictures
    for source in _sources(contents, problems):
        if source.error:
            problems.append(source.error)
            continue
        if n == most:
            problems.append(f"More than {most} pictures; the others are left out.")
            return
        n += 1
        yield source.name, source.content


def _sources(contents: tuple[tuple[str, bytes], ...], problems: list[str]) -> Iterator[Source]:
    for name, content in contents:
        several = SEVERAL.get(PurePath(name).suffix.lower())
        if several is None:
            yield Source(name, content)
            continue
        try:
            yield from several(content, name)
        except DataError as error:
            problems.append(str(error))

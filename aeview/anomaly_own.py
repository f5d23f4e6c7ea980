"""Pictures of the user's own on the Anomaly page: files or a .zip, kept in memory alone."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
import streamlit as st

from aecore.arrays import Pixels
from aecore.checkpoints import Stored
from aecore.data.catalogue import DATASETS
from aecore.data.own import SUFFIXES
from aecore.errors import DataError

MOST = 300
MAX_BYTES = 20_000_000
ENDINGS = [*(suffix.removeprefix(".") for suffix in SUFFIXES), "zip"]
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


def pictures(held: Stored) -> Own | None:
    """Ask for pictures; None until there are some that can be used."""
    files = st.file_uploader(
        "Pictures that may be strange", ENDINGS, accept_multiple_files=True,
        help=f"PNG, JPEG and the like, or a .zip of them; the first {MOST} are taken. They stay "
        "in memory and are forgotten with this session.",
    )  # fmt: skip
    if not files:
        st.info("Upload pictures or a .zip of pictures: whatever the model should judge.")
        return None
    card = held.card
    known = DATASETS.get(card.data)
    contents = tuple((file.name, file.getvalue()) for file in files)
    shape = (card.model.shape[0], card.model.shape[1], card.model.shape[2])
    own = prepared(contents, shape, bool(known and known.handwriting))
    for problem in own.problems[:WORDS_SHOWN]:
        st.warning(problem)
    if len(own.problems) > WORDS_SHOWN:
        st.warning(f"… and {len(own.problems) - WORDS_SHOWN} more that could not be used.")
    return own if len(own.pixels) else None


@st.cache_resource(show_spinner="Preparing the pictures …", max_entries=10)
def prepared(
    contents: tuple[tuple[str, bytes], ...], shape: tuple[int, int, int], handwriting: bool
) -> Own:
    """Bring pictures to a model's input, each by the steps of Your image."""
    from aecore.data.pictures import open_picture, prepare

    digest = hashlib.sha256(str((shape, handwriting)).encode())
    images: list[np.ndarray] = []
    problems: list[str] = []
    for name, content in _each(contents, problems):
        digest.update(content)
        try:
            ready = prepare(open_picture(content, name), shape, handwriting)
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
    """Yield names and bytes, those within a .zip too, up to `MOST`."""
    n = 0
    for name, content in contents:
        entries = (
            _unzipped(name, content, problems) if name.endswith(".zip") else [(name, content)]
        )
        for entry in entries:
            if n == MOST:
                problems.append(f"More than {MOST} pictures; the others are left out.")
                return
            n += 1
            yield entry


def _unzipped(name: str, content: bytes, problems: list[str]) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = [
                info
                for info in sorted(archive.infolist(), key=lambda info: info.filename)
                if PurePosixPath(info.filename).suffix.lower() in SUFFIXES
                and not PurePosixPath(info.filename).name.startswith(".")
            ]
            if not found:
                problems.append(f"{name} holds no pictures ({', '.join(SUFFIXES)}).")
            for info in found:
                if info.file_size > MAX_BYTES:
                    problems.append(f"{info.filename} has over {MAX_BYTES // 10**6} MB.")
                    continue
                yield info.filename, archive.read(info)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        problems.append(f"{name} is not a .zip that can be read ({error}).")

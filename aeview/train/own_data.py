"""A user's own images on Train, read before they are learnt: the page says what they are."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import streamlit as st

from aecore.data import own, pixel_table, shards, streamed
from aecore.data.pictures.facts import Facts
from aecore.data.pictures.frame import FITS, PADDED
from aecore.data.pictures.sizes import SIDE, Size, suited
from aecore.data.survey import Survey, survey
from aecore.errors import DataError
from aecore.limits import MEGABYTE
from aeview.bounded import Bounded
from aeview.escape import escaped
from aeview.train.setting_controls import Controls, pick
from aeview.work import jobs
from aeview.work.jobs import Job

# Keys in the session state.
TRAIN_FIT = "train_fit"
TRAIN_SHAPE = "train_shape"
ASKED_SIZE = "train_asked_size"  # by a link, which may ask for any
MOST = 40
LOOK_AGAIN_S = 10  # a folder of many files is not listed at every click
AT_ONCE = 30 * MEGABYTE  # of files; more are read in a job
HELP = "Images of other proportions: padded with the colour of their border, or stretched."
HELP_SHAPE = "The proportions that most of the pictures have, or a square."
LARGE = "More than an eighth of this machine's memory: read while it is trained on."

Stamp = tuple[str, int, int]  # a path, the bytes of its files, when the newest was changed


@st.cache_resource(show_spinner=False)
def _surveys() -> Bounded[Stamp, Survey]:
    return Bounded(lambda: MOST)


def known(path: Path) -> Survey | None:
    """What there is at a path, once it was read; None for what is too large, and for what is text.

    Raises:
        DataError: in one sentence, for what can't be learnt.
    """
    if not own.is_images(path) or _large(path):
        return None
    stamp = _stamp(path)
    if stamp in _surveys() or stamp[1] <= AT_ONCE:
        with st.spinner("Reading the images …"):
            return _surveys().once(stamp, lambda: survey(path))
    return None


def ask_size(controls: Controls, path: Path) -> Size:
    """Ask to which size a path's images are brought; it begins with what suits them."""
    suits = _suits(path)
    longer = controls.ask(replace(SIDE, default=suits.longer))[SIDE.name]
    kept, square = suits.scaled(longer), Size.of(longer)
    options = {kept.written: f"{kept}, as the pictures are", square.written: f"{square}, square"}
    asked = Size.of(st.session_state.get(ASKED_SIZE, kept.written))
    if asked.longer == longer:
        options.setdefault(asked.written, str(asked))
    if len(options) == 1:
        return square
    if st.session_state.get(TRAIN_SHAPE) not in options:
        before = Size.of(st.session_state.get(TRAIN_SHAPE, kept.written))
        again = square if before.height == before.width else kept  # at another longer side
        st.session_state[TRAIN_SHAPE] = again.written
    return Size.of(pick(options, label="Shape", key=TRAIN_SHAPE, help=HELP_SHAPE))


@st.cache_data(show_spinner=False, ttl=LOOK_AGAIN_S, max_entries=40)
def _suits(path: Path) -> Size:
    try:
        if pixel_table.is_pixel_table(path):
            return suited(Facts.of_array(pixel_table.load(path).pixels.shape).sizes)
        return shards.opened(path, None).size
    except (ValueError, OSError):
        return suited(Counter())  # what is wrong is said where it is loaded


def show(path: Path, size: Size) -> str:
    """Say what there is, and ask how it is brought to a size where that matters."""
    try:
        found = known(path)
    except ValueError:
        return PADDED  # said where the form is checked
    if found is None:
        _wait(path)
        return PADDED
    fit = PADDED
    if found.facts.uneven(size):
        names = {name: name for name in FITS}
        fit = pick(names, label="Images of other proportions", key=TRAIN_FIT, help=HELP)
    st.caption(escaped(found.said(size, fit)))
    return fit


def _wait(path: Path) -> None:
    """Read many images in the background; a set that is streamed is not read beforehand."""
    try:
        if not own.is_images(path):
            return
        if _large(path):
            st.caption(LARGE)
            return
        stamp = _stamp(path)
    except (ValueError, OSError):
        return
    name = f"survey {stamp}"
    jobs.need(name, lambda job: _read(path, stamp, job), "Reading the images", "Read them again")


def _read(path: Path, stamp: Stamp, job: Job) -> None:
    _surveys().once(stamp, lambda: survey(path, job.report))


@st.cache_data(show_spinner=False, ttl=LOOK_AGAIN_S, max_entries=40)
def _large(path: Path) -> bool:
    return streamed.too_large(path)


@st.cache_data(show_spinner=False, ttl=LOOK_AGAIN_S, max_entries=40)
def _stamp(path: Path) -> Stamp:
    """Name what lies at a path as it is now."""
    try:
        found = [file.stat() for file in _files(path)]
    except OSError as error:
        raise DataError(f"{path} can't be opened: {error.strerror or error}") from None
    newest = max((each.st_mtime_ns for each in found), default=0)
    return str(path), sum(each.st_size for each in found), newest


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        yield from (Path(folder) / name for name in names)

"""A user's own images on Train, read before they are learnt: the page says what they are."""

import os
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from aecore.data import own, streamed
from aecore.data.pictures.frame import FITS, PADDED
from aecore.data.survey import Survey, survey
from aecore.errors import DataError
from aecore.limits import MEGABYTE
from aeview.bounded import Bounded
from aeview.escape import escaped
from aeview.train.setting_controls import pick
from aeview.work import jobs
from aeview.work.jobs import Job

# Keys in the session state.
TRAIN_FIT = "train_fit"
MOST = 40
LOOK_AGAIN_S = 10  # a folder of many files is not listed at every click
AT_ONCE = 30 * MEGABYTE  # of files; more are read in a job
HELP = "Images that aren't square: padded with the colour of their border, or stretched."
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


def show(path: Path, side: int) -> str:
    """Say what there is, and ask how it is brought to a square where that matters."""
    try:
        found = known(path)
    except ValueError:
        return PADDED  # said where the form is checked
    if found is None:
        _wait(path)
        return PADDED
    fit = PADDED
    if found.facts.uneven:
        names = {name: name for name in FITS}
        fit = pick(names, label="Images that aren't square", key=TRAIN_FIT, help=HELP)
    st.caption(escaped(found.said(side, fit)))
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
    return streamed.too_large(path, own.SIDES[0])


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

"""The ways in to Your image: drawing, files, the clipboard, the camera, samples."""

from functools import partial
from html import escape
from typing import NamedTuple

import streamlit as st

from aecore.checkpoints import Card
from aecore.data.catalogue import DATASETS
from aecore.data.hand import MNIST, Hand
from aecore.data.imageset import is_signal
from aecore.errors import DataError
from aecore.limits import limits
from aeview.escape import escaped
from aeview.own_pictures import carried
from aeview.own_pictures import files as own_files
from aeview.own_pictures import samples as sample_pictures
from aeview.own_pictures.files import SAMPLE, Given
from aeview.own_pictures.pad import Drawn, Pasted, Sample, Sheet, can_draw, pad
from aeview.own_pictures.samples import samples
from aeview.own_pictures.shown import (
    OWN_CAMERA,
    OWN_FILES,
    OWN_PAD,
    OWN_UPLOADED,
    SOURCES,
    Shown,
    Way,
)
from aeview.shell import links
from aeview.streamlit_fixes import uncut
from aeview.work import pictures
from aeview.work.live import Opened
from aeview.work.pixels import data_address

# Keys in the session state.
OWN_PROBLEMS = "own_problems"
THUMBNAIL = 96
PICTURE = 480  # pixels of the longer side
FILES_WORDS = (
    "PNG, JPEG, WebP, BMP, GIF or TIFF; several at once, or a .zip of them. They stay in memory."
)
TABLE_BELOW = "{n} files: [the table below](#all-{n}-pictures) says what became of each."


def pictures_only(chosen: Opened) -> None:
    """Say where a model of signals is to be asked instead, and end the page."""
    if not is_signal(chosen.checkpoint.card.model.shape):
        return
    many = chosen.checkpoint.card.things.many
    *others, last = [each.title for each in DATASETS.values() if not is_signal(each.shape)]
    st.info(
        f"{escaped(chosen.name)} reads {many}, not pictures: choose {', '.join(others)} or {last} "
        f"in the sidebar, or have {many} of your own judged on the Anomaly page."
    )
    st.page_link("anomaly.py", label="Anomaly", icon=":material/troubleshoot:")
    st.stop()


def ways_in(chosen: Opened) -> None:
    """Draw the ways in, and remember what was given last."""
    source = _source(chosen)
    if source == "upload":
        st.file_uploader(
            "Pictures or a .zip of them", accept_multiple_files=True, key=OWN_FILES,
            on_change=_take_files, label_visibility="collapsed", max_upload_size=limits().file_mb,
        )  # fmt: skip
        n = len(several())
        st.caption(TABLE_BELOW.format(n=n) if n else FILES_WORDS)
    elif source == "camera":
        st.camera_input(
            "A photograph", key=OWN_CAMERA, on_change=_take_photo,
            label_visibility="collapsed",
        )  # fmt: skip
    problems, place = st.container(), st.container()
    mode = source if source in ("draw", "paste") else "none"
    offered = samples(chosen.checkpoint)
    beside = tuple(Sample(s.id, s.title, _thumbnail(s)) for s in offered)
    pad(
        sheet(chosen.checkpoint.card, mode), OWN_PAD, beside, _sample_shown(chosen),
        drawn=_take_drawing, sample=partial(_take_sample, offered), pasted=_take_pasted,
    )  # fmt: skip
    if source in ("upload", "paste"):  # the camera shows what it took itself
        with place:
            _picture(chosen)
    for sentence in st.session_state.pop(OWN_PROBLEMS, []):
        problems.error(f"{escaped(sentence)}{_still(chosen)}")


def sheet(card: Card, mode: str) -> Sheet:
    """What is drawn on for a model: as its data set's images are."""
    written, hand = kind(card.data)
    hint = "Draw a digit here" if written else "Draw something here"
    return Sheet(card.model.shape, hand, written, hint, "drawing/own", mode)


def _picture(chosen: Opened) -> None:
    """Show the user's own picture where the pad is while one draws."""
    given = looked_at(chosen)
    if given is None or given.id.startswith(SAMPLE):
        return
    try:
        address = data_address(pictures.opened(given.content, given.title), PICTURE)
    except DataError:
        return  # said where it was given
    st.html(f'<img class="own-picture" src="{address}" alt="{escape(given.title)}">')


def _still(chosen: Opened) -> str:
    """What stays on the page where a new picture could not be."""
    given = looked_at(chosen)
    if given is None and st.session_state.get(carried.DRAWN) is None:
        return ""
    return f" Still shown: {escaped(given.title) if given else 'your drawing'}."


def _source(chosen: Opened) -> str:
    drawn = can_draw(chosen.checkpoint.card.model.shape)
    offered = [way for way in SOURCES if way != "draw" or drawn]
    source: str = Way.select(
        "input", "Your image", offered, offered[0], words=SOURCES.__getitem__,
        widget=st.segmented_control, required=True, label_visibility="collapsed", width="stretch",
    )  # fmt: skip
    return source


class Kind(NamedTuple):
    """What a data set's images are: handwriting or not, and how it lies in the frame."""

    handwriting: bool
    hand: Hand


def kind(data: str) -> Kind:
    """Say what the images of a data set are; a user's own are not taken for handwriting."""
    known = DATASETS.get(data)
    return Kind(known.handwriting, known.hand) if known else Kind(False, MNIST)


@st.cache_data(show_spinner=False, max_entries=100)
def _thumbnail(sample: sample_pictures.Sample) -> str:
    return data_address(pictures.opened(sample.content, sample.title), THUMBNAIL)


def as_given(sample: sample_pictures.Sample) -> Given:
    """Name a sample as a picture that is looked at."""
    return Given(f"{SAMPLE}{sample.id}", sample.title, sample.content)


@uncut
def _take_files() -> None:
    files = st.session_state.get(OWN_FILES) or []
    try:
        batch = own_files.unpacked([(file.name, file.getvalue()) for file in files])
    except DataError as error:
        _say(str(error))
        return
    before = {given.id for given in st.session_state.get(OWN_UPLOADED, [])}
    added = [given for given in batch if given.id not in before] or batch
    readable = next((given for given in added if _problem(given) is None), None)
    if readable is not None:
        st.session_state[links.GIVEN] = readable
    elif added:
        _say(_problem(added[0]) or "")
    st.session_state[OWN_UPLOADED] = batch


def several() -> list[Given]:
    """Return what was uploaded, if it is more than one picture."""
    batch: list[Given] = st.session_state.get(OWN_UPLOADED, [])
    return batch if len(batch) > 1 else []


@uncut
def take_line() -> None:
    """Look at the picture whose row of the table is selected."""
    line, batch = own_files.selected(), several()
    if line is not None and line < len(batch):
        take(batch[line])


@uncut
def _take_photo() -> None:
    photo = st.session_state.get(OWN_CAMERA)
    if photo is not None:
        content = photo.getvalue()
        take(Given(pictures.digest(content), "The photograph", content))


def _say(sentence: str) -> None:
    said = st.session_state.setdefault(OWN_PROBLEMS, [])
    if f"{sentence}." not in said:
        said.append(f"{sentence}.")


def _problem(given: Given) -> str | None:
    """Say why a picture can't be looked at; None where it can."""
    if given.problem:
        return given.problem
    try:
        pictures.opened(given.content, given.title)
    except DataError as error:
        return str(error)
    return None


def take(given: Given) -> None:
    """Look at another picture from now on; one that can't be read changes nothing."""
    problem = _problem(given)
    if problem is None:
        st.session_state[links.GIVEN] = given
    else:
        _say(problem)


@uncut
def _take_sample(offered: tuple[sample_pictures.Sample, ...]) -> None:
    named = st.session_state[OWN_PAD].get("sample")
    for sample in offered:
        if sample.id == named:
            take(as_given(sample))


@uncut
def _take_pasted() -> None:
    pasted = Pasted.of(st.session_state[OWN_PAD].get("pasted"))
    if pasted:
        take(Given(pictures.digest(pasted.content), *pasted))


@uncut
def _take_drawing() -> None:
    """A new report of the pad means that the drawing is looked at from now on."""
    drawn = Drawn.of(st.session_state.get(OWN_PAD))
    if drawn is None:
        return
    st.session_state[links.GIVEN] = None
    st.session_state[carried.DRAWN] = None if drawn.empty else drawn.image  # to other pages


def _sample_shown(chosen: Opened) -> str | None:
    given = looked_at(chosen)
    if given is None:
        return None
    return given.id.removeprefix(SAMPLE) if given.id.startswith(SAMPLE) else ""


def looked_at(chosen: Opened) -> Given | None:
    """Return the picture that is looked at; None for what is on the pad.

    Where a model can't be drawn for, that is a sample; the drawing waits for another model.
    """
    offered = {f"{SAMPLE}{sample.id}": as_given(sample) for sample in samples(chosen.checkpoint)}
    if links.GIVEN not in st.session_state:
        named = [name.removeprefix(SAMPLE) for name in offered]
        linked = Shown.start({
            "picture": lambda name: "" if name in named else "names no sample of this data set",
        }).picture  # fmt: skip
        st.session_state[links.GIVEN] = offered[f"{SAMPLE}{linked or named[0]}"]
    given: Given | None = st.session_state[links.GIVEN]
    if given is None and not can_draw(chosen.checkpoint.card.model.shape):
        return next(iter(offered.values()))
    if given is not None and given.id.startswith(SAMPLE):  # of this data set, not of another
        given = offered.get(given.id, next(iter(offered.values())))
        st.session_state[links.GIVEN] = given
    return given

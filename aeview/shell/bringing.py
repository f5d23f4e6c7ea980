"""Bring a model that was trained elsewhere.

A dialog reads its files, shows what they rebuild, and keeps it among one's own models.
"""

import hashlib
from functools import partial
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from aecore import lines
from aecore.arrays import ImageArray
from aecore.data.catalogue import DATASETS, full_name, holds_table
from aecore.data.imageset import Things, things
from aecore.diagnosis import NO_BETTER
from aecore.errors import DataError
from aeview.classroom import access
from aeview.escape import code, escaped
from aeview.shell import data_choice, model_card, own_models
from aeview.shell.links import Chosen
from aeview.shown import address
from aeview.streamlit_fixes import uncut
from aeview.work import bringing, jobs
from aeview.work.bringing import Brought, Uploaded
from aeview.work.pixels import as_bytes, data_address

# Keys in the session state.
OPEN = "bring_open"
BROUGHT = "bring_files_given"
PROBLEM = "bring_problem"
BRING_FILES = "bring_files"
BRING_DATA = "bring_data"
BRING_PATH = "bring_path"
BRING_NAME = "bring_name"
BRING_READING = "bring_reading"
BRING_CODE = "bring_code"
LARGE, SMALL = 72, 50  # css pixels of an image; where there are several readings
LABEL = "Bring a model"
HELP = (
    "A VAE or an autoencoder that was trained elsewhere (.onnx, .pt2, .safetensors); every page "
    "shows it."
)
HELP_DATA = (
    "What it was trained on, or what it should see: its map, reconstructions and figures are of "
    "these images. Your own: a folder, .zip, .npz or .csv on the server's disk."
)
FILES = (
    "An encoder, from images to codes, and a decoder, from codes to images: as two files, which "
    "are told apart by themselves, or as one (.onnx, .pt2). If a file keeps its numbers in a "
    "second one (.onnx.data), add that; to .safetensors, its list of layers (.json). No code in a "
    "file is run."
)
CUT = "Cut the file at"
HELP_CUT = (
    "The code: the tensor that the encoder ends with and the decoder begins with, by its name in "
    "the file. Mostly it is the one with the fewest numbers, in the middle of the model. The "
    "pictures then show whether it was."
)
READ, KEEP = "Reading the files, and rebuilding images", "Measuring it on the test images"
ASK = "Several readings rebuild these images. Which pictures are right?"
NO_PATH = "Name the path of your own data, or choose a set."
LITTLE = (
    "It rebuilds these images no better than their mean does: was it trained on others? Discard "
    "it, and choose those."
)


def offer() -> None:
    """Show the button, to who may bring a model."""
    if access.may(access.Act.BRING):
        st.button(
            LABEL, key=OPEN + "_button", icon=":material/upload_file:", on_click=_open,
            type="tertiary", help=HELP,
        )  # fmt: skip


def follow() -> None:
    """Choose a model that has just been kept; before the sidebar's first widget.

    Who has closed the dialog meanwhile looks at something else, and is told.
    """
    brought = _brought()
    if brought is None or not brought.kept:
        return
    if st.session_state.get(OPEN):
        st.session_state[Chosen.link("data")] = full_name(brought.data)
        st.session_state[model_card.TO_CHOOSE] = brought.kept
    else:
        address.notice(f"{brought.kept} is in the sidebar's list now, on every page.")
    _discard()


def show(data: str) -> None:
    """Draw the dialog while it is open.

    Args:
        data: the sidebar's data set, which it begins with.
    """
    if st.session_state.get(OPEN) and access.may(access.Act.BRING):
        st.dialog(LABEL, width="medium", on_dismiss=_close)(_content)(data)


@uncut
def _open() -> None:
    st.session_state[OPEN] = True


@uncut
def _close() -> None:
    st.session_state.pop(OPEN, None)


@uncut
def _discard() -> None:
    _close()
    _forget()


def _forget() -> None:
    """Stop what works for this session, and forget its files."""
    if (job := jobs.find(_job())) is not None and job.running:
        job.cancel()
    for key in (BROUGHT, PROBLEM, BRING_NAME, BRING_READING, BRING_CODE):
        st.session_state.pop(key, None)


def _brought() -> Brought | None:
    found: Brought | None = st.session_state.get(BROUGHT)
    return found


def _job() -> str:
    """One for each session, whose own name stays here: what is pressed twice runs once."""
    return f"bring {hashlib.sha256(access.session().encode()).hexdigest()[:16]}"


def _content(data: str) -> None:
    """What the dialog shows now: the form, work, or what was found."""
    brought, job = _brought(), jobs.find(_job())
    if OPEN not in st.session_state or (brought is not None and brought.kept):
        st.rerun()  # the whole page: without the dialog
    if brought is not None and job is not None and job.running:
        jobs.show(_job(), READ if brought.look is None else KEEP)
        return
    if brought is not None and job is not None and job.state == "failed":
        st.session_state[PROBLEM] = job.problem
        jobs.forget(_job())
    if problem := st.session_state.get(PROBLEM):
        st.error(escaped(_sentence(problem), longest=600))
    if brought is None or brought.look is None:
        _form(data, brought)
    else:
        _found(brought)


def _sentence(problem: str) -> str:
    """An engine's sentence begins small and has no full stop; on a page it stands alone."""
    said = problem if problem.endswith((".", "?")) else f"{problem}."
    name, _, rest = said.partition(" ")
    return said if "." in name[:-1] else f"{name[:1].upper()}{name[1:]} {rest}"


# ---- what is given --------------------------------------------------------------------------


def _form(data: str, before: Brought | None) -> None:
    st.caption(FILES)
    given = st.file_uploader("Encoder and decoder", accept_multiple_files=True, key=BRING_FILES)
    files = _given()
    if files and not given:
        st.caption(escaped(f"Given: {', '.join(each.name for each in files)}."))
    if before is not None:
        data = before.data  # Streamlit forgets what was chosen while the form is not drawn
    own = data not in DATASETS and access.may(access.Act.PATH)
    begins = data_choice.OWN if own else data
    chosen = data_choice.select("Shown with", begins, BRING_DATA, HELP_DATA)
    if chosen == data_choice.OWN:
        chosen = data_choice.ask_path(BRING_PATH, data if own else "")
    if before is not None and before.files == files and before.candidates:
        _cut(before.candidates, before.code)
    st.button(
        "Read the files", on_click=_press, type="primary", icon=":material/play_arrow:",
        disabled=not files or not chosen,
    )  # fmt: skip


def _cut(candidates: dict[str, tuple[int, ...]], begins: str | None) -> None:
    """Ask for the code, where a file was read and it can't be told."""
    sizes = {name: "×".join(map(str, shape)) for name, shape in candidates.items()}
    st.selectbox(
        CUT, sizes, index=list(sizes).index(begins) if begins in sizes else 0, help=HELP_CUT,
        format_func=lambda name: f"{code(name)[:80]} ({sizes[name]} numbers)", key=BRING_CODE,
    )  # fmt: skip


def _given() -> tuple[Uploaded, ...]:
    """The files that lie in the form; where none do, those that were read before."""
    given = st.session_state.get(BRING_FILES) or []
    brought = _brought()
    before = brought.files if brought is not None else ()
    return tuple(Uploaded(each.name, each.getvalue()) for each in given) or before


@uncut
def _press() -> None:
    """Read what the form says now: it may have changed since it was drawn."""
    state, files, before = st.session_state, _given(), _brought()
    data = state[BRING_DATA]
    if data == data_choice.OWN:
        data = state.get(BRING_PATH, "")
    same = before is not None and before.files == files
    _read(files, data, state.get(BRING_CODE) if same else None)


def _read(files: tuple[Uploaded, ...], data: str, cut: str | None = None) -> None:
    """Begin, unless a press before this one has."""
    if (job := jobs.find(_job())) is not None and job.running:
        return
    st.session_state.pop(PROBLEM, None)
    try:
        access.demand(access.Act.BRING)
        if not data:
            raise DataError(NO_PATH)
        brought = Brought(bringing.checked(files), data_choice.allowed(data), cut)
    except ValueError as error:
        st.session_state[PROBLEM] = str(error)
        return
    if cut is None:
        st.session_state.pop(BRING_CODE, None)
    elif (before := _brought()) is not None:
        brought.candidates = before.candidates
    st.session_state[BROUGHT] = brought
    jobs.start(_job(), partial(bringing.look, brought))


# ---- what was found -------------------------------------------------------------------------


def _found(brought: Brought) -> None:
    look = brought.look
    assert look is not None
    called = things(look.images.shape[1:], table=holds_table(brought.data))
    rows = {f"test {called.many}": look.images}
    several = len(look.readings) > 1
    for number, seen in enumerate(look.readings, 1):
        rows[f"{number}: rebuilt" if several else "rebuilt"] = seen.reconstructions
    st.html(_pictures(rows, called))
    chosen = 0
    if several:
        chosen = st.radio(
            called.say(ASK), range(len(look.readings)), key=BRING_READING,
            format_func=lambda place: escaped(f"{place + 1}: {look.readings[place].title}"),
        )  # fmt: skip
    seen = look.readings[chosen]
    st.caption(escaped(called.say(" ".join(seen.words)), longest=900))
    if seen.mse > NO_BETTER * seen.variance:
        st.warning(called.say(LITTLE))
    _keeping(brought, own_models.free_name(f"my-{seen.kind}"))


def _keeping(brought: Brought, begins: str) -> None:
    if BRING_NAME not in st.session_state:
        st.session_state[BRING_NAME] = begins
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Name", key=BRING_NAME, width=240)
        st.button(
            "Keep it", on_click=_keep, args=(brought,), type="primary", icon=":material/save:",
        )  # fmt: skip
        st.button("Discard", on_click=_discard, icon=":material/delete:", key="bring_discard")


@uncut
def _keep(brought: Brought) -> None:
    """Keep it under the name, and with the reading, that the dialog has now."""
    if (job := jobs.find(_job())) is not None and job.running:
        return
    name, chosen = st.session_state[BRING_NAME], st.session_state.get(BRING_READING, 0)
    st.session_state.pop(PROBLEM, None)
    try:
        access.demand(access.Act.BRING)
        own_models.free_path(name)
    except ValueError as error:
        st.session_state[PROBLEM] = str(error)
        return
    jobs.start(_job(), partial(bringing.keep, brought, chosen, partial(_put, name)))


def _put(name: str, made: Path) -> Path:
    """List a checkpoint under a name."""
    try:
        return own_models.add(name, lambda unfinished: unfinished.write_bytes(made.read_bytes()))
    except OSError as error:
        raise DataError(f"It can't be saved: {error.strerror or type(error).__name__}.") from None


def _pictures(rows: dict[str, ImageArray], called: Things) -> str:
    """Images below each other, a row each, as HTML."""
    shown = "".join(_row(title, images, called) for title, images in rows.items())
    n, side = max(map(len, rows.values())), LARGE if len(rows) == 2 else SMALL
    return f'<div class="brought" style="--n: {n}; --side: {side}px">{shown}</div>'


def _row(title: str, images: ImageArray, called: Things) -> str:
    drawn = lines.pictures(as_bytes(images))
    shown = "".join(
        f'<img src="{data_address(_picture(each))}" alt="{escape(title)}, {called.one} {number}">'
        for number, each in enumerate(drawn, 1)
    )
    return f"<span>{escape(title)}</span>{shown}"


def _picture(image: np.ndarray) -> np.ndarray:
    """(channels, height, width) as Pillow has it."""
    return image[0] if len(image) == 1 else image.transpose(1, 2, 0)

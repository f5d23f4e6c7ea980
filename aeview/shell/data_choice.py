"""Which data: a set that is on this machine, or the user's own by its path on the server."""

from pathlib import Path

import streamlit as st

from aecore.data.catalogue import DATASETS, present
from aeview.classroom import access
from aeview.shell import originals

OWN = "own"
HELP_PATH = (
    "A folder or .zip with a sub-folder for each class, or an .npz with `images`; signals as "
    ".csv, .txt or .ts, one a row, the class first or last; one long series as .csv with a column "
    "of times and one of values; a table as .csv whose first row names the columns; pictures as "
    ".csv with columns pixel0, pixel1 …."
)


def select(label: str, begins: str, key: str, help_words: str) -> str:
    """Ask for a set by its name; `OWN` for the user's own, where a path may be named.

    Args:
        label: of the control.
        begins: what is chosen first, where it is here.
        key: in the session state.
        help_words: behind the question mark.
    """
    here = [name for name in DATASETS if present(name)]
    options = [*here, *([OWN] if access.may(access.Act.PATH) else [])]
    chosen: str = st.selectbox(
        label,
        options,
        index=options.index(begins) if begins in options else 0,
        format_func=lambda name: "your own …" if name == OWN else originals.title(name),
        help=help_words,
        key=key,
    )
    return chosen


def ask_path(key: str, begins: str = "") -> str:
    """Ask for the path of the user's own."""
    return st.text_input("Path on the server", begins, help=HELP_PATH, key=key)


def allowed(data: str) -> str:
    """Return a data set's name, or its path if this session may name it.

    Raises:
        Refused: for a path that this session may not name.
    """
    if data in DATASETS or not data:
        return data
    access.demand(access.Act.PATH)
    return access.data_path(data)


def allowed_path(text: str) -> Path | None:
    """The path, where it may be looked at."""
    try:
        return Path(allowed(text)) if text else None
    except ValueError:
        return None

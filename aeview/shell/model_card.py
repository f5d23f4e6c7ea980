"""The model's card in the sidebar: its figures, its name, how it is deleted and had back."""

from collections.abc import Sequence

import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import Card, Entry
from aecore.data.catalogue import DATASETS
from aecore.data.imageset import is_signal
from aecore.diagnosis import diagnose
from aeview.escape import escaped
from aeview.shell import contents, messages, originals, own_models
from aeview.shown import address
from aeview.streamlit_fixes import uncut
from aeview.work import cache

# Keys in the session state.
TO_CHOOSE = "model_to_choose"
DELETED_MODEL = "deleted_model"
CARD = "card_open"
RENAME = "rename_model"
FEW_COLUMNS = 8
HELP_UNDO = (
    "Its file is kept in models/deleted of AECORE_HOME until another of its name is deleted."
)


def show(entry: Entry | None) -> None:
    """Draw the card of the chosen model; nothing of a file that can't be opened."""
    if entry is None or entry.card is None:
        return
    if contents.lessons().predicting():
        st.caption(messages.PREDICT_FIRST)
    else:
        st.html(messages.figures(entry.card))
        if found := diagnose(entry.card):
            st.warning(str(found))
    if slow := messages.speed(entry.card):
        st.caption(slow)
    if is_signal(entry.card.model.shape):
        axis = cache.axis(entry.card)
        st.caption(messages.signal(entry.card.model.shape[-1], axis))
        if axis is not None and axis.names:
            _columns(axis.names)
    _details(entry, entry.card)


def _columns(names: Sequence[str]) -> None:
    """What a drawn row's columns are: at once where they are few."""
    if len(names) <= FEW_COLUMNS:
        st.caption(f"Columns, left to right: {escaped(', '.join(names))}.")
        return
    with st.expander("Columns, left to right"):
        st.html(messages.columns(names))


@st.fragment
def _details(entry: Entry, card: Card) -> None:
    # Streamlit's code block costs a browser 1.6 MB of script: only for who opens it.
    details = st.expander("Model card", key=CARD, on_change="rerun")
    if not details.open:
        return
    with details:
        st.caption(messages.architecture(card, cache.stored(entry.path).n_parameters))
        if card.data in DATASETS:
            st.caption(originals.licence(card.data))
        st.caption("Opened by" if card.foreign else "Trained by")
        st.code(card.command, language=None, wrap_lines=True)
        if own_models.deletable(entry.path):
            _change(entry)


def _change(entry: Entry) -> None:
    """Offer another name, and to delete."""
    name = st.text_input("Name", entry.path.stem, key=f"{RENAME}-{entry.path.stem}")
    with st.container(horizontal=True):
        if st.button("Rename", icon=":material/edit:"):
            _rename(entry, name)
        if st.button("Delete this model", icon=":material/delete:"):
            _delete(entry)


def _rename(entry: Entry, name: str) -> None:
    try:
        renamed = own_models.rename_model(entry.path, name)
    except ValueError as error:
        st.error(escaped(str(error)))
        return
    st.session_state[TO_CHOOSE] = renamed.stem
    st.rerun()


def _delete(entry: Entry) -> None:
    try:
        own_models.delete_model(entry.path)
    except (ValueError, OSError) as error:
        address.notice(str(error))
    else:
        st.session_state[DELETED_MODEL] = entry.path.stem
    st.rerun()


def offer_undo() -> None:
    """Offer the model back that this session deleted last, until another one is chosen."""
    name = st.session_state.get(DELETED_MODEL)
    if name is None or not own_models.can_be_restored(name):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{escaped(name)} is deleted.")
        st.button("Undo", key=f"{DELETED_MODEL}-undo", on_click=_restore, args=(name,),
                  icon=":material/undo:", help=HELP_UNDO)  # fmt: skip


@uncut
def _restore(name: str) -> None:
    if not own_models.can_be_restored(name):
        return
    try:
        own_models.restore_model(name)
    except ValueError as error:
        address.notice(str(error))
        return
    st.session_state[TO_CHOOSE] = name
    st.session_state.pop(DELETED_MODEL, None)


def broken() -> None:
    """Say which files can't be opened, and why."""
    problems = [entry for entry in checkpoints.available() if entry.card is None]
    if not problems:
        return
    with st.expander(f"{len(problems)} file can't be opened" if len(problems) == 1
                     else f"{len(problems)} files can't be opened"):  # fmt: skip
        for entry in problems:
            st.caption(escaped(entry.problem))

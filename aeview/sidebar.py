"""The sidebar: data set, model, and the model's card. The choice holds on every page."""

from pathlib import Path

import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import Card, Entry
from aecore.data.catalogue import DATASETS, download
from aecore.data.imageset import is_signal
from aeview import (
    access,
    cache,
    entrance,
    jobs,
    kept_runs,
    lesson_bar,
    links,
    messages,
    state,
)
from aeview.callbacks import uncut
from aeview.plain import argument, plain

FIRST_DATA = "digits"
FIRST_MODEL = "vae-2d"
MEGABYTE = 2**20


def show() -> None:
    """Draw the sidebar; a link that is wanted is opened first, as its choices are made here."""
    links.arrive()
    with st.sidebar:
        by_data = _by_data()
        _follow_link(by_data)
        data = state.select(
            "Data set",
            list(by_data),
            FIRST_DATA,
            state.DATA,
            words=data_title,
            on_change=uncut(state.clear_map_parameters),
        )
        _choose_model(data, by_data[data])
        _download(data)
        _card(chosen())
        _broken()
    entrance.sign()


def chosen() -> Entry | None:
    """Return the chosen checkpoint; the first one where no sidebar was drawn."""
    by_data = _by_data()
    entries = by_data.get(st.session_state.get(state.DATA, FIRST_DATA), [])
    name = st.session_state.get(state.MODEL)
    names = [entry.name for entry in entries]
    if not names:
        return None
    return entries[names.index(name) if name in names else _default(names)]


def of_data(data: str) -> list[Entry]:
    """Return the checkpoints of a data set that open."""
    return _by_data().get(data, [])


def _by_data() -> dict[str, list[Entry]]:
    """Checkpoints that open, by data set; the built-in sets come first."""
    groups: dict[str, list[Entry]] = {name: [] for name in DATASETS}
    for entry in checkpoints.available():
        if entry.card is not None:
            groups.setdefault(entry.card.data, []).append(entry)
    return groups


def data_title(name: str) -> str:
    """The data set's name for the screen."""
    return DATASETS[name].title if name in DATASETS else Path(name).name


def _default(models: list[str]) -> int:
    return next((i for i, name in enumerate(models) if name.endswith(FIRST_MODEL)), 0)


def _follow_link(by_data: dict[str, list[Entry]]) -> None:
    """Open the data set of the model that the link names, so that a model's name is enough."""
    name = st.query_params.get(state.MODEL)
    if state.DATA in st.session_state or state.DATA in st.query_params:
        return
    for data, entries in by_data.items():
        if any(entry.name == name for entry in entries):
            st.session_state[state.DATA] = data


def _choose_model(data: str, entries: list[Entry]) -> None:
    if not entries:
        st.info(messages.NO_MODELS.format(data=argument(data)))
        return
    cards = {entry.name: entry.card for entry in entries}
    names = list(cards)
    _keep_kind(names)
    state.select(
        "Model",
        names,
        names[_default(names)],
        state.MODEL,
        words=lambda name: messages.model_title(name, cards.get(name)),
        on_change=uncut(state.clear_map_parameters),
    )


def _keep_kind(names: list[str]) -> None:
    """After a change of data set choose the same kind of model, if there is one."""
    name = st.session_state.get(state.MODEL)
    if name is None or name in names:
        return
    kind = name.split("-", 1)[-1]
    same = (other for other in names if other.split("-", 1)[-1] == kind)
    st.session_state[state.MODEL] = next(same, names[_default(names)])


def _download(data: str) -> None:
    if data not in DATASETS or cache.has_originals(data):
        return
    info = DATASETS[data]
    name = f"download {data}"
    job = jobs.find(name)
    if job is not None and job.running:
        jobs.show(name, f"Downloading {info.title}")
        return
    if job is not None and job.state == "failed":
        st.error(plain(job.problem))
    st.caption(
        f"The models work without the original {info.title} images; with them you see the "
        "originals beside the reconstructions."
    )
    if access.may(access.Act.DOWNLOAD) and st.button(
        f"Download {info.title} ({info.n_bytes / MEGABYTE:.0f} MB)", icon=":material/download:"
    ):
        jobs.start(name, lambda job: download(data, progress=job.report))
        st.rerun()


def _card(entry: Entry | None) -> None:
    if entry is None or entry.card is None:
        return
    if lesson_bar.predicting():
        st.caption(messages.PREDICT_FIRST)
    else:
        st.html(messages.figures(entry.card))
    if is_signal(entry.card.model.shape):
        axis = cache.axis(entry.card)
        st.caption(messages.signal(entry.card.model.shape[-1], axis))
        if axis is not None and axis.names:
            with st.expander("Columns, left to right"):
                st.html(messages.columns(axis.names))
    _details(entry, entry.card)


@st.fragment
def _details(entry: Entry, card: Card) -> None:
    # Streamlit's code block costs a browser 1.6 MB of script: only for who opens it.
    details = st.expander("Model card", key=state.CARD, on_change="rerun")
    if not details.open:
        return
    n_parameters = sum(weight.size for weight in cache.stored(entry.path).weights.values())
    with details:
        st.caption(messages.architecture(card, n_parameters))
        st.caption("Trained by")
        st.code(card.command, language=None, wrap_lines=True)
        if kept_runs.deletable(entry.path) and st.button(
            "Delete this model", icon=":material/delete:"
        ):
            _delete(entry)


def _delete(entry: Entry) -> None:
    try:
        kept_runs.delete_model(entry.path)
    except (ValueError, OSError) as error:
        state.notice(str(error))
    else:
        state.notice(f"{entry.name} is deleted; its file lies in models/deleted.")
    st.rerun()


def _broken() -> None:
    problems = [entry for entry in checkpoints.available() if entry.card is None]
    if not problems:
        return
    with st.expander(f"{len(problems)} file can't be opened" if len(problems) == 1
                     else f"{len(problems)} files can't be opened"):  # fmt: skip
        for entry in problems:
            st.caption(plain(entry.problem))

"""The sidebar: data set, model, and the model's card. The choice holds on every page."""

from collections.abc import Sequence

import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import Card, Entry, Stored
from aecore.data.catalogue import DATASETS, download
from aecore.data.imageset import is_signal
from aecore.diagnosis import diagnose
from aecore.errors import CheckpointError, DataError
from aeview.classroom import access, entrance
from aeview.escape import argument, escaped
from aeview.shell import contents, links, messages, originals, own_models
from aeview.shell.contents import FIRST_MODEL
from aeview.shell.links import Chosen
from aeview.shown import address
from aeview.streamlit_fixes import uncut
from aeview.work import cache, jobs
from aeview.work.live import Opened

# Keys in the session state.
TO_CHOOSE = "model_to_choose"
UNCHOSEN = "unchosen_model"  # the model that stands there because nobody has chosen one
DELETED_MODEL = "deleted_model"
LET_SEE = "let_class_see"
CARD = "card_open"
RENAME = "rename_model"
FIRST_DATA = "digits"
MEGABYTE = 2**20
LIST_S = 20.0  # every browser asks; thirty at once should not be heard
FEW_COLUMNS = 8
HELP_UNDO = (
    "Its file is kept in models/deleted of AECORE_HOME until another of its name is deleted."
)
HELP_LET_SEE = (
    "Everyone in the class can look at these data then, one by one; it stays so until you close "
    "it. Students can open no other path."
)


def show(first: str = FIRST_MODEL) -> None:
    """Draw the sidebar; a link that is wanted is opened first, as its choices are made here.

    The address that a session begins with is left alone: one that changes before the page is
    there to see to the browser's history takes a second Back to leave.

    Args:
        first: what the name of the model ends with that the page shows where nobody chose one.
    """
    links.arrive()
    with st.sidebar:
        by_data = _by_data()
        told = Chosen.link("data") in st.session_state  # else the link is the session's first
        _follow_link(by_data)
        data = address.select(
            "Data set",
            list(by_data),
            FIRST_DATA,
            Chosen.link("data"),
            told=told,
            words=address.Spelling(originals.title, originals.codes(by_data)),
        )
        _choose_model(data, by_data[data], told, first)
        _offer_undo()
        _download(data)
        _let_see(data)
        _card(chosen())
        _broken()
        if access.class_mode():
            _watch(_listed())
    entrance.sign()


def chosen() -> Entry | None:
    """Return the chosen checkpoint; the first one where no sidebar was drawn."""
    by_data = _by_data()
    entries = by_data.get(st.session_state.get(Chosen.link("data"), FIRST_DATA), [])
    name = st.session_state.get(Chosen.link("model"))
    names = [entry.name for entry in entries]
    if not names:
        return None
    return entries[names.index(name) if name in names else _default(names)]


def chosen_model() -> Opened:
    """Open the chosen model; where there is none to open, say so and end the page."""
    entry = chosen()
    if entry is None:
        st.info("Choose a data set with a model in the sidebar.")
        st.stop()
    try:
        return Opened(entry.name, cache.stored(entry.path))
    except (CheckpointError, OSError) as error:
        st.error(escaped(f"{entry.name}: {error}"))
        st.stop()


def say(text: str) -> str:
    """Say a text about images as one about what the chosen model reads."""
    entry = chosen()
    return text if entry is None or entry.card is None else entry.card.things.say(text)


def parameters() -> dict[str, str]:
    """What a link says of the chosen data set and model."""
    entry = chosen()
    if entry is None or entry.card is None:
        return {}
    data = entry.card.data
    codes = originals.codes(_by_data())
    return {Chosen.link("data"): codes[data], Chosen.link("model"): entry.name}


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


def _default(models: list[str], first: str = FIRST_MODEL) -> int:
    wanted = (i for end in (first, FIRST_MODEL) for i, m in enumerate(models) if m.endswith(end))
    return next(wanted, 0)


def _follow_link(by_data: dict[str, list[Entry]]) -> None:
    """Open the data set of the model that the link names, so that a model's name is enough."""
    name = st.query_params.get(Chosen.link("model"))
    if Chosen.link("data") in st.session_state or Chosen.link("data") in st.query_params:
        return
    for data, entries in by_data.items():
        if any(entry.name == name for entry in entries):
            st.session_state[Chosen.link("data")] = data


def _choose_model(data: str, entries: list[Entry], told: bool, first: str) -> None:
    if not entries:
        st.info(messages.NO_MODELS.format(data=argument(data)))
        return
    cards = {entry.name: entry.card for entry in entries}
    names = list(cards)
    if (name := st.session_state.pop(TO_CHOOSE, None)) in names:
        st.session_state[Chosen.link("model")] = name
    _keep_kind(names)
    default = names[_default(names, first)]
    _follow_page(default)
    address.select(
        "Model",
        names,
        default,
        Chosen.link("model"),
        told=told,
        words=lambda name: messages.model_title(name, cards.get(name)),
        on_change=uncut(_other_model),
    )


def _follow_page(default: str) -> None:
    """Where nobody has chosen a model, show the one that the page begins with."""
    key = Chosen.link("model")
    now = st.session_state.get(key)
    if key in st.query_params or now not in (None, st.session_state.get(UNCHOSEN)):
        st.session_state.pop(UNCHOSEN, None)
    else:
        st.session_state[key] = st.session_state[UNCHOSEN] = default


def _other_model() -> None:
    st.session_state.pop(DELETED_MODEL, None)
    st.session_state.pop(UNCHOSEN, None)


@st.fragment(run_every=LIST_S)
def _watch(listed: tuple[int, ...]) -> None:
    """In a class others save and delete models: bring the list up to date where it stands."""
    if _listed() != listed:
        st.rerun()


def _listed() -> tuple[int, ...]:
    """What changes when a model is saved, renamed, deleted or had back; cheaper than the list."""
    return tuple(
        path.stat().st_mtime_ns if path.exists() else 0
        for path in (checkpoints.registry_file(), own_models.models_folder())
    )


def _keep_kind(names: list[str]) -> None:
    """After a change of data set choose the same kind of model, if there is one."""
    name = st.session_state.get(Chosen.link("model"))
    if name is None or name in names:
        return
    kind = name.split("-", 1)[-1]
    same = (other for other in names if other.split("-", 1)[-1] == kind)
    st.session_state[Chosen.link("model")] = next(same, names[_default(names)])


def _download(data: str) -> None:
    if data not in DATASETS or cache.has_set(data):
        return
    info = DATASETS[data]
    name = f"download {data}"
    job = jobs.find(name)
    if job is not None and job.running:
        jobs.show(name, f"Downloading {info.title}")
        return
    if job is not None and job.state == "failed":
        st.error(escaped(job.problem))
    st.caption(originals.to_download(_stored(), data))
    if access.may(access.Act.DOWNLOAD):
        st.button(
            f"Download {info.title} ({info.n_bytes / MEGABYTE:.0f} MB)",
            icon=":material/download:", on_click=_fetch, args=(name, data),
        )  # fmt: skip


def _stored() -> Stored | None:
    """What is in the chosen checkpoint; None where it can't be opened."""
    entry = chosen()
    try:
        return entry and cache.stored(entry.path)
    except (CheckpointError, OSError):
        return None


@uncut
def _fetch(name: str, data: str) -> None:
    """Start the download, if it is this session's to start."""
    try:
        access.demand(access.Act.DOWNLOAD)
    except access.Refused as error:
        address.notice(str(error))
    else:
        jobs.start(name, lambda job: download(data, progress=job.report))


def _let_see(data: str) -> None:
    """Of a data set outside the folders of class mode: say so, and let the teacher open it."""
    entry = chosen()
    if data in DATASETS or entry is None or entry.card is None:
        return
    if problem := originals.why(entry.card):
        st.caption(escaped(problem))
    if access.may(access.Act.OPEN) and access.may_be_closed(data):
        key = f"{LET_SEE} {originals.codes([data])[data]}"
        st.toggle(
            "Let the class see it", access.may_open(data), key=key, help=HELP_LET_SEE,
            on_change=_let, args=(data, key),
        )  # fmt: skip


@uncut
def _let(data: str, key: str) -> None:
    try:
        access.let_class_see(data, bool(st.session_state[key]))
    except (access.Refused, DataError) as error:
        address.notice(str(error))


def _card(entry: Entry | None) -> None:
    if entry is None or entry.card is None:
        return
    if contents.lessons().predicting():
        st.caption(messages.PREDICT_FIRST)
    else:
        st.html(messages.figures(entry.card))
        if found := diagnose(entry.card):
            st.warning(str(found))
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
    n_parameters = sum(weight.size for weight in cache.stored(entry.path).weights.values())
    with details:
        st.caption(messages.architecture(card, n_parameters))
        if card.data in DATASETS:
            st.caption(originals.licence(card.data))
        st.caption("Trained by")
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


def _offer_undo() -> None:
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


def _broken() -> None:
    problems = [entry for entry in checkpoints.available() if entry.card is None]
    if not problems:
        return
    with st.expander(f"{len(problems)} file can't be opened" if len(problems) == 1
                     else f"{len(problems)} files can't be opened"):  # fmt: skip
        for entry in problems:
            st.caption(escaped(entry.problem))

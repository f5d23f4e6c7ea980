"""The sidebar: data set, model, and the model's card. The choice holds on every page."""

import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import Card, Entry, Stored
from aecore.data.catalogue import DATASETS, download
from aecore.errors import CheckpointError, DataError
from aeview.classroom import access, entrance
from aeview.escape import argument, escaped
from aeview.shell import bringing, links, messages, model_card, originals
from aeview.shell.contents import FIRST_MODEL
from aeview.shell.links import Chosen
from aeview.shown import address
from aeview.streamlit_fixes import uncut
from aeview.work import cache, jobs
from aeview.work.live import Opened

# Keys in the session state.
UNCHOSEN = "unchosen_model"  # the model that stands there because nobody has chosen one
LET_SEE = "let_class_see"
FIRST_DATA = "digits"
MEGABYTE = 2**20
LIST_S = 20.0  # every browser asks; thirty at once should not be heard
HELP_TOLD = (
    "A conditional model draws every code as this class and reads every image as one of it. What "
    "is left for the code is the style. Stored images alone are read as of their own class: their "
    "codes, draws of their posteriors, and what enters the network above the map."
)
HELP_LET_SEE = (
    "Everyone in the class can look at these data then, one by one; it stays so until you close "
    "it. Students can open no other path."
)


def show(first: str = FIRST_MODEL, *, tells: bool = True) -> None:
    """Draw the sidebar; a link that is wanted is opened first, as its choices are made here.

    The address that a session begins with is left alone: one that changes before the page is
    there to see to the browser's history takes a second Back to leave.

    Args:
        first: what the name of the model ends with that the page shows where nobody chose one.
        tells: whether the class that a conditional model is told is chosen here.
    """
    links.arrive()
    bringing.follow()
    listed = _listed()  # before the list is: what changes meanwhile is in it, or seen to
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
        if tells:
            _choose_class(told)
        model_card.offer_undo()
        _download(data)
        _let_see(data)
        model_card.show(chosen())
        bringing.offer()
        model_card.broken()
        if access.class_mode():
            _watch(listed)
    entrance.sign()
    bringing.show(data)


def chosen() -> Entry | None:
    """Return the chosen checkpoint; the first one where no sidebar was drawn."""
    by_data = _by_data()
    entries = by_data.get(st.session_state.get(Chosen.link("data"), FIRST_DATA), [])
    name = st.session_state.get(Chosen.link("model"))
    names = [entry.name for entry in entries]
    if not names:
        return None
    return entries[names.index(name) if name in names else _default(names)]


def opened(entry: Entry) -> Opened:
    """Open the chosen checkpoint, told the chosen class where it is to be told one.

    Raises:
        CheckpointError: in one sentence, if it can't be opened.
        OSError: if it is gone.
    """
    classes = _classes(entry)
    said = st.session_state.get(Chosen.link("label"))
    label = classes.index(said) if said in classes else 0
    return Opened(entry.name, cache.stored(entry.path, label))


def chosen_model() -> Opened:
    """Open the chosen model; where there is none to open, say so and end the page."""
    entry = chosen()
    if entry is None:
        st.info("Choose a data set with a model in the sidebar.")
        st.stop()
    try:
        return opened(entry)
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
    said = {Chosen.link("data"): codes[data], Chosen.link("model"): entry.name}
    told = st.session_state.get(Chosen.link("label"))
    return said | ({Chosen.link("label"): told} if told in _classes(entry) else {})


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
    wanted = (
        i for end in (first, FIRST_MODEL) for i, m in enumerate(models) if m.endswith(f"-{end}")
    )
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
    if (name := st.session_state.pop(model_card.TO_CHOOSE, None)) in names:
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


def _choose_class(told: bool) -> None:
    """Of a conditional model: the class that its encoder and decoder are told, on every page."""
    classes = _classes(chosen())
    if classes:
        address.select(
            "Class it is told",
            classes,
            classes[0],
            Chosen.link("label"),
            told=told,
            help=HELP_TOLD,
        )


def tell(label: object) -> None:
    """Choose the class that a conditional model is told by its number; from a callback."""
    classes = _classes(chosen())
    if isinstance(label, int) and 0 <= label < len(classes):
        st.session_state[Chosen.link("label")] = classes[label]


def _classes(entry: Entry | None) -> tuple[str, ...]:
    """The classes of which a model is told one; none of other models."""
    card = entry and entry.card
    return card.classes if card and card.model.n_classes else ()


def _follow_page(default: str) -> None:
    """Where nobody has chosen a model, show the one that the page begins with."""
    key = Chosen.link("model")
    now = st.session_state.get(key)
    if key in st.query_params or now not in (None, st.session_state.get(UNCHOSEN)):
        st.session_state.pop(UNCHOSEN, None)
    else:
        st.session_state[key] = st.session_state[UNCHOSEN] = default


def _other_model() -> None:
    st.session_state.pop(model_card.DELETED_MODEL, None)
    if st.session_state.pop(UNCHOSEN, None):
        # Until now every run has told the browser what stands there, and the last to do so may
        # have reached it after the click: tell it what was clicked.
        st.session_state[Chosen.link("model")] = st.session_state[Chosen.link("model")]


@st.fragment(run_every=LIST_S)
def _watch(listed: tuple[int, ...]) -> None:
    """In a class others save and delete models: bring the list up to date where it stands."""
    if _listed() != listed:
        st.rerun()


def _listed() -> tuple[int, ...]:
    """What changes when a model is saved, renamed, deleted or had back; cheaper than the list."""
    return tuple(
        path.stat().st_mtime_ns if path.exists() else 0
        for path in (checkpoints.registry_file(), checkpoints.own_folder())
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
    name = _download_name(data)
    job = jobs.find(name)
    if job is not None and job.running:
        jobs.show(name, f"Downloading {DATASETS[data].title}")
        return
    if job is not None and job.state == "failed":
        st.error(escaped(job.problem))
    st.caption(originals.to_download(_stored(), data))
    _download_button(data)


def _download_name(data: str) -> str:
    """Of the job."""
    return f"download {data}"


def _download_button(data: str, key: str | None = None) -> None:
    info = DATASETS[data]
    if access.may(access.Act.DOWNLOAD):
        st.button(
            f"Download {info.title} ({info.n_bytes / MEGABYTE:.0f} MB)", key=key,
            icon=":material/download:", on_click=_fetch, args=(_download_name(data), data),
        )  # fmt: skip


def say_missing(card: Card, words: str) -> None:
    """Say what a page can't do without a model's data set, and offer it as the sidebar does.

    Args:
        card: of the model.
        words: "{why}" in them is why the data set is not at hand.
    """
    job = jobs.find(_download_name(card.data))
    runs = job is not None and job.running
    why = originals.why(card, originals.IN_SIDEBAR if runs else originals.BELOW)
    st.info(say(words.format(why=escaped(why))))
    if card.data in DATASETS and not runs:
        _download_button(card.data, key="download_here")


def _stored() -> Stored | None:
    """What is in the chosen checkpoint; None where it can't be opened."""
    entry = chosen()
    try:
        return entry and opened(entry).checkpoint
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

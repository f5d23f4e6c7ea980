"""What the desk at the head of every page is told: scenes, Python code, a QR code's pattern."""

from html import escape
from typing import Any, NoReturn

import streamlit as st

from aecore.errors import DataError
from aeview.classroom import access, led, passes, reach
from aeview.shell import contents, follow, keys, links, snippets, web_page
from aeview.shell.between import between
from aeview.shell.desk_component import MOVES, Asked, Can, desk
from aeview.shown import address
from aeview.streamlit_fixes import uncut

# Keys in the session state.
DESK = "desk"
NOTED = "noted_scene"
NOTE = "scene_note"
NOTE_OFF = "scene_note_off"
TURNING = "turning_to"
BETWEEN = "between"
SCENE = "scene"
FIRST_PAGE = "latent_map"
LONGEST = 1200  # characters of an address: a denser code is not read from the back of a room
TOO_LONG = (
    "The address of what is on screen is too long for a code; the scene's own link is short, and "
    "Share copies the long one."
)


@st.fragment
def show(page: str) -> None:
    """Show the desk, and answer what it asks."""
    asked = Asked.of(st.session_state.get(DESK))
    if asked is not None and _moves(page, asked):
        asked = None
    if led.leads():
        follow.tell(here(page))
    answer = None if asked is None else {"stamp": asked.stamp, **_answer(page, asked)}
    token, fresh = passes.own()
    presents = may_present()
    about = contents.pages()[page]
    can = Can(
        about.python, presents, opened(page), _lesson(page), token, fresh, reach.elsewhere(),
        led.leads(), follow.followed(here(page)),
        contents.lessons().asks(page),
        about.figures, contents.lessons().routed(), follow.heeded(),
        web_page.refused(),
    )  # fmt: skip
    desk(about.title, keys.of(page, presents), can, answer, key=DESK)


def _moves(page: str, asked: Asked) -> bool:
    """Do what was asked for, once, where that is no question."""
    if asked.kind not in MOVES:
        return False
    if asked.stamp == follow.heeded():
        return True
    if asked.kind == "scene":
        _turn_to(asked)
    elif asked.kind == "back":
        if passes.take_up(asked.address):
            st.rerun()
    elif asked.kind == "told":
        contents.lessons().show_told(asked.address)
    elif asked.kind == "lead":
        follow.lead(asked, here(page))
    else:
        _go(follow.wanted(asked))
    follow.heed(asked)  # last: a run that is cut short before does it again, which does no harm
    return True


def here(page: str) -> led.Place:
    """What is on screen, as a place that the class can be led to."""
    return follow.place(page, opened(page))


def _lesson(page: str) -> str:
    """Where the lesson under way stands; nothing while a scene is shown instead."""
    return "" if opened(page) else contents.lessons().where(page)


def may_present() -> bool:
    """Whether this session may present: of a class the teacher."""
    return access.may(access.Act.PRESENT)


def _answer(page: str, asked: Asked) -> dict[str, Any]:
    if asked.kind == "route":
        return _route(asked.address)
    if asked.kind == "offered":
        return _offered()
    if asked.kind == "here":
        return {"link": _address(follow.place(page, "").link)}
    if asked.kind == "python":
        return snippets.of(page)
    if asked.kind == "page":
        return web_page.answer()
    return code(asked.address)


def _route(text: str) -> dict[str, Any]:
    """Take a route, the scenes that ship where it is empty; or say why it can't be taken."""
    try:
        contents.lessons().take_route(text)
        contents.lessons().scenes()  # the file of those that ship may be wrong, too
    except DataError as error:
        return {"problem": _sentence(error), "scenes": scenes()}
    return {"problem": "", "scenes": scenes()}


def _offered() -> dict[str, Any]:
    """What a route can be made of, and how much."""
    try:
        found = contents.lessons().offered()
    except DataError as error:
        return {"problem": _sentence(error), "offered": []}
    groups = [{"title": t, "scenes": [_told(s) for s in of]} for t, of in found.items()]
    return {"problem": "", "offered": groups}


def _sentence(error: DataError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def scenes() -> list[dict[str, Any]]:
    """The scenes in their order; none where their file is missing or wrong."""
    try:
        return [_told(scene) for scene in contents.lessons().scenes()]
    except DataError as error:
        address.notice(str(error))
        return []


def _told(scene: Any) -> dict[str, Any]:
    """A scene as the browser takes it."""
    parts = ("id", "title", "claim", "look", "subject", "controls", "notes")
    told = {part: getattr(scene, part) for part in parts}
    return told | {"link": _address(scene.link), "ships": contents.lessons().ships(scene)}


def opened(page: str) -> str:
    """The scene that was opened last, if its page is still the one on screen; else nothing."""
    name, address = st.session_state.get(links.OPENED) or ("", "")
    return name if address == page else ""


def _open(goal: follow.Wanted) -> NoReturn:
    links.want(goal.link)
    if goal.scene:
        links.forget_own()
        contents.lessons().begin_step_anew(goal.link)
        st.session_state[links.OPENED] = (goal.scene, goal.link.page)
        st.session_state.pop(NOTED, None)
    if goal.own:
        links.give_back()
    follow.note(goal)
    st.switch_page(goal.link.script, query_params=goal.link.parameters)


@st.fragment
def note(page: str) -> None:
    """Over a page that a scene's link has opened: what it shows; until it is dismissed."""
    name = opened(page)
    if not name or st.session_state.get(NOTED) == name:
        return
    scene = next((each for each in scenes() if each["id"] == name), None)
    if scene is None:
        return
    title, claim, look = (escape(scene[part]) for part in ("title", "claim", "look"))
    with st.container(horizontal=True, key=NOTE, gap="small"):
        st.html(f'<div role="note"><strong>{title}</strong> {claim} <span>{look}</span></div>')
        st.button("Dismiss", type="tertiary", key=NOTE_OFF, on_click=uncut(_dismiss),
                  args=(name,))  # fmt: skip


def _dismiss(name: str) -> None:
    st.session_state[NOTED] = name


def _address(link: str) -> str:
    """A page's link as the address line has it: the first page is the root itself."""
    return link.removeprefix(FIRST_PAGE) if link.partition("?")[0] == FIRST_PAGE else link


# ---- a student's own copy ----------------------------------------------------------------------


def code(address: str) -> dict[str, Any]:
    """The QR code of an address: as the browser sees it, or this machine's in the local network.

    Returns:
        `rows` of the code, "0" or "1" for a module; the `address`; a `note` on who can open it;
        `join`, the join code for whoever types the address, told to who may present.
    """
    import segno

    join = access.join_code() if may_present() else ""
    found, note = reach.reachable(address)
    if len(found) > LONGEST:
        return {"rows": [], "address": found, "note": TOO_LONG, "join": join}
    made = segno.make(found, error="m", micro=False)
    rows = ["".join("1" if cell else "0" for cell in row) for row in made.matrix]
    return {"rows": rows, "address": found, "note": note, "join": join}


# ---- from scene to scene -----------------------------------------------------------------------


def _turn_to(asked: Asked) -> None:
    """Leave the page for a scene; the next run empties the page first."""
    if led.leads():  # before this page is left, so that followers leave theirs meanwhile
        follow.tell(follow.scene_place(asked.address))
    st.session_state[TURNING] = follow.to_scene(asked.address)
    follow.heed(asked)
    st.rerun()


def _go(goal: follow.Wanted | None) -> None:
    """Leave the page; the run that follows empties it first, so that nothing of it asks late."""
    if goal is None:
        return
    st.session_state[TURNING] = goal
    follow.note(goal)
    st.rerun()


def open_scene() -> bool:
    """Open the scene that is turned to, or that a short link names: before anything is drawn.

    Returns:
        Whether the page has to stay empty in this run. The run must then come to its end: after
        `st.stop` Streamlit would keep the fragments of the page before, and run one that is asked
        for late at a place that is no longer there.
    """
    if _between():
        return True
    links.depart()
    _follow_link()
    return False


def _between() -> bool:
    """Empty the page, then go on: the session stays, what it showed does not."""
    goal: follow.Wanted | None = st.session_state.get(TURNING)
    if goal is None:
        return False
    if not between(goal.title, follow.heeded(), key=BETWEEN):
        return True
    del st.session_state[TURNING]
    _open(goal)


def _follow_link() -> None:
    """Follow a scene's short link, `?scene=name`; an unknown name is ignored with a notice."""
    name = st.query_params.get(SCENE)
    if name is None:
        return
    del st.query_params[SCENE]
    if goal := follow.to_scene(name):
        _open(goal)
    address.notice(f"The link's “{SCENE}” is “{name[:60]}”, which is no scene; it is ignored.")

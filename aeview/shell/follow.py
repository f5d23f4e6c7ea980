"""Leading the class, and following: what a session does when its desk asks for it.

Where the class is led lies in `aeview.classroom.led`; the desk's browser part listens for it
(`desk/follow.js`) and asks its own session to go there.
"""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from aecore.errors import DataError
from aeview.classroom import access, led
from aeview.shell import contents, links
from aeview.shell.desk_component import Asked
from aeview.shell.links import EVERYWHERE, Link
from aeview.shown import address

# Keys in the session state.
HEEDED = "heeded"
FOLLOWED = "followed_turn"
GOING = "following_turn"
LESSON = ("lesson", "step")  # what makes another place of the page Lessons


class Wanted(NamedTuple):
    """Where a session is to go.

    Attributes:
        link: the page.
        title: what stands on the empty page before it.
        scene: that the link shows; may be empty.
        turn: the teacher's turn that is followed; may be empty.
        own: whether it is the page that was left to follow.
    """

    link: Link
    title: str
    scene: str = ""
    turn: str = ""
    own: bool = False


def place(page: str, scene: str) -> led.Place:
    """Name what is on screen: a scene, or a page as its address has it."""
    about = contents.pages()[page]
    if scene:
        return scene_place(scene)
    query = st.query_params.to_dict()
    step = all(name in query for name in LESSON)  # it says data set and model itself
    allowed = LESSON if step else (*EVERYWHERE, *about.parameters)
    said = {name: text for name, text in query.items() if name in allowed}
    where = contents.lessons().where(page) if step else ""
    return led.Place(link=Link(page, said).text, title=where.capitalize() or about.title)


def scene_place(name: str) -> led.Place:
    """A scene as a place; one of the teacher's own, which others have not read, with its link."""
    scene = contents.lessons().scene(name)
    if scene is None:
        return led.Place(scene=name, title=name)
    link = "" if contents.lessons().ships(scene) else scene.link
    return led.Place(scene=name, link=link, title=scene.title)


def tell(here: led.Place) -> None:
    """Lead the class along, if this session has come to another place."""
    if _mark(here) != _mark(led.now().place):
        _try(lambda: led.turn(here))


def _mark(where: led.Place) -> tuple[str, ...]:
    """What a move on the map does not change: followers are left in peace meanwhile."""
    if where.scene:
        return (where.scene,)
    try:
        link = links.parse(where.link)
    except DataError:
        return ()
    return ("", link.page, *(link.parameters.get(name, "") for name in LESSON))


def lead(asked: Asked, here: led.Place) -> None:
    """Lead the class from now ("on"), no more ("off"), or to just what is on screen ("here")."""
    if asked.address == "here":
        _try(lambda: led.turn(here))
    elif asked.address == "on" and not led.leads():
        _try(lambda: led.begin(here))
    elif asked.address == "off":
        led.end()


def heed(asked: Asked) -> None:
    """Remember that what was asked for last has been done."""
    st.session_state[HEEDED] = asked.stamp


def heeded() -> str:
    """The stamp of what was done last."""
    return str(st.session_state.get(HEEDED, ""))


def wanted(asked: Asked) -> Wanted | None:
    """Where the desk asks to go: "led" to where the class is, "own" to the page left before.

    Returns:
        None for a turn that was taken already, and for a place that is none.
    """
    heed(asked)
    if asked.kind == "led" and asked.address and asked.address == st.session_state.get(FOLLOWED):
        return None
    if asked.kind == "own":
        found = place_wanted(led.Place(link=_tidied(asked.address)))
        found = found and found._replace(own=True)
    else:
        if asked.leaves:
            links.put_aside()
        now = led.now()
        found = place_wanted(now.place) if now.lead else None
        found = found and found._replace(turn=now.turn)
        if found is None:  # there is nowhere to go
            st.session_state[FOLLOWED] = now.turn
    return found


def to_scene(name: str) -> Wanted | None:
    """A scene as a goal; None for a name that is none's."""
    return place_wanted(led.Place(scene=name))


def place_wanted(where: led.Place) -> Wanted | None:
    """A place as a goal; None for one that is none."""
    try:
        if where.link or not where.scene:
            link = links.parse(where.link)
            title = where.title if where.scene else contents.pages()[link.page].title
            return Wanted(link, title, where.scene)
        scene = contents.lessons().scene(where.scene)
    except DataError as error:
        address.notice(str(error))
        return None
    return None if scene is None else Wanted(scene.target, scene.title, scene.id)


def note(goal: Wanted) -> None:
    """Keep where the session is going; `followed` says when it is there."""
    if goal.turn:
        where = led.Place(scene=goal.scene, link="" if goal.scene else goal.link.text)
        st.session_state[GOING] = (goal.turn, _mark(where))


def _tidied(link: str) -> str:
    """A link as the address line has it, without what is no page's: the join code."""
    page, _, query = link.partition("?")
    said = "&".join(each for each in query.split("&") if not each.startswith(f"{address.JOIN}="))
    return f"{page}?{said}" if said else page


def followed(here: led.Place) -> str:
    """The turn that this session took last: a run may be cut short, so what is seen counts."""
    turn, mark = st.session_state.get(GOING) or ("", ())
    if turn and mark == _mark(here):
        st.session_state[FOLLOWED] = turn
        st.session_state[GOING] = None
    return str(st.session_state.get(FOLLOWED, ""))


def _try(act: Callable[[], None]) -> None:
    try:
        act()
    except (access.Refused, DataError) as error:
        address.notice(str(error))

"""Where the teacher leads the class: one small file that all servers on this home folder share.

It says nothing of anybody: a name drawn for this leading, one drawn for this turn, and the place.
How browsers are told of it is `aeview.classroom.told`; how a session goes there
`aeview.shell.follow`.
"""

import json
import secrets
import time
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from aecore.errors import DataError
from aecore.files import whole
from aecore.limits import limits
from aecore.shelf import registry_file
from aeview.bounded import Bounded
from aeview.classroom import access

MINUTE = 60.0
LONGEST = 2000  # characters of a link; of a longer one the page alone is led to
LONGEST_TITLE = 200


class Place(NamedTuple):
    """Where a class is led.

    Attributes:
        scene: a scene's id; empty where no scene is on screen.
        link: the page's link, as `aeview.shell.links` has it; empty for a scene that ships.
        title: what a follower is told.
    """

    scene: str = ""
    link: str = ""
    title: str = ""


class Led(NamedTuple):
    """What the file says.

    Attributes:
        lead: names this leading, from its begin to its end; empty while nobody leads.
        turn: names the place; another one at each turn.
        place: where the class is led.
        at: when it was turned to, or its answer told, in seconds since 1970.
        told: the question of this place whose answer the teacher has revealed; empty for none.
    """

    lead: str = ""
    turn: str = ""
    place: Place = Place()
    at: float = 0.0
    told: str = ""


NOBODY = Led()


def file() -> Path:
    """Where it lies: in $AECORE_HOME."""
    return registry_file().parent / "led.json"


def now() -> Led:
    """Read where the class is led; nobody leads where that can't be read, or for too long."""
    if not access.class_mode():
        return NOBODY
    try:
        found = json.loads(file().read_text(encoding="utf-8"))
        lead, turn, *place = (str(found[name]) for name in ("lead", "turn", *Place._fields))
        led = Led(lead, turn, Place(*place), float(found["at"]), str(found["told"]))
    except (OSError, ValueError, TypeError, KeyError):
        return NOBODY
    late = abs(time.time() - led.at) > limits().lead_minutes * MINUTE
    return NOBODY if late else led


def leads() -> bool:
    """Whether this session leads the class."""
    lead = now().lead
    return bool(lead) and _leaders().get(access.session()) == lead and access.teacher()


@st.cache_resource(show_spinner=False)
def _leaders() -> Bounded[str, str]:
    """Which leading a session began; by its name, which a reload keeps (`passes`)."""
    return Bounded(access.n_known)


def begin(place: Place) -> None:
    """Lead the class, here first; another teacher's leading ends.

    Raises:
        Refused: if this session may not present.
        DataError: if the home folder can't be written to.
    """
    access.demand(access.Act.PRESENT)
    lead = _drawn()
    _write(Led(lead, _drawn(), place))
    _leaders()[access.session()] = lead


def turn(place: Place) -> None:
    """Lead the class to another place.

    Raises:
        Refused: if this session may not present, or another leads.
        DataError: if the home folder can't be written to.
    """
    access.demand(access.Act.PRESENT)
    if not leads():
        raise access.Refused("The class is led from elsewhere now: press Lead the class to lead.")
    _write(Led(now().lead, _drawn(), place))


def tell(question: str) -> None:
    """Let followers see the answer that this session has revealed, if it leads the class.

    Raises:
        DataError: if the home folder can't be written to.
    """
    if leads():
        _write(now()._replace(told=question))


def end() -> None:
    """Lead the class no more, if this session leads it."""
    if leads():
        file().unlink(missing_ok=True)


def _drawn() -> str:
    """A name for a leading, or for a turn."""
    return secrets.token_hex(8)


def _write(led: Led) -> None:
    place = led.place
    link = place.link if len(place.link) <= LONGEST else place.link.partition("?")[0]
    place = place._replace(link=link, title=place.title[:LONGEST_TITLE])
    said = {**led._asdict(), **place._asdict(), "at": time.time()}
    del said["place"]
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        with whole(file()) as unfinished:
            unfinished.write_text(json.dumps(said), encoding="utf-8")
    except OSError as error:
        raise DataError(f"the class can't be led: {error.strerror or error}") from None

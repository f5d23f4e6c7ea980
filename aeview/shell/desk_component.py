"""The desk at the head of every page: share, keys, presenter mode; Python answers what it asks."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from aeview.work.component import component

QUESTIONS = ("route", "offered", "here", "python", "page", "qr")  # are answered
MOVES = ("scene", "back", "lead", "led", "own", "told")  # are done


class Asked(NamedTuple):
    """What the browser asked for last.

    Attributes:
        stamp: names the question; the answer carries it back.
        kind: one of `QUESTIONS` or `MOVES`.
        address: of "qr" what the code opens, of "scene" its id, of "route" the text of a TOML
            file, of "back" the pass that the tab had before it was loaded again; of "lead" "on",
            "off" or "here"; of "own" the link that one left to follow the teacher, of "led" the
            turn that is followed, once; empty to go there again; of "told" the question whose
            answer the class has been told.
        leaves: of "led", whether one leaves a page of one's own for it.
    """

    stamp: str
    kind: str
    address: str
    leaves: bool = False

    @classmethod
    def of(cls, values: Any) -> "Asked | None":
        """Read the component's session state; None before anything was asked."""
        asked = values.get("ask") if values else None
        if not asked or asked.get("kind") not in (*QUESTIONS, *MOVES):
            return None
        return cls(
            str(asked["stamp"]), asked["kind"], str(asked.get("address", "")),
            asked.get("leaves") is True,
        )  # fmt: skip


class Can(NamedTuple):
    """What the desk offers.

    Attributes:
        code: the page can be had as Python.
        presents: this session may present.
        opened: the id of the scene that is on this page; empty for none.
        lesson: where a lesson that is under way stands, in words; then the keys turn its steps.
        token: the tab's pass in class mode; empty where none is needed.
        fresh: the session is new, so that the tab hands back the pass that it has.
        elsewhere: scheme and host by which others open the app, where this browser's own address
            is known to this machine alone; else empty.
        leads: this session leads the class.
        followed: the teacher's turn that this session took last.
        asks: names the question on screen that is not answered yet; empty for none.
        figures: of the page, that a scene can show alone.
        routed: the session has read a route of its own.
        heeded: the stamp of the move that was made last.
        unsaved: why the model can't be saved as a web page; empty where it can be.
    """

    code: bool
    presents: bool
    opened: str
    lesson: str = ""
    token: str = ""
    fresh: bool = False
    elsewhere: str = ""
    leads: bool = False
    followed: str = ""
    asks: str = ""
    figures: tuple[str, ...] = ()
    routed: bool = False
    heeded: str = ""
    unsaved: str = ""


def desk(
    page: str,
    keys: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    can: Can,
    answer: dict[str, Any] | None,
    key: str,
) -> None:
    """Show the desk; what it asks for is in the session state under `key` (`Asked.of`).

    Args:
        page: the page's title.
        keys: for each place what its keys do; several keys are separated by spaces.
        can: what there is on this page, for this session.
        answer: to the last question, with its stamp.
        key: the widget's key.
    """
    component("desk", "ask")(
        key=key,
        data={"page": page, "keys": keys, **can._asdict(), "answer": answer},
        width="content",
    )

"""What a session keeps of its lessons, and the bar that leads back to one from another page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from aecore.errors import DataError
from aeview.classroom import led, votes
from aeview.lessons import route
from aeview.lessons.files import BEFORE, FOLDER, Lesson, Shelf, shelf
from aeview.lessons.scenes import Scene
from aeview.lessons.scenes import read as read_scenes
from aeview.lessons.shown import Shown, linked
from aeview.shell import links
from aeview.shell.links import Link
from aeview.shown import address
from aeview.streamlit_fixes import uncut

# Keys in the session state.
PROGRESS = "lesson_progress"
AT = "lesson_at"
ENTERED = "lesson_entered"
LESSON_BEFORE = "lesson_before"
TOLD = "lesson_told"  # the question whose answer the class has been told
PAGE = "lessons"


@dataclass(slots=True)
class Progress:
    """How far a lesson has come in this tab; steps are counted from 1.

    Attributes:
        step: the one to go on with.
        seen: those that were shown.
        chosen: answer to the question of a step, counted from 0.
        placed: code that was pinned as the answer to a step.
        landed: code that was asked for there.
        revealed: steps whose question has been explained; who presents need not have answered it.
    """

    step: int = 1
    seen: set[int] = field(default_factory=set)
    chosen: dict[int, int] = field(default_factory=dict)
    placed: dict[int, tuple[float, ...]] = field(default_factory=dict)
    landed: dict[int, tuple[float, ...]] = field(default_factory=dict)
    revealed: set[int] = field(default_factory=set)


def progress(lesson: Lesson) -> Progress:
    """What this session keeps of a lesson."""
    known: dict[str, Progress] = st.session_state.setdefault(PROGRESS, {})
    return known.setdefault(lesson.id, Progress())


def read() -> Shelf:
    """All lessons, read again when a file has changed."""
    stamps = tuple((path.name, path.stat().st_mtime_ns) for path in sorted(FOLDER.glob("*.toml")))
    return _read(stamps)


@st.cache_resource(show_spinner=False, max_entries=4)
def _read(stamps: tuple[tuple[str, int], ...]) -> Shelf:
    del stamps
    return shelf()


def link(lesson: Lesson, number: int) -> Link:
    """The link of a step: its own, in the lesson; a place that was asked for is pinned."""
    target = lesson.steps[number - 1].target
    place = Shown(lesson=lesson.id, step=number).texts()
    code = progress(lesson).landed.get(number)
    pinned = {"z": ",".join(f"{value:.6g}" for value in code)} if code else {}
    return Link(PAGE, place | target.parameters | pinned | shown(lesson, number))


def shown(lesson: Lesson, number: int) -> dict[str, str]:
    """What the answer of a step changes on screen; nothing before it is revealed."""
    question = lesson.steps[number - 1].question
    if question is None or not question.shows or number not in progress(lesson).revealed:
        return {}
    return links.parse(question.shows).parameters


def is_open(lesson: Lesson, number: int) -> bool:
    """Whether a step asks for a choice whose answer has not been revealed."""
    step = lesson.steps[number - 1]
    asked = step.question is not None and step.question.choices and step.part != BEFORE
    return bool(asked) and number not in progress(lesson).revealed


def predicting() -> bool:
    """Whether such a step is on screen: what tells the answer elsewhere is to be put away."""
    found = under_way() if linked() else None
    return found is not None and is_open(*found)


def under_way() -> tuple[Lesson, int] | None:
    """The lesson and step that this session is at; None where there is none."""
    name, number = st.session_state.get(AT) or ("", 0)
    lesson = next((lesson for lesson in read().lessons if lesson.id == name), None)
    return (lesson, number) if lesson and 1 <= number <= len(lesson.steps) else None


def show_bar() -> None:
    """Show the way back while a lesson is under way."""
    if not st.session_state.get(AT):
        return
    found = under_way()
    if found is None:
        return
    lesson, number = found
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="lesson_bar"):
        label = f"Back to the lesson, step {number} of {len(lesson.steps)}"
        st.button(
            label, icon=":material/school:", type="primary", key="lesson_return",
            on_click=_return, args=(lesson, number),
        )  # fmt: skip
        st.markdown(f"**{lesson.title}**: {lesson.steps[number - 1].title}")
        st.button("Leave the lesson", icon=":material/close:", on_click=uncut(leave))


@uncut
def _return(lesson: Lesson, number: int) -> None:
    st.session_state.pop(ENTERED, None)
    links.leave_for(link(lesson, number))


def where(page: str) -> str:
    """Where the lesson under way stands; nothing over the list of lessons."""
    found = None if page == PAGE and not linked() else under_way()
    return f"lesson, step {found[1]} of {len(found[0].steps)}" if found else ""


def question_id(lesson: Lesson, number: int) -> str:
    """Name the question of a step."""
    return f"{lesson.id}/{number}"


def asks(page: str) -> str:
    """Name the question that is on screen and not answered yet; empty for none."""
    found = under_way() if page == PAGE and linked() else None
    if found is None or found[0].steps[found[1] - 1].question is None:
        return ""
    lesson, number = found
    known = progress(lesson)
    return "" if number in known.revealed | known.landed.keys() else question_id(lesson, number)


def tell(question: str) -> None:
    """The teacher has revealed a question, so the class sees its answer: in votes, and led."""
    votes.tell(question)
    try:
        led.tell(question)
    except DataError as error:
        address.notice(str(error))


def show_told(question: str) -> None:
    """Reveal the question on screen in the run that follows, if the class has been told."""
    if question == asks(PAGE) and (votes.is_told(question) or led.now().told == question):
        st.session_state[TOLD] = question
        st.rerun()


def scenes() -> Sequence[Scene]:
    """The scenes that this session presents, in their order.

    Raises:
        DataError: in one sentence, where the file of those that ship is missing or wrong.
    """
    own = route.own()
    return read_scenes() if own is None else own


def scene(name: str) -> Scene | None:
    """A scene of the session's route, or one that ships.

    Raises:
        DataError: as `scenes`.
    """
    known = (*scenes(), *read_scenes())
    return next((each for each in known if each.id == name), None)


def ships(scene: Scene) -> bool:
    """Whether a scene's name opens it on every server.

    Raises:
        DataError: as `scenes`.
    """
    return any((each.id, each.link) == (scene.id, scene.link) for each in read_scenes())


def take_route(text: str) -> None:
    """Present the scenes of a TOML file; those that ship, where the text is empty.

    Raises:
        DataError: in one sentence; the route stays as it was.
    """
    route.take(text, read().lessons)


def routed() -> bool:
    """Whether this session presents a route of its own."""
    return route.own() is not None


def offered() -> dict[str, Sequence[Scene]]:
    """What a route can be made of, by title: the scenes that ship, and the lessons' steps.

    Raises:
        DataError: as `scenes`.
    """
    steps = {each.title: tuple(route.of_lesson(each)) for each in read().lessons}
    return {"Scenes": read_scenes(), **steps}


def begin_step_anew(link: Link) -> None:
    """Forget what was answered at the step of a lesson that a link shows; of others nothing."""
    name, number = (link.parameters.get(part, "") for part in ("lesson", "step"))
    known: dict[str, Progress] = st.session_state.get(PROGRESS, {})
    if link.page != PAGE or name not in known or not number.isdecimal():
        return
    for kept in (known[name].chosen, known[name].placed, known[name].landed):
        kept.pop(int(number), None)
    known[name].revealed.discard(int(number))
    for key in (ENTERED, f"choice {name} {number}"):
        st.session_state.pop(key, None)


def offer_reveal(lesson: Lesson, number: int, first: str, reveal: Callable[[], None]) -> None:
    """Show Reveal; `first` says what is to be done before, empty where it is done.

    Who presents reveals a question that nobody has answered, too: lessons.css shows which of the
    two buttons there is.
    """
    key = f"lesson_reveal_{lesson.id}_{number}"
    _reveal_button(key, reveal, disabled=bool(first), help=first or None)
    if first:
        _reveal_button(f"{key}_unanswered", reveal)


def _reveal_button(key: str, reveal: Callable[[], None], **looks: Any) -> None:
    icon = ":material/visibility:"
    st.button("Reveal", type="primary", icon=icon, key=key, on_click=reveal, **looks)


def remember_model() -> None:
    """Keep what the sidebar says before a lesson begins, to be put back after it."""
    if st.session_state.get(AT) is None:
        known = {name: st.session_state.get(name) for name in links.EVERYWHERE}
        st.session_state[LESSON_BEFORE] = {k: v for k, v in known.items() if v}


def list_link() -> Link:
    """The link of the list, with data set and model as they were before the lesson."""
    return Link(PAGE, dict(st.session_state.get(LESSON_BEFORE, {})))


def leave() -> None:
    """No lesson is under way any more; what was done of it is kept."""
    votes.leave()
    st.session_state[AT] = None
    st.session_state.pop(ENTERED, None)

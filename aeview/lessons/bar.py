"""What a session keeps of its lessons, and the bar that leads back to one from another page."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from aeview.lessons.files import FOLDER, Lesson, Shelf, shelf
from aeview.lessons.scenes import Scene
from aeview.lessons.scenes import read as read_scenes
from aeview.lessons.shown import Shown, linked
from aeview.shell import links
from aeview.shell.links import Link
from aeview.streamlit_fixes import uncut

# Keys in the session state.
PROGRESS = "lesson_progress"
AT = "lesson_at"
ENTERED = "lesson_entered"
LESSON_BEFORE = "lesson_before"
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
        revealed: steps whose question has been answered and explained.
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
    question = lesson.steps[number - 1].question
    return bool(question and question.choices) and number not in progress(lesson).revealed


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


def scenes() -> Sequence[Scene]:
    """The scenes in their order.

    Raises:
        DataError: in one sentence, where their file is missing or wrong.
    """
    return read_scenes()


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
    st.session_state[AT] = None
    st.session_state.pop(ENTERED, None)

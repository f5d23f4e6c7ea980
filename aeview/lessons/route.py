"""The route of a session: the scenes that ship, or those that a teacher has chosen and written.

A teacher's own lies in the browser as a TOML file (`desk/route.js`), in the format of
`lessons/scenes.toml`; the session has read it. Nothing of it is kept on the server.
"""

from collections.abc import Iterable, Sequence

import streamlit as st

from aecore.errors import DataError
from aeview.lessons import scenes
from aeview.lessons.files import Lesson
from aeview.lessons.scenes import Scene
from aeview.shell.links import Link

# Keys in the session state.
ROUTE = "own_route"
OWN = "the route"  # what a sentence calls the file
LESSONS = "lessons"  # the page


def take(text: str, lessons: Sequence[Lesson]) -> None:
    """Present what a TOML file says from now on; the scenes that ship, where it is empty.

    Raises:
        DataError: in one sentence, if it can't be taken; the route stays as it was.
    """
    if not text:
        st.session_state.pop(ROUTE, None)
        return
    found = scenes.read_text(text, OWN)
    for scene in found:
        _check_step(scene, lessons)
    st.session_state[ROUTE] = found


def own() -> tuple[Scene, ...] | None:
    """The route that this session has read; None where it presents the scenes that ship."""
    found: tuple[Scene, ...] | None = st.session_state.get(ROUTE)
    return found


def _check_step(scene: Scene, lessons: Sequence[Lesson]) -> None:
    link = scene.target
    if link.page != LESSONS:
        return
    name, number = (link.parameters.get(part, "") for part in ("lesson", "step"))
    lesson = next((each for each in lessons if each.id == name), None)
    if lesson is None or number not in map(str, range(1, len(lesson.steps) + 1)):
        raise DataError(
            f"scene “{scene.id}” opens step “{number[:20]}” of the lesson “{name[:40]}”, which is "
            "not here"
        )


def of_lesson(lesson: Lesson) -> Iterable[Scene]:
    """The steps of a lesson as scenes."""
    for number, step in enumerate(lesson.steps, 1):
        link = Link(LESSONS, {"lesson": lesson.id, "step": str(number)})
        where = f"{lesson.title}, step {number} of {len(lesson.steps)}."
        named = f"{lesson.title}, step {number}: {step.title}"  # many lessons ask it
        title = named if step.part else step.title
        yield Scene(f"lesson-{lesson.id}-{number}", title, where, link.text)

"""Lessons over a reload: the browser's tab keeps a session's progress and gives it to the next.

What comes back is text that anybody could have written into their own tab: whatever does not fit
the lessons as they are is left out.
"""

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import streamlit as st

from aeview.lessons import bar as lesson_bar
from aeview.lessons.bar import Progress
from aeview.lessons.files import Lesson
from aeview.lessons.progress_component import lesson_progress
from aeview.shown import address

# Keys in the session state.
LESSON_KNOWN = "lesson_known"
LESSON_KEPT = "lesson_kept"
LONGEST = 20_000  # characters
MOST_UNITS = 1024
Value = TypeVar("Value")


def keep(lessons: Iterable[Lesson], to_list: Callable[[], None] | None = None) -> None:
    """Take over what the tab has kept, once, and have it keep what is so far; called last.

    In a lesson, `to_list` is called when the menu's link to the lessons is clicked.
    """
    known = LESSON_KNOWN in st.session_state
    kept = lesson_progress(_text(), known, to_list, key=LESSON_KEPT)
    if known or kept is None:
        return
    address.say_again()  # the tab has answered, nobody has clicked
    restored = read(kept, lessons)
    for lesson_id, found in restored.items():
        _merge(lesson_id, found)
    st.session_state[LESSON_KNOWN] = True
    if restored:
        st.rerun()  # the whole page, so that all of it shows what is known now


def _text() -> str:
    known: dict[str, Progress] = st.session_state.get(lesson_bar.PROGRESS, {})
    return write(known)


def write(known: dict[str, Progress]) -> str:
    """Progress by lesson as text."""
    return json.dumps({name: _plain(each) for name, each in known.items()})


def _plain(progress: Progress) -> dict[str, Any]:
    return {
        "step": progress.step,
        "seen": sorted(progress.seen),
        "chosen": sorted(progress.chosen.items()),
        "placed": sorted(progress.placed.items()),
        "landed": sorted(progress.landed.items()),
        "revealed": sorted(progress.revealed),
    }


def read(text: str, lessons: Iterable[Lesson]) -> dict[str, Progress]:
    """Read progress by lesson; what is wrong, or of lessons that are not there, is left out."""
    if not 0 < len(text) <= LONGEST:
        return {}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {
        lesson.id: _progress(said[lesson.id], lesson)
        for lesson in lessons
        if isinstance(said.get(lesson.id), dict)
    }


def _progress(said: dict[str, Any], lesson: Lesson) -> Progress:
    placed, landed = (_pairs(said.get(name), lesson, _code) for name in ("placed", "landed"))
    asked = {n: step.question for n, step in enumerate(lesson.steps, 1) if step.question}
    chosen = _pairs(said.get("chosen"), lesson, _whole)
    chosen = {n: a for n, a in chosen.items() if n in asked and 0 <= a < len(asked[n].choices)}
    landed = {n: code for n, code in landed.items() if n in asked and asked[n].place}
    return Progress(
        step=said["step"] if _is_step(said.get("step"), lesson) else 1,
        seen=_steps(said.get("seen"), lesson),
        chosen=chosen,
        placed={n: placed[n] for n in placed.keys() & landed.keys()},
        landed=landed,
        revealed=_steps(said.get("revealed"), lesson) & {n for n in asked if asked[n].choices},
    )


def _is_step(value: Any, lesson: Lesson) -> bool:
    return type(value) is int and 1 <= value <= len(lesson.steps)


def _steps(values: Any, lesson: Lesson) -> set[int]:
    return {v for v in values if _is_step(v, lesson)} if isinstance(values, list) else set()


def _pairs(values: Any, lesson: Lesson, part: Callable[[Any], Value | None]) -> dict[int, Value]:
    found = {}
    for pair in values if isinstance(values, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and _is_step(pair[0], lesson):
            value = part(pair[1])
            if value is not None:
                found[pair[0]] = value
    return found


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None


def _code(values: Any) -> tuple[float, ...] | None:
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_UNITS:
        return None
    if not all(type(v) in (int, float) and math.isfinite(v) for v in values):
        return None
    return tuple(map(float, values)) if max(map(abs, values)) <= address.MAX_COORDINATE else None


def _merge(lesson_id: str, found: Progress) -> None:
    """Put what was kept under what this session has done since."""
    known: dict[str, Progress] = st.session_state.setdefault(lesson_bar.PROGRESS, {})
    own = known.setdefault(lesson_id, Progress(step=found.step))
    own.seen |= found.seen
    own.revealed |= found.revealed
    own.chosen = found.chosen | own.chosen
    own.placed = found.placed | own.placed
    own.landed = found.landed | own.landed

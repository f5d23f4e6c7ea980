"""A step's question as the class can be asked it: in plain text, with a map where it needs one.

The vote itself is `aeview.classroom.votes`.
"""

import re
from typing import Any

import numpy as np
import streamlit as st

from aecore.checkpoints import Stored
from aecore.data.imageset import random_sample
from aeview.classroom import access, votes
from aeview.lessons import bar as lesson_bar
from aeview.lessons import figures as lesson_figures
from aeview.lessons import places as lesson_places
from aeview.lessons.figures import Context
from aeview.lessons.files import Lesson, Question
from aeview.theme import CLASS_COLOURS
from aeview.work import cache, live
from aeview.work.pixels import data_address

MOST_POINTS = 500  # on a phone's map
MARGIN = 1.06  # the map's side, of what its points take


def offer(lesson: Lesson, number: int, context: Context) -> None:
    """Let the teacher put the question that is on screen to the class."""
    if lesson.steps[number - 1].question and access.class_mode() and access.teacher():
        votes.offer(_asked(lesson, number, context))


def note(lesson: Lesson, number: int, chosen: int, context: Context) -> None:
    """Keep what a student has chosen in the lesson, for the class report."""
    if access.class_mode() and not access.teacher():
        votes.note(_asked(lesson, number, context), chosen)


def leave_room() -> None:
    """Leave room below the question for a vote's card, which the desk lays there on the wall."""
    if access.class_mode() and access.teacher():
        st.html('<div class="vote-room"></div>')


def _asked(lesson: Lesson, number: int, context: Context) -> votes.Question:
    step = lesson.steps[number - 1]
    question = step.question
    assert question is not None

    def plain(text: str) -> str:
        return re.sub(r"[*`]", "", lesson_figures.fill(text, context))

    chart, landed = _chart(question, context) if question.place else (None, None)
    return votes.Question(
        lesson_bar.question_id(lesson, number), plain(question.ask),
        tuple(map(plain, question.choices)), question.answer - 1, chart, landed, step.part,
    )  # fmt: skip


def _chart(
    question: Question, context: Context
) -> tuple[dict[str, Any] | None, tuple[float, float] | None]:
    if context.model is None:
        return None, None
    checkpoint = context.model.checkpoint
    row = lesson_places.row_of(question, checkpoint)
    chart, landed = _drawn(checkpoint.digest, row, checkpoint)
    return chart, landed


@st.cache_resource(show_spinner=False, max_entries=20)
def _drawn(
    digest: str, row: int, _checkpoint: Stored
) -> tuple[dict[str, Any], tuple[float, float]]:
    """A map of some of a model's points, and where one of them lies on it."""
    del digest
    plane = cache.projection(_checkpoint, live.natural(_checkpoint))
    assert plane is not None
    shares, labels = _shares(plane.points), _checkpoint.latents.labels
    some = random_sample(len(shares), MOST_POINTS)
    classes = [c for c in np.unique(labels) if c >= 0]
    names = list(_checkpoint.card.classes)
    chart = {
        "points": [[*_rounded(shares[i]), int(labels[i])] for i in some],
        "names": [
            [*_rounded(np.median(shares[labels == c], axis=0)), str(names[c] if names else c)]
            for c in classes
        ],
        "palette": list(CLASS_COLOURS),
        "image": data_address(lesson_places.picture(_checkpoint, row)),
    }
    x, y = _rounded(shares[row])
    return chart, (x, y)


def _shares(points: np.ndarray) -> np.ndarray:
    """Places on a square around all points, as shares of its sides from the top left."""
    low, high = points.min(axis=0), points.max(axis=0)
    side = MARGIN * float((high - low).max()) or 1.0
    shares = (points - (low + high) / 2) / side + 0.5
    shares[:, 1] = 1 - shares[:, 1]
    return shares


def _rounded(place: np.ndarray) -> tuple[float, float]:
    return round(float(place[0]), 4), round(float(place[1]), 4)

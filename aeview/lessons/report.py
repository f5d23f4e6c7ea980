"""The class report, for the teacher alone: what the class has learnt, by its answers."""

from collections.abc import Iterable
from html import escape
from math import isnan

import streamlit as st

from aeview.classroom import access, learnt, votes
from aeview.classroom.learnt import FEWEST, Asked, Gain
from aeview.classroom.votes import Vote
from aeview.lessons.files import Lesson
from aeview.streamlit_fixes import uncut

# Keys in the session state.
REPORT = "class_report"
NOBODY = "No student has answered a question yet."
NONE = "–"
FEW = (
    f"Of fewer than {FEWEST} students neither an interval nor a discrimination is given: an "
    "interval would be about as wide as from nothing to everything learnt."
)
WORDS = """
**Gain**: of what there was to learn, the share that was learnt, (after − before) / (100 % −
before), of the class's average (Hake 1998), over the students who answered all questions before
and all after; in brackets its 95 % interval (delta method, Student's t; none where all changed
alike). **Right**: share of right answers, in the first vote or chosen in the lesson.
**Discrimination**: correlation of being right here with the share right of the student's other
answers in this lesson (point-biserial); near 0, the question does not tell who knows more.
**Discussed**: from the first vote to the second, over those who gave both, and its gain. It
measures this class on these few questions, and compares no teachers: nobody else was asked, and
who was asked before looks out for the answer.
"""


def show(lessons: Iterable[Lesson]) -> None:
    """Show it in the list of lessons, folded."""
    if not (access.class_mode() and access.teacher()):
        return
    panel = st.expander("Class report", icon=":material/query_stats:", key=REPORT)
    with panel:
        titles = {lesson.id: lesson.title for lesson in lessons}
        held = [each for each in votes.held() if each.question.lesson in titles]
        if not held:
            st.markdown(NOBODY)
            return
        _tables(held, titles)
        st.caption(WORDS)
        _take_along(held)


def _tables(held: list[Vote], titles: dict[str, str]) -> None:
    gains, asked = learnt.lessons(held), learnt.questions(held)
    if gains:
        heads = ["Lesson", "Students", "Before", "After", "Gain"]
        _table(heads, [(escape(titles[name]), *_figures(each)) for name, each in gains.items()])
    if asked:
        heads = ["Question", "Students", "Right", "Discrimination", "Discussed", "Gain"]
        _table(heads, [_row(each, titles) for each in asked])
    if (
        min((each.n for found in (gains.values(), asked) for each in found), default=FEWEST)
        < FEWEST
    ):
        st.caption(FEW)


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Show a table; the first cell of a row is HTML and may take several lines."""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{each}</td>" for each in rest)}</tr>'
        for first, *rest in rows
    )
    made = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    st.html(f'<table class="figures asked">{made}</table>')


def _figures(found: Gain) -> tuple[object, ...]:
    return found.n, percent(found.before), percent(found.after), words(found)


def _row(asked: Asked, titles: dict[str, str]) -> tuple[object, ...]:
    question, said = asked.vote.question, asked.discussed
    part = f", asked {question.part}" if question.part else ""
    where = escape(f"{titles[question.lesson]}, step {question.step}{part}")
    return (
        f"{escape(question.ask)} <small>{where}</small>",
        asked.n,
        percent(asked.right),
        NONE if isnan(asked.discrimination) else signed(asked.discrimination),
        f"{percent(said.before)} → {percent(said.after)}" if said else NONE,
        words(said) if said else NONE,
    )


def percent(share: float) -> str:
    """A share in percent."""
    return NONE if isnan(share) else f"{100 * share:.0f} %"


def signed(value: float) -> str:
    """A number of two decimals with a minus of its own width."""
    return f"{value:.2f}".replace("-", "−")


def words(found: Gain) -> str:
    """A gain with its interval."""
    if isnan(found.gain):
        return NONE
    if isnan(found.low):
        return signed(found.gain)
    return f"{signed(found.gain)} ({signed(found.low)} to {signed(found.high)})"


def _take_along(held: list[Vote]) -> None:
    with st.container(horizontal=True):
        for label, name, made in (
            ("Figures, CSV", "class-report.csv", learnt.figures_csv),
            ("Answers, CSV", "class-answers.csv", learnt.answers_csv),
        ):
            st.download_button(
                label, made(held).encode("utf-8-sig"), name, "text/csv", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip
        st.button(
            "Forget all answers", on_click=_forget, icon=":material/delete:",
            help="Another class begins. What was not saved as CSV is gone.",
        )  # fmt: skip


@uncut
def _forget() -> None:
    votes.forget()

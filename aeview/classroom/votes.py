"""Votes: a lesson's question that the teacher puts to the class, and what it answers.

All of it lies in this server's memory, by the sessions' names, which say nothing of anybody; one
vote is on at a time. How browsers are told of it is `aeview.classroom.told`, how they answer
`aeview.classroom.ballots`; which question is on screen `aeview.lessons.voting` says.
"""

import math
import secrets
import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import streamlit as st

from aecore.limits import limits
from aeview.bounded import Bounded
from aeview.classroom import access

MINUTE = 60.0
MOST_HELD = 200  # questions whose votes are kept; the oldest go first
MOST_ROUNDS = 2
Answer = int | tuple[float, float]


class Question(NamedTuple):
    """What the class is asked, in plain text.

    Attributes:
        id: of the lesson and its step.
        ask: the question.
        choices: its answers; none for a question of a place.
        right: the right one, counted from 0.
        chart: the map for a question of a place, as the browser draws it; places on it are shares
            of its width and height from the top left.
        landed: the place that was asked for.
        part: of the lesson, where it is asked to see what was learnt: "before" or "after".
    """

    id: str
    ask: str
    choices: tuple[str, ...] = ()
    right: int = -1
    chart: dict[str, Any] | None = None
    landed: tuple[float, float] | None = None
    part: str = ""

    @property
    def lesson(self) -> str:
        """Its lesson."""
        return self.id.rpartition("/")[0]

    @property
    def step(self) -> int:
        """Its step, counted from 1."""
        return int(self.id.rpartition("/")[2])

    def answer(self, said: Any) -> Answer | None:
        """Read an answer; None for what is none."""
        if self.choices:
            return said if type(said) is int and 0 <= said < len(self.choices) else None
        if not isinstance(said, list) or len(said) != 2:
            return None
        ok = all(type(v) in (int, float) and math.isfinite(v) and 0 <= v <= 1 for v in said)
        return (float(said[0]), float(said[1])) if ok else None


@dataclass(slots=True)
class Vote:
    """A question under vote.

    Attributes:
        question: that was put.
        owner: the teacher's session that put it.
        rounds: answers by session; a second vote follows a discussion.
        own: answers that students gave in the lesson itself.
        stamp: another one at each act of the teacher.
        at: when that was, in seconds of the monotonic clock.
        shown: whether the class sees what was answered.
        told: and which answer is right.
    """

    question: Question
    owner: str
    rounds: list[dict[str, Answer]] = field(default_factory=lambda: [{}])
    own: dict[str, Answer] = field(default_factory=dict)
    stamp: str = ""
    at: float = 0.0
    shown: bool = False
    told: bool = False

    @property
    def again(self) -> bool:
        """Whether a second vote may follow."""
        return len(self.rounds) < MOST_ROUNDS and bool(self.rounds[0]) and not self.told

    @property
    def answers(self) -> dict[str, Answer]:
        """What each student said alone: in the first vote, else in the lesson."""
        return self.own | self.rounds[0]

    @property
    def everyone(self) -> set[str]:
        """All who have answered."""
        return set(self.own).union(*self.rounds)

    def counts(self) -> list[list[Any]]:
        """What was answered in each vote: how often each choice, or all places, in no order."""
        n = range(len(self.question.choices))
        if n:
            return [[list(each.values()).count(choice) for choice in n] for each in self.rounds]
        return [sorted(each.values()) for each in self.rounds]


class Book:
    """The votes of this server; all sessions and requests share it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.on: Vote | None = None
        self.held: dict[str, Vote] = {}
        self.offered: Bounded[str, Question] = Bounded(access.n_known)

    def now(self) -> Vote | None:
        """The vote that is on; one whose teacher has done nothing for too long is over."""
        with self.lock:
            vote = self.on
            if vote and time.monotonic() - vote.at > limits().lead_minutes * MINUTE:
                self.on = None
            return self.on

    # ---- the teacher ---------------------------------------------------------------------------

    def act(self, name: str, deed: str, question: str) -> None:
        """Do what the teacher asks for: "begin" a vote, "reveal" it, vote "again", "end" it.

        Args:
            name: of the session that asks.
            deed: one of these.
            question: that is meant, by its id.

        Raises:
            Refused: if the session is not a teacher's, or it can't be done now.
        """
        if not access.teaches(name):
            raise access.Refused("A vote is the teacher's part in class mode.")
        with self.lock:
            if deed == "begin":
                self._begin(name, question)
                return
            vote = self.now()
            if vote is None or vote.question.id != question:
                raise access.Refused("This vote is over.")
            if deed == "end":
                self.on = None
            elif deed == "reveal":
                self._turn(vote, shown=True)
            elif deed == "again" and vote.again:
                vote.rounds.append({})
                self._turn(vote, shown=False)
            else:
                raise access.Refused("A second vote needs a first one that has answers.")

    def _begin(self, name: str, question: str) -> None:
        offered = self.offered.get(name)
        if offered is None or offered.id != question:
            raise access.Refused("This question is not on your page, or not yet: try again.")
        before = self.held.pop(question, None)
        self.on = self._hold(Vote(offered, name, own=before.own if before else {}))
        self._turn(self.on, shown=False)

    def _hold(self, vote: Vote) -> Vote:
        while len(self.held) >= MOST_HELD:
            del self.held[next(iter(self.held))]
        self.held[vote.question.id] = vote
        return vote

    def forget(self) -> None:
        """Forget all answers: another class begins."""
        with self.lock:
            self.on = None
            self.held.clear()

    def _turn(self, vote: Vote, shown: bool) -> None:
        vote.shown, vote.stamp, vote.at = shown, secrets.token_hex(8), time.monotonic()

    def tell(self, question: str) -> None:
        """Show what was answered, and which answer is right, as the teacher's page does now."""
        with self.lock:
            vote = self.now()
            if vote is not None and vote.question.id == question:
                vote.told = True
                self._turn(vote, shown=True)

    def leave(self, name: str, question: str = "") -> None:
        """End the vote that a session has begun, unless it is on this question."""
        with self.lock:
            offered = self.offered.get(name)
            if offered is not None and offered.id != question:
                del self.offered[name]
            if self.on is not None and self.on.owner == name and self.on.question.id != question:
                self.on = None

    # ---- a student -----------------------------------------------------------------------------

    def answer(self, name: str, stamp: str, said: Any) -> None:
        """Take an answer; another one before it is revealed takes its place.

        Raises:
            Refused: if it comes too late, or is none.
        """
        with self.lock:
            vote = self.now()
            if vote is None or vote.stamp != stamp or vote.shown or access.teaches(name):
                raise access.Refused("This vote is over, or another one has begun.")
            found, answers = vote.question.answer(said), vote.rounds[-1]
            if found is None:
                raise access.Refused("This is no answer to the question.")
            if name not in answers and len(answers) >= access.n_known():
                raise access.Refused("More answers than this server takes.")
            answers[name] = found

    def note(self, name: str, question: Question, choice: int) -> None:
        """Keep what a student has chosen in the lesson itself, as far as there is room.

        What is chosen while the question is put to the class is the answer to that, too.
        """
        with self.lock:
            vote = self.held.get(question.id) or self._hold(Vote(question, ""))
            chosen_now = vote.own.get(name) != choice
            if chosen_now and vote is self.now() and not vote.shown:
                self.answer(name, vote.stamp, choice)
            if name in vote.own or len(vote.own) < access.n_known():
                vote.own[name] = choice

    # ---- what is told --------------------------------------------------------------------------

    def stamp(self, name: str) -> str:
        """Name what this session is to be told: the teacher's counts the answers, too."""
        vote = self.now()
        if vote is None:
            return ""
        return f"{vote.stamp}.{len(vote.rounds[-1])}" if access.teaches(name) else vote.stamp

    def told(self, name: str) -> dict[str, Any] | None:
        """What a session is told of the vote: of others' answers nothing before they are shown."""
        with self.lock:
            vote = self.now()
            if vote is None:
                return None
            asked, answers = vote.question, vote.rounds[-1]
            said = {
                "stamp": self.stamp(name), "id": asked.id, "round": len(vote.rounds),
                "shown": vote.shown, "ask": asked.ask, "choices": list(asked.choices),
                "chart": asked.chart,
            }  # fmt: skip
            if access.teaches(name):
                said |= {"n": len(answers), "again": vote.again}
            else:
                said["mine"] = answers.get(name)
            if vote.shown:
                said["answers"] = vote.counts()
            if vote.told:
                said |= {"right": asked.right, "landed": asked.landed}
            return said


@st.cache_resource(show_spinner=False)
def book() -> Book:
    """The votes of this server."""
    return Book()


def offer(question: Question) -> None:
    """Note which question the teacher's page shows; a vote is begun on it."""
    if access.class_mode() and access.teacher():
        book().offered[access.session()] = question


def note(question: Question, choice: int) -> None:
    """A student has chosen an answer in the lesson; a teacher's counts for nothing."""
    if access.class_mode() and not access.teacher():
        book().note(access.session(), question, choice)


def held() -> list[Vote]:
    """All questions that were answered, with their answers; the teacher's alone to see.

    Raises:
        Refused: if this session is not the teacher's.
    """
    access.demand(access.Act.REPORT)
    with book().lock:
        return [
            replace(vote, rounds=[dict(each) for each in vote.rounds], own=dict(vote.own))
            for vote in book().held.values()
            if vote.everyone
        ]


def forget() -> None:
    """Forget all answers.

    Raises:
        Refused: if this session is not the teacher's.
    """
    access.demand(access.Act.REPORT)
    book().forget()


def tell(question: str) -> None:
    """The teacher's page has told the answer, so the class is told it as well."""
    if access.class_mode() and access.teacher():
        book().tell(question)


def is_told(question: str) -> bool:
    """Whether the vote that is on is on this question, and its answer is told."""
    vote = book().now()
    return vote is not None and vote.question.id == question and vote.told


def given(question: str) -> Answer | None:
    """What this session has answered last in the votes on a question; None for nothing."""
    vote = book().held.get(question)
    answers = (
        [each[access.session()] for each in vote.rounds if access.session() in each]
        if vote
        else []
    )
    return answers[-1] if answers else None


def leave(question: str = "") -> None:
    """This session shows another question, or none: its vote on another one is over."""
    if access.class_mode():
        book().leave(access.session(), question)

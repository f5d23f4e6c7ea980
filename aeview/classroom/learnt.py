"""What a class has learnt, by its answers: gain, difficulty, discrimination; numbers, no screen.

A student is right or wrong. `before` and `after` are shares of right answers of the same students;
the gain is Hake's (1998): of what there was to learn, the share that was learnt.
"""

import csv
import io
import secrets
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.files import csv_cell
from aeview.classroom.votes import Answer, Vote

BEFORE, AFTER = "before", "after"  # parts of a lesson whose questions are compared
CONFIDENCE = 0.95
FEWEST = 10  # students; of fewer an interval is as wide as from nothing to everything learnt
Shares = Float[np.ndarray, " student"]


class Gain(NamedTuple):
    """A normalised gain of a class's average.

    Attributes:
        n: students who answered both times.
        before: share of right answers.
        after: the same later.
        gain: (after − before) / (1 − before); not a number where nothing was to be learnt.
        low: of its 95 % interval; not a number where there is none, as of fewer than `FEWEST`.
        high: of it.
    """

    n: int
    before: float
    after: float
    gain: float
    low: float
    high: float


class Asked(NamedTuple):
    """A question with one right answer, and what became of it.

    Attributes:
        vote: the question and its answers.
        n: students who answered.
        right: share of right ones: its difficulty, the lower the harder.
        discrimination: point-biserial correlation with the share right of the student's other
            answers in this lesson; not a number where one of the two does not vary, or of fewer
            than `FEWEST`.
        discussed: from the first vote to the second; None without a second.
    """

    vote: Vote
    n: int
    right: float
    discrimination: float
    discussed: Gain | None


def gain(before: Shares, after: Shares) -> Gain:
    """Measure the normalised gain of the class's average, R. R. Hake, Am. J. Phys. 66, 64 (1998).

    The interval is by the delta method, with Student's t: the gain is g(x̄, ȳ) = (ȳ − x̄)/(1 − x̄),
    so that its error is that of the mean of (yᵢ − ȳ)/(1 − x̄) − (xᵢ − x̄)(1 − ȳ)/(1 − x̄)². It ends
    at 1, as nobody learns more than there is to learn; below, a class may unlearn any multiple.
    """
    n = len(before)
    x, y = (float(each.mean()) if n else np.nan for each in (before, after))
    if not x < 1:
        return Gain(n, x, y, np.nan, np.nan, np.nan)
    value = (y - x) / (1 - x)
    linear = (after - y) / (1 - x) - (before - x) * (1 - y) / (1 - x) ** 2
    if n < FEWEST or not linear.any():
        return Gain(n, x, y, value, np.nan, np.nan)
    from scipy.stats import t  # not before it is needed

    half = t.ppf((1 + CONFIDENCE) / 2, n - 1) * linear.std(ddof=1) / np.sqrt(n)
    return Gain(n, x, y, value, value - half, min(1.0, value + half))


def lessons(votes: Iterable[Vote]) -> dict[str, Gain]:
    """The gain of each lesson, over students who answered all its questions before and after."""
    found = {}
    votes = list(votes)
    for lesson in dict.fromkeys(each.question.lesson for each in votes):
        parts = [
            [_right(v) for v in votes if (v.question.lesson, v.question.part) == (lesson, part)]
            for part in (BEFORE, AFTER)
        ]
        if all(parts):
            both = sorted(set.intersection(*(set(each) for part in parts for each in part)))
            found[lesson] = gain(*(_means(part, both) for part in parts))
    return found


def questions(votes: Iterable[Vote]) -> list[Asked]:
    """What became of each question that has a right answer and was answered."""
    votes = [each for each in votes if each.question.choices and each.answers]
    return [_asked(each, votes) for each in votes]


def _asked(vote: Vote, votes: list[Vote]) -> Asked:
    right = _right(vote)
    others = [
        _right(each)
        for each in votes
        if each is not vote and each.question.lesson == vote.question.lesson
    ]
    pairs = [
        (right[name], float(np.mean([each[name] for each in others if name in each])))
        for name in right
        if any(name in each for each in others)
    ]
    share = float(np.mean(list(right.values())))
    return Asked(vote, len(right), share, _correlation(pairs), _discussed(vote))


def _correlation(pairs: list[tuple[float, float]]) -> float:
    if len(pairs) < FEWEST:
        return float("nan")
    one, other = np.array(pairs).T
    if not (np.ptp(one) and np.ptp(other)):
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def _discussed(vote: Vote) -> Gain | None:
    if len(vote.rounds) < 2:
        return None
    first, second = (_marked(vote, answers) for answers in vote.rounds)
    both = sorted(first.keys() & second.keys())
    return gain(_means([first], both), _means([second], both)) if both else None


def _right(vote: Vote) -> dict[str, float]:
    return _marked(vote, vote.answers)


def _marked(vote: Vote, answers: Mapping[str, Answer]) -> dict[str, float]:
    return {name: float(answer == vote.question.right) for name, answer in answers.items()}


def _means(marks: list[dict[str, float]], names: list[str]) -> Shares:
    return (
        np.array([[each[name] for each in marks] for name in names])
        .reshape(len(names), len(marks))
        .mean(axis=1)
    )


# ---- to take along ------------------------------------------------------------------------------

FIGURES = (
    "lesson", "step", "part", "question", "students", "right", "discrimination",
    "both votes", "first vote right", "second vote right", "gain", "gain from", "gain to",
)  # fmt: skip
ANSWERS = ("student", "lesson", "step", "part", "vote", "answer", "right")


def figures_csv(votes: Iterable[Vote]) -> str:
    """A line for each question, and one for each lesson's gain."""
    votes = list(votes)
    rows: list[list[object]] = []
    for each in questions(votes):
        asked, said = each.vote.question, each.discussed
        told = _numbers(said) if said else [""] * 6
        rows.append(
            [asked.lesson, asked.step, asked.part, csv_cell(asked.ask), each.n,
             _number(each.right), _number(each.discrimination), *told]
        )  # fmt: skip
    for lesson, found in lessons(votes).items():
        rows.append([lesson, "", "before and after", "", "", "", "", *_numbers(found)])
    return _csv(FIGURES, rows)


def answers_csv(votes: Iterable[Vote]) -> str:
    """A line for each answer; students are numbered in an order drawn anew each time."""
    votes = list(votes)
    names = sorted({name for vote in votes for name in vote.everyone})
    secrets.SystemRandom().shuffle(names)
    rows = [
        [student, vote.question.lesson, vote.question.step, vote.question.part, said,
         *_written(vote, answers[name])]
        for student, name in enumerate(names, 1)
        for vote in votes
        for said, answers in (("own", vote.own), *enumerate(vote.rounds, 1))
        if name in answers
    ]  # fmt: skip
    return _csv(ANSWERS, rows)


def _written(vote: Vote, answer: Answer) -> tuple[object, object]:
    if isinstance(answer, int):
        return answer + 1, int(answer == vote.question.right)
    return f"{answer[0]:.4f} {answer[1]:.4f}", ""


def _numbers(found: Gain) -> list[object]:
    return [found.n, *map(_number, found[1:])]


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4f}"


def _csv(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(heads)
    writer.writerows(rows)
    return file.getvalue()

"""What was learnt: the report's figures are those worked out by hand, of thirty known students."""

import csv
import io
import math
import statistics
from collections import Counter

import asgi
import numpy as np
import pytest
import streamlit as st
from asgi import finished

from aeview.classroom import access, learnt, votes
from aeview.classroom.learnt import FEWEST, gain
from aeview.classroom.votes import Question

N = 30
T = 2.0452  # 97.5 % of Student's t with 29 degrees of freedom, of a printed table
CHOICES = ("wrong", "right", "also wrong")
PARTS = {1: "before", 2: "before", 3: "", 4: "after", 5: "after"}
QUESTIONS = {n: Question(f"a-lesson/{n}", f"={n}?", CHOICES, 1, part=p) for n, p in PARTS.items()}
# Of student i, whether right: in the votes on questions 1 to 5, and in the second one on 3.
RIGHT = {
    1: [i % 3 == 0 for i in range(N)],
    2: [i % 5 == 0 for i in range(N)],
    3: [i < 12 for i in range(N)],
    4: [i % 4 != 0 for i in range(N)],
    5: [i % 3 == 0 or i % 2 == 0 for i in range(N)],
}
AGAIN = [i < 12 or i % 2 == 0 for i in range(N)]


@pytest.fixture
def school(monkeypatch):
    """The teacher's browser, and the thirty students'."""
    teacher, student = asgi.school(monkeypatch)
    return teacher, [student(f"student {i:02}") for i in range(N)]


async def ask(teacher, class_, deed, question, right):
    """Put a question; each student is right or takes one of the two wrong answers."""
    _, now = await teacher.post({"do": deed, "id": question.id})
    stamp = now["vote"]["stamp"].split(".")[0]
    for i, student in enumerate(class_):
        answer = 1 if right[i] else 2 * (i % 2)
        status, _ = await student.post({"do": "answer", "stamp": stamp, "answer": answer})
        assert status == 200


@pytest.fixture
def held(school):
    """What the server keeps after a lesson with five questions, one of them asked twice."""
    teacher, class_ = school

    async def lesson():
        for n, question in QUESTIONS.items():
            votes.offer(question)
            await ask(teacher, class_, "begin", question, RIGHT[n])
            if n == 3:
                await ask(teacher, class_, "again", question, AGAIN)

    finished(lesson())
    return votes.held()


def by_hand(before, after):
    """Gain and interval from sums, by the variance of a function of two means."""
    n, x, y = len(before), sum(before) / len(before), sum(after) / len(after)
    g = (y - x) / (1 - x)
    by_x, by_y = (y - 1) / (1 - x) ** 2, 1 / (1 - x)
    s_xx, s_yy = statistics.variance(before), statistics.variance(after)
    s_xy = statistics.covariance(before, after)
    half = T * math.sqrt((by_x**2 * s_xx + by_y**2 * s_yy + 2 * by_x * by_y * s_xy) / n)
    return x, y, g, g - half, g + half


def test_the_gain_is_that_worked_out_by_hand(held):
    before = [(RIGHT[1][i] + RIGHT[2][i]) / 2 for i in range(N)]
    after = [(RIGHT[4][i] + RIGHT[5][i]) / 2 for i in range(N)]
    assert (sum(before) / N, sum(after) / N) == pytest.approx((16 / 60, 42 / 60))  # counted
    (found,) = learnt.lessons(held).values()
    assert found.n == N
    assert found.gain == pytest.approx(26 / 44)
    assert found[1:] == pytest.approx(by_hand(before, after), abs=1e-4)


def test_each_question_has_its_difficulty_and_discrimination(held):
    asked = learnt.questions(held)
    assert [round(N * each.right) for each in asked] == [10, 6, 12, 22, 20]
    for n, each in zip(PARTS, asked, strict=True):
        rest = [sum(RIGHT[m][i] for m in PARTS if m != n) for i in range(N)]
        ones = [rest[i] for i in range(N) if RIGHT[n][i]]
        zeros = [rest[i] for i in range(N) if not RIGHT[n][i]]
        p = len(ones) / N
        gap = statistics.mean(ones) - statistics.mean(zeros)
        expected = gap / statistics.pstdev(rest) * math.sqrt(p * (1 - p))
        assert each.n == N
        assert each.discrimination == pytest.approx(expected)


def test_a_discussion_has_its_gain(held):
    (said,) = (each.discussed for each in learnt.questions(held) if each.discussed)
    assert (said.n, said.gain) == (N, pytest.approx(9 / 18))  # of 18 wrong ones 9 even ones learn
    first, second = ([float(right) for right in each] for each in (RIGHT[3], AGAIN))
    assert said[1:] == pytest.approx(by_hand(first, second), abs=1e-4)


def test_the_csv_says_the_same_and_names_nobody(held):
    figures = list(csv.DictReader(io.StringIO(learnt.figures_csv(held))))
    assert [row["right"] for row in figures[:5]] == [
        "0.3333",
        "0.2000",
        "0.4000",
        "0.7333",
        "0.6667",
    ]
    assert figures[0]["question"] == "'=1?"  # no formula
    assert (figures[2]["first vote right"], figures[2]["gain"]) == ("0.4000", "0.5000")
    assert (figures[5]["part"], figures[5]["gain"]) == ("before and after", "0.5909")
    text = learnt.answers_csv(held)
    assert "student " not in text
    answers = list(csv.DictReader(io.StringIO(text)))
    assert Counter(row["student"] for row in answers) == {f"{i}": 6 for i in range(1, N + 1)}
    for n, right in RIGHT.items():
        told = [row for row in answers if (row["step"], row["vote"]) == (f"{n}", "1")]
        assert sum(int(row["right"]) for row in told) == sum(right)
        assert all((row["answer"] == "2") == (row["right"] == "1") for row in told)
    mine = [row["right"] for row in answers if row["student"] == "1" and row["vote"] == "1"]
    assert any(mine == [f"{RIGHT[n][i]:d}" for n in PARTS] for i in range(N))  # one student's own


def test_only_the_teacher_sees_and_forgets_and_own_answers_count_as_well(held):
    me = access.session()
    st.session_state[access.SESSION] = "a student"
    for act in (votes.held, votes.forget):
        with pytest.raises(
            access.Refused, match="Seeing what the class has answered is the teach"
        ):
            act()
    votes.note(QUESTIONS[1], 0)
    votes.note(QUESTIONS[1], 1)  # changed
    st.session_state[access.SESSION] = me
    votes.note(QUESTIONS[1], 0)  # a teacher's counts for nothing
    asked = learnt.questions(votes.held())[0]
    assert (asked.n, round(31 * asked.right)) == (31, 11)
    (found,) = learnt.lessons(votes.held()).values()
    assert found.n == N  # who has not answered all of them is left out
    votes.forget()
    assert votes.held() == []


def gains(n, classes=2000):
    """Of so many classes of n students, of whom half learn all there is to learn: g = 0.5."""
    draw = np.random.default_rng(0)
    for _ in range(classes):
        knows = draw.random(n) < 0.3
        learns = draw.random(n) < 0.5
        before = (draw.random((2, n)) < np.where(knows, 0.9, 0.2)).mean(axis=0)
        yield gain(before, np.where(learns, 1.0, before))


def test_an_interval_holds_the_truth_as_often_as_it_says_and_nothing_impossible():
    found = list(gains(N))
    assert 0.93 < np.mean([each.low <= 0.5 <= each.high for each in found]) < 0.97
    few = [each for each in gains(FEWEST) if not math.isnan(each.low)]
    assert max(each.high for each in few) == 1


def test_of_fewer_students_an_interval_would_say_nothing(monkeypatch):
    monkeypatch.setattr(learnt, "FEWEST", 2)

    def width(n):  # as computed, before it ends at 1
        return np.nanmedian([2 * (each.gain - each.low) for each in gains(n)])

    assert width(2) > 5
    assert width(FEWEST // 2) > 1.3
    assert width(FEWEST) == pytest.approx(0.9, abs=0.1)
    assert width(N) < 0.6


@pytest.mark.parametrize(
    ("before", "after", "value", "has_interval"),
    [
        ([0.0, 0.0], [1.0, 1.0], 1.0, False),  # all alike: no interval
        ([1.0, 1.0], [1.0, 1.0], math.nan, False),  # nothing to learn
        ([0.5], [1.0], 1.0, False),
        ([], [], math.nan, False),
        ([0.5] * FEWEST, [0.0, *[0.5] * (FEWEST - 1)], -1 / FEWEST, True),  # something was lost
        ([0.5] * (FEWEST - 1), [1.0, *[0.5] * (FEWEST - 2)], 1 / (FEWEST - 1), False),  # too few
    ],
)
def test_where_there_is_no_gain_or_interval_none_is_said(before, after, value, has_interval):
    found = gain(np.array(before), np.array(after))
    assert found.gain == pytest.approx(value, nan_ok=True)
    assert math.isnan(found.low) is not has_interval

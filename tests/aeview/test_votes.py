"""Votes: who may ask, answer and see what, through the routes that browsers use."""

import asyncio

import asgi
import pytest
from asgi import Browser, finished

from aeview.classroom import access, votes
from aeview.classroom.votes import Question
from aeview.lessons import bar, voting
from aeview.lessons.figures import Context, opened

WHY = Question("4-vae/2", "How many of its units does it use?", ("all", "ten", "two"), 1)
WHERE = Question("1-bottleneck/2", "Where?", chart={"points": []}, landed=(0.25, 0.5))
N = 30


@pytest.fixture
def school(monkeypatch):
    """A class with its routes: the teacher's browser, and a function that makes a student's."""
    found = asgi.school(monkeypatch)
    votes.offer(WHY)
    return found


async def act(teacher, deed, question=WHY):
    return await teacher.post({"do": deed, "id": question.id})


async def says(student, answer):
    _, now = await student.get()
    stamp = (now["vote"] or {}).get("stamp", "")
    return await student.post({"do": "answer", "stamp": stamp, "answer": answer})


async def seen(browser):
    status, now = await browser.get()
    assert status == 200
    return now["vote"]


def test_thirty_vote_discuss_and_vote_again(school):
    teacher, student = school
    class_ = [student(f"student {i}") for i in range(N)]
    first = [(0, 1, 2)[i % 3] for i in range(N)]  # ten each
    second = [1 if i % 5 else 2 for i in range(N)]  # 24 right, 6 wrong

    async def lesson():
        assert await seen(class_[0]) is None
        status, now = await act(teacher, "begin")
        assert (status, now["vote"]["n"]) == (200, 0)
        for each, answer in zip(class_, first, strict=True):
            status, now = await says(each, answer)
            assert (status, now["vote"]["mine"]) == (200, answer)
            assert now["vote"].keys().isdisjoint({"answers", "right", "n", "landed"})
        await says(class_[0], 2)  # changed, and changed back: one answer each
        await says(class_[0], first[0])
        wall = await seen(teacher)
        assert (wall["n"], "answers" in wall) == (N, False)
        await act(teacher, "reveal")
        for each in (teacher, class_[7]):
            shown = await seen(each)
            assert (shown["answers"], "right" in shown) == ([[10, 10, 10]], False)
        assert (await says(class_[0], 1))[0] == 409  # too late
        await act(teacher, "again")
        again = await seen(class_[0])
        assert (again["round"], again["mine"], "answers" in again) == (2, None, False)
        for each, answer in zip(class_, second, strict=True):
            await says(each, answer)
        await act(teacher, "reveal")
        assert (await seen(class_[0]))["answers"] == [[10, 10, 10], [0, 24, 6]]
        assert (await act(teacher, "again"))[0] == 409  # there is no third
        votes.book().tell(WHY.id)
        assert (await seen(class_[0]))["right"] == 1
        assert (await act(teacher, "end"))[1] == {"vote": None}
        assert await seen(class_[0]) is None

    finished(lesson())
    (kept,) = votes.book().held.values()
    assert [sorted(each.values()) for each in kept.rounds] == [sorted(first), sorted(second)]


def test_a_student_steers_nothing_and_a_stranger_neither_votes_nor_reads(school):
    teacher, student = school

    async def lesson():
        one = student("one")
        for deed in ("begin", "reveal", "again", "end", "anything"):
            status, said = await act(one, deed)
            assert (status, said) == (409, "A vote is the teacher's part in class mode.")
        await act(teacher, "begin")
        stamp = (await seen(one))["stamp"]
        vote = {"do": "answer", "stamp": stamp, "answer": 1}
        for token in ("", "x", "a" * 999):
            assert (await Browser(token, one.app).post(vote))[0] == 403
            assert (await Browser(token, one.app).get())[0] == 403
        # what another site's page could send has no pass, whatever its cookies are
        assert (await one.post(vote, {"cookie": f"x-class-pass={one.token}"}))[0] == 403
        assert (await one.post({"do": "reveal", "id": WHY.id}))[0] == 409
        assert (await teacher.post({**vote, "stamp": stamp}))[0] == 409  # who asks does not vote
        assert (await seen(teacher))["n"] == 0

    finished(lesson())


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        (WHY, [-1, 3, 1.0, True, "1", None, [0, 1], {}]),
        (WHERE, [0, [0.5], [0.5, 2], [-0.1, 0], ["a", "b"], [True, 0], [0, float("nan")], "x"]),
    ],
)
def test_what_is_no_answer_is_refused(school, question, wrong):
    teacher, student = school
    votes.offer(question)

    async def lesson():
        one = student("one")
        await act(teacher, "begin", question)
        for answer in wrong:
            assert (await says(one, answer))[0] == 409
        for body in (b"", b"[]", b"{", b"[" * 900, b'{"do": "' + b"x" * 2000 + b'"}'):
            assert (await one.post(body))[0] == 400
        assert (await seen(teacher))["n"] == 0
        assert (await act(teacher, "again", question))[0] == 409  # a second needs a first

    finished(lesson())


def test_what_a_student_chooses_in_the_lesson_counts_until_another_answer_comes(school):
    teacher, student = school
    one = student("one")

    async def lesson():
        votes.book().note("one", WHY, 2)  # before the vote
        await act(teacher, "begin")
        votes.book().note("one", WHY, 2)  # the page is drawn again
        assert (await seen(one))["mine"] is None
        votes.book().note("one", WHY, 0)
        assert (await seen(one))["mine"] == 0
        await says(one, 1)
        votes.book().note("one", WHY, 0)
        assert (await seen(one))["mine"] == 1
        await act(teacher, "reveal")
        votes.book().note("one", WHY, 2)  # too late
        assert (await seen(teacher))["answers"] == [[0, 1, 0]]

    finished(lesson())


def test_guesses_on_the_map_are_shown_together_and_where_it_lands_last(school):
    teacher, student = school
    votes.offer(WHERE)

    async def lesson():
        await act(teacher, "begin", WHERE)
        for i, place in enumerate([[0.75, 0.5], [0.1, 0.2], [0, 1]]):
            _, now = await says(student(f"{i}"), place)
            assert now["vote"]["mine"] == place
            assert "landed" not in now["vote"]
        await act(teacher, "reveal", WHERE)
        shown = await seen(student("late"))
        assert shown["answers"] == [[[0, 1], [0.1, 0.2], [0.75, 0.5]]]
        votes.book().tell(WHERE.id)
        assert (await seen(student("late")))["landed"] == [0.25, 0.5]

    finished(lesson())


def test_who_waits_is_told_and_the_teacher_of_each_answer(school):
    teacher, student = school

    async def lesson():
        one = student("one")
        waits = asyncio.create_task(one.get(after="", vote=""))
        await asyncio.sleep(0)  # it waits now
        assert not waits.done()
        await act(teacher, "begin")
        _, now = await waits
        stamp = (await seen(teacher))["stamp"]
        counts = asyncio.create_task(teacher.get(after="", vote=stamp))
        await one.post({"do": "answer", "stamp": now["vote"]["stamp"], "answer": 2})
        assert (await counts)[1]["vote"]["n"] == 1
        assert (await seen(one))["stamp"] == now["vote"]["stamp"]  # others are left in peace

    finished(lesson())


def test_a_vote_ends_with_its_step_with_the_teacher_and_by_itself(school, monkeypatch):
    teacher, _ = school

    async def begun():
        votes.offer(WHY)
        return await act(teacher, "begin")

    for end in (votes.leave, lambda: votes.leave("4-vae/3")):
        finished(begun())
        votes.leave(WHY.id)
        assert votes.book().now()
        end()
        assert votes.book().now() is None
        assert finished(act(teacher, "begin"))[0] == 409  # nor is it on the page any more
    finished(begun())
    late = votes.time.monotonic() + 90 * 60 + 1
    monkeypatch.setattr(votes.time, "monotonic", lambda: late)
    assert votes.book().now() is None
    assert (finished(act(teacher, "begin", WHERE)))[0] == 409  # not what is on the page


def test_what_is_kept_is_bounded(school, monkeypatch):
    teacher, student = school
    monkeypatch.setattr(votes, "MOST_HELD", 2)
    monkeypatch.setattr(access, "n_known", lambda: 1)

    async def lesson():
        for i in range(4):
            question = WHY._replace(id=f"{i}")
            votes.book().offered[access.session()] = question
            await act(teacher, "begin", question)
        assert (await says(student("one"), 1))[0] == 200
        assert (await says(student("two"), 1))[0] == 409
        assert (await says(student("one"), 2))[0] == 200

    finished(lesson())
    assert list(votes.book().held) == ["2", "3"]


# ---- from a lesson ------------------------------------------------------------------------------


def offered(lesson_id, number):
    lesson = next(each for each in bar.read().lessons if each.id == lesson_id)
    model = opened(lesson.steps[number - 1].target.parameters["model"])
    voting.offer(lesson, number, Context(model, {"away": 1.0, "nearer": 1.0}))
    return votes.book().offered[access.session()]


def test_a_lessons_question_is_put_in_plain_text_with_its_figures(school):
    asked = offered("1-bottleneck", 6)
    assert asked.ask == "Set the colour to class. Why do images of one digit lie together?"
    assert asked.choices[asked.right] == "alike images get codes that are near"
    assert "0.0" in offered("2-pca", 4).ask


def test_a_place_is_asked_for_on_a_map_of_the_model(school):
    asked = offered("1-bottleneck", 4)
    chart = asked.chart
    assert len(chart["points"]) == voting.MOST_POINTS
    places = [place for *place, _ in chart["points"]]
    assert all(0 < share < 1 for place in (*places, asked.landed) for share in place)
    assert [name for *_, name in chart["names"]] == list("0123456789")
    assert chart["image"].startswith("data:image/png")

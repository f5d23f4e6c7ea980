"""A reload in class mode: who one was one is again, and nobody becomes somebody else."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from aeview.classroom import access, passes
from aeview.classroom.passes import _book

KEY = "only-the-teacher"


def tab():
    from types import SimpleNamespace

    import streamlit as st

    from aeview.classroom import access, passes

    do = st.session_state.pop("do", {})
    said = {}
    if "back" in do:
        said["back"] = passes.take_up(do["back"])
    if "key" in do:
        access.sign_in(do["key"])
    if "out" in do:
        access.sign_out()
    if "run" in do:
        access.own(SimpleNamespace(name=do["run"]))
    said |= {"teacher": access.teacher(), "joined": access.joined()}
    said["steers"] = access.may_steer(SimpleNamespace(name="the run"))
    st.session_state["said"] = said | dict(zip(("token", "fresh"), passes.own(), strict=True))


@pytest.fixture
def open_tab(monkeypatch):
    """open_tab() → do(**what) → what one tab's session is told."""
    monkeypatch.setenv("AECORE_CLASS", "1")
    monkeypatch.setenv("AECORE_TEACHER_KEY", KEY)

    def opened():
        at = AppTest.from_function(tab)

        def do(**what):
            at.session_state["do"] = what
            at.run()
            assert not at.exception
            return at.session_state["said"]

        return do

    return opened


def test_a_reload_keeps_the_teacher_the_run_and_who_has_joined(open_tab, monkeypatch):
    monkeypatch.setenv("AECORE_JOIN_CODE", "kiwi")
    teacher = open_tab()
    before = teacher(key=KEY)
    assert not before["fresh"]
    again = open_tab()
    stranger = again()
    assert (stranger["teacher"], stranger["joined"], stranger["token"]) == (False, False, "")
    known = again(back=before["token"])
    assert (known["back"], known["teacher"], known["joined"]) == (True, True, True)
    assert (known["token"], known["fresh"]) == (before["token"], False)

    monkeypatch.setenv("AECORE_JOIN_CODE", "")
    student = open_tab()(run="the run")
    assert (student["steers"], student["fresh"]) == (True, True)
    reloaded = open_tab()
    assert not reloaded()["steers"]
    assert reloaded(back=student["token"])["steers"]
    assert not reloaded()["teacher"]


@pytest.mark.parametrize("made_up", ["", "x", "{server}.guess", "{server}." + "a" * 43, "b" * 999])
def test_a_token_that_was_made_up_gets_nothing_and_is_a_guess(open_tab, made_up):
    open_tab()(key=KEY)
    token = made_up.format(server=_book().server)
    n_before = sum(map(len, access._guesses().values()))
    tried = open_tab()(back=token)
    assert (tried["back"], tried["teacher"], tried["steers"], tried["fresh"]) == (False,) * 4
    counts = token.startswith(_book().server)  # others may be of a server before this one
    assert sum(map(len, access._guesses().values())) - n_before == counts


def test_wrong_tokens_close_the_door_to_guesses_and_not_to_a_right_token(
    open_tab, bounds, monkeypatch
):
    bounds(guesses=2)
    monkeypatch.setattr(type(st.context), "ip_address", property(lambda _: "10.0.0.7"))
    right = open_tab()(key=KEY)["token"]
    for _ in range(3):
        assert not open_tab()(back=f"{_book().server}.wrong")["back"]
    assert access._guesses().keys() == {"10.0.0.7"}
    with pytest.raises(access.Refused, match="2 wrong codes came from this address"):
        access.counted(lambda: True)
    assert open_tab()(back=right)["teacher"]


def test_a_session_tries_once_and_who_was_already_somebody_never(open_tab):
    right = open_tab()(key=KEY)["token"]
    twice = open_tab()
    assert not twice(back="wrong")["back"]
    assert not twice(back=right)["teacher"]


def test_a_students_pass_never_becomes_the_teachers(open_tab):
    lent = open_tab()
    students = lent()["token"]  # the student copies it, and has it taken up elsewhere
    elsewhere = open_tab()
    assert elsewhere(back=students)["back"]
    teachers = lent(key=KEY)["token"]  # the teacher signs in at the student's own tab
    assert teachers != students
    assert not elsewhere()["teacher"]
    assert not open_tab()(back=students)["teacher"]
    assert lent(run="the run")["teacher"]
    after = lent(out=True)
    assert (after["teacher"], after["steers"]) == (False, True)
    assert after["token"] not in (students, teachers)
    late = open_tab()(back=teachers)  # a pass of a teacher who has signed out
    assert (late["teacher"], late["steers"]) == (False, False)


def test_passes_end_and_are_bounded_and_a_teachers_is_kept_longest(open_tab, bounds, monkeypatch):
    bounds(passes=3, pass_hours=1)
    teacher = open_tab()(key=KEY)["token"]
    students = [open_tab()()["token"] for _ in range(4)]
    assert len(_book().passes) == 3
    assert _book().use(students[0]) is None
    assert open_tab()(back=teacher)["teacher"]
    late = passes.time.monotonic() + 3601
    monkeypatch.setattr(passes.time, "monotonic", lambda: late)
    assert _book().use(teacher) is None
    assert not any(teacher in entry for entry in _book().passes)  # digests alone


def test_who_is_alone_needs_none(open_tab, monkeypatch):
    monkeypatch.setenv("AECORE_CLASS", "0")
    alone = open_tab()()
    assert (alone["token"], alone["fresh"], alone["teacher"]) == ("", False, True)

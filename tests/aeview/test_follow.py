"""Leading a class: who may, what is kept, who is told, and how many may wait."""

import asyncio
import json
import time

import pytest
import streamlit as st
from asgi import finished
from starlette.applications import Starlette

from aeview.classroom import access, led, passes, told
from aeview.classroom.led import Place
from aeview.classroom.passes import _book

KEY = "only-the-teacher"
MAP = Place(link="?model=digits-vae-2d", title="Latent map")
SCENE = Place(scene="noise", title="Noise")


@pytest.fixture
def school(monkeypatch):
    """A class; who() makes the test another session, with the key the teacher's."""
    monkeypatch.setenv("AECORE_CLASS", "1")
    monkeypatch.setenv("AECORE_TEACHER_KEY", KEY)
    state = {}
    monkeypatch.setattr(st, "session_state", state)

    def who(name, key=""):
        state.clear()
        state[access.SESSION] = name
        if key:
            access.sign_in(key)
        return access.session()

    return who


def test_the_teacher_leads_and_a_student_is_refused(school):
    school("student")
    for act in (led.begin, led.turn):
        with pytest.raises(access.Refused, match="Presenting is the teacher's part"):
            act(MAP)
    assert led.now() == led.NOBODY
    school("me", KEY)
    led.begin(MAP)
    first = led.now()
    assert (first.place, led.leads()) == (MAP, True)
    led.turn(SCENE)
    second = led.now()
    assert (second.place, second.lead) == (SCENE, first.lead)
    assert second.turn != first.turn
    school("student")
    assert not led.leads()
    led.end()  # nothing of his to end
    led.tell("4-vae/2")  # nor to tell
    assert led.now() == second


def test_another_teacher_takes_over_and_signing_out_ends_nothing_of_others(school):
    me = school("me", KEY)
    led.begin(MAP)
    school("colleague", KEY)
    led.begin(SCENE)
    assert led.leads()
    st.session_state[access.SESSION] = me
    assert not led.leads()
    with pytest.raises(access.Refused, match="led from elsewhere"):
        led.turn(MAP)
    led.end()
    assert led.now().place == SCENE


def test_what_is_kept_is_the_place_alone_within_bounds_and_not_for_long(school, monkeypatch):
    teacher = school("me", KEY)
    led.begin(Place(link="train?z=" + "1," * 2000, title="x" * 999))
    kept = json.loads(led.file().read_text())
    assert set(kept) == {"lead", "turn", "at", "told", "scene", "link", "title"}
    assert teacher not in led.file().read_text()
    assert (kept["link"], len(kept["title"])) == ("train", led.LONGEST_TITLE)
    late = time.time() + 90 * 60 + 1
    monkeypatch.setattr(led.time, "time", lambda: late)
    assert led.now() == led.NOBODY
    assert not led.leads()


@pytest.mark.parametrize("said", ["", "{}", "[]", "null", '{"lead": 1}', "\x00", '"x"'])
def test_a_file_that_can_t_be_read_leads_nowhere(school, said):
    led.file().parent.mkdir(parents=True, exist_ok=True)
    led.file().write_text(said)
    assert led.now() == led.NOBODY


def test_alone_nobody_is_led(school, monkeypatch):
    school("me", KEY)
    led.begin(MAP)
    monkeypatch.setenv("AECORE_CLASS", "0")
    assert led.now() == led.NOBODY
    status, _ = finished(Asking("").answer())
    assert status == 403


# ---- the route ---------------------------------------------------------------------------------


class Asking:
    """A browser's request, and its answer."""

    def __init__(self, token, after=None, app=None):
        self.app = app or Starlette(routes=[told.route()])
        query = b"" if after is None else f"after={after}".encode()
        self.scope = {
            "type": "http", "method": "GET", "path": "/class/led", "query_string": query,
            "headers": [(told.PASS.encode(), token.encode())], "root_path": "",
        }  # fmt: skip
        self.gone = asyncio.Event()
        self.sent = []

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    async def answer(self):
        await self.app(self.scope, self.receive, self.send)
        body = b"".join(each.get("body", b"") for each in self.sent)
        return self.sent[0]["status"], body.decode()


def listeners_of(app):
    """The table of who waits, of an app with the route."""
    (cell,) = app.routes[0].endpoint.__closure__
    return cell.cell_contents


async def until(true):
    while not true():
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("token", ["", "x", "a" * 999])
def test_only_the_class_is_told(school, token):
    school("me", KEY)
    led.begin(MAP)
    status, said = finished(Asking(token).answer())
    assert (status, "Latent" in said) == (403, False)


def test_a_member_is_told_at_once_and_then_of_the_next_turn(school):
    school("student")
    token = _book().issue("student")
    school("me", KEY)
    led.begin(MAP)

    async def lesson():
        app = Starlette(routes=[told.route()])
        status, said = await Asking(token, app=app).answer()
        now = json.loads(said)
        assert (status, now["title"]) == (200, "Latent map")
        assert set(now) == {"lead", "turn", "title", "told", "vote"}
        waits = asyncio.create_task(Asking(token, now["turn"], app).answer())
        await until(lambda: listeners_of(app).n == 1)
        assert not waits.done()
        led.tell("4-vae/2")  # an answer told there moves nobody
        status, said = await waits
        assert json.loads(said) == now | {"told": "4-vae/2"}
        waits = asyncio.create_task(Asking(token, f"{now['turn']}&told=4-vae/2", app).answer())
        await until(lambda: listeners_of(app).n == 1)
        led.turn(SCENE)  # by whichever server: all read the file
        status, said = await waits
        now = json.loads(said)
        assert (status, now["title"], now["told"]) == (200, "Noise", "")
        assert listeners_of(app).waiting == {}

    finished(lesson())
    assert passes.owner(token) == "student"


def test_who_waits_is_bounded_and_who_has_gone_waits_no_more(school, bounds, monkeypatch):
    bounds(listeners=6)
    monkeypatch.setattr(told, "TICKS_A_LOOK", 1)
    tokens = [_book().issue(name) for name in "abc"]

    async def lesson():
        app = Starlette(routes=[told.route()])
        table = listeners_of(app)
        asked = [Asking(tokens[0], "", app) for _ in range(told.MOST_OF_ONE + 1)]
        first, *others = [asyncio.create_task(each.answer()) for each in asked]
        assert (await first)[0] == 200  # the oldest of one pass is answered
        assert table.n == told.MOST_OF_ONE
        more = [Asking(tokens[1], "", app) for _ in range(2)]
        others += [asyncio.create_task(each.answer()) for each in more]
        await until(lambda: table.n == 6)
        assert (await Asking(tokens[2], "", app).answer())[0] == 503
        for each in (*asked, *more):
            each.gone.set()
        await asyncio.gather(*others)
        assert table.waiting == {}

    finished(lesson())


def test_an_answer_without_news_comes_after_a_while(school, monkeypatch):
    monkeypatch.setattr(told, "HOLD_S", 0.2)
    status, said = finished(Asking(_book().issue("a"), "").answer())
    assert (status, json.loads(said)) == (
        200, {"lead": "", "turn": "", "title": "", "told": "", "vote": None}
    )  # fmt: skip

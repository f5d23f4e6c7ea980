"""A class at work: so many students on one server in class mode, as a teacher starts it.

A student is a real WebSocket session that speaks Streamlit's protocol: he opens the latent map of
mnist-vae-2d, clicks on it every two seconds, and goes to another page and back after every ten
clicks. Beside them a real Chromium clicks and hovers on the same map: what a student sees.
Students, browser and server share the machine's cores, so this is harder than a class.

Printed for one student alone and for all: the time from a click to the end of Python's run, which
keeps the link (median, p95), from the browser's click to the panel, of a hover; errors; the
server's memory, what a further session adds to it, and what it gained in the second half of the
time, when all were there.

With --beside, all once more while three others do the heaviest that a student can ask for: one
scores pictures of 19 MB, one trains, one waits for the t-SNE of 70,000 codes. In a class their
browsers run on computers of their own; here they take what the others leave of this one.

With --follow, something else: the students follow a teacher from page to page. Printed is the time
from the teacher's turn until the last of them has been told, and until Python has opened the page
for the last of them, who all ask at once.

With --vote, something else again: the teacher puts so many questions of lessons to the class,
twice each, and every student answers within two seconds. Printed is the time from the teacher's
press until a student has been told, and from a student's tap until the server has taken it. With
both, the class follows first and votes then.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import numpy as np
from _report import arguments, show
from browser import ARGUMENTS, CLICK, HOVER, opened, p95, running_app
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from aeview import pages
from aeview.classroom import led
from aeview.lessons.files import shelf

MODEL = "mnist-vae-2d"
CLASS = ("aecore", "class", "--address", "127.0.0.1", "--port")
ELSEWHERE = ("interpolate", "traverse", "generate", "compare")
PAUSE_S = 2.0
CLICKS_A_PAGE = 10
PATIENCE_S = 60.0
MODEST = """#!/bin/sh
echo 19 > /proc/self/autogroup
exec chrt --idle 0 chromium "$@"
"""
A_VISIT = 8  # pictures of 19 MB: more at once are too many, and that is said


@dataclass
class Tally:
    """What all students of a run saw."""

    clicks: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class Student:
    """One session: where the map is, and what the browser has kept of earlier messages."""

    socket: ClientConnection
    tally: Tally
    draw: random.Random
    page: str = ""
    widget: str = ""
    key: str = ""
    fragment: str = ""
    kept: set[str] = field(default_factory=set)

    async def ask(self, pin: dict[str, Any] | None = None, page: str | None = None) -> float:
        """Ask for a run and wait for its end; returns seconds."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string = f"model={MODEL}"
        run.cached_message_hashes.extend(self.kept)
        if page is not None:
            run.page_name = page
        else:
            run.page_script_hash = self.page
        if pin is not None:
            run.fragment_id = self.fragment
            run.widget_states.widgets.add(id=self.widget, json_value=json.dumps({"pin": pin}))
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await asyncio.wait_for(self._until_finished(), PATIENCE_S)
        return time.perf_counter() - start

    async def _until_finished(self) -> None:
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())
            if message.metadata.cacheable and message.hash:
                self.kept.add(message.hash)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.page = message.navigation.page_script_hash
            elif kind == "delta":
                self._read(message)
            elif kind == "script_finished":
                return

    def _read(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            self.tally.errors.append(element.exception.message)
        part = element.bidi_component
        if part.component_name == "aeview_latent_map":
            self.widget, self.fragment = part.id, message.delta.fragment_id
            self.key = json.loads(part.json)["keys"][0]

    async def work(self, until: float) -> None:
        """Click, and change the page now and then."""
        await self.ask(page="")
        while time.monotonic() < until:
            for _ in range(CLICKS_A_PAGE):
                await asyncio.sleep(PAUSE_S * self.draw.uniform(0.5, 1.5))
                place = [self.draw.gauss(0, 1), self.draw.gauss(0, 1)]
                pin = {"key": self.key, "code": place, "row": -1, "place": place}
                self.tally.clicks.append(await self.ask(pin))
                if time.monotonic() > until:
                    return
            self.tally.pages.append(await self.ask(page=self.draw.choice(ELSEWHERE)))
            await asyncio.sleep(PAUSE_S * self.draw.uniform(0.5, 1.5))
            self.tally.pages.append(await self.ask(page=""))


async def attend(url: str, number: int, tally: Tally, until: float) -> None:
    """Be one student; whatever goes wrong is an error of the tally."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    try:
        async with connect(
            address, subprotocols=[Subprotocol("streamlit")], max_size=None
        ) as socket:
            await Student(socket, tally, random.Random(number)).work(until)
    except Exception as error:  # noqa: BLE001  # counted and shown
        tally.errors.append(f"{type(error).__name__}: {error}")


async def class_of(url: str, n: int, seconds: float, tally: Tally) -> None:
    """All come within ten seconds and stay."""
    until = time.monotonic() + seconds
    students = []
    for number in range(n):
        students.append(asyncio.create_task(attend(url, number, tally, until)))
        await asyncio.sleep(10 / n)
    await asyncio.gather(*students)


@dataclass
class Follower(Student):
    """A student who follows: what the desk was sent last, and its place on the page."""

    desk: dict[str, Any] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    at: tuple[str, str] = ("", "")
    empty: str = ""
    turn: str = ""

    def _read(self, message: ForwardMsg) -> None:
        super()._read(message)
        part = message.delta.new_element.bidi_component
        if part.component_name == "aeview_desk":
            self.desk, self.at = json.loads(part.json), (part.id, message.delta.fragment_id)
        if part.component_name == "aeview_between":
            turn = json.loads(part.json)["turn"]
            self.empty, self.turn = (part.id if turn != self.turn else ""), turn
        element = message.delta.new_element
        for widget in (element.text_input, element.button):
            self.form[widget.label] = widget.id

    async def hear(self, url: str, known: str) -> str:
        """Wait until the teacher has turned; returns the turn."""
        turn = known
        while turn == known:
            told = await asyncio.to_thread(self._hear, f"{url}/class/led?after={known}")
            turn = told["turn"]
        return turn

    def _hear(self, address: str) -> dict[str, str]:
        headers = {"X-Class-Pass": self.desk["token"]}
        with urlopen(Request(address, headers=headers), timeout=PATIENCE_S) as answer:
            told: dict[str, str] = json.load(answer)
        return told

    async def go(self, turn: str) -> None:
        """Have the session go there, and wait until its page is whole."""
        asked = {"kind": "led", "address": turn, "stamp": turn}
        message = BackMsg()
        run = message.rerun_script
        run.page_script_hash, run.fragment_id = self.page, self.at[1]
        run.cached_message_hashes.extend(self.kept)
        run.widget_states.widgets.add(id=self.at[0], json_value=json.dumps({"ask": asked}))
        await self.socket.send(message.SerializeToString())
        while self.desk["followed"] != turn:
            await asyncio.wait_for(self._until_finished(), PATIENCE_S)
            if self.empty:  # as the browser says, once it shows nothing of the page any more
                said = BackMsg()
                said.rerun_script.page_script_hash = self.page
                said.rerun_script.cached_message_hashes.extend(self.kept)
                said.rerun_script.widget_states.widgets.add(
                    id=self.empty, json_value=json.dumps({"empty": self.turn})
                )
                self.empty = ""
                await self.socket.send(said.SerializeToString())


Member = TypeVar("Member", bound=Follower)


async def lecture(url: str, n: int, n_turns: int) -> dict[str, Any]:
    """Lead n followers from page to page."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(n))
    led.file().unlink(missing_ok=True)
    async with AsyncExitStack() as sockets:
        class_ = [await _joined(url, number, sockets, Follower) for number in range(n)]
        known, last = "", []
        for page in (ELSEWHERE * n_turns)[:n_turns]:
            known, heard, there = await _turn(url, class_, known, page)
            last.append((heard, there))
        errors = [error for each in class_ for error in each.tally.errors]
    told, whole = zip(*last, strict=True)
    return {
        "who": f"{n} follower{'s'[: n > 1]}",
        "turns": n_turns,
        "errors": len(errors),
        "last told, ms": 1000 * statistics.median(told),
        "most": 1000 * max(told),
        "last page whole, ms": 1000 * statistics.median(whole),
        "most of these": 1000 * max(whole),
    }


async def _joined(url: str, number: int, sockets: AsyncExitStack, kind: type[Member]) -> Member:
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    socket = connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None)
    student = kind(await sockets.enter_async_context(socket), Tally(), random.Random(number))
    await student.ask(page="")
    return student


async def _turn(
    url: str, class_: list[Follower], known: str, page: str
) -> tuple[str, float, float]:
    """Turn to a page; the turn's name, and when the last was told and the last page was whole."""
    waits = [asyncio.create_task(each.hear(url, known)) for each in class_]
    await asyncio.sleep(PAUSE_S * class_[0].draw.uniform(0.5, 1.5))
    start = time.perf_counter()
    # As the server does after the teacher's press, and as another replica would.
    place = led.Place(link=f"{page}?model={MODEL}", title=page)
    led._write(led.Led("benchmark", led._drawn(), place))
    pairs = zip(class_, waits, strict=True)
    times = await asyncio.gather(*(_follows(student, hears, start) for student, hears in pairs))
    heard, there = (max(each) for each in zip(*times, strict=True))
    return await waits[0], heard, there


async def _follows(
    student: Follower, hears: asyncio.Task[str], start: float
) -> tuple[float, float]:
    turn = await hears
    heard = time.perf_counter() - start
    await student.go(turn)
    return heard, time.perf_counter() - start


# ---- votes -------------------------------------------------------------------------------------

KEY = "benchmark"


@dataclass
class Voter(Follower):
    """A student who votes, or the teacher: plain requests with the tab's pass."""

    known: dict[str, str] = field(default_factory=lambda: {"after": "", "vote": ""})

    async def open_step(self, lesson: str, step: int) -> str:
        """Open a step of a lesson; returns its question's name."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_name = f"lesson={lesson}&step={step}", "lessons"
        run.cached_message_hashes.extend(self.kept)
        await self.socket.send(message.SerializeToString())
        while self.desk.get("asks") != f"{lesson}/{step}":
            await asyncio.wait_for(self._until_finished(), PATIENCE_S)
        return f"{lesson}/{step}"

    async def sign_in(self) -> None:
        """Give the teacher's key."""
        message = BackMsg()
        run = message.rerun_script
        run.page_script_hash = self.page
        run.widget_states.widgets.add(id=self.form["The teacher's key"], string_value=KEY)
        run.widget_states.widgets.add(id=self.form["Teacher: sign in"], trigger_value=True)
        await self.socket.send(message.SerializeToString())
        while not self.desk.get("presents"):
            await asyncio.wait_for(self._until_finished(), PATIENCE_S)

    async def request(self, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Vote or steer; without a body, wait for another vote than the known one."""
        return await asyncio.to_thread(self._request, url, body)

    def _request(self, url: str, body: dict[str, Any] | None) -> dict[str, Any]:
        asked = f"{url}/class/vote" if body else f"{url}/class/led?{urlencode(self.known)}"
        data = json.dumps(body).encode() if body else None
        headers = {"X-Class-Pass": self.desk["token"]}
        with urlopen(Request(asked, data, headers), timeout=PATIENCE_S) as answer:
            said: dict[str, Any] = json.load(answer)["vote"] or {}
        if not body:
            self.known["vote"] = said.get("stamp", "")
        return said

    async def votes(self, url: str) -> tuple[float, float]:
        """Hear of a vote and answer it; returns when it was heard of, and what the answer took."""
        vote: dict[str, Any] = {"shown": True}
        while not vote or vote["shown"]:
            vote = await self.request(url)
        heard = time.perf_counter()
        await asyncio.sleep(self.draw.uniform(0, PAUSE_S))
        answer = self.draw.randrange(len(vote["choices"]))
        start = time.perf_counter()
        said = await self.request(url, {"do": "answer", "stamp": vote["stamp"], "answer": answer})
        assert said["mine"] == answer
        return heard, time.perf_counter() - start


async def poll(url: str, n: int, n_votes: int) -> dict[str, Any]:
    """Put questions to n voters, twice each."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(n + 1))
    pages.hand_over()  # lessons are read beside the table of pages
    questions = [
        (lesson.id, number)
        for lesson in shelf().lessons
        for number, step in enumerate(lesson.steps, 1)
        if step.question and step.question.choices
    ]
    heard, took, errors = [], [], []
    async with AsyncExitStack() as sockets:
        teacher, *class_ = [await _joined(url, k, sockets, Voter) for k in range(n + 1)]
        await teacher.sign_in()
        for lesson, step in (questions * n_votes)[:n_votes]:
            question = await teacher.open_step(lesson, step)
            for deed in ("begin", "again"):
                works = [asyncio.create_task(each.votes(url)) for each in class_]
                await asyncio.sleep(PAUSE_S)  # all wait, some in the middle of a request
                start = time.perf_counter()
                await teacher.request(url, {"do": deed, "id": question})
                for done in await asyncio.gather(*works, return_exceptions=True):
                    if isinstance(done, BaseException):
                        errors.append(f"{type(done).__name__}: {done}")
                    else:
                        heard.append(done[0] - start)
                        took.append(done[1])
                await teacher.request(url, {"do": "reveal", "id": question})
    return {
        "who": f"{n} voter{'s'[: n > 1]}",
        "votes": len(took),
        "errors": len(errors),
        "told, ms": 1000 * statistics.median(heard),
        "told p95": 1000 * p95(heard),
        "last told": 1000 * max(heard),
        "taken, ms": 1000 * statistics.median(took),
        "taken p95": 1000 * p95(took),
        "said": "; ".join(sorted(set(errors)))[:200],
    }


def memory_mb(process_id: int) -> float:
    """Resident memory of the server."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("no VmRSS")


def lesson(url: str, n: int, seconds: float, tally: Tally) -> threading.Thread:
    """Begin a lesson of n students."""
    begun = threading.Thread(target=lambda: asyncio.run(class_of(url, n, seconds, tally)))
    begun.start()
    return begun


def figures(what: str, tally: Tally) -> dict[str, Any]:
    """What a lesson's students saw."""
    return {
        "who": what,
        "clicks": len(tally.clicks),
        "errors": len(tally.errors),
        "click, ms": 1000 * statistics.median(tally.clicks),
        "click p95": 1000 * p95(tally.clicks),
        "page, ms": 1000 * statistics.median(tally.pages) if tally.pages else None,
        "page p95": 1000 * p95(tally.pages) if tally.pages else None,
        "said": "; ".join(sorted(set(tally.errors)))[:200],
    }


def run(page: Page, url: str, server: int, n: int, seconds: float) -> dict[str, Any]:
    """Let n students work, and measure a browser meanwhile."""
    before, tally = memory_mb(server), Tally()
    begun = lesson(url, n, seconds, tally)
    time.sleep(seconds / 2)
    half = memory_mb(server)
    root = opened(page, f"{url}/?model={MODEL}")
    seen, hovers = page.evaluate(CLICK, root)["panel"], page.evaluate(HOVER, root)
    begun.join()
    after = memory_mb(server)
    return figures("1 student" if n == 1 else f"{n} students", tally) | {
        "browser click, ms": statistics.median(seen),
        "browser click p95": p95(seen),
        "hover p95": p95(hovers),
        "server, MB": after,
        "MB a session": (half - before) / n,
        "MB, second half": after - half,
    }


def beside(kind: BrowserType, url: str, n: int, seconds: float) -> dict[str, Any]:
    """Let n students work while three others ask for all that the server can do."""
    with tempfile.TemporaryDirectory() as folder:
        modest = Path(folder) / "chromium"
        modest.write_text(MODEST)
        modest.chmod(0o700)
        browser = kind.launch(executable_path=modest, args=ARGUMENTS)
        row = _beside(browser, url, n, seconds)
        browser.close()
    return row


def _beside(browser: Browser, url: str, n: int, seconds: float) -> dict[str, Any]:
    uploads, trains, waits = (browser.new_page() for _ in range(3))
    trains.goto(f"{url}/train")
    trains.get_by_test_id("stMain").get_by_role("combobox", name="Data set").click()
    trains.get_by_role("option", name="MNIST", exact=True).click()
    trains.wait_for_timeout(3000)  # the form follows
    trains.get_by_role("button", name="Play").click()
    expect(trains.get_by_role("button", name="Pause")).to_be_visible(timeout=120_000)
    waits.goto(f"{url}/?model={MODEL}&projection=tsne&points=70000")
    expect(waits.get_by_text("t-SNE of 70,000 codes")).to_be_visible(timeout=120_000)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        photographs = _photographs(folder)
        begun = lesson(url, n, seconds, tally)
        address = f"{url}/your_image?model={MODEL}&input=upload"
        scored = _score_pictures(uploads, address, photographs, begun)
    row = figures(f"{n} students beside", tally) | {"pictures scored": scored}
    trains.get_by_role("button", name="Stop", exact=True).click()
    expect(trains.get_by_role("button", name="Continue")).to_be_visible(timeout=60_000)
    return row


def _photographs(folder: str) -> list[Path]:
    """Make pictures of 19 MB, more than the server keeps."""
    pixels = np.random.default_rng(0).integers(0, 256, (2500, 2500, 3), dtype=np.uint8)
    made = [Path(folder) / f"noise-{number}.png" for number in range(3 * A_VISIT)]
    for number, path in enumerate(made):
        Image.fromarray(np.roll(pixels, number, axis=0)).save(path, compress_level=0)
    return made


def _score_pictures(
    page: Page, address: str, photographs: list[Path], meanwhile: threading.Thread
) -> int:
    """Give pictures of 19 MB one after the other; returns how many were scored."""
    scored = 0
    while meanwhile.is_alive():
        if scored % A_VISIT == 0:
            page.goto(address)
        path = photographs[scored % len(photographs)]
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
        expect(page.locator(".made .note")).to_have_text(path.name, timeout=120_000)
        scored += 1
    return scored


def timed(
    kind: Callable[[str, int, int], Coroutine[Any, Any, dict[str, Any]]],
    url: str,
    k: int,
    times: int,
) -> dict[str, Any]:
    """A lecture or a poll, and how long it took."""
    begun = time.monotonic()
    row = asyncio.run(kind(url, k, times))
    return row | {"minutes": (time.monotonic() - begun) / 60}


def main() -> None:
    """One student, then all, then all beside the three."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--follow", type=int, help="turns of a teacher who is followed")
    parser.add_argument("--vote", type=int, help="questions that are put to the class")
    parser.add_argument("--beside", action="store_true", help="measure beside heavy work too")
    options: argparse.Namespace = parser.parse_args()
    n, seconds = options.students, 60 * options.minutes
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["AECORE_HOME"] = home  # the runs of this class are nobody else's
        os.environ["AECORE_TEACHER_KEY"] = KEY
        with running_app(CLASS) as (page, url):
            server = _server(url.rsplit(":", 1)[1])
            for name in ELSEWHERE:  # what is loaded or computed once is not counted
                page.goto(f"{url}/{name}?model={MODEL}")
                expect(page.locator(".lab").first).to_be_visible(timeout=120_000)
                page.wait_for_timeout(5000)  # figures that a page computes when it is first seen
            opened(page, f"{url}/?model={MODEL}")
            kinds = [(lecture, options.follow), (poll, options.vote)]
            works = [(k, kind, times) for kind, times in kinds if times for k in (1, n)]
            if works:
                page.close()
                with ThreadPoolExecutor(1) as thread:  # this one's loop is the browser's
                    rows = [
                        thread.submit(timed, kind, url, k, times).result()
                        for k, kind, times in works
                    ]
            else:
                rows = [run(page, url, server, 1, 40), run(page, url, server, n, seconds)]
            if options.beside:
                browser = page.context.browser
                assert browser is not None
                page.close()
                rows += [beside(browser.browser_type, url, n, min(seconds, 180))]
    show(rows, options.json)


def _server(port: str) -> int:
    """The process that serves the port."""
    (found,) = {
        int(each.name)
        for each in Path("/proc").iterdir()
        if each.name.isdigit() and f"--server.port\0{port}" in _command(each)
    }
    return found


def _command(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main()

"""A class at work: so many students on one server, each clicking, hovering and changing pages.

A student is a real WebSocket session that speaks Streamlit's protocol: he opens the latent map of
mnist-vae-2d, clicks on it every two seconds, and goes to another page and back after every ten
clicks. Beside them a real Chromium clicks and hovers on the same map: what a student sees.
Students, browser and server share the machine's cores, so this is harder than a class.

Printed for one student alone and for all: the time from a click to Python's answer (median, p95),
from the browser's click to the panel, of a hover; errors; the server's memory, what a further
session adds to it, and what it gained in the second half of the time, when all were there.
"""

import argparse
import asyncio
import json
import random
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _report import arguments, show
from browser import CLICK, HOVER, opened, p95, running_app
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

MODEL = "mnist-vae-2d"
ELSEWHERE = ("interpolate", "traverse", "generate", "compare")
PAUSE_S = 2.0
CLICKS_A_PAGE = 10
PATIENCE_S = 60.0


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
            if kind == "new_session":
                self.page = message.new_session.page_script_hash
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
        async with connect(address, subprotocols=["streamlit"], max_size=None) as socket:
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


def memory_mb(process_id: int) -> float:
    """Resident memory of the server."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("no VmRSS")


def run(page: Any, url: str, server: int, n: int, seconds: float) -> dict[str, Any]:
    """Let n students work, and measure a browser meanwhile."""
    before, tally = memory_mb(server), Tally()
    lesson = threading.Thread(target=lambda: asyncio.run(class_of(url, n, seconds, tally)))
    lesson.start()
    time.sleep(seconds / 2)
    half = memory_mb(server)
    root = opened(page, f"{url}/?model={MODEL}")
    seen, hovers = page.evaluate(CLICK, root), page.evaluate(HOVER, root)
    lesson.join()
    after = memory_mb(server)
    return {
        "students": n, "clicks": len(tally.clicks), "errors": len(tally.errors),
        "click, ms": 1000 * statistics.median(tally.clicks),
        "click p95": 1000 * p95(tally.clicks),
        "page p95": 1000 * p95(tally.pages) if tally.pages else None,
        "browser click, ms": statistics.median(seen), "browser click p95": p95(seen),
        "hover p95": p95(hovers),
        "server, MB": after, "MB a session": (half - before) / n, "MB, second half": after - half,
        "said": "; ".join(sorted(set(tally.errors)))[:200],
    }  # fmt: skip


def main() -> None:
    """One student, then all."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=3.0)
    options: argparse.Namespace = parser.parse_args()
    with running_app() as (page, url):
        port = url.rsplit(":", 1)[1]
        (server,) = {
            int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()
            and f"--server.port\0{port}" in _command(each)
        }  # fmt: skip
        opened(page, f"{url}/?model={MODEL}")  # what is loaded once is not counted
        rows = [run(page, url, server, 1, 40), run(page, url, server, options.students,
                                                   60 * options.minutes)]  # fmt: skip
    show(rows, options.json)


def _command(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    main()

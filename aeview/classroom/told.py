"""How the class's browsers are told where the teacher leads and what is voted on.

A tab asks with its pass and with the turn, the vote and the answer that it knows, and is answered
when there is another one, or after some seconds with the same. So thirty followers run no script
while nothing changes. All come by one request: a browser has six connections to a server for all
tabs. An answer that ends passes any proxy, and a server that stops is kept waiting no longer than
that.
"""

import asyncio
import time
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from aecore.limits import limits
from aeview.classroom import access, led, passes, votes

PASS = "x-class-pass"  # nosec B105  # a header's name
HOLD_S = 8.0
TICK_S = 0.1
TICKS_A_LOOK = 10  # between two looks whether the browser is still there
MOST_OF_ONE = 4  # requests with one pass that wait; the oldest is answered then
STALE_S = 0.05


class _Seen(NamedTuple):
    """What the file said, and when, in seconds of the monotonic clock."""

    led: led.Led
    at: float


class Listeners:
    """Those who wait, by their owners' names; all ask for one reading of the file."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[object]] = {}
        self.seen = _Seen(led.NOBODY, -1.0)

    @property
    def n(self) -> int:
        """How many requests wait."""
        return sum(map(len, self.waiting.values()))

    def now(self) -> led.Led:
        """Where the class is led, as of some hundredths of a second ago."""
        at = time.monotonic()
        if at - self.seen.at > STALE_S:
            self.seen = _Seen(led.now(), at)
        return self.seen.led

    async def wait(self, name: str, known: tuple[str, str, str], request: Request) -> None:
        """Wait until turn, told answer or vote is another than the known one, for a while."""
        ticket, book = object(), votes.book()
        mine = self.waiting.setdefault(name, [])
        mine.append(ticket)
        del mine[:-MOST_OF_ONE]
        try:
            for tick in range(round(HOLD_S / TICK_S)):
                now = self.now()
                if (now.turn, now.told, book.stamp(name)) != known or ticket not in mine:
                    break
                if tick % TICKS_A_LOOK == 0 and await request.is_disconnected():
                    break
                await asyncio.sleep(TICK_S)
        finally:
            self._leave(name, ticket)

    def _leave(self, name: str, ticket: object) -> None:
        mine = self.waiting.get(name, [])
        if ticket in mine:
            mine.remove(ticket)
        if not mine:
            self.waiting.pop(name, None)


def route() -> Route:
    """Serve it, below whatever path the app itself is served."""
    listeners = Listeners()

    async def answer(request: Request) -> Response:
        return await _answer(listeners, request)

    return Route("/{above:path}class/led", answer)


async def _answer(listeners: Listeners, request: Request) -> Response:
    name = member(request)
    if name is None:
        return refused("Only for the class.", 403)
    asked = request.query_params
    if "after" in asked:
        if listeners.n >= limits().listeners:
            return refused("Too many wait already.", 503)
        known = (asked["after"], asked.get("told", ""), asked.get("vote", ""))
        await listeners.wait(name, known, request)
    now = listeners.now()
    told = {"lead": now.lead, "turn": now.turn, "title": now.place.title, "told": now.told}
    said = told | {"vote": votes.book().told(name)}
    return JSONResponse(said, headers={"Cache-Control": "no-store"})


def member(request: Request) -> str | None:
    """The session whose pass a request shows; None for one that is not of the class."""
    return passes.owner(request.headers.get(PASS, "")) if access.class_mode() else None


def refused(why: str, status: int) -> Response:
    """Say in a sentence why not."""
    return Response(why, status, {"Cache-Control": "no-store"}, "text/plain")

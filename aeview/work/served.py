"""Models that no browser can run: it asks for pictures and codes, and is answered from here.

A request shows the pass of its session, as those of the class do. One is answered at a time for
each session, and so many a second; another one is turned away at once, so that none waits in a
queue: the browser asks again for what is wanted then.
"""

import asyncio
import threading
import time
from collections import deque

import numpy as np
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aecore.checkpoints import NETWORKS, Stored
from aecore.errors import ForeignModelError
from aecore.export import pack
from aecore.limits import limits
from aeview.bounded import Bounded
from aeview.classroom import passes
from aeview.classroom.told import PASS, refused
from aeview.work import cache
from aeview.work.payload import STORE, payload

TOPIC = "pass"
MODELS = 40
AT_ONCE = 2  # answers that are computed at the same time
NUMBER = np.dtype("<f4")  # of requests and answers


class Pace:
    """Who is being answered, and when each was in the last second."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: Bounded[str, deque[float]] = Bounded(lambda: limits().passes)
        self.busy: set[str] = set()

    def begin(self, name: str, now: float) -> bool:
        """Whether a session may be answered now, at this second of the monotonic clock."""
        with self.lock:
            times = self.seen.get(name) or deque()
            while times and times[0] <= now - 1:
                times.popleft()
            if name in self.busy or len(times) >= limits().served_a_second:
                return False
            times.append(now)
            self.seen[name] = times
            self.busy.add(name)
            return True

    def end(self, name: str) -> None:
        """It has been answered."""
        with self.lock:
            self.busy.discard(name)


@st.cache_resource(show_spinner=False)
def _models() -> Bounded[str, Stored]:
    return Bounded(lambda: MODELS)


def offer(checkpoint: Stored, key: str) -> None:
    """Let this session's browser ask for a model, if it is one that the server runs.

    Args:
        checkpoint: the model.
        key: of the component that takes the pass along.
    """
    if not checkpoint.card.served:
        return
    _models()[checkpoint.digest] = checkpoint
    payload(pack({"store": STORE, "topic": TOPIC, "pass": passes.beside()}, {}), key=key)


def route() -> Route:
    """Serve it, below whatever path the app itself is served."""
    pace, seats = Pace(), asyncio.Semaphore(AT_ONCE)

    async def answer(request: Request) -> Response:
        name = passes.owner(request.headers.get(PASS, ""))
        if name is None:
            return refused("Only for who has a page open.", 403)
        if not pace.begin(name, time.monotonic()):
            return refused("Too often.", 429)
        try:
            return await _answer(request, seats)
        finally:
            pace.end(name)

    return Route("/{above:path}served/{digest}/{side}", answer, methods=["POST"])


async def _answer(request: Request, seats: asyncio.Semaphore) -> Response:
    side, checkpoint = request.path_params["side"], _models().get(request.path_params["digest"])
    if checkpoint is None or side not in NETWORKS:
        return refused("There is no such model.", 404)
    given = await _given(request, checkpoint, side)
    if given is None:
        return refused("These are no codes or images of this model.", 400)
    try:
        async with seats:
            made = await asyncio.to_thread(_made, checkpoint, side, given)
    except ForeignModelError as error:
        return refused(str(error), 422)
    headers = {"Cache-Control": "no-store"}
    return Response(made.tobytes(), 200, headers, "application/octet-stream")


async def _given(request: Request, checkpoint: Stored, side: str) -> np.ndarray | None:
    """The codes or images of a request, read no further than their bound; None for others."""
    model = checkpoint.card.model
    shape = (model.code_dim,) if side == "decoder" else model.shape
    size = int(np.prod(shape)) * NUMBER.itemsize
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limits().asked * size:
            return None
    if not body or len(body) % size:
        return None
    given = np.frombuffer(bytes(body), NUMBER).reshape(-1, *shape)
    return given if np.isfinite(given).all() else None


def _made(checkpoint: Stored, side: str, given: np.ndarray) -> np.ndarray:
    """Pictures of codes; or what the encoder says of images, as its layers leave it."""
    import torch

    model = cache.model(checkpoint.digest, checkpoint)
    values = torch.from_numpy(given.astype(np.float32))
    with torch.no_grad():
        made = model.decode(values) if side == "decoder" else model.encoder(values)
    return made.numpy().reshape(len(given), -1).astype(NUMBER)

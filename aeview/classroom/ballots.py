"""How a browser answers a vote, and how the teacher's steers it: one request each, no rerun.

The tab's pass stands in a header of its own, which no other site's page can send, and in no
address; whose it is says what may be done.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from aeview.classroom import access, told, votes

LONGEST = 1000  # bytes of a request


def route() -> Route:
    """Serve it, below whatever path the app itself is served."""
    return Route("/{above:path}class/vote", _answer, methods=["POST"])


async def _answer(request: Request) -> Response:
    name = told.member(request)
    if name is None:
        return told.refused("Only for the class.", 403)
    said = await _body(request)
    if said is None:
        return told.refused("This is no answer.", 400)
    book = votes.book()
    try:
        if said.get("do") == "answer":
            book.answer(name, str(said.get("stamp")), said.get("answer"))
        else:
            book.act(name, str(said.get("do")), str(said.get("id")))
    except access.Refused as error:
        return told.refused(str(error), 409)
    return JSONResponse({"vote": book.told(name)}, headers={"Cache-Control": "no-store"})


async def _body(request: Request) -> dict[str, Any] | None:
    """The request's JSON object, read no further than its bound; None for what is none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return None
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None

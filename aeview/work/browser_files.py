"""The files of `aeview/browser/` as a browser is given them: from memory, under a version.

The version is a digest of all files and part of their address. So a browser keeps them for good,
asks for nothing at a second visit, and never mixes files of two versions: modules name each other
by relative addresses, and a version that is not this server's is not found.
"""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent.parent / "browser"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
FOR_GOOD = "public, max-age=31536000, immutable"


class File(NamedTuple):
    """One file: its bytes, the same gzipped, and its type."""

    content: bytes
    zipped: bytes
    type: str


@cache
def files() -> Mapping[str, File]:
    """Read every file that a browser may have, once, by its path below `aeview/browser/`."""
    found = sorted(path for path in FOLDER.rglob("*") if path.suffix in TYPES)
    return {
        path.relative_to(FOLDER).as_posix(): _read(path)
        for path in found
        if path.resolve() == FOLDER.resolve() / path.relative_to(FOLDER)  # no link elsewhere
        and "node_modules" not in path.parts
    }


def _read(path: Path) -> File:
    content = path.read_bytes()
    return File(content, gzip.compress(content, mtime=0), TYPES[path.suffix])


@cache
def version() -> str:
    """Name the state of all files."""
    digest = hashlib.sha256()
    for name, file in files().items():
        digest.update(f"{name} {len(file.content)}\n".encode() + file.content)
    return digest.hexdigest()[:16]


def text(name: str) -> str:
    """Return a file as text; empty where there is none."""
    file = files().get(name)
    return file.content.decode() if file else ""


def route() -> Route:
    """Serve the files, below whatever path the app itself is served."""
    return Route("/{above:path}browser/{version}/{name:path}", _answer)


async def _answer(request: Request) -> Response:
    asked = request.path_params
    file = files().get(asked["name"]) if asked["version"] == version() else None
    if file is None:
        return Response("No such file.", 404, {"Cache-Control": "no-store"}, "text/plain")
    headers = {
        "Cache-Control": FOR_GOOD,
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(file.content, 200, headers, file.type)
    return Response(file.zipped, 200, headers | {"Content-Encoding": "gzip"}, file.type)

"""A browser's plain requests to the routes of class mode, without a server."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import streamlit as st
from starlette.applications import Starlette

from aeview.classroom import access, ballots, told
from aeview.classroom.passes import _book

KEY = "only-the-teacher"


def finished(work):
    """Run in a thread: the browser's tests leave a loop of their own in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Browser:
    """One tab with its pass; `get` and `post` return the status, and the answer read as JSON."""

    def __init__(self, token, app=None):
        self.token, self.app = token, app or application()

    async def get(self, **query):
        return await self._ask("GET", "/class/led", urlencode(query).encode(), b"")

    async def post(self, body, headers=None):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self._ask("POST", "/class/vote", b"", body, headers)

    async def _ask(self, *asked):
        status, content = await self.bytes(*asked)
        return status, json.loads(content) if status == 200 else content.decode()

    async def bytes(self, method, path, query, body, headers=None):
        """Ask for anything; returns the status and what was sent."""
        given = {told.PASS: self.token} if headers is None else headers
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query, "root_path": "",
            "headers": [(name.encode(), text.encode()) for name, text in given.items()],
        }  # fmt: skip
        sent, unread, gone = [], [body], asyncio.Event()

        async def receive():
            if not unread:
                await gone.wait()
            return {"type": "http.request", "body": unread.pop(), "more_body": False}

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        return sent[0]["status"], b"".join(each.get("body", b"") for each in sent)


def school(monkeypatch):
    """A class: the teacher's browser, and a function that makes a student's."""
    monkeypatch.setenv("AECORE_CLASS", "1")
    monkeypatch.setenv("AECORE_TEACHER_KEY", KEY)
    monkeypatch.setattr(st, "session_state", {access.SESSION: "me"})
    access.sign_in(KEY)
    app = application()

    def browser(name):
        return Browser(_book().issue(name), app)

    return browser(access.session()), browser


def application():
    """The routes alone."""
    return Starlette(routes=[told.route(), ballots.route()])

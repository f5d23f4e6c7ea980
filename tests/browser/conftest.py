"""A running app and a real Chromium; tests wait for states, never for times."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress
from functools import cache as once
from pathlib import Path

import pytest

from tests.browser.forks import Forked

ROOT = Path(__file__).parent.parent.parent
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 90_000
MOST_USES = 20  # of a tab, whose memory grows
PORTS: list[int] = []  # of servers that have ended: the browser has compiled what came from there
BEGUN: set[str] = set()  # addresses of servers that no page has been opened at
# Nothing moves by itself: the map's tour has been seen, where a page may remember it.
TOURED = "try { sessionStorage.setItem('aeview.toured', 'yes'); } catch {}"


def pytest_collection_modifyitems(items):
    """Mark everything here, and skip it with a reason where there is no Chromium."""
    missing = shutil.which("chromium") is None
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        item.add_marker("browser")
        if missing and not os.environ.get("AEVIEW_REQUIRE_BROWSER"):
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed (apt: chromium)"))


def _port(asked):
    """The port asked for; else one that an earlier server had, or a new one."""
    for port in [asked] if asked else [*PORTS, 0]:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            if port in PORTS:
                PORTS.remove(port)
            return probe.getsockname()[1]
    raise RuntimeError(f"port {asked} is taken")


class App:
    """A Streamlit server of its own, with private folders."""

    MODULE = "streamlit"
    FOLDER = ROOT  # where it is started
    FORKED = True  # from a process that has the large libraries
    HEALTH = "_stcore/health"

    def __init__(self, folder, port=0, **environment):
        self.port = _port(port)
        self.url = f"http://127.0.0.1:{self.port}"
        BEGUN.add(self.url)
        settings = {
            "AECORE_CACHE_DIR": str(folder / "cache"),
            "AECORE_HOME": str(folder / "home"),
            "AECORE_DATA_DIR": str(folder / "no-data"),
            "OMP_WAIT_POLICY": "PASSIVE",
        }
        self.log = (folder / "server.log").open("w+")
        command, environment = self.command(), os.environ | settings | environment
        if self.FORKED and command[:3] == [sys.executable, "-m", "streamlit"]:
            self.process = Forked(command[2:], self.FOLDER, environment, self.log.name)
            return
        self.process = subprocess.Popen(
            command, cwd=self.FOLDER, env=environment, stdout=self.log, stderr=subprocess.STDOUT
        )

    def command(self):
        return [
            sys.executable, "-m", self.MODULE, "run", "app.py", "--server.headless", "true",
            "--server.address", "127.0.0.1", "--server.port", str(self.port),
        ]  # fmt: skip

    def wait(self):
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}/{self.HEALTH}", timeout=1):
                    return self
            except OSError:
                if self.process.poll() is not None:
                    break
                # the only thing to wait for is the port
                subprocess.run(["sleep", "0.1"], check=True)
        self.log.seek(0)
        raise RuntimeError(self.log.read())

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE_MS / 1000)
        self.log.close()
        if self.port not in PORTS:
            PORTS.append(self.port)


class Bare(App):
    """One that reads its libraries itself, as a user's does."""

    FORKED = False


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    server = App(tmp_path_factory.mktemp("app"))
    yield server.wait()
    server.stop()


@contextmanager
def _servers(tmp_path_factory):
    servers = []

    def start(port=0, kind=App, **environment):
        servers.append(kind(tmp_path_factory.mktemp("own"), port, **environment))
        return servers[-1].wait()

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def serve(tmp_path_factory):
    """serve(port, kind, **environment) → a server of this test's; name it before `open_page`."""
    with _servers(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="module")
def serve_all(tmp_path_factory):
    """serve_all(**environment) → a server for all tests of a module."""
    with _servers(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One profile for all pages: what is in its cache need not be fetched and compiled again."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        profile = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=shutil.which("chromium"),
            args=ARGUMENTS,
        )  # fmt: skip
        profile.set_default_timeout(PATIENCE_MS)
        profile.add_init_script(TOURED)
        yield profile
        profile.close()


def _ours(message):
    """Streamlit looks for its server under a deep link's path first, and gets a 404."""
    return message.type == "error" and "/_stcore/" not in message.location.get("url", "")


class Tabs:
    """The browser's tabs, taken again and again: a new one runs Streamlit's code for the first
    time, which is twice the work. What a test has left in its tab goes between the two.
    """

    def __init__(self, profile):
        self.profile, self.spare = profile, []
        self.screen = profile.new_cdp_session(profile.pages[0])

    def take(self):
        page = self.spare.pop() if self.spare else self._new()
        page.faults, page.frames_sent, page.uses = [], [], page.uses + 1
        page.bring_to_front()  # behind another tab it draws no frames
        return page

    def give_back(self, page):
        if page.uses == MOST_USES:
            page.close()
            return
        if page.url.startswith("http"):
            page.evaluate("sessionStorage.clear()")
        page.emulate_media(color_scheme="null", reduced_motion="null")
        page.goto("about:blank")
        self.spare.append(page)

    def forget(self):
        """Leave nothing in store of an earlier server at the address of a new one."""
        while BEGUN:
            told = {"origin": BEGUN.pop(), "storageTypes": "local_storage,indexeddb"}
            self.screen.send("Storage.clearDataForOrigin", told)

    def _new(self):
        page = self.profile.new_page()
        page.uses = 0
        page.on("console", lambda m: page.faults.append(m.text) if _ours(m) else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("websocket", lambda s: s.on("framesent", lambda f: page.frames_sent.append(f)))
        return page


@pytest.fixture(scope="session")
def tabs(chromium):
    return Tabs(chromium)


@contextmanager
def _opener(tabs):
    pages = []

    def opened(url, scheme="light", width=1366, height=768):
        page = tabs.take()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        tabs.forget()
        page.goto(url)
        return page

    yield opened
    faults = [fault for page in pages for fault in page.faults]
    for page in pages:
        if not page.is_closed():
            tabs.give_back(page)
    assert faults == []


@pytest.fixture
def open_page(tabs):
    """open_page(url, scheme, width, height) → page; fails the test on errors in the console."""
    with _opener(tabs) as opened:
        yield opened


@pytest.fixture(scope="module")
def look_at(tabs):
    """look_at(url) → one page for all tests of a module, which leave it as they found it."""
    from playwright.sync_api import expect

    with _opener(tabs) as opened:
        known = once(opened)

        def look(url):
            page = known(url)
            page.bring_to_front()
            expect(page.locator("[data-telling]")).to_have_count(0)  # of the test before
            return page

        yield look

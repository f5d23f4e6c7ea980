"""What a first and a second visit of the first page cost: bytes, requests, seconds to the image.

`--app` measures the app in another folder, `--latency` stands for the network of a class.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _report import arguments, show
from browser import ARGUMENTS, ROOT
from playwright.sync_api import BrowserContext, sync_playwright

PORT = 8766
ADDRESS = f"http://127.0.0.1:{PORT}"
READY = '.explorer[data-answered="yes"]'
PATIENCE_MS = 120_000


@contextmanager
def server(folder: Path) -> Iterator[None]:
    """Run the app in a folder for as long as it is looked at."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.headless",
            "true",
            "--server.address",
            "127.0.0.1",
            "--server.port",
            str(PORT),
        ],
        cwd=folder,
        env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE", "PYTHONPATH": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _healthy():
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def _healthy() -> bool:
    try:
        urllib.request.urlopen(f"{ADDRESS}/_stcore/health", timeout=1).close()
    except OSError:
        return False
    return True


def visit(context: BrowserContext, latency_ms: float) -> dict[str, float]:
    """Open the first page in a new tab and count what comes until the pin is explained."""
    page = context.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    counted = {"socket": 0.0, "files": 0.0, "requests": 0.0}
    chrome = context.new_cdp_session(page)
    chrome.send("Network.enable")
    chrome.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": latency_ms,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        },
    )
    remote: set[str] = set()

    def answered(event: dict[str, Any]) -> None:
        answer = event["response"]
        if not answer.get("fromDiskCache") and answer["url"].startswith("http"):
            remote.add(event["requestId"])
            counted["requests"] += 1

    def finished(event: dict[str, Any]) -> None:
        if event["requestId"] in remote:
            counted["files"] += event["encodedDataLength"]

    chrome.on("Network.responseReceived", answered)
    chrome.on("Network.loadingFinished", finished)
    page.on("websocket", lambda s: s.on("framereceived", lambda f: _add(counted, f)))
    begun = time.perf_counter()
    page.goto(ADDRESS)
    page.wait_for_selector('.explorer[data-ready="yes"]', timeout=PATIENCE_MS)
    counted["seconds"] = time.perf_counter() - begun
    page.wait_for_selector(READY, timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    page.close()
    return counted


def _add(counted: dict[str, float], frame: str | bytes) -> None:
    counted["socket"] += len(frame)


def main() -> None:
    """Visit twice with an empty cache at first; print a row each."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--app", type=Path, default=ROOT)
    parser.add_argument("--latency", type=float, default=0, help="ms added to each request")
    options = parser.parse_args()
    rows = []
    with server(options.app), sync_playwright() as playwright:
        for name in ("warm-up", "measured"):
            with tempfile.TemporaryDirectory() as profile:
                context = playwright.chromium.launch_persistent_context(
                    profile, executable_path=shutil.which("chromium"), args=ARGUMENTS
                )
                visits = [visit(context, options.latency) for _ in ("first", "second")]
                context.close()
            if name == "measured":
                rows = [_row(*each) for each in zip(("first", "second"), visits, strict=True)]
    show(rows, options.json)


def _row(name: str, counted: dict[str, float]) -> dict[str, Any]:
    return {
        "visit": name,
        "over the socket, kB": round(counted["socket"] / 1000),
        "files, kB": round(counted["files"] / 1000),
        "requests for files": round(counted["requests"]),
        "first decoded image, s": round(counted["seconds"], 2),
    }


if __name__ == "__main__":
    main()

"""From `streamlit run` to the first decoded image in a fresh browser, and the server's memory.

Rival in the same run: Streamlit's own empty page (one heading), which no app can beat.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from _report import arguments, show
from browser import ARGUMENTS, ROOT
from playwright.sync_api import Browser, sync_playwright

PORT = 8765


def start(script: Path, browser: Browser, ready: str) -> dict[str, float]:
    """Start a server, open the page as soon as it answers, and wait for `ready`."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(script),
            "--server.headless",
            "true",
            "--server.address",
            "127.0.0.1",
            "--server.port",
            str(PORT),
        ],
        cwd=ROOT,
        env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _healthy():
            time.sleep(0.02)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{PORT}")
        page.wait_for_selector(ready, timeout=120_000)
        seconds = time.perf_counter() - begun
        explained = seconds
        if "explorer" in ready:
            page.wait_for_selector('.explorer[data-answered="yes"]', timeout=120_000)
            explained = time.perf_counter() - begun
        memory = _resident(process.pid)
        context.close()
    finally:
        process.terminate()
        process.wait()
    return {"seconds": seconds, "explained": explained, "memory": memory}


def _healthy() -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{PORT}/_stcore/health", timeout=1).close()
    except OSError:
        return False
    return True


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def main() -> None:
    """Start both in turn, five times."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    runs: dict[str, list[dict[str, float]]] = {"Autoencoder Explorer": [], "empty Streamlit": []}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "empty.py"
        empty.write_text("import streamlit as st\nst.title('Hello')\n")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        for _ in range(options.repeats):
            ready = '.explorer[data-ready="yes"]'
            runs["Autoencoder Explorer"].append(start(ROOT / "app.py", browser, ready))
            runs["empty Streamlit"].append(start(empty, browser, "h1"))
        browser.close()
    rows: list[dict[str, Any]] = [
        {
            "app": name,
            "first decoded image, s": statistics.median(r["seconds"] for r in of),
            "pin explained, s": statistics.median(r["explained"] for r in of),
            "server memory, MiB": statistics.median(r["memory"] for r in of),
        }
        for name, of in runs.items()
    ]
    show(rows, options.json)


if __name__ == "__main__":
    main()

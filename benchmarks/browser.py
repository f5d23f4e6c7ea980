"""The latent map in a real Chromium: hover, motion, clicks. Server and browser on this machine.

- hover: from the pointer's event to the drawn picture in the page, for each shipped model: nearest
  point, inverse map, support, decode, paint (median and p95 of 200 places).
- frames: frames a second while the pointer moves, while the map is dragged and while all points go
  from one map to another (above 20,000 they don't), over 2,000, 10,000 and 70,000 points (the last
  two need MNIST), and the page's processor time for one frame of that, which what else runs on
  the machine hardly changes.
- click: from the pointer's event to the whole panel in the page, and until it is drawn (40
  clicks).
- directions: on Traverse, what it takes to find the local directions of a code (40 codes);
  `--directions` measures nothing else.

The rival in the same run is the engine: what it needs to explain 40 places among 2,000 points,
before any of it has been packed, sent and drawn.
"""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _report import arguments, show
from playwright.sync_api import Page, sync_playwright

from aecore.checkpoints import build, read, shipped_folder
from aecore.data.catalogue import present
from aecore.latents.position import Surroundings, explain
from aecore.latents.projection import Axes
from aecore.latents.support import Support

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

HOVER = """async (root) => {
  const map = root.explorer, times = [];
  for (let i = 0; i < 220; i++) {
    const angle = i * 2.39996, radius = 0.45 * Math.sqrt(i / 220) * map.camera.width;
    const at = [map.camera.width / 2 + radius * Math.cos(angle),
                map.camera.width / 2 + radius * Math.sin(angle)];
    const start = performance.now();
    map.hover(...at);
    times.push(performance.now() - start);
    if (i % 8 === 0) await new Promise(requestAnimationFrame);
  }
  return times.slice(20);
}"""

DECODE = """(root) => {
  const { model } = root.explorer, times = [];
  for (let i = 0; i < 220; i++) {
    const code = model.codeOf(i % model.n);
    const start = performance.now();
    model.decode(code);
    times.push(performance.now() - start);
  }
  return times.slice(20);
}"""

FRAMES = """async ([root, dragging]) => {
  const map = root.explorer;
  let frames = 0;
  const start = performance.now();
  while (performance.now() - start < 3000) {
    const t = (performance.now() - start) / 300;
    const at = [Math.cos(t), Math.sin(t)].map((v) => (0.5 + 0.3 * v) * map.camera.width);
    if (dragging) map.drag(at, [2 * Math.cos(t), 2 * Math.sin(t)], { at, shift: false });
    else map.hover(...at);
    await new Promise(requestAnimationFrame);
    frames++;
  }
  if (dragging) map.dragEnd({});
  return (1000 * frames) / (performance.now() - start);
}"""

MOVING = """async (root) => {
  const { stage, model } = root.explorer;
  let [frames, took] = [0, 0];
  for (let i = 0; i < 6; i++) {
    stage.fly(Float32Array.from({ length: 2 * model.n }, (_, j) => (j * 0.618) % 1));
    const start = performance.now();
    while (stage.motion.away) {
      await new Promise(requestAnimationFrame);
      frames++;
    }
    took += performance.now() - start;
    await new Promise((done) => setTimeout(done, 300));
  }
  return [frames, took];
}"""

CLICK = """async (root) => {
  const map = root.explorer, panel = [], drawn = [];
  for (let i = 0; i < 44; i++) {
    const at = [0.618, 0.382].map((v) => (0.2 + 0.6 * ((i * v) % 1)) * map.camera.width);
    const start = performance.now();
    map.click(...at);
    panel.push(performance.now() - start);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    drawn.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 150));
  }
  return { panel: panel.slice(4), drawn: drawn.slice(4) };
}"""

DIRECTIONS = """async (root) => {
  const { directions, model } = root.traverse, times = [];
  for (let i = 0; i < 40; i++) {
    directions.follow(model.codeOf(7 * i).slice(), 1);
    times.push(Number(directions.home.dataset.foundMs));
    await new Promise(requestAnimationFrame);
  }
  return times;
}"""


def p95(values: list[float]) -> float:
    """95th percentile."""
    return sorted(values)[int(0.95 * len(values))]


STREAMLIT = ("streamlit", "run", "app.py", "--server.headless", "true",
             "--server.address", "127.0.0.1", "--server.port")  # fmt: skip


def serve(module: tuple[str, ...] = STREAMLIT) -> tuple[subprocess.Popen[bytes], str]:
    """Start the app on a free port, which is the command's last word."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", *module, str(port)],
        cwd=ROOT,
        env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process, url


@contextmanager
def running_app(module: tuple[str, ...] = STREAMLIT) -> Iterator[tuple[Page, str]]:
    """Serve the app and open a browser: an empty page, and the app's address."""
    process, url = serve(module)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            yield browser.new_page(viewport={"width": 1366, "height": 768}), url
            browser.close()
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # a command may have started the server
        process.wait()


def opened(page: Page, url: str) -> Any:
    """Open a page and wait until the pin is explained."""
    page.goto(url)
    page.wait_for_selector('.explorer[data-answered="yes"]', timeout=180_000)
    page.wait_for_timeout(700)
    return page.locator(".explorer").element_handle()


def hover_rows(page: Page, url: str) -> list[dict[str, Any]]:
    """Measure hovering for each shipped model."""
    rows = []
    for path in sorted(shipped_folder().glob("*.safetensors")):
        root = opened(page, f"{url}/?model={path.stem}")
        decode, hover = page.evaluate(DECODE, root), page.evaluate(HOVER, root)
        rows.append(
            {
                "what": path.stem,
                "decode, ms": statistics.median(decode),
                "decode p95": p95(decode),
                "hover, ms": statistics.median(hover),
                "hover p95": p95(hover),
            }
        )
    return rows


def processor(page: Page) -> Callable[[], float]:
    """Return what tells how long the page's own thread has worked, in milliseconds."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    return busy


def busy_in(page: Page, script: str, root: Any) -> tuple[Any, float]:
    """Evaluate a script: its answer, and milliseconds of the page's own thread."""
    busy = processor(page)
    before = busy()
    return page.evaluate(script, root), busy() - before


def flown(page: Page, root: Any) -> tuple[float, float]:
    """Let all points move: frames a second, and milliseconds of the page's own thread a frame."""
    (frames, took), busy = busy_in(page, MOVING, root)
    return 1000 * frames / max(took, 1), busy / max(frames, 1)


def motion_rows(page: Page, url: str) -> list[dict[str, Any]]:
    """Measure frames a second and clicks for growing maps."""
    rows = []
    for n in (2_000, 10_000, 70_000) if present("mnist") else (2_000,):
        link = "" if n == 2_000 else f"&points={n}"
        root = opened(page, f"{url}/?model=mnist-vae-2d{link}")
        clicks = page.evaluate(CLICK, root)
        moving, cpu = flown(page, root)
        rows.append(
            {
                "what": f"{n:,} points",
                "fps hovering": page.evaluate(FRAMES, [root, False]),
                "fps dragging": page.evaluate(FRAMES, [root, True]),
                "fps moving": moving,
                "CPU of such a frame, ms": cpu,
                "click, ms": statistics.median(clicks["panel"]),
                "click p95": p95(clicks["panel"]),
                "drawn, ms": statistics.median(clicks["drawn"]),
                "drawn p95": p95(clicks["drawn"]),
            }
        )
    return rows


def directions_rows(page: Page, url: str) -> list[dict[str, Any]]:
    """Measure Traverse on the models of 16 units."""
    rows = []
    for path in sorted(shipped_folder().glob("*-[av]*e-16d.safetensors")):
        page.goto(f"{url}/traverse?model={path.stem}&grid=directions")
        root = page.wait_for_selector('.traverse[data-settled="yes"]', timeout=60_000)
        times, busy = busy_in(page, DIRECTIONS, root)
        median, each = statistics.median(times), busy / len(times)
        rows.append(
            {"model": path.stem, "directions, ms": median, "p95": p95(times), "CPU, ms": each}
        )
    return rows


def engine_row() -> dict[str, Any]:
    """Measure the engine alone."""
    stored = read(shipped_folder() / "mnist-vae-2d.safetensors")
    latents, times = stored.latents, []
    support = Support.of(latents)
    around = Surroundings(build(stored), latents, Axes().fit(latents.codes), support)
    for code in 1.1 * latents.codes[:44]:
        start = time.perf_counter()
        explain(code, around)
        times.append(1000 * (time.perf_counter() - start))
    return {"what": "engine", "place, ms": statistics.median(times[4:]), "p95": p95(times[4:])}


def main() -> None:
    """Measure."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--directions", action="store_true", help="measure only these")
    options = parser.parse_args()
    with running_app() as (page, url):
        tables = [directions_rows(page, url)]
        if not options.directions:
            tables += [hover_rows(page, url), motion_rows(page, url), [engine_row()]]
    for rows in tables:
        show(rows, options.json)


if __name__ == "__main__":
    main()

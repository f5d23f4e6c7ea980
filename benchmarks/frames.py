"""A dragged frame of each live page in a real Chromium; server and browser on this machine.

- `frame` is the script of one frame (`data-frame-ms`), `gap` the time between two frames, which
  holds the browser's own drawing as well; 240 frames each, median and p95, milliseconds.
- `rest` is how long the page takes to catch up with the drag once the hand rests.

The rival in the same run is an empty loop of frames: its gap is what nothing costs.
"""

import statistics
from typing import Any, NamedTuple

from _report import arguments, show
from browser import p95, running_app
from playwright.sync_api import Page

from aecore.data.catalogue import present


class Drag(NamedTuple):
    """One measurement: a page, its element, and what one move of the hand does."""

    what: str
    link: str
    element: str
    move: str
    settled: str = "true"


SCRUB = "root.bench.scrub(0.5 + 0.5 * Math.sin(i / 20))"
PULL = """{
  const { model, ends } = root.bench, angle = i / 20;
  root.bench.moving = MOVING;
  const code = ends.a.code.slice();
  code[0] += 0.02 * Math.cos(angle); code[1] += 0.02 * Math.sin(angle);
  root.bench.setEnd("a", { code, row: -1 }, { tell: false });
}"""
# While the hand moves, strips take turns; at once, all 44 frames are decoded in one.
PULL, AT_ONCE = (PULL.replace("MOVING", moving) for moving in ("i < 259", "false"))
SLIDE = """{
  const page = root.traverse, unit = page.units[0];
  page.set(unit, unit.centre + 2.5 * Math.sin(i / 20) * unit.sigma, false);
}"""
HOVER = """{
  const map = root.querySelector(".minimap"), box = map.getBoundingClientRect(), angle = i / 20;
  map.dispatchEvent(new PointerEvent("pointermove", {
    clientX: box.left + box.width * (0.5 + 0.3 * Math.cos(angle)),
    clientY: box.top + box.height * (0.5 + 0.3 * Math.sin(angle)), bubbles: true }));
}"""
WARM = """{
  const slider = root.querySelector("[type=range][data-number=temperature]");
  slider.value = 1 + 0.8 * Math.sin(i / 20);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""

GRID = 'root.dataset.settled === "yes"'
STRIPS = 'root.dataset.waiting === "0"'
LEFT = 'root.dataset.left === "0"'
CONV, BETA = "?model=mnist-vae-16d", "?model=mnist-bvae-10d-b4"
DRAGS = [
    Drag("nothing", "/interpolate", ".bench", "0"),
    Drag("Interpolate, scrubber, dense", "/interpolate", ".bench", SCRUB),
    Drag("Interpolate, an end dragged, dense", "/interpolate", ".bench", PULL, STRIPS),
    Drag("Interpolate, an end dragged, conv", f"/interpolate{CONV}", ".bench", PULL, STRIPS),
    Drag("Interpolate, 4 × 11 at once, dense", "/interpolate", ".bench", AT_ONCE, STRIPS),
    Drag("Interpolate, 4 × 11 at once, conv", f"/interpolate{CONV}", ".bench", AT_ONCE, STRIPS),
    Drag("Traverse, 2 × 7, dense", "/traverse", ".traverse", SLIDE, GRID),
    Drag("Traverse, 10 × 11, conv", f"/traverse{BETA}&columns=11", ".traverse", SLIDE, GRID),
    Drag("Generate, 2 × 36 samples, dense", "/generate", ".generate", WARM, LEFT),
    Drag("Generate, 2 × 36 samples, conv", f"/generate{CONV}", ".generate", WARM, LEFT),
    Drag("Compare, 3 maps of 1,797", "/compare", ".compare", HOVER),
]
MANY = "?model=mnist-vae-2d&points=10000"
LARGE = Drag("Compare, 3 maps of 10,000", f"/compare{MANY}", ".compare", HOVER)

RUN = """async (root) => {
  const frame = [], gap = [];
  let last = performance.now();
  for (let i = 0; i < 260; i++) {
    MOVE;
    await new Promise(requestAnimationFrame);
    await new Promise((done) => queueMicrotask(done));
    const now = performance.now();
    gap.push(now - last);
    frame.push(Number(root.dataset.frameMs ?? 0));
    last = now;
  }
  const rested = performance.now();
  while (!(SETTLED)) await new Promise(requestAnimationFrame);
  return { frame: frame.slice(20), gap: gap.slice(20), rest: performance.now() - rested };
}"""


def row(page: Page, url: str, drag: Drag) -> dict[str, Any]:
    """Measure one page."""
    page.goto(url + drag.link)
    page.wait_for_selector(f'{drag.element}[data-ready="yes"]', timeout=180_000)
    page.wait_for_timeout(3000)
    root = page.locator(drag.element).first.element_handle()
    times = page.evaluate(RUN.replace("MOVE", drag.move).replace("SETTLED", drag.settled), root)
    return {
        "what": drag.what,
        "frame, ms": statistics.median(times["frame"]), "frame p95": p95(times["frame"]),
        "gap, ms": statistics.median(times["gap"]), "gap p95": p95(times["gap"]),
        "rest, ms": times["rest"],
    }  # fmt: skip


def main() -> None:
    """Measure."""
    options = arguments(__doc__.splitlines()[0]).parse_args()
    drags = [*DRAGS, LARGE] if present("mnist") else DRAGS
    with running_app() as (page, url):
        rows = [row(page, url, drag) for drag in drags]
    show(rows, options.json)


if __name__ == "__main__":
    main()

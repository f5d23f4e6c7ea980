"""A dragged frame of the traverse page in a real Chromium; server and browser on this machine.

One slider follows a sine for 240 frames. `frame` is the script of one frame (large picture,
support, and the slice of the grid that is decoded in it); `gap` is the time between two frames,
which holds the browser's own drawing as well; `grid` is how long the whole grid takes to follow
once the slider rests.
"""

import shutil
from typing import Any

from _report import arguments, show
from browser import ARGUMENTS, p95, serve
from playwright.sync_api import Page, sync_playwright

LINKS = {
    "10 × 11 grid, convolutional": "model=mnist-bvae-10d-b4&columns=11",
    "16 × 11 grid, dense": "model=digits-vae-16d&columns=11",
    "2 × 7 grid, dense": "model=digits-vae-2d",
}

DRAG = """async (root) => {
  const page = root.traverse, unit = page.units[0];
  const frame = [], gap = [];
  let last = performance.now();
  for (let i = 0; i < 260; i++) {
    page.set(unit, unit.centre + 2.5 * Math.sin(i / 20) * unit.sigma, false);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    gap.push(now - last);
    frame.push(Number(root.dataset.frameMs));
    last = now;
  }
  const rested = performance.now();
  while (root.dataset.settled !== "yes") await new Promise(requestAnimationFrame);
  return { frame: frame.slice(20), gap: gap.slice(20), grid: performance.now() - rested };
}"""


def median(values: list[float]) -> float:
    """Middle value."""
    return sorted(values)[len(values) // 2]


def row(page: Page, what: str, url: str) -> dict[str, Any]:
    """Measure one model."""
    page.goto(url)
    page.wait_for_selector('.traverse[data-settled="yes"]', timeout=180_000)
    page.wait_for_timeout(1000)
    root = page.locator(".traverse").element_handle()
    times = page.evaluate(DRAG, root)
    return {
        "what": what, "frame, ms": median(times["frame"]), "frame p95": p95(times["frame"]),
        "gap, ms": median(times["gap"]), "gap p95": p95(times["gap"]), "grid, ms": times["grid"],
    }  # fmt: skip


def main() -> None:
    """Measure."""
    options = arguments(__doc__.splitlines()[0]).parse_args()
    process, url = serve()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.goto(url)  # the first visit of a server is to its main page
            page.wait_for_selector('.explorer[data-ready="yes"]', timeout=180_000)
            rows = [row(page, what, f"{url}/traverse?{link}") for what, link in LINKS.items()]
            browser.close()
    finally:
        process.terminate()
        process.wait()
    show(rows, options.json)


if __name__ == "__main__":
    main()

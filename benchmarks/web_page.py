"""A saved web page in a real Chromium, from its file with the network off, for each shipped model.

- size: of the file with all pages that the model can show.
- opens: from the start of the navigation until the pin is decoded and explained; and what of that
  the page's own thread has worked, which what else runs on the machine hardly changes.
- decode, hover: as `benchmarks/browser.py` measures them in the app, and the thread's work for one
  hover with all that it draws; the rival in the same run is the app itself, for the models that
  the last rows name.
"""

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from _report import arguments, show
from browser import ARGUMENTS, DECODE, HOVER, busy_in, opened, p95, processor, running_app
from playwright.sync_api import BrowserContext, sync_playwright

from aecore import cli
from aecore.checkpoints import shipped_folder

RIVALS = ("mnist-vae-16d", "mnist-cvae-8d")
N_HOVERS = 220  # of `HOVER`


def hovering(root: Any, page: Any) -> dict[str, float]:
    """Milliseconds of a decode, and of a move of the pointer."""
    decode = page.evaluate(DECODE, root)
    hover, busy = busy_in(page, HOVER, root)
    return {
        "decode, ms": statistics.median(decode),
        "hover, ms": statistics.median(hover),
        "hover p95": p95(hover),
        "CPU of a hover, ms": busy / N_HOVERS,
    }


def row(name: str, folder: Path, context: BrowserContext) -> dict[str, Any]:
    """Save a model, open it, hover over it."""
    path = folder / f"{name}.html"
    cli.main(["page", name, "--out", str(path)])
    page = context.new_page()
    busy = processor(page)
    page.goto(path.as_uri(), wait_until="commit")
    page.wait_for_selector('.explorer[data-answered="yes"]')
    took, worked = page.evaluate("performance.now()"), busy()
    root = page.locator(".explorer").element_handle()
    measured = {
        "file": name,
        "size, MB": path.stat().st_size / 1e6,
        "opens, s": took / 1000,
        "CPU of that, s": worked / 1000,
        **hovering(root, page),
    }
    page.close()
    return measured


def main() -> None:
    """Measure."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="models; default: all that ship")
    options = parser.parse_args()
    names = options.names or [path.stem for path in sorted(shipped_folder().glob("*.safetensors"))]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        context = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True)
        rows = [row(name, Path(folder), context) for name in names]
        browser.close()
    with running_app() as (page, url):
        for name in RIVALS:
            root = opened(page, f"{url}/?model={name}")
            rows.append({"file": f"the app, {name}", **hovering(root, page)})
    show(rows, options.json)


if __name__ == "__main__":
    main()

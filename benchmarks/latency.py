"""Is the map still quick while a training runs on the same cores? Click to picture, in Chromium.

40 clicks on the latent map of mnist-vae-2d (2,000 points) while nothing else runs, then while a
worker trains a VAE of MNIST (as the Train page starts it), then idle again: medians and p95 of the
time from the pointer's event to the whole panel in the page, and of a hover. Then, on
Train, the time from Play with all defaults (digits) to the first, tenth and last epoch shown.
"""

import os
import statistics
import tempfile
import time
from typing import Any

from _report import arguments, show
from browser import CLICK, HOVER, opened, p95, running_app

from aecore.models.config import ModelConfig
from aecore.recipes import Recipe
from aecore.runs.folder import Plan, Run, create
from aecore.runs.launch import launch
from aecore.training.config import TrainingConfig


def begun() -> Run:
    """Start a training and wait until it takes steps."""
    model = ModelConfig(kind="vae", code_dim=2, widths=(400,))
    run = create(Plan(Recipe("mnist", model, TrainingConfig(epochs=10_000))))
    launch(run)
    while run.state.name != "running":
        time.sleep(0.1)
    return run


def ended(run: Run) -> None:
    """Stop it and wait until it is gone."""
    run.want(do="stop")
    while run.alive:
        time.sleep(0.1)


def clicks(page: Any, url: str, name: str) -> dict[str, Any]:
    """Measure clicks and hovers now."""
    root = opened(page, f"{url}/?model=mnist-vae-2d")
    found, hovers = page.evaluate(CLICK, root)["panel"], page.evaluate(HOVER, root)
    return {
        "while": name,
        "click, ms": statistics.median(found),
        "click p95": p95(found),
        "hover, ms": statistics.median(hovers),
    }


def play(page: Any, url: str) -> list[dict[str, Any]]:
    """Press Play and look at the map until it is finished."""
    page.goto(f"{url}/train")
    page.get_by_role("button", name="New run").click()  # the stopped one is found again
    start, rows = time.perf_counter(), []
    page.wait_for_url("**run=2*")
    shown = page.wait_for_selector('.train[data-state="running"]', timeout=60_000)
    for name, n in (("first", 1), ("tenth", 10), ("last", 30)):
        page.wait_for_function(
            "([element, n]) => Number(element.dataset.epochs) >= n", arg=[shown, n], timeout=60_000
        )
        seconds = time.perf_counter() - start
        rows.append({"Play to": f"the {name} epoch", "seconds": seconds})
    return rows


def main() -> None:
    """Measure idle, training, idle; then Play."""
    options = arguments(__doc__.splitlines()[0]).parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["AECORE_HOME"] = home
        with running_app() as (page, url):
            rows = [clicks(page, url, "idle")]
            run = begun()
            try:
                rows.append(clicks(page, url, "training"))
            finally:
                ended(run)
            rows.append(clicks(page, url, "idle again"))
            waits = play(page, url)
    idle = statistics.mean(row["click, ms"] for row in (rows[0], rows[2]))
    for row in rows:
        row["times idle"] = row["click, ms"] / idle
    show(rows, options.json)
    show(waits, options.json)


if __name__ == "__main__":
    main()

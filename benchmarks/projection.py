"""Maps of 10,000 × 16 codes: our t-SNE (openTSNE) against scikit-learn's, and single points.

The codes are those of the 10,000 MNIST test images under `mnist-vae-16d`, the perplexity is 30.
Both have as many threads, by turns in one run: ours with its own number of steps, scikit-learn
with 750 and with as many as ours. Seconds are medians; what others do on the machine hardly
changes those of the processor. The row "first" is what our map shows after 75 steps.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import statistics
import time
from typing import Any

import numpy as np
from _report import arguments, show
from sklearn.manifold import TSNE as SklearnTSNE  # noqa: N811  # a class
from threadpoolctl import threadpool_limits

from aecore.checkpoints import load as load_checkpoint
from aecore.checkpoints import shipped_folder
from aecore.data.catalogue import load
from aecore.latents.encoding import encode
from aecore.latents.projection import TSNE, n_threads
from aecore.metrics import trustworthiness

N_TRUST = 3000
REPEATS = 50  # of what takes milliseconds
FIRST = 75  # steps
STEPS = 750  # of scikit-learn


def timed(work: Any) -> tuple[Any, float]:
    """Return what the work returned, and seconds."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def milliseconds(work: Any) -> float:
    """Median of 50 calls."""
    return statistics.median(1000 * timed(work)[1] for _ in range(REPEATS))


class Ours:
    """One fit, and when its map was first worth looking at."""

    def __init__(self, codes: np.ndarray) -> None:
        self.start, self.cpu = time.perf_counter(), time.process_time()
        self.first: dict[str, Any] = {}
        self.tsne = TSNE(perplexity=30, progress=self.see).fit(codes)
        self.points = self.tsne.points
        self.took = self.since()

    def since(self) -> dict[str, float]:
        """Seconds since the start."""
        now, cpu = time.perf_counter(), time.process_time()
        return {"seconds": now - self.start, "CPU seconds": cpu - self.cpu}

    def see(self, done: int, _total: int, points: np.ndarray) -> bool:
        """Keep the map after the first steps."""
        if done == FIRST:
            self.first = {"points": points.astype(np.float32), **self.since()}
        return False


def theirs(codes: np.ndarray, steps: int) -> dict[str, Any]:
    """One fit of scikit-learn's with as many threads as ours."""
    rival = SklearnTSNE(perplexity=30, max_iter=steps, random_state=0, n_jobs=n_threads())
    cpu = time.process_time()
    with threadpool_limits(n_threads()):
        points, seconds = timed(lambda: rival.fit_transform(codes))
    return {"points": points, "seconds": seconds, "CPU seconds": time.process_time() - cpu}


def main() -> None:
    """Measure both by turns, then one new point and one inverted place of ours."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    model, _ = load_checkpoint(shipped_folder() / "mnist-vae-16d.safetensors")
    codes = encode(model, load("mnist", "test").take(np.arange(options.n))).codes
    some = np.random.default_rng(0).choice(len(codes), min(N_TRUST, len(codes)), replace=False)
    equal = TSNE().early_iterations + TSNE().n_iterations

    found: dict[str, list[dict[str, Any]]] = {}
    for _ in range(options.repeats):
        ours = Ours(codes)
        found.setdefault(f"aecore, first {FIRST} steps", []).append(ours.first)
        found.setdefault(f"aecore, {equal} steps", []).append({"points": ours.points, **ours.took})
        for steps in (STEPS, equal):
            found.setdefault(f"scikit-learn, {steps} steps", []).append(theirs(codes, steps))

    rows = [
        {"what": what}
        | {key: statistics.median(run[key] for run in runs) for key in ("seconds", "CPU seconds")}
        | {
            "trustworthiness": statistics.median(
                trustworthiness(codes[some], run["points"][some]) for run in runs
            )
        }
        for what, runs in found.items()
    ]
    rival = next(row for row in rows if row["what"] == f"scikit-learn, {STEPS} steps")
    for row in rows:
        row["of scikit-learn's"] = row["seconds"] / rival["seconds"]
        row["of its CPU seconds"] = row["CPU seconds"] / rival["CPU seconds"]
    tsne = ours.tsne
    for what, work in (
        ("place one new code", lambda: tsne.transform(codes[:1] + 0.01)),
        ("invert one place", lambda: tsne.inverse(tsne.points[:1] + 0.01)),
    ):
        rows.append({"what": what, "seconds": milliseconds(work) / 1000})
    show(rows, options.json)


if __name__ == "__main__":
    main()

"""Maps of 10,000 × 16 codes: our t-SNE (openTSNE) against scikit-learn's, and single points.

The codes are those of the 10,000 MNIST test images under `mnist-vae-16d`. Both optimise 750 steps
at perplexity 30 on the same cores, one after the other in one run.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import statistics
import time
from typing import Any

import numpy as np
from _report import arguments, show
from sklearn.manifold import TSNE as SklearnTSNE  # noqa: N811  # a class

from aecore.checkpoints import load as load_checkpoint
from aecore.checkpoints import shipped_folder
from aecore.data.catalogue import load
from aecore.latents.encoding import encode
from aecore.latents.projection import TSNE
from aecore.metrics import trustworthiness

N_TRUST = 3000
REPEATS = 50


def timed(work: Any) -> tuple[Any, float]:
    """Return what the work returned, and seconds."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def milliseconds(work: Any) -> float:
    """Median of 50 calls."""
    return statistics.median(1000 * timed(work)[1] for _ in range(REPEATS))


def main() -> None:
    """Measure both, then one new point and one inverted place of ours."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=10_000)
    options = parser.parse_args()
    model, _ = load_checkpoint(shipped_folder() / "mnist-vae-16d.safetensors")
    codes = encode(model, load("mnist", "test").take(np.arange(options.n))).codes
    some = np.random.default_rng(0).choice(len(codes), min(N_TRUST, len(codes)), replace=False)

    ours, seconds = timed(lambda: TSNE(perplexity=30).fit(codes))
    rival = SklearnTSNE(perplexity=30, max_iter=750, random_state=0, n_jobs=2)
    theirs, rival_seconds = timed(lambda: rival.fit_transform(codes))
    rows = [
        {
            "what": "aecore (openTSNE)",
            "seconds": seconds,
            "trustworthiness": trustworthiness(codes[some], ours.points[some]),
        },
        {
            "what": "scikit-learn TSNE",
            "seconds": rival_seconds,
            "trustworthiness": trustworthiness(codes[some], theirs[some]),
        },
        {
            "what": "place one new code",
            "seconds": milliseconds(lambda: ours.transform(codes[:1] + 0.01)) / 1000,
        },
        {
            "what": "invert one place",
            "seconds": milliseconds(lambda: ours.inverse(ours.points[:1] + 0.01)) / 1000,
        },
    ]
    show(rows, options.json)


if __name__ == "__main__":
    main()

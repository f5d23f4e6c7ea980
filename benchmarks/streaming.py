"""What does a set larger than memory cost? A million made images, streamed and held in memory.

The images are the embedded digits, each shifted and dimmed by a seed, written as uncompressed .npz
shards of 50,000 to a temporary folder (0.8 GB). Each row is a process of its own: it opens the
set, trains a 784-128-8 VAE for one epoch on the 70 % that are the training split, and tells its
peak memory (`getrusage`), beside what it had when torch was loaded. `µs an image` is the training
alone. The rival in the same run is the loader that holds the set in memory.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from _report import arguments, show

SHARD = 50_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)


def made(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw images: a digit, moved by up to 3 pixels and dimmed by up to a half."""
    from aecore.data import digits

    source = digits.load("train")
    draw = np.random.default_rng(seed)
    chosen = draw.integers(0, len(source), n)
    images = source.pixels[chosen, 0]
    rows, columns = ((np.arange(28) + draw.integers(-3, 4, (n, 1))).clip(0, 27) for _ in range(2))
    moved = images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
    dimmed = moved * draw.uniform(0.5, 1, (n, 1, 1)).astype(np.float32)
    return dimmed.astype(np.uint8), source.labels[chosen]


def write(folder: Path, n: int) -> None:
    """Write n images as shards."""
    folder.mkdir()
    for i, start in enumerate(range(0, n, SHARD)):
        images, labels = made(min(SHARD, n - start), seed=i)
        np.savez(folder / f"{i:04d}.npz", images=images, labels=labels)


def peak_mb() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(folder: str, stream: bool) -> dict[str, Any]:
    """Open and train for an epoch, in this process."""
    from aecore import production
    from aecore.models.config import ModelConfig
    from aecore.recipes import Recipe
    from aecore.training.config import TrainingConfig

    before = peak_mb()
    start = time.perf_counter()
    splits = production.load_splits(folder, stream=stream)
    opened = time.perf_counter() - start
    config = TrainingConfig(epochs=1, batch_size=500)
    plan = Recipe(folder, ModelConfig(kind="vae", widths=(128,), code_dim=8), config)
    report = next(production.run(production.fresh_model(plan), splits, plan))
    return {
        "images in training": len(splits.train),
        "open, s": opened,
        "images/s": report.images_per_s,
        "µs an image": 1e6 / report.images_per_s,
        "peak, MB": peak_mb(),
        "above torch, MB": peak_mb() - before,
    }


def in_a_process(folder: Path, stream: bool) -> dict[str, Any]:
    """Measure in a process of its own."""
    words = [sys.executable, __file__, "--folder", str(folder), *(["--stream"] if stream else [])]
    environment = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=True)
    return json.loads(done.stdout)


def main() -> None:
    """Measure both loaders on growing sets."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--folder", help="one measurement, in this process")
    parser.add_argument("--stream", action="store_true", help="with --folder")
    options = parser.parse_args()
    if options.folder:
        print(json.dumps(measure(options.folder, options.stream)))
        return
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for n in options.sizes:
            folder = Path(temporary) / str(n)
            write(folder, n)
            for name, stream in (("streamed", True), ("in memory", False)):
                rows.append({"images": f"{n:,}", "loader": name} | in_a_process(folder, stream))
    show(rows, options.json)


if __name__ == "__main__":
    main()

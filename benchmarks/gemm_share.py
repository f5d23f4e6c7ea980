"""How much of the processor's bf16 product rate does training reach, and what bf16 is worth.

The rate is that of a product of two 2048×2048 matrices. Operations of a step are counted by
torch's own counter (products and convolutions, forwards and backwards); the speed is the median
of steps of 512 images of MNIST, with and without the autocast that `devices.choose` decides on.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from _report import arguments, show
from torch.utils.flop_counter import FlopCounterMode

from aecore.data.catalogue import load
from aecore.devices import Device, choose
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.processes import Team
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.feed import Feed
from aecore.training.steps import Steps

BODIES: dict[str, dict[str, Any]] = {
    "dense 784-400-20": {"widths": (400,)},
    "dense 784-1024-512-20": {"widths": (1024, 512)},
    "conv 32-64, dense 256": {"body": "conv", "channels": (32, 64), "widths": (256,)},
}
SIDE = 2048
RECIPE = TrainingConfig(batch_size=512)


def median_seconds(work: Callable[[], object], n: int) -> float:
    """Median of n runs after one that does not count."""
    times = []
    for _ in range(n + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def product_rate() -> float:
    """Operations a second of a bf16 product."""
    a, b = (torch.randn(SIDE, SIDE, generator=stream(0, n)).bfloat16() for n in "ab")
    return 2 * SIDE**3 / median_seconds(lambda: a @ b, 7)


def step(settings: dict[str, Any], place: Device, n: int) -> tuple[float, int]:
    """Median seconds and operations of a step."""
    data = load("mnist", "train")
    config = ModelConfig(kind="vae", code_dim=20, activation="relu", **settings)
    feed = Feed(data, RECIPE.batch_size, place, Team())
    steps = Steps(create(config, stream(0, "weights")), feed, RECIPE, place, Team())
    steps.turn(1)
    batches = steps.batches()
    with FlopCounterMode(display=False) as counter:
        steps.take(next(batches))
    return median_seconds(lambda: steps.take(next(batches)), n), counter.get_total_flops()


def main() -> None:
    """Measure each body."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=30)
    options = parser.parse_args()
    rate, chosen = product_rate(), choose("cpu")
    plain = Device(chosen.torch, False, "CPU, float32")
    rows = []
    for name, settings in BODIES.items():
        seconds, n_operations = step(settings, chosen, options.steps)
        slow, _ = step(settings, plain, options.steps)
        rows.append(
            {
                "body": name,
                "MFLOP an image": n_operations / RECIPE.batch_size / 1e6,
                "images/s": RECIPE.batch_size / seconds,
                "images/s in float32": 512 / slow,
                "GFLOP/s": n_operations / seconds / 1e9,
                "GFLOP/s of a product": rate / 1e9,
                "share": f"{n_operations / seconds / rate:.0%}",
            }
        )
    show(rows, options.json)


if __name__ == "__main__":
    main()

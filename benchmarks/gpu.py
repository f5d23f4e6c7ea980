"""What a GPU is worth: one script that answers all of it, in under eight minutes on a GPU.

    python benchmarks/gpu.py                        # where CUDA is
    python benchmarks/gpu.py --pythae RIVAL/bin/python
    python benchmarks/gpu.py --device cpu --small   # every part, short: that all of them run

- `race`: the 784-400-20 VAE of `training_speed.py` to the loss it has there, warmed up.
- `steps`: images a second of whole steps, dense and convolutional, against the example's own loop
  around the same networks on the same device; with CUDA graphs and without.
- `t-SNE`: a map of 70,000 codes.
- `run`: a training as the page Train has it, in a worker of its own: pictures of it a second.
- `agreement`: the same weights and images on this device and on the CPU, in float32 and as it
  trains: the largest difference of a pixel.

A part that fails says so in its row, and the others go on; then the exit code is 1.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import copy
import json
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from _report import arguments, show
from torch.utils.data import DataLoader
from training_speed import OURS, PictureSet, ours, race

from aecore.checkpoints import load as load_checkpoint
from aecore.checkpoints import shipped_folder
from aecore.data.catalogue import load
from aecore.data.imageset import SPLITS, ImageSet
from aecore.devices import Device, choose
from aecore.latents.encoding import encode
from aecore.latents.projection import TSNE
from aecore.models.base import Autoencoder
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.processes import Team
from aecore.recipes import Recipe
from aecore.runs import folder
from aecore.runs.folder import Plan
from aecore.runs.launch import launch
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.feed import Batch, Feed
from aecore.training.steps import Steps

GOAL = 105.6  # nats: what ours has in the table of `training_speed.py`, the example's 106.2
BODIES: dict[str, dict[str, Any]] = {
    "dense 784-400-20": {"widths": (400,)},
    "conv 32-64, dense 256": {"body": "conv", "channels": (32, 64), "widths": (256,)},
}
Row = dict[str, Any]


class Size(NamedTuple):
    """How much is measured."""

    n_images: int
    epochs: int
    steps: int
    batch_size: int
    codes: int
    splits: tuple[str, ...]
    run_s: float


WHOLE = Size(55_000, 20, 200, 512, 70_000, SPLITS, 10.0)
SMALL = Size(2_000, 1, 3, 128, 400, ("val",), 2.0)


class Bench(NamedTuple):
    """What all parts know."""

    place: Device
    size: Size
    data: ImageSet
    pythae: str

    def wait(self) -> None:
        """Wait until the device has done what it was given."""
        if self.place.torch.type == "cuda":
            torch.cuda.synchronize()

    def seconds(self, work: Callable[[], object]) -> float:
        """Of one call, with all that it set going."""
        self.wait()
        start = time.perf_counter()
        work()
        self.wait()
        return time.perf_counter() - start


def vae(settings: dict[str, Any]) -> Autoencoder:
    """The same weights at every call."""
    config = ModelConfig(kind="vae", code_dim=20, activation="relu", **settings)
    return create(config, stream(0, "weights"))


def steps_of(bench: Bench, settings: dict[str, Any], place: Device) -> Steps:
    """A training of a body, at its first step."""
    recipe = TrainingConfig(batch_size=bench.size.batch_size, epochs=10)
    feed = Feed(bench.data, recipe.batch_size, place, Team())
    steps = Steps(vae(settings), feed, recipe, place, Team())
    steps.turn(1)
    return steps


# ---- the parts ----------------------------------------------------------------------------------


def racing(bench: Bench) -> Iterator[Row]:
    """Seconds to the goal; the first epoch of another training warms up."""
    device = bench.place.torch.type
    next(ours(device, bench.data))
    found = race("race", ours(device, bench.data), GOAL, bench.size.epochs)
    seconds, n, loss = (found[name] for name in ("seconds", "epochs", "test loss, nats"))
    yield {
        "what": f"to {GOAL} nats",
        "found": f"{loss:.1f} nats after {n} of {OURS.epochs} epochs",
        "seconds": seconds,
        "images/s": n * len(bench.data) / seconds,
    }


def stepping(bench: Bench) -> Iterator[Row]:
    """Images a second of steps: ours, ours from a graph, the example's loop."""
    for name, settings in BODIES.items():
        steps = steps_of(bench, settings, bench.place)
        yield speed(bench, f"steps, {name}", forever(steps, steps.take))
        if bench.place.torch.type == "cuda":
            steps = steps_of(bench, settings, bench.place)
            yield speed(bench, f"steps, {name}, CUDA graph", forever(steps, Graph(steps).take))
        yield speed(bench, f"example's loop, {name}", example(bench, vae(settings)))
    if bench.pythae:
        yield pythae(bench)


def speed(bench: Bench, what: str, taken: Iterator[int]) -> Row:
    """The median over as many steps as are measured, after three that are not."""
    for _ in range(3):
        next(taken)
    times = []
    for _ in range(bench.size.steps):
        n = 0

        def step() -> None:
            nonlocal n
            n = next(taken)

        times.append(bench.seconds(step) / n)
    return {"what": what, "images/s": 1 / statistics.median(times), "peak, MiB": peak(bench)}


def forever(steps: Steps, take: Callable[[Batch], object]) -> Iterator[int]:
    """Take steps epoch after epoch; yields the images of each."""
    while True:
        for batch in steps.batches():
            take(batch)
            yield len(batch.pixels)


def example(bench: Bench, model: Autoencoder) -> Iterator[int]:
    """The loop of pytorch/examples around one of our models: its loader, batch and optimiser."""
    device = bench.place.torch
    loader = DataLoader(PictureSet(bench.data.pixels), batch_size=128, shuffle=True)
    model = model.to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    draw = stream(0, "codes", device)
    while True:
        for images in loader:
            optimiser.zero_grad()
            terms = model.terms(images.to(device), draw)
            loss = (terms.reconstruction + terms.regulariser).sum()
            torch.autograd.backward(loss)
            loss.item()
            optimiser.step()
            yield len(images)


def pythae(bench: Bench) -> Row:
    """The trainer of pythae in its own interpreter: two epochs, of which the second counts."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "mnist.npz"
        np.savez(path, train=bench.data.pixels, test=bench.data.pixels[:100])
        script = Path(__file__).with_name("pythae_rival.py")
        words = [bench.pythae, str(script), str(path), "2", bench.place.torch.type]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    taken = told[1]["seconds"] - told[0]["seconds"]
    return {"what": "pythae, dense 784-400-20", "images/s": len(bench.data) / taken}


class Graph:
    """A step that was recorded once and is played again (torch.cuda.graph).

    Its learning rate stands still: what the schedule changes between two steps is not in a graph.
    """

    def __init__(self, steps: Steps) -> None:
        steps.draws["codes"] = torch.cuda.default_generators[torch.cuda.current_device()]
        self.pixels = next(iter(steps.batches())).pixels.clone()
        optimiser = torch.optim.Adam(steps.trained, lr=1e-3, capturable=True)

        def step() -> None:
            optimiser.zero_grad(set_to_none=False)
            with steps.place.autocast():
                reconstruction, regulariser = steps.objective(Batch(self.pixels, None, None))
            torch.autograd.backward(reconstruction + regulariser)
            optimiser.step()

        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # missing in its stubs
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):  # three steps that are not recorded, as its manual asks
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(aside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            step()

    def take(self, batch: Batch) -> None:
        """Play it for other images."""
        self.pixels.copy_(batch.pixels)
        self.graph.replay()


def mapping(bench: Bench) -> Iterator[Row]:
    """t-SNE of the codes of all images of MNIST, or of the first of them."""
    model, _ = load_checkpoint(shipped_folder() / "mnist-vae-16d.safetensors")
    found = [encode(model, load("mnist", split)).codes for split in bench.size.splits]
    codes = np.concatenate(found)[: bench.size.codes]
    yield {
        "what": f"t-SNE of {len(codes):,} codes (openTSNE, on the CPU)",
        "seconds": bench.seconds(partial(TSNE().fit, codes)),
    }


def running(bench: Bench) -> Iterator[Row]:
    """A run of the page Train: pictures a second while it trains."""
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["AECORE_HOME"] = temporary
        recipe = Recipe(
            "mnist", ModelConfig(kind="vae", code_dim=2),
            TrainingConfig(epochs=1000, batch_size=bench.size.batch_size),
        )  # fmt: skip
        run = folder.create(Plan(recipe, device=bench.place.torch.type))
        launch(run)
        while run.state.name in ("starting", "queued") or not run.live.exists():
            time.sleep(0.05)
        begun, pictures = time.perf_counter(), set()
        while time.perf_counter() - begun < bench.size.run_s:
            pictures.add(run.live.stat().st_mtime_ns)
            time.sleep(0.005)
        seen = run.state
        run.want(do="stop")
        while run.state.name == "running":
            time.sleep(0.05)
    if seen.name != "running":
        raise RuntimeError(f"the run is {seen.name}: {seen.problem}")
    yield {
        "what": "a run of Train, MNIST", "pictures/s": len(pictures) / bench.size.run_s,
        "found": f"{seen.epoch} epochs in {bench.size.run_s:g} s",
    }  # fmt: skip


def agreeing(bench: Bench) -> Iterator[Row]:
    """How far this device's numbers are from the CPU's in float32, largest difference."""
    images = torch.from_numpy(bench.data.take(np.arange(256)).images)
    plain = Device(bench.place.torch, False, "")
    for name, settings in BODIES.items():
        model = vae(settings)
        want = model.reconstruct(images).detach()
        moved = copy.deepcopy(model).to(bench.place.torch)
        for words, place in (("float32", plain), ("as it trains", bench.place)):
            with torch.no_grad(), place.autocast():
                found = moved.reconstruct(images.to(bench.place.torch)).float().cpu()
            yield {
                "what": f"agreement, {name}, {words}",
                "farthest": float((found - want).abs().max()),
            }


def peak(bench: Bench) -> float | None:
    """Most memory of the device so far, MiB."""
    cuda = bench.place.torch.type == "cuda"
    return torch.cuda.max_memory_allocated() / 2**20 if cuda else None


PARTS = (racing, stepping, mapping, running, agreeing)


def main() -> int:
    """Run every part."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--small", action="store_true", help="short, to see that it runs")
    parser.add_argument("--pythae", metavar="PYTHON", default="", help="one that has pythae")
    options = parser.parse_args()
    size = SMALL if options.small else WHOLE
    data = load("mnist", "train")
    data = data.take(np.arange(min(size.n_images, len(data))))
    bench = Bench(choose(options.device), size, data, options.pythae)
    name = torch.cuda.get_device_name() if bench.place.torch.type == "cuda" else ""
    rows: list[Row] = [{"what": "device", "found": name or bench.place.reason}]
    failed = False
    for part in PARTS:
        try:
            rows.extend(part(bench))
        except Exception as error:  # noqa: BLE001  # the time on a borrowed GPU is short
            traceback.print_exc()
            rows.append({"what": part.__name__, "found": f"failed: {error}"})
            failed = True
    show(rows, options.json)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

"""How fast is training? The 784-400-20 VAE against pytorch/examples and pythae, in one run.

The first rival is that loop written again: a DataLoader over PIL images turned to tensors one by
one, float32, batch 128, Adam at 1e-3, ReLU. Its held-out loss (nats an image, one sampled code)
after 10 epochs is what the others have to reach. The second is pythae's own trainer with the same
networks, batch and rate, where an interpreter is named that has it:

    python -m venv RIVAL && RIVAL/bin/pip install pythae
    python benchmarks/training_speed.py --pythae RIVAL/bin/python

Ours is `aecore.training` with the same architecture. All train on the 55,000 images of the
training split. Time includes loading the set, but not importing, nor measuring the loss; CPU
seconds are of all threads, and tell more than the clock where the machine is shared.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import copy
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _report import arguments, show
from PIL import Image
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from aecore.data.catalogue import load
from aecore.data.imageset import ImageSet
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import train

Measure = Callable[[], float | None]  # the held-out loss of now
N_IMAGES = 55_000
RIVAL_EPOCHS = 10
MAX_EPOCHS = 20
OURS = TrainingConfig(epochs=4, batch_size=256, learning_rate=1.2e-2)  # chosen on validation


class PictureSet(Dataset[torch.Tensor]):
    """Images as PIL pictures, each turned into a tensor when asked for."""

    def __init__(self, pixels: Any) -> None:
        self.pictures = [Image.fromarray(image[0]) for image in pixels]

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> torch.Tensor:
        picture = self.pictures[index]
        raw = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
        return raw.view(1, picture.height, picture.width).float().div(255)


class ExampleVAE(nn.Module):
    """784-400-20-400-784 with ReLU, as in the example."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc21 = nn.Linear(784, 400), nn.Linear(400, 20)
        self.fc22, self.fc3, self.fc4 = nn.Linear(400, 20), nn.Linear(20, 400), nn.Linear(400, 784)

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return −ELBO summed over the batch."""
        h = functional.relu(self.fc1(x.view(-1, 784)))
        mean, log_var = self.fc21(h), self.fc22(h)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_var)
        y = torch.sigmoid(self.fc4(functional.relu(self.fc3(z))))
        bce = functional.binary_cross_entropy(y, x.view(-1, 784), reduction="sum")
        return bce - 0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())


def rival(test: torch.Tensor) -> Iterator[Measure]:
    """Yield what measures the held-out loss after each epoch of the example's loop."""
    loader = DataLoader(PictureSet(load("mnist", "train").pixels), batch_size=128, shuffle=True)
    model = ExampleVAE()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    while True:
        for batch in loader:
            optimiser.zero_grad()
            loss = model.loss(batch)
            torch.autograd.backward(loss)
            loss.item()
            optimiser.step()
        yield lambda: held_out(model, test)


@torch.no_grad()
def held_out(model: ExampleVAE, test: torch.Tensor) -> float:
    """Mean −ELBO in nats."""
    return float(model.loss(test)) / len(test)


def ours(device: str, data: ImageSet | None = None) -> Iterator[Measure]:
    """Yield what measures the held-out loss after each epoch of `aecore.training`."""
    data, test = data or load("mnist", "train"), load("mnist", "test")
    config = ModelConfig(kind="vae", code_dim=20, widths=(400,), activation="relu")
    model = create(config, stream(0, "weights"))
    few = test.take(np.arange(100))
    from aecore.evaluation import evaluate

    for _ in train(model, data, few, OURS, device):
        yield lambda: evaluate(copy.deepcopy(model).to("cpu"), test).negative_elbo


def race(name: str, epochs: Iterator[Measure], goal: float, most: int) -> dict[str, Any]:
    """Run to the goal; the clock stands still while the loss is measured."""
    seconds, cpu, n, loss = 0.0, 0.0, 0, float("inf")
    while loss > goal and n < most:
        start, cpu_start = time.perf_counter(), time.process_time()
        measure = next(epochs, None)
        if measure is None:
            break
        seconds += time.perf_counter() - start
        cpu += time.process_time() - cpu_start
        n += 1
        loss = measure() or float("inf")
    return row(name, n, {"loss": loss, "seconds": seconds, "cpu": cpu})


def pythae(python: str, goal: float) -> dict[str, Any]:
    """Race pythae's trainer in its own interpreter."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "mnist.npz"
        np.savez(path, train=load("mnist", "train").pixels, test=load("mnist", "test").pixels)
        script = Path(__file__).with_name("pythae_rival.py")
        words = [python, str(script), str(path), str(MAX_EPOCHS)]
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            told = []
            for line in filter(lambda text: text.startswith("{"), process.stdout):
                told.append(json.loads(line))
                if told[-1]["loss"] <= goal:
                    break
            process.terminate()
    return row("pythae", len(told), told[-1])


def row(name: str, n: int, told: dict[str, float]) -> dict[str, Any]:
    """A line of the table."""
    return {
        "loop": name,
        "epochs": n,
        "test loss, nats": told["loss"],
        "seconds": told["seconds"],
        "images/s": n * N_IMAGES / told["seconds"],
        "CPU seconds": told["cpu"],
        "images a CPU second": n * N_IMAGES / told["cpu"],
    }


def main() -> None:
    """Race all."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--epochs", type=int, default=RIVAL_EPOCHS, help="of the first rival")
    parser.add_argument("--pythae", metavar="PYTHON", help="an interpreter that has pythae")
    options = parser.parse_args()
    test = torch.from_numpy(load("mnist", "test").images)
    rows = [race("pytorch/examples", rival(test), 0.0, options.epochs)]
    goal = rows[0]["test loss, nats"]
    rows.append(race("aecore", ours(options.device), goal, MAX_EPOCHS))
    if options.pythae:
        rows.append(pythae(options.pythae, goal))
    for each in rows:
        each["times aecore's seconds"] = each["seconds"] / rows[1]["seconds"]
        each["times its CPU seconds"] = each["CPU seconds"] / rows[1]["CPU seconds"]
    show(rows, options.json)


if __name__ == "__main__":
    main()

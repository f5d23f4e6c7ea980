"""Two processes under torchrun against one: speed, and how far apart their curves are.

A VAE of MNIST (784-400-20), batch 512 in all, three epochs, a thread a process; beside them one
process with as many threads as there are cores, and one whose first weights are nudged by about a
millionth, three times, to tell what a training makes of rounding alone. `farthest` is the largest
difference of the training loss of an epoch from that of one process, `first` that of the first.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from _report import arguments, show

EPOCHS = 3
OFF = 1e-6  # of each weight, standard deviation
NUDGES = (1, 2, 3)


def work(out: Path, body: str, nudge: int) -> None:
    """Train in this process, alone or in a team; the first writes curve and speed."""
    import torch

    from aecore.data.catalogue import load
    from aecore.models.config import ModelConfig
    from aecore.models.family import create
    from aecore.processes import joined
    from aecore.seeding import stream
    from aecore.training.config import TrainingConfig
    from aecore.training.loop import train

    conv = {"channels": (16, 32), "widths": (128,)}
    settings: dict[str, Any] = {"widths": (400,)} if body == "dense" else conv
    config = ModelConfig(kind="vae", code_dim=20, body=body, activation="relu", **settings)
    recipe = TrainingConfig(epochs=EPOCHS, batch_size=512)
    data, val = load("mnist", "train"), load("mnist", "val")
    with joined() as team:
        model = create(config, stream(0, "weights"))
        draw = stream(nudge, "nudge")
        for weight in model.parameters() if nudge else ():
            weight.data *= 1 + OFF * torch.empty_like(weight).normal_(generator=draw)
        reports = list(train(model, data, val, recipe, "cpu"))
        if team.leads:
            speed = sorted(r.images_per_s for r in reports)[EPOCHS // 2]
            told = {"curve": [sum(r.train) for r in reports], "speed": speed}
            out.write_text(json.dumps(told))


def measure(n_processes: int, n_threads: int, body: str, nudge: int) -> dict[str, Any]:
    """Start so many processes and read what the first wrote."""
    launch = [sys.executable]
    if n_processes > 1:
        launch += ["-m", "torch.distributed.run", "--standalone"]
        launch += ["--nproc-per-node", str(n_processes)]
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "told.json"
        threads = {"OMP_NUM_THREADS": str(n_threads), "OMP_WAIT_POLICY": "PASSIVE"}
        subprocess.run(
            [*launch, __file__, "--out", str(out), "--body", body, "--nudge", str(nudge)],
            env=os.environ | threads,
            capture_output=True,
            check=True,
        )
        return json.loads(out.read_text())


def main() -> None:
    """Measure one and several processes."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--body", default="dense", help="dense or conv")
    parser.add_argument("--out", type=Path, help="one measurement, in this process")
    parser.add_argument(
        "--nudge", type=int, default=0, help="seed of what moves its first weights"
    )
    options = parser.parse_args()
    if options.out:
        work(options.out, options.body, options.nudge)
        return
    n = options.processes
    rows: list[dict[str, Any]] = []
    runs = ((1, 1, 0), (n, 1, 0), (1, n, 0), *((1, 1, nudge) for nudge in NUDGES))
    for n_processes, n_threads, nudge in runs:
        told = measure(n_processes, n_threads, options.body, nudge)
        rows.append({"processes": n_processes, "threads each": n_threads, "nudge": nudge} | told)
    for row in rows:
        apart = [abs(a / b - 1) for a, b in zip(row["curve"], rows[0]["curve"], strict=True)]
        row["first"], row["farthest"] = f"{apart[0]:.3%}", f"{max(apart):.2%}"
        row["images/s"], row["times as fast"] = row["speed"], row["speed"] / rows[0]["speed"]
    keys = ("processes", "threads each", "nudge", "images/s", "times as fast", "first", "farthest")
    show([{k: row[k] for k in keys} for row in rows], options.json)


if __name__ == "__main__":
    main()

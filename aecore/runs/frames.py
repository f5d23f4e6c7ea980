"""What is shown of a training at one moment: arrays and numbers, small enough for a wire."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from aecore.files import whole


class Frame(NamedTuple):
    """One moment of a training.

    Attributes:
        arrays: `points` (n, 2) of the watched images, `reconstructions` and `samples` as uint8,
            `kl_units` (d,) in nats (none for a model without a posterior).
        numbers: epoch, share of the one under way, mean terms in nats, speed, active units.
    """

    arrays: dict[str, np.ndarray]
    numbers: dict[str, Any]


def save(path: Path, frame: Frame) -> None:
    """Write a frame, whole or not at all."""
    from safetensors.numpy import save as to_bytes

    content = to_bytes(
        {name: np.ascontiguousarray(array) for name, array in frame.arrays.items()},
        metadata={"numbers": json.dumps(frame.numbers)},
    )
    with whole(path) as unfinished:
        unfinished.write_bytes(content)


def load(path: Path) -> Frame:
    """Read a frame."""
    from safetensors import safe_open

    with safe_open(path, "numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no dict
        return Frame(arrays, json.loads(file.metadata()["numbers"]))


def homeward(shown: list[Frame]) -> list[Frame]:
    """Turn all frames by what undoes the last one's turn: it ends as the model's own map."""
    if not shown or "turn" not in shown[-1].numbers:  # of a run made before turns were told
        return shown
    back = np.array(shown[-1].numbers["turn"]).T
    if (back == np.eye(2)).all():
        return shown
    return [
        frame._replace(
            arrays=frame.arrays
            | {"points": (frame.arrays["points"].astype(np.float64) @ back).astype(np.float16)}
        )
        for frame in shown
    ]

"""Snapshots of a training on disk, so that it can be resumed."""

import json
from pathlib import Path

from aecore.files import whole
from aecore.training.steps import Snapshot


def save(path: Path, snapshot: Snapshot) -> None:
    """Write a snapshot, whole or not at all."""
    from safetensors.torch import save as to_bytes

    content = to_bytes(snapshot.tensors, metadata={"numbers": json.dumps(snapshot.numbers)})
    with whole(path) as unfinished:
        unfinished.write_bytes(content)


def load(path: Path) -> Snapshot:
    """Read what `save` wrote.

    Raises:
        OSError: if it is not there.
    """
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no dict
        return Snapshot(tensors, json.loads(file.metadata()["numbers"]))

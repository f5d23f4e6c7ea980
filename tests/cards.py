"""Checkpoints with another card, as a stranger could write them."""

import json
import struct

import numpy as np
from safetensors.numpy import save_file

from aecore.checkpoints import read, shipped_folder


def rewrite(path, change, target=None):
    """Change the card of a file, here or in a copy, and leave the rest."""
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + size])
    card = json.loads(header["__metadata__"]["card"])
    change(card)
    header["__metadata__"]["card"] = json.dumps(card)
    text = json.dumps(header).encode()
    (target or path).write_bytes(struct.pack("<Q", len(text)) + text + raw[8 + size :])


def as_format_1(path, **table):
    """Write a file as earlier versions did: each column of the table plain; some replaced."""
    stored, dtypes = read(path), {"split": np.uint8, "index": np.int32, "labels": np.int16}
    raw = path.read_bytes()
    header = json.loads(raw[8 : 8 + struct.unpack("<Q", raw[:8])[0]])
    columns = {name: getattr(stored.latents, name) for name in stored.latents.__dataclass_fields__}
    plain = {
        f"latents.{name}": column.astype(dtypes.get(name, np.float16))
        for name, column in (columns | table).items()
    }
    tensors = stored.weights | plain | {"calibration.mse": stored.calibration}
    save_file(tensors, path, metadata=header["__metadata__"])
    rewrite(path, lambda card: card.update(format=1))


def gone(name, folder, as_name="gone"):
    """A shipped model copied as one of somebody's own pictures, which no longer lie anywhere."""
    path = folder / f"{as_name}.safetensors"
    rewrite(
        shipped_folder() / f"{name}.safetensors",
        lambda card: card.update(data=str(folder / "no such pictures")),
        path,
    )
    return path

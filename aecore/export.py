"""A model as the browser runs it: layers as JSON, weights as float16, in one block of bytes.

Layout of `pack`: a little-endian uint32 n, n bytes of JSON (padded by spaces), then the arrays one
after another, each at a multiple of 8. The JSON names each array's type, shape and offset from
the end of the header. `aeview/browser/payload/pack.js` reads it.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from aecore.checkpoints import NETWORKS, Card, Stored
from aecore.classifier_files import ClassifierFile
from aecore.errors import ForeignModelError
from aecore.flows.flow import Flow
from aecore.latents import counterfactual
from aecore.limits import limits
from aecore.models.layers import (
    Called,
    Conv,
    ConvTranspose,
    Layer,
    Linear,
    Recall,
    Reshape,
    Residual,
    RowConv,
    RowConvTranspose,
    Upsample,
    to_json,
)

ALIGNMENT = 8
TYPES = ("uint8", "int16", "int32", "float16", "float32")
PRODUCTS_A_SECOND = 1e9  # of `browser/net/net.js`: about, by benchmarks/foreign_models.py


def network(stored: Stored) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Describe both networks; the arrays are named "encoder.0.weight" as in the checkpoint.

    Of a model that the server runs (`Card.served`) nothing but where it is asked goes along.

    Raises:
        ForeignModelError: for a wrapped model, whose functions can't be sent.
    """
    card = stored.card
    if Called() in card.decoder:
        raise ForeignModelError("a wrapped model is run by its own functions, and in no browser")
    description = {name: to_json(getattr(card, name)) for name in NETWORKS}
    header = {
        "kind": card.model.kind,
        "shape": list(card.model.shape),
        "code_dim": card.model.code_dim,
        "names": list(card.axis.names if card.axis else ()),
        "things": card.things,
        **description,
    }
    if not card.served:
        return header, stored.weights
    bounds = limits()
    header["served"] = {
        "digest": stored.digest, "a_second": bounds.served_a_second, "most": bounds.asked,
        "words": served(),
    }  # fmt: skip
    return header, {}


def served() -> str:
    """What is said of a model that the server runs."""
    return f"Decoded on the server, at most {limits().served_a_second} a second"


def decodes_a_second(card: Card) -> float:
    """About how many pictures a browser decodes in a second, by the products that one takes."""
    return PRODUCTS_A_SECOND / max(1, n_products(card.decoder, (card.model.code_dim,)))


def n_products(layers: Sequence[Layer], shape: tuple[int, ...]) -> int:
    """Multiplications of one pass through a network.

    Args:
        layers: in order.
        shape: of what enters, without the batch.
    """
    total, seen = 0, [shape]
    for layer in layers:
        products, leaves = _pass(layer, seen[-1])
        seen.append(seen[-layer.back] if isinstance(layer, Recall) else leaves)
        total += products
    return total


def _pass(layer: Layer, shape: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Products of one layer, and the shape of what leaves it."""
    match layer:
        case Linear(n_in, n_out):
            return n_in * n_out, (n_out,)
        case Residual(n):
            return 2 * 9 * n * math.prod(shape), shape
        case Upsample(factor):
            return 0, (shape[0], *(size * factor for size in shape[1:]))
        case Reshape(into):
            return 0, into
        case Conv() | ConvTranspose() | RowConv() | RowConvTranspose():
            return _convolved(layer, shape)
        case _:
            return 0, shape


def _convolved(
    layer: Conv | ConvTranspose | RowConv | RowConvTranspose, shape: tuple[int, ...]
) -> tuple[int, tuple[int, ...]]:
    k, stride, padding = layer.kernel, layer.stride, layer.padding
    back = isinstance(layer, ConvTranspose | RowConvTranspose)
    row = isinstance(layer, RowConv | RowConvTranspose)
    sizes = [
        size if row and axis == 0
        else (size - 1) * stride - 2 * padding + k if back
        else (size + 2 * padding - k) // stride + 1
        for axis, size in enumerate(shape[1:])
    ]  # fmt: skip
    places = math.prod(shape[1:] if back else sizes)
    return layer.n_in * layer.n_out * k ** (1 if row else 2) * places, (layer.n_out, *sizes)


def network_bytes(stored: Stored) -> bytes:
    """Pack a model's encoder and decoder."""
    header, weights = network(stored)
    return pack({"network": header}, weights)


def flow_parts(flow: Flow) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Describe a latent flow; `aeview/browser/net/flow.js` reads it."""
    return {"layers": to_json(flow.layers), "n_classes": flow.n_classes}, flow.tensors()


def classifier_parts(file: ClassifierFile) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Describe a classifier; `aeview/browser/net/classifier.js` reads it."""
    header = {
        "layers": file.card["layers"],
        "accuracy": file.card["accuracy"]["test"],
        "search": counterfactual.constants(),
    }
    parts = ((name.partition("."), array) for name, array in file.tensors.items())
    weights = {f"classifier.{rest}": w for (kind, _, rest), w in parts if kind == "network"}
    return header, weights


def pack(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """Put a JSON header and arrays into one block.

    Raises:
        ValueError: for an array of a type the browser can't read.
    """
    table, parts, offset = {}, [], 0
    for name, array in arrays.items():
        if array.dtype.name not in TYPES:
            raise ValueError(f"{name} is {array.dtype}, but must be one of {', '.join(TYPES)}")
        content = np.ascontiguousarray(array).tobytes()
        table[name] = {"type": array.dtype.name, "shape": list(array.shape), "offset": offset}
        padding = -len(content) % ALIGNMENT
        parts.append(content + b"\0" * padding)
        offset += len(content) + padding
    text = json.dumps({**header, "arrays": table}, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 4) % ALIGNMENT)
    return len(text).to_bytes(4, "little") + text + b"".join(parts)

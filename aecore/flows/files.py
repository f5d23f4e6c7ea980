"""The file of a latent flow, which lies beside its model's checkpoint: "NAME.flow". No torch."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aecore.checkpoints import Stored
from aecore.data.download import cache_folder
from aecore.errors import CheckpointError
from aecore.files import whole
from aecore.flows.config import FlowConfig
from aecore.flows.flow import Flow, architecture
from aecore.models.layers import Layer, Linear, from_json, to_json

SUFFIX = ".flow"
FORMAT = 1
NO_FLOW = (
    "no latent flow is made of a conditional VAE: it is told the class itself, and its codes are "
    "drawn from the prior"
)


@dataclass(frozen=True, slots=True)
class FlowCard:
    """What is said of a flow.

    Attributes:
        model: digest of the networks whose codes it draws (`networks_digest`).
        name: that model's name when the flow was made.
        data: its data set.
        classes: that can be asked for; none where it was trained without.
        config: how it was made.
        command: that makes it again.
        version: of Autoencoder Explorer.
        metrics: what was measured when it was made.
    """

    model: str
    name: str
    data: str
    classes: tuple[str, ...]
    config: FlowConfig
    command: str
    version: str
    metrics: dict[str, Any] = field(default_factory=dict)


def file_of(checkpoint: Path) -> Path:
    """Where the flow of a checkpoint lies."""
    return checkpoint.with_suffix(SUFFIX)


def networks_digest(stored: Stored) -> str:
    """SHA-256 of a model's weights: a flow of its codes hangs on them, and on no figure."""
    content = hashlib.sha256()
    for name in sorted(stored.weights):
        content.update(name.encode())
        content.update(np.ascontiguousarray(stored.weights[name]).tobytes())
    return content.hexdigest()[:16]


def save(path: Path, flow: Flow, card: FlowCard) -> None:
    """Write a flow, whole or not at all: float16 weights, float32 mean and scale.

    Raises:
        CheckpointError: if the folder can't be written to.
    """
    from safetensors.numpy import save as to_bytes

    told = {
        "format": FORMAT, "flow_of": card.model, "name": card.name, "data": card.data,
        "classes": list(card.classes), "layers": to_json(flow.layers),
        "config": card.config.to_json(), "command": card.command, "version": card.version,
        "metrics": card.metrics,
    }  # fmt: skip
    try:
        with whole(path) as unfinished:
            unfinished.write_bytes(to_bytes(flow.tensors(), metadata={"flow": json.dumps(told)}))
    except OSError as error:
        raise CheckpointError(f"{path} can't be written: {error.strerror or error}") from None


def load(path: Path, stored: Stored) -> tuple[Flow, FlowCard]:
    """Read the flow of a model.

    Raises:
        CheckpointError: in one sentence, if it is not there, not a flow of ours, or one of
            another model.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as opened:
            told = json.loads((opened.metadata() or {})["flow"])
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  # no dict
        flow, card = _rebuilt(told, tensors)
    except FileNotFoundError:
        raise CheckpointError(f"there is no {path.name}: {how(path.stem)} makes it") from None
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise CheckpointError(f"{path.name} is not a flow of ours ({first}); remove it") from None
    if card.model != networks_digest(stored) or flow.code_dim != stored.card.model.code_dim:
        raise CheckpointError(
            f"{path.name} was made for other weights than those of {path.stem}; "
            f"{how(path.stem)} makes it anew"
        )
    return flow, card


def how(name: str) -> str:
    """The command that makes a model's flow."""
    return f"`python -m aecore flow {name}`"


def made_here(stored: Stored) -> Path:
    """Where a flow lies that the app made: in the user's cache, found by the model's weights."""
    return cache_folder() / "flows" / f"{networks_digest(stored)}{SUFFIX}"


def found(checkpoint: Path, stored: Stored) -> Path | None:
    """The file of a checkpoint's flow: beside it, else made by the app, else None."""
    places = (file_of(checkpoint), made_here(stored))
    return next((path for path in places if path.is_file()), None)


def of_checkpoint(checkpoint: Path, stored: Stored) -> Flow | None:
    """The flow of a checkpoint; None where there is none.

    Raises:
        CheckpointError: as `load`.
    """
    path = found(checkpoint, stored)
    return load(path, stored)[0] if path else None


def _rebuilt(told: dict[str, Any], tensors: dict[str, np.ndarray]) -> tuple[Flow, FlowCard]:
    if told["format"] > FORMAT:
        raise ValueError("it was made by a newer version")
    config, classes = FlowConfig.from_json(told["config"]), tuple(map(str, told["classes"]))
    layers = from_json(told["layers"])
    mean, scale = (tensors[name].astype(np.float64) for name in ("mean", "scale"))
    named = {k: v for k, v in tensors.items() if k.startswith("network.")}
    weights = {k.removeprefix("network."): v.astype(np.float32) for k, v in named.items()}
    if layers != architecture(len(mean), len(classes), config):
        raise ValueError("its layers are not those of its settings")
    _check(weights, layers)
    if not (np.isfinite(mean).all() and np.isfinite(scale).all() and (scale > 0).all()):
        raise ValueError("its mean or scale is not a number")
    flow = Flow(layers, weights, mean, scale, len(classes))
    texts = {name: str(told[name]) for name in ("name", "data", "command", "version")}
    card = FlowCard(
        model=str(told["flow_of"]),
        classes=classes,
        config=config,
        metrics=told["metrics"],
        **texts,
    )
    return flow, card


def _check(weights: dict[str, np.ndarray], layers: tuple[Layer, ...]) -> None:
    for at, layer in enumerate(layers):
        if isinstance(layer, Linear):
            shapes = {"weight": (layer.n_out, layer.n_in), "bias": (layer.n_out,)}
            for name, shape in shapes.items():
                if weights[f"{at}.{name}"].shape != shape:
                    raise ValueError(f"{at}.{name} has another shape than its layer")

"""What a checkpoint from elsewhere must hold before anything of it is used.

Beside what `ModelConfig` and the layers say of themselves: types that pages print, numbers that
fit together, and sizes that the file itself pays for, so that a few bytes can't ask for gigabytes.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aecore.configs import require
from aecore.models.layers import Layer, n_weights

MOST_CLASSES = 1000
LONGEST = 4096  # characters of a name or a command
MOST_VALUES = 2_000_000  # of one image
LARGEST = 1_000_000  # any size in a layer
NO_SIZES = ("slope", "shift", "scale", "n_bytes")  # what else a layer says in numbers
N_SPLITS = 3
NUMBERS = ("mse", "reconstruction", "n")
NUMBERS_OR_NONE = ("kl", "negative_elbo", "active_units")
IN_NEWER_FILES = ("image_variance", "output_variance", "mean_intensity")


def check_card(values: Mapping[str, Any]) -> None:
    """See that a card's entries are of the kinds that pages show.

    Raises:
        ValueError: naming the first entry that is not.
    """
    for name in ("data", "command", "version"):
        require(_is_text(values[name]), name, _short(values[name]), "a text")
    classes = values["classes"]
    several = isinstance(classes, list) and 1 <= len(classes) <= MOST_CLASSES
    require(
        several and all(map(_is_text, classes)), "classes", _short(classes), "1 to 1,000 texts"
    )
    shape = values["model"]["shape"]
    plain = isinstance(shape, list) and len(shape) == 3 and all(map(_is_size, shape))
    require(plain and math.prod(shape) <= MOST_VALUES, "shape", _short(shape), "three sizes")
    require(_is_size(1 + values.get("steps", 0)), "steps", _short(values.get("steps")), "a number")
    _check_layers(values)
    _check_figures(values["metrics"], encodes=bool(values["encoder"]))


def _check_layers(values: Mapping[str, Any]) -> None:
    for network in ("encoder", "decoder"):
        for place, layer in enumerate(values[network]):
            sizes = [
                value
                for name, value in layer.items()
                if isinstance(value, int | float) and name not in NO_SIZES
            ]
            least = -LARGEST if layer.get("kind") == "pad" else 0
            sound = all(least <= size <= LARGEST and size == int(size) for size in sizes)
            require(sound, f"a layer of the {network}", _short(layer), "of sizes up to 1,000,000")
            near = 1 <= layer.get("back", 1) <= place + 1 and abs(layer.get("slope", 0)) <= 1
            require(near, f"a layer of the {network}", _short(layer), "one that can be computed")
            if layer.get("kind") == "onnx":
                _check_graph(layer, network, values["model"])


def _check_graph(layer: Mapping[str, Any], network: str, model: Mapping[str, Any]) -> None:
    """A graph takes and gives what its model does."""
    gives, d = layer["shape"], model["code_dim"]
    fits = gives in ([d], [2 * d]) if network == "encoder" else gives == model["shape"]
    sizes = [*layer["given"], *gives]
    sound = all(map(_is_size, sizes)) and math.prod(layer["given"]) <= MOST_VALUES
    numbers = _is_number(layer["shift"]) and _is_number(layer["scale"]) and layer["scale"] != 0
    said = all(_is_text(layer[name]) for name in ("layout", "output"))
    require(
        fits and sound and numbers and said and _is_size(layer["n_bytes"]),
        f"a graph of the {network}", _short(layer), "one of this model",
    )  # fmt: skip


def _check_figures(metrics: Any, *, encodes: bool) -> None:
    require(isinstance(metrics, dict), "metrics", _short(metrics), "a table")
    require(_is_text(metrics["split"]), "split", _short(metrics["split"]), "a text")
    newer = tuple(name for name in IN_NEWER_FILES if IN_NEWER_FILES[0] in metrics)
    for name in NUMBERS + NUMBERS_OR_NONE + newer:
        value = metrics[name]
        absent = value is None and (name in NUMBERS_OR_NONE or (not encodes and name != "n"))
        require(absent or _is_number(value), name, _short(value), "a number")

    counts = metrics.get("drawn", [])
    several = isinstance(counts, list) and len(counts) <= MOST_CLASSES
    require(several and all(map(_is_number, counts)), "drawn", _short(counts), "a list of numbers")
    distance = metrics.get("distance", 0)
    require(_is_number(distance), "distance", _short(distance), "a number")


def check_table(table: Mapping[str, np.ndarray], code_dim: int, n_classes: int) -> None:
    """See that stored codes are rows of one table, of this model and these classes.

    Raises:
        ValueError: saying what does not fit.
    """
    n = len(table["codes"])
    require(table["codes"].shape == (n, code_dim), "codes", table["codes"].shape, "(n, units)")
    spread = table["log_var"].shape
    require(spread in ((n, 0), (n, code_dim)), "log_var", spread, "(n, 0) or (n, units)")
    for name, most in (("split", N_SPLITS), ("labels", n_classes), ("index", 2**31)):
        column = table[name]
        within = not n or (column.min(initial=0) >= 0 and column.max(initial=0) < most)
        fits = column.shape == (n,) and bool(within)
        require(
            fits, name, f"{column.shape} up to {column.max(initial=0)}", f"({n},) below {most}"
        )
    for name in ("error", "kl"):
        require(table[name].shape == (n,), name, table[name].shape, f"({n},)")
    require(bool(np.isfinite(table["codes"]).all()), "codes", "infinite", "finite")


def check_weights(weights: Mapping[str, np.ndarray], layers: Sequence[Layer]) -> None:
    """See that the file holds as many numbers as its layers are to be given.

    Raises:
        ValueError: if it holds fewer: such layers would take memory that nothing fills.
    """
    named, in_file = sum(map(n_weights, layers)), sum(weight.size for weight in weights.values())
    require(named <= in_file, "the layers' size", f"{named:,} weights", f"the {in_file:,} stored")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and "\0" not in value


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _short(value: Any) -> str:
    return str(value)[:60]

"""What a file computes, of whichever format: steps with ONNX's operators, and numbers.

Readers make it (`reading` of ONNX, `programs` of torch.export, `tables` of bare weights) and
`tracing` follows it.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

MOST_BYTES = 400_000_000  # of a file with its external data, of a tensor, of all of a file's
MOST_NODES = 5000
MOST_CONSTANT = 50_000_000  # numbers that depend on no image
Sizes = tuple[int | None, ...]


class Step(NamedTuple):
    """An operator.

    Attributes:
        operator: its name in ONNX; of another format's own where ONNX has none.
        inputs: names of tensors; empty where one is left out.
        outputs: names of tensors.
        options: its attributes.
        source: as its format has it.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    options: dict[str, Any]
    source: Any = None


class Graph(NamedTuple):
    """What a file computes.

    Attributes:
        name: of the file, for sentences.
        steps: each after what it needs.
        constants: its weights, all finite.
        inputs: names of what is to be given, with their shapes; None where any size will do.
        outputs: names of what it gives.
        runtime: what else computes it; None where nothing does.
        code: the tensor at which a file with both halves was cut, of the first half.
    """

    name: str
    steps: tuple[Step, ...]
    constants: dict[str, np.ndarray]
    inputs: dict[str, Sizes]
    outputs: tuple[str, ...]
    runtime: "Runtime | None" = None
    code: str | None = None

    def needed(self) -> tuple[Step, ...]:
        """The steps that its outputs need."""
        return needed(self.steps, self.outputs, {*self.inputs, *self.constants})


class Runtime(Protocol):
    """What computes a graph without our layers.

    Attributes:
        name: as a sentence has it.
    """

    name: str

    def constant(self, step: Step, given: list[Any]) -> list[Any] | None:
        """Compute what depends on no image; None, or whatever it raises, is "not known"."""

    def run(self, graph: Graph, given: np.ndarray) -> list[np.ndarray]:
        """Compute the outputs of what its only input is given."""


def needed(
    steps: Sequence[Step], ends: Collection[str], there: Collection[str]
) -> tuple[Step, ...]:
    """The steps that lead to some tensors from those that are there."""
    stop = {*there, ""}
    wanted, kept = set(ends) - stop, []
    for step in reversed(steps):
        if wanted & set(step.outputs):
            kept.append(step)
            wanted |= set(step.inputs) - stop
    return tuple(reversed(kept))

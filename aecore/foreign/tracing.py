"""A graph followed from what it is given to what it gives, operator by operator.

What depends on no image is computed at once; noise is cut, so that a code is the posterior's mean;
an operator that is not known stands in the way only of what needs it.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from aecore.errors import ForeignModelError
from aecore.foreign import nodes
from aecore.foreign.graph import MOST_CONSTANT, Graph, Step
from aecore.foreign.nodes import Affine, Node, Value
from aecore.foreign.operators import BY_NUMBER, CONSTANT, HANDLERS, Call, Unknown

BATCH = 7  # images that shapes are computed for, where the graph leaves it open


# What a handler may raise at numbers that no exporter writes.
ERRORS = (
    TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError, OverflowError,
)  # fmt: skip


ONE_BY_ONE = {"Cast", "Exp", "Identity", "Log", "Neg", "Softplus", "Sqrt"}


class Noise(NamedTuple):
    """Draws of a normal distribution, times what its spread is where that is known."""

    spread: Any = None


class Draw(NamedTuple):
    """z = μ + σ·ε.

    Attributes:
        name: of z.
        mean: μ.
        log_var: log σ², where it was found.
    """

    name: str
    mean: Value
    log_var: Value | None


class Traced(NamedTuple):
    """What a graph gives.

    Attributes:
        outputs: by name; a `Value`, or what stands in its way.
        draws: of a posterior, in order.
        unbounded: what came out of a Clip, and what went into it.
        known: all tensors by name: a `Value`, an array, or neither.
    """

    outputs: dict[str, Any]
    draws: tuple[Draw, ...]
    unbounded: list[tuple[Node, Value]]
    known: dict[str, Any]

    def free(self, x: Value) -> Value:
        """The tensor before a Clip: a log σ² is bounded by our own models in any case."""
        before = (given for made, given in self.unbounded if _same(made, x.node))
        return next(before, x)


def _same(a: Node, b: Node) -> bool:
    """Whether two nodes compute the same, scaled there and back, too."""
    scaled = isinstance(a.kind, Affine) and isinstance(b.kind, Affine)
    return a is b or (
        scaled
        and a.before[0] is b.before[0]
        and all(np.allclose(a.weights[name], b.weights[name]) for name in a.weights)
    )


def trace(graph: Graph, given: Value, batch: int) -> Traced:
    """Follow a graph.

    Args:
        graph: that was read.
        given: what its input stands for.
        batch: images at a time that it is made for.
    """
    return _Tracer(graph, given, batch).run()


class _Tracer:
    def __init__(self, graph: Graph, given: Value, batch: int) -> None:
        self.graph, self.batch = graph, batch
        self.known: dict[str, Any] = dict(graph.constants)
        self.known[next(iter(graph.inputs))] = given
        self.draws: list[Draw] = []
        self.unbounded: list[tuple[Node, Value]] = []

    def run(self) -> Traced:
        for step in self.graph.needed():
            inputs = [self.known.get(name) if name else None for name in step.inputs]
            call = Call(step.operator, inputs, step.options, len(step.outputs), self.batch)
            for name, each in zip(step.outputs, self._call(call, step), strict=False):
                self.known[name] = each
        outputs = {name: self.known.get(name) for name in self.graph.outputs}
        return Traced(outputs, tuple(self.draws), self.unbounded, self.known)

    def _call(self, call: Call, step: Step) -> list[Any]:
        if call.operator.startswith("Random"):
            return [Noise()]
        if call.operator == "Shape":
            return [self._shape(call)]
        if all(each is None or isinstance(each, np.ndarray) for each in call.inputs):
            return self._constant(call, step)
        if any(isinstance(each, Noise) for each in call.inputs):
            return [self._noisy(call, step)]
        return self._handled(call)

    def _handled(self, call: Call) -> list[Any]:
        """What an operator makes of what depends on an image."""
        handler = HANDLERS.get(call.operator)
        first = next(each for each in call.inputs if not isinstance(each, np.ndarray | None))
        if handler is None or any(isinstance(each, Unknown) for each in call.inputs):
            return [Unknown(call.operator, tuple(call.inputs))] * call.n_outputs
        try:
            made = handler(call, first)
        except ForeignModelError:
            raise
        except ERRORS:
            made = Unknown(f"{call.operator} of this kind")
        if call.operator == "Clip" and isinstance(made, Value):
            self.unbounded.append((made.node, first))
        return made if isinstance(made, list) else [made]

    def _shape(self, call: Call) -> Any:
        whole = self._size_of(call.inputs[0])
        if whole is None:
            return Unknown("Shape")
        return np.array(whole[call.options.get("start", 0) : call.options.get("end")], np.int64)

    def _size_of(self, x: Any) -> tuple[int, ...] | None:
        """A tensor's shape; also of what is computed number by number and not known else."""
        if isinstance(x, Value):
            return self.batch, *x.shape
        if isinstance(x, Unknown) and x.operator in BY_NUMBER | ONE_BY_ONE:
            sizes = [self._size_of(each) for each in x.inputs]
            known = [size for size in sizes if size is not None]
            return np.broadcast_shapes(*known) if len(known) == len(sizes) else None
        return x.shape if isinstance(x, np.ndarray) else None

    def _constant(self, call: Call, step: Step) -> list[Any]:
        """What depends on no image."""
        if call.operator not in CONSTANT or self.graph.runtime is None:
            return [Unknown(call.operator)] * call.n_outputs
        if (size := most_numbers(call)) > MOST_CONSTANT:
            raise ForeignModelError(f"{self.graph.name} asks for a constant of {size:,} numbers")
        try:
            found = self.graph.runtime.constant(step, call.inputs)
        except Exception:  # noqa: BLE001  # it raises whatever numpy does
            found = None
        return [Unknown(f"{call.operator} of this kind")] if found is None else found

    def _noisy(self, call: Call, step: Step) -> Any:
        """Noise times a spread is noise; a mean plus noise is the mean."""
        noise = next(each for each in call.inputs if isinstance(each, Noise))
        others = [each for each in call.inputs if each is not noise and each is not None]
        if call.operator == "Mul" and others:
            return _louder(noise, others[0])
        if call.operator == "Add" and others and _is_all(others[0], 0.0):
            return noise
        if call.operator == "Add" and others and isinstance(others[0], Value):
            if not isinstance(noise.spread, np.ndarray | None):  # else as strong for every image
                self.draws.append(Draw(step.outputs[0], others[0], _log_var(noise.spread)))
            return others[0]
        return noise if call.operator in ("Cast", "Identity") else Unknown(call.operator)


def most_numbers(call: Call) -> int:
    """How many numbers an operator on constants gives at most."""
    given = [each for each in call.inputs if each is not None]
    if call.operator in ("ConstantOfShape", "Expand"):
        return math.prod(map(int, given[-1].ravel()))
    if call.operator == "Gather":
        return int(given[1].size) * math.prod(given[0].shape[1:])
    if call.operator in BY_NUMBER and len(given) > 1:
        return math.prod(map(max, *([*each.shape[::-1], *[1] * 9][:9] for each in given)))
    return sum(each.size for each in given)


def _is_all(x: Any, number: float) -> bool:
    return isinstance(x, np.ndarray) and bool((x == number).all())


def _louder(noise: Noise, by: Any) -> Noise:
    """Noise times something; σ is known where that is all that it is multiplied by."""
    if _is_all(by, 1.0):
        return noise
    if noise.spread is None or _is_all(noise.spread, 1.0):
        return Noise(by)
    both = isinstance(noise.spread, np.ndarray) and isinstance(by, np.ndarray)
    return Noise(by) if both else Noise(Unknown("Mul", (noise.spread, by)))


def _log_var(spread: Any) -> Value | None:
    """Log σ² where σ is exp(x), which x = log σ² / 2 may have been halved before, or a root."""
    outer = _within(spread)
    if not isinstance(outer, Unknown):
        return None
    inner = _within(outer.inputs[0]) if outer.inputs else None
    if outer.operator == "Exp":
        return nodes.affine(inner, 2.0, 0.0) if isinstance(inner, Value) else None
    root = outer.operator == "Sqrt" or (outer.operator == "Pow" and _is_all(outer.inputs[1], 0.5))
    if root and isinstance(inner, Unknown) and inner.operator == "Exp":
        found = _within(inner.inputs[0])
        return found if isinstance(found, Value) else None
    return None


def _within(x: Any) -> Any:
    """What a tensor is before it is given another type or the same shape."""
    while isinstance(x, Unknown) and x.operator in ("Cast", "Expand", "Identity") and x.inputs:
        x = x.inputs[0]
    return x

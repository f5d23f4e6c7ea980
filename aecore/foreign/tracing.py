"""A graph followed from what it is given to what it gives, operator by operator.

What depends on no image is computed at once; noise is cut, so that a code is the posterior's mean;
an operator that is not known stands in the way only of what needs it.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from aecore.errors import ForeignModelError
from aecore.foreign import nodes, packages
from aecore.foreign.nodes import Value
from aecore.foreign.operators import BY_NUMBER, CONSTANT, HANDLERS, Call, Unknown
from aecore.foreign.reading import Graph

BATCH = 7  # images that shapes are computed for, where the graph leaves it open
MOST_CONSTANT = 50_000_000


# What a handler may raise at numbers that no exporter writes.
ERRORS = (
    TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError, OverflowError,
)  # fmt: skip


class Noise(NamedTuple):
    """Draws of a normal distribution, times what its spread is where that is known."""

    spread: Any = None


class Traced(NamedTuple):
    """What a graph gives.

    Attributes:
        outputs: by name; a `Value`, or what stands in its way.
        mean, log_var: what a draw of the posterior was made of, where there was one.
        unbounded: what went into a Clip, by the identity of the node that came out.
    """

    outputs: dict[str, Any]
    mean: Value | None
    log_var: Value | None
    unbounded: dict[int, Value]

    def free(self, x: Value) -> Value:
        """The tensor before a Clip: a log σ² is bounded by our own models in any case."""
        return self.unbounded.get(id(x.node), x)


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
        self.mean: Value | None = None
        self.log_var: Value | None = None
        self.unbounded: dict[int, Value] = {}

    def run(self) -> Traced:
        for node in self.graph.model.graph.node:
            inputs = [self.known.get(name) if name else None for name in node.input]
            options = {
                each.name: packages.onnx().helper.get_attribute_value(each)
                for each in node.attribute
            }
            made = self._call(Call(node.op_type, inputs, options, node, self.batch))
            for name, each in zip(node.output, made, strict=False):
                self.known[name] = each
        outputs = {name: self.known.get(name) for name in self.graph.outputs}
        return Traced(outputs, self.mean, self.log_var, self.unbounded)

    def _call(self, call: Call) -> list[Any]:
        if call.operator.startswith("Random"):
            return [Noise()]
        if call.operator == "Shape":
            return [self._shape(call)]
        if all(each is None or isinstance(each, np.ndarray) for each in call.inputs):
            return self._constant(call)
        if any(isinstance(each, Noise) for each in call.inputs):
            return [self._noisy(call)]
        return self._handled(call)

    def _handled(self, call: Call) -> list[Any]:
        """What an operator makes of what depends on an image."""
        handler = HANDLERS.get(call.operator)
        first = next(each for each in call.inputs if not isinstance(each, np.ndarray | None))
        if handler is None or any(isinstance(each, Unknown) for each in call.inputs):
            return [Unknown(call.operator, tuple(call.inputs))] * len(call.node.output)
        try:
            made = handler(call, first)
        except ForeignModelError:
            raise
        except ERRORS:
            made = Unknown(f"{call.operator} of this kind")
        if call.operator == "Clip" and isinstance(made, Value):
            self.unbounded[id(made.node)] = first
        return made if isinstance(made, list) else [made]

    def _shape(self, call: Call) -> Any:
        x = call.inputs[0]
        if not isinstance(x, Value | np.ndarray):
            return Unknown("Shape")
        whole = (self.batch, *x.shape) if isinstance(x, Value) else x.shape
        return np.array(whole[call.options.get("start", 0) : call.options.get("end")], np.int64)

    def _constant(self, call: Call) -> list[Any]:
        """What depends on no image, by onnx's own evaluator."""
        if call.operator not in CONSTANT:
            return [Unknown(call.operator)] * len(call.node.output)
        if (size := _size(call)) > MOST_CONSTANT:
            raise ForeignModelError(f"{self.graph.name} asks for a constant of {size:,} numbers")
        helper = packages.onnx().helper
        given = {n: v for n, v in zip(call.node.input, call.inputs, strict=True) if n}
        types = {n: helper.np_dtype_to_tensor_dtype(v.dtype) for n, v in given.items()}
        made = helper.make_graph(
            [call.node], "constant",
            [helper.make_tensor_value_info(n, t, given[n].shape) for n, t in types.items()],
            [helper.make_empty_tensor_value_info(n) for n in call.node.output],
        )  # fmt: skip
        model = helper.make_model(made, opset_imports=self.graph.model.opset_import)
        from onnx.reference import ReferenceEvaluator

        try:
            found: list[Any] = ReferenceEvaluator(model).run(None, given)
        except Exception:  # noqa: BLE001  # it raises whatever numpy does
            return [Unknown(f"{call.operator} of this kind")] * len(call.node.output)
        return found

    def _noisy(self, call: Call) -> Any:
        """Noise times a spread is noise; a mean plus noise is the mean."""
        noise = next(each for each in call.inputs if isinstance(each, Noise))
        others = [each for each in call.inputs if each is not noise and each is not None]
        if call.operator == "Mul" and others:
            return Noise(others[0])
        if call.operator == "Add" and others and isinstance(others[0], Value):
            self.mean = others[0]
            self.log_var = _log_var(noise.spread)
            return others[0]
        return noise if call.operator in ("Cast", "Identity") else Unknown(call.operator)


def _size(call: Call) -> int:
    """How many numbers an operator on constants gives at most."""
    given = [each for each in call.inputs if each is not None]
    if call.operator in ("ConstantOfShape", "Expand"):
        return math.prod(map(int, given[-1].ravel()))
    if call.operator == "Gather":
        return int(given[1].size) * math.prod(given[0].shape[1:])
    if call.operator in BY_NUMBER and len(given) > 1:
        return math.prod(map(max, *([*each.shape[::-1], *[1] * 9][:9] for each in given)))
    return sum(each.size for each in given)


def _log_var(spread: Any) -> Value | None:
    """Log σ² where σ is exp(x), which x = log σ² / 2 may have been halved before."""
    if isinstance(spread, Unknown) and spread.operator == "Exp":
        inner = spread.inputs[0]
        return nodes.affine(inner, 2.0, 0.0) if isinstance(inner, Value) else None
    if isinstance(spread, Unknown) and spread.operator == "Sqrt":
        inner = spread.inputs[0]
        if isinstance(inner, Unknown) and inner.operator == "Exp":
            found = inner.inputs[0]
            return found if isinstance(found, Value) else None
    return None

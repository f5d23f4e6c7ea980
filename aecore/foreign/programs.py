"""A program of torch.export as a graph of ONNX's operators; what is not known keeps its own name.

Only operators in `aten.TRANSLATIONS` are ever computed, of weights and to compare with.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aecore.errors import ForeignModelError
from aecore.foreign.archives import Program, opened
from aecore.foreign.aten import TRANSLATIONS, VIEWS, Arguments, Name, Words, translated
from aecore.foreign.graph import MOST_CONSTANT, MOST_NODES, Graph, Sizes, Step

TARGET = re.compile(r"torch\.ops\.aten\.(\w+\.\w+)")
ERRORS = (KeyError, TypeError, ValueError, IndexError, AttributeError, RuntimeError)
EACH = "broadcast_tensors.default"  # torch.distributions has it before each draw
HALVES = ("encoder", "decoder")
WITHOUT_NUMBERS = ("as_none", "as_device", "as_layout", "as_memory_format", "as_scalar_type")


def read(path: Path) -> tuple[Graph, ...]:
    """Read a file: one graph, or two where its programs are called encoder and decoder.

    Raises:
        ForeignModelError: in one sentence, for whatever is wrong with it.
    """
    programs = opened(path)
    names = HALVES if set(HALVES) <= programs.keys() else tuple(programs)
    if len(names) > 1 and names != HALVES:
        raise ForeignModelError(
            f"{path.name} holds {', '.join(names)[:80]}; known are one program, or two that are "
            "called encoder and decoder"
        )
    try:
        return tuple(_Reader(path.name, programs[name]).graph() for name in names)
    except ForeignModelError:
        raise
    except ERRORS:
        raise ForeignModelError(
            f"{path.name} is no file of torch.export.save, or was cut; export it again"
        ) from None


class _Reader:
    """From torch's schema to a graph."""

    def __init__(self, name: str, program: Program) -> None:
        self.name, self.program = name, program
        self.shapes = {
            each: tuple(size.get("as_int") for size in meta["sizes"])
            for each, meta in program.graph["tensor_values"].items()
        }
        self.constants: dict[str, np.ndarray] = {}
        self.inputs: dict[str, Sizes] = {}
        self.steps: list[Step] = []
        self.now: dict[str, str] = {}  # a tensor that was changed in place, and what it is since
        self.base: dict[str, str] = {}  # what a tensor shares its numbers with
        self.stale: set[str] = set()

    def graph(self) -> Graph:
        """Read it."""
        nodes = self.program.graph["nodes"]
        if len(nodes) > MOST_NODES:
            raise ForeignModelError(
                f"{self.name} has {len(nodes):,} nodes; up to {MOST_NODES:,} are read"
            )
        for spec in self.program.signature["input_specs"]:
            self._input(spec)
        for node in nodes:
            self._node(node)
        outputs = tuple(self._outputs())
        runtime = _Torch()
        return Graph(self.name, tuple(self.steps), self.constants, self.inputs, outputs, runtime)

    def _input(self, spec: dict[str, Any]) -> None:
        ((kind, said),) = spec.items()
        if kind == "user_input":
            found = said["arg"].get("as_tensor")
            if found:
                self.inputs[found["name"]] = self.shapes[found["name"]]
            return
        keys = {
            "parameter": "parameter_name", "buffer": "buffer_name",
            "tensor_constant": "tensor_constant_name",
        }  # fmt: skip
        if kind in keys:
            weight = self.program.weights.get(said[keys[kind]])
            if weight is None:
                raise ForeignModelError(f"{self.name} has no {said[keys[kind]][:80]} in it")
            self.constants[said["arg"]["name"]] = weight

    def _outputs(self) -> Iterator[str]:
        specs = [
            each["user_output"]["arg"]["as_tensor"]["name"]
            for each in self.program.signature["output_specs"]
            if "as_tensor" in each.get("user_output", {}).get("arg", {})
        ]
        names = self.program.names
        if len(names) != len(specs) or not self.shapes.keys().isdisjoint(names):
            names = tuple(f"output {place}" for place in range(1, len(specs) + 1))
        for name, made in zip(names, specs, strict=True):
            self.steps.append(Step("Identity", (self._at(made),), (name,), {}))
            yield name

    def _at(self, name: str) -> str:
        if name in self.stale:
            raise ForeignModelError(
                f"{self.name} changes {name} in place after it was cut or turned; export it "
                "without that"
            )
        return self.now.get(name, name)

    def _node(self, node: dict[str, Any]) -> None:
        outputs = tuple(_tensors(node["outputs"]))
        if not outputs:
            return
        target = TARGET.fullmatch(node["target"])
        operator = target[1] if target else node["target"][:80]
        values = {each["name"]: self._argument(each["arg"]) for each in node["inputs"]}
        names = tuple(_names(values))
        given = self.shapes.get(names[0], ()) if names else ()
        shape = self.shapes[outputs[0]]
        call = Arguments(operator, values, shape, given, len(outputs))
        words = translated(call)
        if operator == EACH and {self.shapes[each] for each in (*names, *outputs)} == {shape}:
            self.steps += [
                Step("Identity", (name,), (output,), {})
                for name, output in zip(names, outputs, strict=True)
            ]
        elif words is None:
            self.steps.append(Step(operator, names, outputs, {}))
        elif names and all(each in self.constants for each in names):
            self._constant(call, words, outputs)
        else:
            inputs = tuple(self._named(each, outputs[0]) for each in words.inputs)
            self.steps.append(Step(words.operator, inputs, outputs, words.options, call))
        if names:
            self._aliased(operator, names[0], outputs)

    def _argument(self, said: dict[str, Any]) -> Any:
        """An argument; a tensor by its name, a size that depends on the number of images None."""
        ((kind, value),) = said.items()
        if kind == "as_tensor":
            return Name(self._at(value["name"]))
        if kind in ("as_tensors", "as_optional_tensors", "as_sym_ints"):
            return [self._argument(_tagged(each)) for each in value]
        if kind in ("as_optional_tensor", "as_sym_int"):
            return self._argument(_tagged(value))
        return None if kind in (*WITHOUT_NUMBERS, "as_name") else value

    def _named(self, value: Any, output: str) -> str:
        """A tensor's name; numbers are kept as a constant."""
        if value is None:
            return ""
        if isinstance(value, Name):
            return str(value)
        name = f"{output}.{len(self.constants)}"
        self.constants[name] = np.asarray(value)
        return name

    def _constant(self, call: Arguments, words: Words, outputs: tuple[str, ...]) -> None:
        """Compute what depends on no image."""
        if words.operator == "RandomNormal":
            self.steps.append(Step(words.operator, (), outputs, {}))
            return
        known = {n: torch.from_numpy(self.constants[n]) for n in _names(call.values)}
        shapes = _computed(call, {n: v.to("meta") for n, v in known.items()}, 1)
        if (size := sum(each.numel() for each in shapes)) > MOST_CONSTANT:
            raise ForeignModelError(f"{self.name} asks for a constant of {size:,} numbers")
        made = _computed(call, known, 1)
        for name, each in zip(outputs, made, strict=False):
            self.constants[name] = each.numpy().copy()

    def _aliased(self, operator: str, first: str, outputs: tuple[str, ...]) -> None:
        """Follow what shares its numbers with another tensor, and what is changed in place."""
        base = self.base.get(first, first)
        if operator in VIEWS:
            self.base |= dict.fromkeys(outputs, base)
        if "_." in operator:
            shared = {base, *(name for name, own in self.base.items() if own == base)}
            self.stale |= shared - {first}
            self.now[first] = outputs[0]
            self.base[outputs[0]] = base


def _tagged(value: dict[str, Any]) -> dict[str, Any]:
    """A member of a list as an argument; older files have tensors there without a tag."""
    return {"as_tensor": value} if "name" in value else value


def _tensors(outputs: list[dict[str, Any]]) -> Iterator[str]:
    for each in outputs:
        if "as_tensor" in each:
            yield each["as_tensor"]["name"]
        yield from (tensor["name"] for tensor in each.get("as_tensors", ()))


def _names(values: dict[str, Any]) -> Iterator[str]:
    """Tensors among arguments, also within lists."""
    for value in values.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Name):
                yield str(each)


def _computed(call: Arguments, known: Mapping[str, Tensor], n_images: int) -> tuple[Tensor, ...]:
    """What ATen itself makes of an operator that is known here."""
    assert call.operator in TRANSLATIONS
    name, _, overload = call.operator.rpartition(".")
    function = getattr(getattr(torch.ops.aten, name), overload)
    first, *others = (
        (key, _resolved(value, known, n_images)) for key, value in call.values.items()
    )
    start = first[1].clone() if name.endswith("_") else first[1]
    made = function(start, **dict(others))
    return tuple(made) if isinstance(made, tuple | list) else (made,)


def _resolved(value: Any, known: Mapping[str, Tensor], n_images: int) -> Any:
    if isinstance(value, Name):
        return known[value]
    if isinstance(value, list):
        each = (n_images if v is None else v for v in value)
        return [_resolved(v, known, n_images) for v in each]
    return value


class _Torch:
    """PyTorch's operators, one after the other; those that are known here alone."""

    name = "PyTorch's own operators"

    def constant(self, step: Step, given: list[Any]) -> None:
        """Nothing: what depends on no image was computed when the file was read."""

    @torch.no_grad()
    def run(self, graph: Graph, given: np.ndarray) -> list[np.ndarray]:
        """Compute a graph, or half of one."""
        known = {name: torch.from_numpy(array) for name, array in graph.constants.items()}
        known[next(iter(graph.inputs))] = torch.from_numpy(given)
        for step in graph.needed():
            if step.operator == "Identity":
                made: tuple[Tensor, ...] = (known[step.inputs[0]],)
            else:
                made = _computed(step.source, known, len(given))
            known |= dict(zip(step.outputs, made, strict=False))
        return [known[name].numpy() for name in graph.outputs]

"""Graphs with operators that our layers can't stand for: kept whole, and run by onnxruntime here.

They are a stranger's and run beside everything else, so that each is bounded before it runs: no
branches, loops or draws, and sizes that are known from the shape of what is given.
"""

import contextlib
import math
import threading
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from aecore.arrays import CodeArray, ImageArray
from aecore.errors import ForeignModelError
from aecore.foreign import nodes, packages, reading
from aecore.foreign.ends import Shape3, first
from aecore.foreign.graph import Graph, Step, needed
from aecore.foreign.matching import LAYOUTS, Match, Way, matches
from aecore.foreign.nodes import Node
from aecore.foreign.operators import CONSTANT, Call
from aecore.foreign.posteriors import Choice, choices
from aecore.foreign.tracing import Traced, most_numbers
from aecore.models.base import Autoencoder
from aecore.models.bodies import GIVEN
from aecore.models.config import ModelConfig
from aecore.models.family import model_class
from aecore.models.layers import Activation, OnnxGraph

MOST_NUMBERS = 50_000_000  # that all steps of one run give together
MOST_FOLDED = 1000  # numbers of a constant that is computed beforehand
BATCHES = (64, 16, 4, 1)  # images at a time, the most that stay within that
LONGEST_S = 20.0  # of one run
N_THREADS = 2
DRAWS = ("Random", "Bernoulli", "Multinomial")
Shape = tuple[int, ...]


class Found(NamedTuple):
    """What may be mean and log σ² of a model, and how well that rebuilds.

    Attributes:
        choice: the encoder's outputs.
        matches: ways that images enter and leave, best first.
        halves: encoder and decoder, which give what is needed alone.
        code_shape: of the code, before it is laid in a row.
        why: it isn't described by layers.
    """

    choice: Choice
    matches: tuple[Match, ...]
    halves: tuple[Graph, Graph]
    code_shape: Shape
    why: str


class Session:
    """A graph that is bounded, ready to run.

    Args:
        graph: as it was read.
        given: the shape of what it is given, without the batch.

    Raises:
        ForeignModelError: in one sentence, where it can't be bounded or run.
    """

    def __init__(self, graph: Graph, given: Shape) -> None:
        self.name, self.given, self.fixed = graph.name, given, first(graph)[0]
        self.runtime = _runtime(graph)
        _check_steps(graph)
        self.batch = self._batch(graph)
        self.content = _content(self.runtime.written(graph, [self.fixed, *given]))
        ort = packages.onnxruntime()
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = N_THREADS, 1
        options.enable_cpu_mem_arena = False  # what a run took is given back
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self.session = ort.InferenceSession(
                self.content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001  # it raises whatever the graph leads to
            raise self._failed(error) from None

    def _batch(self, graph: Graph) -> int:
        """So many at a time: as many as the file wants, or as stay within the bound."""
        for n in (self.fixed,) if self.fixed else BATCHES:
            if (total := _n_numbers(graph, self.runtime, (n, *self.given))) <= MOST_NUMBERS:
                return n
        raise ForeignModelError(
            f"{graph.name} takes {total:,} numbers in one run; up to {MOST_NUMBERS:,} are "
            "computed on a server"
        )

    def run(self, values: np.ndarray) -> list[np.ndarray]:
        """Compute all outputs of (n, *given), some at a time.

        Raises:
            ForeignModelError: where it can't, or takes too long.
        """
        rest = -len(values) % self.batch if self.fixed else 0
        filled = np.concatenate([values, np.repeat(values[-1:], rest, axis=0)])
        steps = range(0, len(filled), self.batch)
        parts = [self._once(filled[start : start + self.batch]) for start in steps]
        return [np.concatenate(each)[: len(values)] for each in zip(*parts, strict=True)]

    def _once(self, values: np.ndarray) -> list[np.ndarray]:
        options = packages.onnxruntime().RunOptions()
        stop = threading.Timer(LONGEST_S, setattr, (options, "terminate", True))
        stop.daemon = True
        stop.start()
        try:
            made = self.runtime.ran(self.session, values, options)
        except Exception as error:  # noqa: BLE001  # it raises whatever the graph leads to
            raise self._failed(error) from None
        finally:
            stop.cancel()
        if any(len(each) != len(values) for each in made if each.ndim):
            raise ForeignModelError(f"{self.name} doesn't give one answer for each it is given")
        return made

    def _failed(self, error: Exception) -> ForeignModelError:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        return ForeignModelError(f"{self.name} can't be run by onnxruntime: {said}")


def _content(model: Any) -> bytes:
    """A file with the shapes of what it gives, without which it would be unsound."""
    inferred = packages.onnx().shape_inference.infer_shapes(model, data_prop=True)
    del inferred.graph.value_info[:]
    content: bytes = inferred.SerializeToString()
    return content


def _runtime(graph: Graph) -> reading.OnnxRuntime:
    if not isinstance(graph.runtime, reading.OnnxRuntime):
        raise ForeignModelError(f"{graph.name} is no ONNX file: nothing else computes it")
    return graph.runtime


def _check_steps(graph: Graph) -> None:
    """Refuse what makes a run's length or outcome unknown."""
    for step in graph.needed():
        if any(each.HasField("g") or each.graphs for each in step.source.attribute):
            raise ForeignModelError(
                f"{graph.name} has branches or loops ({step.operator}); export it without them"
            )
        if step.operator.startswith(DRAWS):
            raise ForeignModelError(
                f"{graph.name} draws at random ({step.operator}); export the encoder's mean and "
                "log σ²"
            )


def _n_numbers(graph: Graph, runtime: reading.OnnxRuntime, shape: Shape) -> int:
    """How many numbers all steps give together.

    Raises:
        ForeignModelError: where that isn't known before they run.
    """
    sizes = _sizes(graph, runtime, shape)
    while unknown := next((s for s in graph.needed() if not sizes.keys() >= _given(s)), None):
        folded = _folded(graph, runtime, sizes)
        if not folded:
            raise ForeignModelError(
                f"{graph.name} can't be bounded: it isn't known before it runs how large what "
                f"{unknown.operator} gives is"
            )
        left = tuple(each for each in graph.steps if not folded.keys() >= _given(each))
        graph = graph._replace(steps=left, constants=graph.constants | folded)
        sizes = _sizes(graph, runtime, shape)
    return sum(math.prod(sizes[name]) for step in graph.needed() for name in _given(step))


def _given(step: Step) -> set[str]:
    """Names of what it gives."""
    return {name for name in step.outputs if name}


def _sizes(graph: Graph, runtime: reading.OnnxRuntime, shape: Shape) -> dict[str, Shape]:
    """Shapes of what steps give, as far as onnx tells them by the shape of what is given."""
    try:
        inferred = packages.onnx().shape_inference.infer_shapes(
            runtime.written(graph, shape), strict_mode=True, data_prop=True
        )
    except Exception as error:  # noqa: BLE001  # it raises whatever the graph leads to
        said = " ".join(str(error).split())[:200]
        raise ForeignModelError(f"the sizes in {graph.name} don't fit: {said}") from None
    found = {}
    for each in (*inferred.graph.value_info, *inferred.graph.input, *inferred.graph.output):
        kind = each.type.tensor_type
        sizes = [size.dim_value if size.HasField("dim_value") else -1 for size in kind.shape.dim]
        if kind.HasField("shape") and min(sizes, default=0) >= 0:
            found[each.name] = tuple(sizes)
    return found


def _folded(
    graph: Graph, runtime: reading.OnnxRuntime, sizes: dict[str, Shape]
) -> dict[str, np.ndarray]:
    """The few numbers by which a graph computes its shapes, as far as they are known."""
    found: dict[str, np.ndarray] = {}
    for step in graph.needed():
        if _given(step) & {*graph.outputs}:
            continue
        known = graph.constants | found
        if step.operator == "Shape" and step.inputs[0] in sizes:
            start, end = step.options.get("start", 0), step.options.get("end")
            found[step.outputs[0]] = np.array(sizes[step.inputs[0]][start:end], np.int64)
        elif step.operator in CONSTANT and all(name in known for name in step.inputs if name):
            inputs = [known[name] if name else None for name in step.inputs]
            call = Call(step.operator, inputs, step.options, len(step.outputs), 1)
            if most_numbers(call) <= MOST_FOLDED:
                with contextlib.suppress(Exception):  # it raises whatever numpy does
                    found |= zip(step.outputs, runtime.constant(step, inputs), strict=True)
    return found


# ---- found ----------------------------------------------------------------------------------


class _Half:
    """A graph with a session for each shape that it was given."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.sessions: dict[Shape, Session] = {}

    def run(self, values: np.ndarray) -> list[np.ndarray]:
        given = values.shape[1:]
        if given not in self.sessions:
            self.sessions[given] = Session(self.graph, given)
        return self.sessions[given].run(values)


def find(
    files: tuple[Graph, ...], images: ImageArray, wanted: Choice, why: str
) -> tuple[Found, ...]:
    """Run a model's two files on images, by each choice of mean and log σ².

    Raises:
        ForeignModelError: in one sentence, where it can't be run, or rebuilds nothing.
    """
    if len(files) != 2:
        raise ForeignModelError("give encoder and decoder as two ONNX files")
    encoder = _settled(files[0])
    seen = _seen(_Half(encoder), images[:1])
    several = choices(encoder, seen, wanted)
    return tuple(_found((encoder, files[1]), choice, images, why) for choice in several)


def _settled(encoder: Graph) -> Graph:
    """An encoder with those of its outputs that are no draws."""
    there = {*encoder.inputs, *encoder.constants}
    drawn = {
        name for name in encoder.outputs
        for step in needed(encoder.steps, [name], there) if step.operator.startswith(DRAWS)
    }  # fmt: skip
    kept = tuple(name for name in encoder.outputs if name not in drawn)
    return encoder._replace(outputs=kept or encoder.outputs)


def _seen(encoder: _Half, image: ImageArray) -> Traced:
    """The shapes of what an encoder gives, as what is followed elsewhere (`tracing`)."""
    why = ForeignModelError("no image can enter")
    for layout in LAYOUTS:
        try:
            made = encoder.run(Way(layout).enter(image))
        except (ForeignModelError, ValueError) as error:
            why = error if isinstance(error, ForeignModelError) else why
            continue
        outputs = {
            name: nodes.value(Node(None, each.shape[1:]))
            for name, each in zip(encoder.graph.outputs, made, strict=True)
            if 1 < each.ndim <= 4 and each.size
        }
        return Traced(outputs, (), [], dict(outputs))
    raise why


def _found(files: tuple[Graph, Graph], choice: Choice, images: ImageArray, why: str) -> Found:
    encoder, decoder = files
    names = tuple(name for name in choice if name)
    inwards, outwards = _Half(encoder._replace(outputs=names)), _Half(decoder)
    code_shape: list[Shape] = []
    image: list[str] = []

    def encode(entered: np.ndarray) -> CodeArray:
        mean = inwards.run(entered)[0]
        code_shape[:] = [mean.shape[1:]]
        return mean.reshape(len(mean), -1).astype(np.float32)

    def decode(codes: CodeArray) -> np.ndarray:
        made = outwards.run(codes.reshape(len(codes), *_laid(decoder, code_shape[0])))
        sizes = [each.size for each in made]
        wanted = len(codes) * math.prod(images.shape[1:])
        image[:] = [decoder.outputs[sizes.index(wanted) if wanted in sizes else 0]]
        return made[decoder.outputs.index(image[0])].astype(np.float32)

    found = matches(encode, decode, images)
    halves = (inwards.graph, decoder._replace(outputs=(image[0],)))
    return Found(choice, found, halves, code_shape[0], why)


def _laid(decoder: Graph, code_shape: Shape) -> Shape:
    """The shape in which a decoder is given a code."""
    return code_shape if len(first(decoder)) == len(code_shape) + 1 else (math.prod(code_shape),)


# ---- as one of our models -------------------------------------------------------------------


def model(found: Found, way: Way, shape: Shape3) -> Autoencoder:
    """Make one of our models of both graphs.

    Raises:
        ForeignModelError: where one can't be bounded.
    """
    d = math.prod(found.code_shape)
    posterior = found.choice.log_var is not None
    entered = way.enter(np.zeros((1, *shape), np.float32)).shape[1:]
    encoder, decoder = found.halves
    sessions = (Session(encoder, entered), Session(decoder, _laid(decoder, found.code_shape)))
    layers = [
        OnnxGraph(len(each.content), each.given, leaves, *way)
        for each, leaves in zip(sessions, ((d * (1 + posterior),), shape), strict=True)
    ]
    config = ModelConfig(
        kind="vae" if posterior else "ae", shape=shape, code_dim=d, body=GIVEN, output="identity",
        likelihood="gaussian",
    )  # fmt: skip
    made = model_class(config.kind)(config, (layers[0],), (layers[1], Activation("identity")))
    made.load_state_dict({
        f"{side}.0.graph": torch.frombuffer(bytearray(each.content), dtype=torch.uint8)
        for side, each in zip(("encoder", "decoder"), sessions, strict=True)
    })  # fmt: skip
    return made.eval().requires_grad_(False)


class Served(nn.Module):
    """A graph where torch expects a module; it has no gradients."""

    def __init__(self, layer: OnnxGraph) -> None:
        super().__init__()
        self.layer = layer
        self.register_buffer("graph", torch.zeros(layer.n_bytes, dtype=torch.uint8))
        self.session: Session | None = None  # begun when it is asked for the first time

    def forward(self, values: Tensor) -> Tensor:
        """Return what the graph makes of images, or of codes.

        Raises:
            ForeignModelError: where it can't be run, or gradients are wanted.
        """
        if values.requires_grad:
            raise ForeignModelError(
                "this model is run by onnxruntime as it was brought, which gives no gradients"
            )
        layer, given = self.layer, values.cpu().numpy()
        way = Way(layer.layout, layer.shift, layer.scale, layer.output)
        self.session = self.session or self._begun()
        if len(layer.shape) == 3:
            codes = given.reshape(len(given), *layer.given)
            made = way.leave(self.session.run(codes)[0], _three(layer.shape))
        else:
            rows = [each.reshape(len(given), -1) for each in self.session.run(way.enter(given))]
            made = np.concatenate(rows, axis=1)
        return torch.from_numpy(np.ascontiguousarray(made, dtype=np.float32)).to(values.device)

    def _begun(self) -> Session:
        content = self.get_buffer("graph").cpu().numpy().tobytes()
        return Session(reading.read_bytes(content, "its graph"), self.layer.given)


def _three(shape: Shape) -> Shape3:
    channels, height, width = shape
    return channels, height, width

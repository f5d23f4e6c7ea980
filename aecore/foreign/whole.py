"""One file with both halves, cut where the code is.

A draw z = μ + σ·ε is the place; without one the narrowest tensor that all paths go through.
"""

import math
import re
from collections.abc import Collection, Sequence

import numpy as np

from aecore.errors import AmbiguousModelError, ForeignModelError
from aecore.foreign.graph import Graph, Step, needed
from aecore.foreign.nodes import Value
from aecore.foreign.tracing import Traced, trace

IMAGE = re.compile(r"recon|rebuil|x_?hat|decode|image|output", re.IGNORECASE)
CODE = re.compile(r"code|latent|embedding|bottleneck|\bz\b|mu(?!l)|mean", re.IGNORECASE)
WEIGHTED = ("Gemm", "MatMul", "Conv", "ConvTranspose")
MOST_NAMED = 12


def cut(graph: Graph, given: Value, batch: int, code: str | None = None) -> tuple[Graph, Graph]:
    """Cut a graph from images to images in two: to the code and what else it gives; to images.

    Args:
        graph: of the whole, with one input.
        given: what enters; an image has as many numbers when it leaves.
        batch: images at a time that shapes are computed for.
        code: the tensor to cut at; found unless said.

    Raises:
        ForeignModelError: where nothing that it gives can be an image.
        AmbiguousModelError: where several tensors may be the code.
    """
    seen = trace(graph, given, batch)
    values = {name: v for name, v in seen.known.items() if isinstance(v, Value)}
    end = _end(graph, seen, math.prod(given.shape))
    path = needed(graph.steps, [end], seen.known.keys() - values.keys() | graph.inputs.keys())
    passed = _passed(path, next(iter(graph.inputs)), values)
    code = _code(graph, seen, path, passed, code)
    arrays = {name: v for name, v in seen.known.items() if isinstance(v, np.ndarray)}
    size = math.prod(values[code].shape)
    others = (
        name
        for name in graph.outputs
        if name not in (end, code) and name in values and math.prod(values[name].shape) == size
    )
    encoder = graph._replace(outputs=(code, *others), code=code)
    decoder = graph._replace(
        inputs={code: (batch, *values[code].shape)}, outputs=(end,),
        constants=graph.constants | arrays,
    )  # fmt: skip
    return encoder, decoder


def _end(graph: Graph, seen: Traced, size: int) -> str:
    """The output that is the image: by its name, else what took most steps."""
    start = seen.known[next(iter(graph.inputs))]
    images = [
        name
        for name, v in seen.outputs.items()
        if isinstance(v, Value) and math.prod(v.shape) == size and v.node is not start.node
    ]
    if not images:
        raise _without_image(graph, seen, size)
    named = [name for name in images if IMAGE.search(name)]
    return named[0] if len(named) == 1 else max(images, key=lambda name: _depth(graph, name))


def _without_image(graph: Graph, seen: Traced, size: int) -> ForeignModelError:
    from aecore.foreign.posteriors import blocked

    given = [f"{name} {v.shape}" for name, v in seen.outputs.items() if isinstance(v, Value)]
    if len(given) < len(seen.outputs):
        return blocked(graph, seen)
    return ForeignModelError(
        f"{graph.name} gives {', '.join(given)[:200]}, and an image has {size:,} numbers; where "
        "it is an encoder alone, name the decoder's file, too"
    )


def _depth(graph: Graph, name: str) -> int:
    return len(needed(graph.steps, [name], graph.constants.keys()))


def _passed(path: Sequence[Step], start: str, values: Collection[str]) -> dict[str, int]:
    """Tensors that every way passes, in order, with the place of the step that makes them."""
    last = {name: i for i, step in enumerate(path) for name in step.inputs if name in values}
    live, found = {start}, dict[str, int]()
    for i, step in enumerate(path):
        live |= set(step.outputs)
        live = {name for name in live if last.get(name, -1) > i}
        if len(live) == 1:
            (name,) = live
            found.setdefault(name, i)
    found.pop(start, None)
    return found


def _code(
    graph: Graph, seen: Traced, path: Sequence[Step], passed: dict[str, int], wanted: str | None
) -> str:
    if wanted is not None:
        if wanted not in passed:
            raise _asking(graph, seen, passed, f"{wanted} is no tensor that all paths go through")
        return wanted
    drawn = [draw.name for draw in seen.draws if draw.name in passed]
    if drawn:
        return drawn[0]
    start = seen.known[next(iter(graph.inputs))]
    sizes = {name: math.prod(seen.known[name].shape) for name in passed}
    least = min(sizes.values(), default=math.prod(start.shape))
    narrow = [name for name in passed if sizes[name] == least]
    if least >= math.prod(start.shape):
        raise _asking(graph, seen, passed, "no tensor is narrower than an image")
    groups = _groups(narrow, path, passed)
    if len(groups) > 1:
        named = [group for group in groups if any(_is_named(seen, n) for n in group)]
        if len(named) != 1:
            raise _asking(graph, seen, narrow, "several tensors may be the code")
        groups = named
    given = [name for name in groups[0] if name in graph.outputs]
    fewest = min(len(seen.known[name].shape) for name in groups[0])
    flat = [name for name in groups[0] if len(seen.known[name].shape) == fewest]
    return [*given, flat[-1]][0]


def _groups(
    narrow: Sequence[str], path: Sequence[Step], passed: dict[str, int]
) -> list[list[str]]:
    """Tensors with no weights between them, which are one code."""
    groups: list[list[str]] = []
    for name in narrow:
        between = path[passed[groups[-1][-1]] + 1 : passed[name] + 1] if groups else ()
        if groups and not any(step.operator in WEIGHTED for step in between):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


def _is_named(seen: Traced, name: str) -> bool:
    own = seen.known[name].node
    given = (v.node for v in seen.outputs.values() if isinstance(v, Value))
    return bool(CODE.search(name)) or any(node is own for node in given)


def _asking(graph: Graph, seen: Traced, names: Collection[str], why: str) -> AmbiguousModelError:
    shapes = {name: seen.known[name].shape for name in names}
    said = ", ".join(f"{n} {s}" for n, s in [*shapes.items()][:MOST_NAMED])
    more = f" and {len(shapes) - MOST_NAMED} more" if len(shapes) > MOST_NAMED else ""
    return AmbiguousModelError(
        f"{graph.name}: {why}",
        f"say which is the code with --code NAME: {said or 'there is none'}{more}",
        shapes,
    )

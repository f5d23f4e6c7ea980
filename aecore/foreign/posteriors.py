"""Which of an encoder's outputs are mean and log σ²: by the draw they are in, names and shapes."""

import itertools
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from aecore.errors import ForeignModelError, UnknownOperatorError
from aecore.foreign.graph import Graph
from aecore.foreign.nodes import Value
from aecore.foreign.operators import Unknown
from aecore.foreign.tracing import Traced

MEAN = re.compile(r"mu(?!l)|mean|loc|embedding|latent|code", re.IGNORECASE)
LOG_VAR = re.compile(r"log.?(co)?(var|sigma2|s2)|lv", re.IGNORECASE)
SPREAD = re.compile(r"std|sigma|scale|var", re.IGNORECASE)
MOST_ALIKE = 4


class Choice(NamedTuple):
    """Names of tensors.

    Attributes:
        mean: None where it is what a draw was made of.
        log_var: None where there is none, or the draw has it.
    """

    mean: str | None = None
    log_var: str | None = None


UNSAID = Choice()


class Posterior(NamedTuple):
    """What an encoder says of an image.

    Attributes:
        mean: the code.
        log_var: log σ², of the same size; None of a plain autoencoder.
    """

    mean: Value
    log_var: Value | None


def choices(graph: Graph, seen: Traced, wanted: Choice = UNSAID) -> Iterator[Choice]:
    """What may be mean and log σ², one after the other where nothing says it.

    Args:
        graph: the encoder.
        seen: what it gives.
        wanted: what is said.

    Raises:
        ForeignModelError: where it gives nothing that is known, or not what was said.
    """
    values = {name: v for name, v in seen.outputs.items() if isinstance(v, Value)}
    for name in wanted:
        if name is not None and not isinstance(seen.known.get(name), Value):
            raise ForeignModelError(
                f"{graph.name} has no tensor {name} that is known; it gives {_said(values)}"
            )
    if wanted.mean is None and not values:
        raise blocked(graph, seen)
    if wanted.mean is not None:
        yield Choice(wanted.mean, wanted.log_var or _named_spread(values, wanted.mean))
    elif _draw(graph, seen) is not None:
        yield Choice(None, wanted.log_var)
    else:
        yield from _by_names(graph, values, wanted.log_var)


def posterior(graph: Graph, seen: Traced, choice: Choice) -> Posterior:
    """The tensors that were chosen."""
    log_var: Value | None = seen.known[choice.log_var] if choice.log_var else None
    draw = _draw(graph, seen)
    if choice.mean is not None:
        mean = seen.known[choice.mean]
    else:
        values = {name: v for name, v in seen.outputs.items() if isinstance(v, Value)}
        spread = _named_spread(values, draw.name)
        mean = draw.mean
        log_var = log_var or draw.log_var or (seen.known[spread] if spread else None)
    if log_var is not None and math.prod(log_var.shape) != math.prod(mean.shape):
        log_var = None
    return Posterior(mean, log_var and seen.free(log_var))


def _draw(graph: Graph, seen: Traced) -> Any:
    """The draw that the code is; of a graph that was cut there that one alone."""
    fitting = [draw for draw in seen.draws if graph.code in (None, draw.name)]
    return fitting[-1] if fitting else None


def _named_spread(values: dict[str, Value], mean: str) -> str | None:
    return next((name for name in values if name != mean and LOG_VAR.search(name)), None)


def _by_names(graph: Graph, values: dict[str, Value], log_var: str | None) -> Iterator[Choice]:
    spread = log_var or _named_spread(values, graph.code or "")
    others = {n: v for n, v in values.items() if n != spread and not SPREAD.search(n)}
    if graph.code is not None:
        others = {graph.code: values[graph.code], **others}
    if not others:
        others = {n: v for n, v in values.items() if n != spread} or values
    named = [graph.code] if graph.code else [name for name in others if MEAN.search(name)]
    alike = _alike(others, named[0] if named else next(iter(others)))
    if spread is not None or len(alike) == 1:
        yield Choice(alike[0], spread)
    elif named:
        yield Choice(alike[0], alike[1] if len(alike) == 2 else None)
    else:
        for pair in itertools.permutations(alike[:MOST_ALIKE], 2):
            yield Choice(*pair)


def _alike(values: dict[str, Value], first: str) -> list[str]:
    """One tensor and those of its shape, each once."""
    kept = {id(values[first].node): first}
    for name, v in values.items():
        if v.shape == values[first].shape:
            kept.setdefault(id(v.node), name)
    return [*kept.values()]


def blocked(graph: Graph, seen: Traced) -> ForeignModelError:
    """Say which operator stands in the way, nearest to what the graph is given."""
    at: Any = next((v for v in seen.outputs.values() if isinstance(v, Unknown)), None)
    while isinstance(at, Unknown):
        inner = next((each for each in at.inputs if isinstance(each, Unknown)), None)
        if inner is None:
            return UnknownOperatorError(
                f"{graph.name} has an operator that is not known here: {at.operator}"
            )
        at = inner
    return ForeignModelError(f"{graph.name} gives nothing that depends on what it is given")


def _said(values: dict[str, Value]) -> str:
    return ", ".join(f"{name} {v.shape}" for name, v in [*values.items()][:MOST_ALIKE]) or "none"

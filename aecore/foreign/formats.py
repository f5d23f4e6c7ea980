"""Which files a model may come in, and what reads each: a new format is a line here."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from aecore.errors import ForeignModelError
from aecore.foreign import programs, reading, tables
from aecore.foreign.ends import first
from aecore.foreign.graph import Graph
from aecore.foreign.posteriors import UNSAID, Choice

ONNX, PROGRAM, WEIGHTS, TABLE = ".onnx", ".pt2", ".safetensors", ".json"
SUFFIXES = (ONNX, PROGRAM, WEIGHTS)
BESIDE = (".data", TABLE)  # numbers of a model, which begin as they like, and its list of layers
READERS: dict[str, Callable[[Path], tuple[Graph, ...]]] = {
    ONNX: lambda path: (reading.read(path),),
    PROGRAM: programs.read,
}


class Asked(NamedTuple):
    """What a user says of files that don't say it.

    Attributes:
        posterior: which tensors are mean and log σ².
        code: the tensor at which one file with both halves is cut.
        layers: the list of layers of bare weights.
        reading: which of those that rebuild about as well, best first, from 0.
    """

    posterior: Choice = UNSAID
    code: str | None = None
    layers: Path | None = None
    reading: int = 0


class Files(NamedTuple):
    """A model's files: encoder and decoder, or one with both halves; and the list of layers."""

    encoder: Path
    decoder: Path | None = None
    layers: Path | None = None


NOTHING_ASKED = Asked()


def read(
    encoder: Path, decoder: Path | None = None, layers: Path | None = None
) -> tuple[Graph, ...]:
    """Read a model's files: encoder and decoder, or one graph of the whole.

    Raises:
        ForeignModelError: in one sentence, for what is wrong with them.
    """
    paths = [encoder] if decoder is None else [encoder, decoder]
    for path in paths:
        _refuse_code(path)
        if path.suffix.lower() not in SUFFIXES:
            raise ForeignModelError(
                f"{path.name} is none of the files that are known: {', '.join(SUFFIXES)}"
            )
    if layers is not None and encoder.suffix.lower() != WEIGHTS:
        raise ForeignModelError(
            f"{encoder.name} says its layers itself; --layers is for {WEIGHTS}"
        )
    if encoder.suffix.lower() == WEIGHTS:
        if decoder is not None:
            raise ForeignModelError(
                f"{encoder.name} is to hold the weights of both halves; give it alone, with the "
                "list of its layers (.json)"
            )
        return tables.read(encoder, layers)
    return tuple(graph for path in paths for graph in _graphs(path, alone=decoder is None))


def _graphs(path: Path, *, alone: bool) -> tuple[Graph, ...]:
    if path.suffix.lower() == WEIGHTS:
        raise ForeignModelError(
            f"{path.name} holds numbers alone; give it alone, with the list of its layers (.json)"
        )
    found = READERS[path.suffix.lower()](path)
    if len(found) > 1 and not alone:
        raise ForeignModelError(f"{path.name} holds both halves; give it alone")
    return found


def _refuse_code(path: Path) -> None:
    """By its name, and, but where that may begin so, by what it begins with."""
    if path.suffix.lower() in (PROGRAM, WEIGHTS):
        reading.check_name(path)
    else:
        reading.refuse_code(path)


def told_apart(files: Sequence[Path]) -> Files:
    """Which file is which: by their names, else by how many numbers each takes.

    Other files are left where they are: one of the halves may keep its numbers in them.

    Raises:
        ForeignModelError: for none or more than two models, and for files that may hold code.
    """
    models = [each for each in files if each.suffix.lower() in (*SUFFIXES, *reading.PICKLES)]
    if len(models) != 2:
        for each in files:
            if each.suffix.lower() not in BESIDE:
                _refuse_code(each)
    if len(models) not in (1, 2):
        said = ", ".join(each.name for each in models) or "none"
        raise ForeignModelError(
            f"a model is two files, an encoder and a decoder, or one with both "
            f"({', '.join(SUFFIXES)}); given: {said}"
        )
    if len(models) == 1:
        weights = models[0].suffix.lower() == WEIGHTS
        listed = [each for each in files if weights and each.suffix.lower() == TABLE]
        return Files(models[0], None, listed[0] if listed else None)
    one, other = sorted(models, key=lambda each: _says(each, "dec") - _says(each, "enc"))
    if _says(one, "enc") or _says(other, "dec"):
        return Files(one, other)
    sizes = [_n_taken(each) for each in (one, other)]
    return Files(other, one) if sizes[0] < sizes[1] else Files(one, other)


def _says(path: Path, word: str) -> bool:
    return word in path.name.lower()


def _n_taken(path: Path) -> int:
    """Numbers that a file's graph takes for each image or code; 0 where it leaves them open."""
    return math.prod(size or 0 for size in first(read(path)[0])[1:])

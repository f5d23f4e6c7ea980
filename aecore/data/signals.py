"""A user's own signals, one a row: text as the UCR archive has it, a CSV, or an .npz.

The first column is the class of a signal, or the last, or none is; the others are its samples, all
rows as many; cells are separated by commas, semicolons, tabs or spaces (Dau et al., "The UCR time
series archive", 2019), or it is a .ts file (`ucr`).
Intensities are the values scaled so that the training signals reach from 0 to 1; what lies beyond
in the other splits is cut off there.
"""

import itertools
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.data import npz, ucr
from aecore.data.imageset import Axis, ImageSet, stratified_split
from aecore.data.numerals import decimal_mark, plain
from aecore.data.texts import decoded, preamble
from aecore.errors import DataError
from aecore.limits import MEGABYTE, limits

SUFFIXES = (".csv", ".tsv", ".txt", ucr.SUFFIX)
MIN_SIGNALS = 20
MIN_SAMPLES, MAX_SAMPLES = 8, 4096
MAX_CLASSES = 50
HINT = "save it by numpy.savez(path, signals=…, labels=…)"
UNLABELLED = "signals"
DECIMAL_COMMA = re.compile(r"[+-]?\d+(,\d+)?([eE][+-]?\d+)?")

Values = Float[np.ndarray, "n length"]


class Signals(NamedTuple):
    """What a file holds: signals in their own units, and the class of each in words.

    Attributes:
        values: in their own units.
        labels: the class of each.
        words: where the classes were found, and what was left out.
    """

    values: Values
    labels: list[str]
    words: tuple[str, ...] = ()


def load(path: Path, split: str) -> ImageSet:
    """Read a split of the signals at `path`: 70 % of each class train, 10 % validate, 20 % test.

    Raises:
        DataError: in one sentence, for all that can be wrong with the file.
    """
    return split_of(_read(path, path.stat().st_mtime_ns), path, split)


def split_of(found: Signals, path: Path, split: str) -> ImageSet:
    """The signals of a split, scaled by those of the training split.

    Raises:
        DataError: for too few or too short signals, too many classes, or equal values.
    """
    _check(found, path.name)
    classes, labels = np.unique(_sorted(found.labels), return_inverse=True)
    train = found.values[stratified_split(labels, "train")]
    low, high = float(train.min()), float(train.max())
    if low == high:
        raise DataError(f"all values in {path.name} are {low:g}; there is nothing to learn")
    index = stratified_split(labels, split)
    axis = Axis(0.0, 1.0, "samples", low, high, "")
    words = tuple(
        str(name).lstrip("0") or "0" if name.isdigit() else str(name) for name in classes
    )
    return ImageSet(
        str(path),
        split,
        scaled(found.values[index], axis),
        labels[index].astype(np.int64),
        words,
        axis=axis,
    )


def words(path: Path) -> tuple[str, ...]:
    """What was assumed of a text file."""
    return _read(path, path.stat().st_mtime_ns).words


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> Signals:
    del changed
    return from_npz(path) if npz.is_npz(path) else read(path.read_bytes(), path.name)


def scaled(values: Values, axis: Axis) -> np.ndarray:
    """Signals as stored: (n, 1, 1, length), 0 at `axis.low` and 255 at `axis.high`."""
    share = (values - axis.low) / (axis.high - axis.low)
    return np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8)[:, None, None]


def _sorted(labels: list[str]) -> list[str]:
    """Whole numbers padded by zeros, so that they sort as numbers."""
    if not all(label.isdigit() for label in labels):
        return labels
    width = max(map(len, labels))
    return [label.zfill(width) for label in labels]


def is_signals(path: Path) -> bool:
    """Whether a file is read as signals: by its suffix, an .npz by what is in it."""
    if path.suffix.lower() in SUFFIXES:
        return True
    return npz.is_npz(path) and "signals" in npz.names(path)


def from_npz(path: Path) -> Signals:
    """Read the arrays `signals` (n, length) and `labels` (n,)."""
    values = npz.array(path, "signals", HINT)
    if values.ndim != 2 or not np.issubdtype(values.dtype, np.number):
        raise DataError(
            f"signals in {path} has shape {values.shape}; it must be numbers (n, length)"
        )
    labels = npz.labels(path, len(values), "signals")
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0]) + 1
        raise DataError(
            f"signal {row} of {path} has a gap (NaN or infinity); leave it out or fill it"
        )
    return Signals(values.astype(np.float64), [_class(str(label)) for label in labels])


def read(content: bytes, name: str, length: int = 0) -> Signals:
    """Read text with a signal a row, its class first or last, or none.

    Args:
        content: of the file.
        name: of the file.
        length: of a signal, where it is known: it tells whether the rows hold classes.

    Raises:
        DataError: in one sentence: no text, a header, ragged rows, words or gaps among the values.
    """
    if len(content) > limits().signals_mb * MEGABYTE:
        raise DataError(f"{name} has over {limits().signals_mb} MB; use fewer signals")
    text = decoded(content, name)
    if name.lower().endswith(ucr.SUFFIX):
        rows, place = ucr.rows(text, name)
        words: tuple[str, ...] = ("A .ts file of the UEA & UCR archive: a signal a row.",)
    else:
        rows = _rows(text, name)
        rows, place, words = label_place(rows, length)
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise DataError(
                f"row {number} of {name} has {len(row)} cells, but the first has {len(rows[0])}; "
                "give every signal as many samples, cut or padded"
            )
    if place is None:
        samples, labels = rows, [UNLABELLED] * len(rows)
    else:
        samples = [row[1:] if place == 0 else row[:-1] for row in rows]
        labels = [_class(row[place]) for row in rows]
    first = 2 if place == 0 else 1
    values = np.array([_numbers(row, n, name, first) for n, row in enumerate(samples, 1)])
    return Signals(values.reshape(len(rows), -1), labels, words)


def _rows(text: str, name: str) -> list[list[str]]:
    """Cells of every line, numbers with a decimal point."""
    lines, _, said = preamble(text)
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise DataError(f"{name} is empty; write one signal a row, its class first")
    mark = said or _mark(lines[0])
    rows = [[cell.strip() for cell in line.strip().split(mark)] for line in lines]
    if mark != "," and any("," in cell for cell in rows[0]):
        decimal = decimal_mark(itertools.chain(*rows[:200]), mark or " ")
        rows = [[plain(cell, decimal) for cell in row] for row in rows]
    _no_header(rows, name)
    return rows


def _mark(line: str) -> str | None:
    """What separates the cells of a line; None for white space."""
    for mark in ("\t", ";"):
        if mark in line:
            return mark
    spaced = line.split()
    decimal_commas = len(spaced) > 1 and all(DECIMAL_COMMA.fullmatch(cell) for cell in spaced)
    return "," if "," in line and not decimal_commas else None


def label_place(
    rows: list[list[str]], length: int = 0
) -> tuple[list[list[str]], int | None, tuple[str, ...]]:
    """Return the rows, where in them the class is (0, -1 or None), and what to say of it.

    A column of classes holds words or whole numbers, at most 50 different ones. Whole numbers
    that count the rows are left out.
    """
    said = "There is no row of column names, so each row is read as a signal"
    count = [str(i + int(rows[0][0])) for i in range(len(rows))] if rows[0][0].isdigit() else []
    left_out: tuple[str, ...] = ()
    if len(rows) >= MIN_SIGNALS and [row[0] for row in rows] == count:
        rows, left_out = [row[1:] for row in rows], ("Left out, as it counts the rows: column 1.",)
    first, last = ([row[k] for row in rows] for k in (0, -1))
    if length and len(rows[0]) == length:
        return rows, None, (f"{said}: its samples.", *left_out)
    if _are_classes(first):
        return rows, 0, (f"{said}: its class first, then its samples.", *left_out)
    numbers = all(_number(cell) is not None for cell in first)
    kinds = {_number(cell) is None for cell in last}
    if numbers and len(kinds) == 1 and _are_classes(last):
        return rows, -1, (f"{said}: its samples, and its class in the last column.", *left_out)
    if numbers and length != len(rows[0]) - 1:
        return rows, None, (f"{said}; neither its first nor its last column holds classes.",)
    return rows, 0, (f"{said}: its class first, then its samples.", *left_out)


def _are_classes(cells: list[str]) -> bool:
    """Whether cells are words or whole numbers, few different ones."""
    if len(set(cells)) > MAX_CLASSES or not all(cells):
        return False
    values = (_number(cell) for cell in cells)
    return all(value is None or value.is_integer() for value in values)


def _no_header(rows: list[list[str]], name: str) -> None:
    first = rows[0][1:]
    if len(rows) > 1 and first and all(_number(cell) is None for cell in first):
        raise DataError(
            f"{name} begins with a row of names of which some are alike or empty; name every "
            "column for a table, or remove the row, so that signals are left"
        )


def _numbers(cells: list[str], number: int, name: str, first: int) -> list[float]:
    values = [_number(cell) for cell in cells]
    for column, (value, cell) in enumerate(zip(values, cells, strict=True), first):
        if value is None or not math.isfinite(value):
            shown = repr(cell[:20]) if cell else "nothing"
            raise DataError(
                f"row {number} of {name} has {shown} in column {column}, where a number is "
                "needed; correct it, or leave the row out (a table with words or "
                "gaps needs a first row that names its columns)"
            )
    return [value for value in values if value is not None]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _class(cell: str) -> str:
    """UCR writes a class as 1, 1.0 or 1.0000000e+00."""
    value = _number(cell)
    whole = value is not None and math.isfinite(value) and value == int(value)
    return str(int(value)) if whole and value is not None else cell


def _check(found: Signals, name: str) -> None:
    n, length = found.values.shape
    if n < MIN_SIGNALS:
        raise DataError(f"{name} holds {n} signals; at least {MIN_SIGNALS} are needed")
    if not MIN_SAMPLES <= length <= MAX_SAMPLES:
        raise DataError(
            f"the signals of {name} have {length} samples; {MIN_SAMPLES} to {MAX_SAMPLES:,} can "
            "be learnt"
        )
    n_classes = len(set(found.labels))
    if n_classes > MAX_CLASSES:
        raise DataError(
            f"the first column of {name} has {n_classes} different words, but at most "
            f"{MAX_CLASSES} can be classes; leave the column out if it only names the signals"
        )

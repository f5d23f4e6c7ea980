"""A user's own signals, one a row: text as the UCR archive has it, a CSV, or an .npz.

The first column is the class of a signal, the others are its samples, all rows as many; cells are
separated by commas, semicolons, tabs or spaces (Dau et al., "The UCR time series archive", 2019).
Intensities are the values scaled so that the training signals reach from 0 to 1; what lies beyond
in the other splits is cut off there.
"""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.data import npz
from aecore.data.imageset import Axis, ImageSet, stratified_split
from aecore.data.tables import decoded
from aecore.errors import DataError
from aecore.limits import MEGABYTE, limits

SUFFIXES = (".csv", ".tsv", ".txt")
MIN_SIGNALS = 20
MIN_SAMPLES, MAX_SAMPLES = 8, 4096
MAX_CLASSES = 50
HINT = "save it by numpy.savez(path, signals=…, labels=…)"

Values = Float[np.ndarray, "n length"]


class Signals(NamedTuple):
    """What a file holds: signals in their own units, and the class of each in words."""

    values: Values
    labels: list[str]


def load(path: Path, split: str) -> ImageSet:
    """Read a split of the signals at `path`: 70 % of each class train, 10 % validate, 20 % test.

    Raises:
        DataError: in one sentence, for all that can be wrong with the file.
    """
    found = from_npz(path) if npz.is_npz(path) else read(path.read_bytes(), path.name)
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


def read(content: bytes, name: str) -> Signals:
    """Read text with a signal a row, its class first.

    Raises:
        DataError: in one sentence: no text, a header, ragged rows, words or gaps among the values.
    """
    if len(content) > limits().signals_mb * MEGABYTE:
        raise DataError(f"{name} has over {limits().signals_mb} MB; use fewer signals")
    lines = [line for line in decoded(content, name).splitlines() if line.strip()]
    if not lines:
        raise DataError(f"{name} is empty; write one signal a row, its class first")
    mark = next((each for each in ("\t", ";", ",") if each in lines[0]), None)
    rows = [[cell.strip() for cell in line.strip().split(mark)] for line in lines]
    _no_header(rows, name)
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise DataError(
                f"row {number} of {name} has {len(row)} cells, but the first has {len(rows[0])}; "
                "give every signal as many samples, cut or padded"
            )
    values = np.array([_numbers(row[1:], number, name) for number, row in enumerate(rows, 1)])
    return Signals(values.reshape(len(rows), -1), [_class(row[0]) for row in rows])


def _no_header(rows: list[list[str]], name: str) -> None:
    first = rows[0][1:]
    if len(rows) > 1 and first and all(_number(cell) is None for cell in first):
        raise DataError(
            f"{name} begins with a row of names of which some are alike or empty; name every "
            "column for a table, or remove the row, so that signals are left"
        )


def _numbers(cells: list[str], number: int, name: str) -> list[float]:
    values = [_number(cell) for cell in cells]
    for column, (value, cell) in enumerate(zip(values, cells, strict=True), 2):
        if value is None or not math.isfinite(value):
            shown = repr(cell[:20]) if cell else "nothing"
            raise DataError(
                f"row {number} of {name} has {shown} in column {column}, where a number with a "
                "decimal point is needed; correct it, or leave the row out (a table with words or "
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
            f"the first column of {name} has {n_classes} different values, but must be the class "
            f"of a signal (at most {MAX_CLASSES}); put a column of zeros first if there are none"
        )

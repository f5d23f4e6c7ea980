"""Rows of a table as a data set: each a profile over the columns, drawn as a line.

A text file whose first row names its columns is a table; without such a row each line is a signal
(`signals`). Numbers are standardised by the training rows, text becomes a number for each of its
values (`columns`), and intensities 0 to 1 are `-FAR` to `FAR` standard deviations; what lies
beyond is cut off there.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from aecore.arrays import LabelArray, Pixels
from aecore.data.columns import Columns, Matrix, prepare_table
from aecore.data.imageset import Axis, ImageSet, stratified_split
from aecore.data.numerals import number
from aecore.data.pixel_table import grid_of
from aecore.data.tables import (
    Table,
    begins_with_names,
    is_missing,
    is_numeric,
    label_columns,
    read_table,
)
from aecore.errors import DataError

SUFFIXES = (".csv", ".tsv", ".txt")
FAR = 5.0  # standard deviations: intensity 0 is so many below the mean, 1 so many above
LABELS = ("class", "label", "target", "diagnosis", "category", "outcome", "species", "kind", "y")
MOST_CLASSES = 50
FEWEST_NUMBERS = 3
HEAD_BYTES = 200_000
UNLABELLED = "rows"
NO_LABEL = "(none)"


class Encoded(NamedTuple):
    """A table as numbers.

    Attributes:
        values: (n, numbers), standardised.
        labels: class numbers; all 0 where no column says.
        classes: what they mean.
        axis: the columns, and how they became numbers.
        words: what was assumed and what was left out, a sentence each.
    """

    values: Matrix
    labels: LabelArray
    classes: tuple[str, ...]
    axis: Axis
    words: tuple[str, ...]


def is_table(path: Path) -> bool:
    """Whether a text file's first row names its columns, and its rows are no pictures."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return begins_with_names(head) and grid_of(head) is None


def load(path: Path, split: str) -> ImageSet:
    """Read a split of the rows at `path`: 70 % of each class train, 10 % validate, 20 % test.

    Raises:
        DataError: in one sentence, for all that can be wrong with the file.
    """
    return split_of(_read(path, path.stat().st_mtime_ns), str(path), split)


def words(path: Path) -> tuple[str, ...]:
    """What was assumed of a table, and what was left out of it."""
    return _read(path, path.stat().st_mtime_ns).words


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> Encoded:
    del changed
    table = read_table(path.read_bytes(), path.name)
    return encode(table, label_of(table))


def label_of(table: Table) -> str:
    """The column that says what a row is; empty if none does.

    The one that is called class, label, target or the like; else the last, else the first, if it
    holds text of 2 to 12 different values.
    """
    for name in table.names:
        kinds = {cell for cell in table.column(name) if not is_missing(cell)}
        if name.strip().lower() in LABELS and 2 <= len(kinds) <= MOST_CLASSES:
            return name
    few = label_columns(table)
    for name in (table.names[-1], table.names[0]):
        if name in few and not is_numeric(table.column(name)):
            return name
    return ""


def encode(table: Table, label: str) -> Encoded:
    """Turn a table into standardised numbers and classes.

    Raises:
        DataError: if fewer than three numbers a row are left.
    """
    classes, labels = _classes(table, label)
    made = prepare_table(table, stratified_split(labels, "train"), [label] if label else [])
    n = made.values.shape[1]
    if n < FEWEST_NUMBERS:
        raise DataError(
            f"only {n} numbers a row are left of the table; {FEWEST_NUMBERS} or more can be "
            f"learnt. {' '.join(made.notes)}"
        )
    columns = Columns(made.columns, tuple(map(float, made.centre)), tuple(map(float, made.spread)))
    said = [
        "The first row names the columns, so this is a table, not signals: "
        f"{len(table.rows):,} rows of {len(made.columns)} columns, {n} numbers a row.",
        f"Classes are in the column “{label}”."
        if label
        else "No column says what a row is; name it `class` if one does.",
    ]
    axis = Axis(1.0, 1.0, "columns", -FAR, FAR, "SD", columns)
    return Encoded(made.values, labels, classes, axis, (*said, *made.notes))


def _classes(table: Table, label: str) -> tuple[tuple[str, ...], LabelArray]:
    if not label:
        return (UNLABELLED,), np.zeros(len(table.rows), dtype=np.int64)
    said = [NO_LABEL if is_missing(cell) else cell for cell in table.column(label)]
    names = sorted(set(said), key=_in_order)
    return tuple(names), np.array([names.index(cell) for cell in said], dtype=np.int64)


def _in_order(name: str) -> tuple[float, str]:
    """Numbers as numbers, before words."""
    value = number(name)
    return (float("inf") if value is None else value, name)


def split_of(found: Encoded, name: str, split: str) -> ImageSet:
    """The rows of a split."""
    index = stratified_split(found.labels, split)
    pixels = intensities(found.values[index])
    return ImageSet(name, split, pixels, found.labels[index], found.classes, axis=found.axis)


def intensities(values: Matrix) -> Pixels:
    """Standardised numbers as stored: (n, 1, 1, numbers), 0 at −FAR and 255 at FAR."""
    return np.rint(255 * np.clip((values + FAR) / (2 * FAR), 0, 1)).astype(np.uint8)[:, None, None]

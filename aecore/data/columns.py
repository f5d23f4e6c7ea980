"""Columns of a table as numbers: standardised, text a number for each of its values.

Every step that leaves something out says so in a sentence (`Prepared.notes`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import IndexArray, ValueArray
from aecore.data.numerals import number
from aecore.data.tables import Table, counters, is_missing, is_numeric, require_few
from aecore.errors import DataError

MOST_CATEGORIES = 12
SHOWN_NAMES = 4
FARTHEST = 10.0  # standard deviations; what lies farther off is drawn in before the network

Matrix = Float[np.ndarray, "rows numbers"]


class Encoded(NamedTuple):
    """How one column becomes numbers.

    Attributes:
        name: of the column.
        categories: the values of a text column, each a number 0 or 1; empty for a numeric one.
    """

    name: str
    categories: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers."""
        return max(1, len(self.categories))


class Columns(NamedTuple):
    """How a row of a table becomes numbers: enough to read further rows alike.

    Attributes:
        encoded: which columns, from the left, and the values of those that hold text.
        centre, spread: of each number, by which it is standardised.
    """

    encoded: tuple[Encoded, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of each number: the column's, of text with the value that it stands for."""
        return tuple(
            f"{name} = {value}" if value else name
            for name, values in self.encoded
            for value in values or ("",)
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        encoded = [[name, list(values)] for name, values in self.encoded]
        return {"encoded": encoded, "centre": list(self.centre), "spread": list(self.spread)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Columns":
        """Read what `to_json` wrote."""
        encoded = tuple(Encoded(str(name), tuple(words)) for name, words in values["encoded"])
        return cls(encoded, tuple(values["centre"]), tuple(values["spread"]))

    def read(self, table: Table) -> Matrix:
        """Turn further rows into standardised numbers; what is missing becomes the mean.

        Raises:
            DataError: for a column that the table does not have.
        """
        missing = [name for name, _ in self.encoded if name not in table.names]
        if missing:
            raise DataError(
                f"the table has no column {_listed(missing)}; it needs the columns that were "
                "learnt, by the same names in its first row"
            )
        blocks = [_numbers(each, table.column(each.name)) for each in self.encoded]
        standard = (np.concatenate(blocks, axis=1) - self.centre) / np.array(self.spread)
        return np.clip(np.nan_to_num(standard, nan=0.0), -FARTHEST, FARTHEST)


def _numbers(column: Encoded, cells: list[str]) -> Matrix:
    """A column's cells as numbers; nan where there is none, 0 everywhere for an unknown value."""
    if not column.categories:
        return np.array([_or_nan(cell) for cell in cells])[:, None]
    known = np.array(column.categories)
    return np.array([[np.nan] * len(known) if is_missing(c) else known == c for c in cells], float)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table as numbers in standard deviations of its training rows.

    Attributes:
        values: (rows, numbers), at most `FARTHEST` from 0.
        columns: which numbers belong to which column, from the left.
        centre, spread: of each number, before standardising.
        notes: what was left out, and why.
    """

    values: Matrix
    columns: tuple[Encoded, ...]
    centre: Float[np.ndarray, " numbers"]
    spread: Float[np.ndarray, " numbers"]
    notes: tuple[str, ...]

    def by_column(self, errors: Float[np.ndarray, "m numbers"]) -> Float[np.ndarray, "m columns"]:
        """Sum what belongs to the same column."""
        starts = np.cumsum([0, *(column.width for column in self.columns[:-1])])
        return np.asarray(np.add.reduceat(errors, starts, axis=1))

    def words(self, values: Float[np.ndarray, "m numbers"]) -> list[list[str]]:
        """Write standardised numbers as cells again."""
        plain = values * self.spread + self.centre
        cells: list[list[str]] = [[] for _ in plain]
        start = 0
        for column in self.columns:
            part = plain[:, start : start + column.width]
            start += column.width
            for row, numbers in zip(cells, part, strict=True):
                if column.categories:
                    row.append(column.categories[int(np.argmax(numbers))])
                else:
                    row.append(f"{numbers[0]:.4g}")
        return cells


# ---- numbers -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Notes:
    counters: list[str] = field(default_factory=list)
    constant: list[str] = field(default_factory=list)
    wordy: list[str] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)

    def sentences(self) -> tuple[str, ...]:
        said = []
        if self.counters:
            said.append(f"Left out, as it numbers the rows: {_listed(self.counters)}.")
        if self.constant:
            said.append(f"Left out, as all rows have the same value: {_listed(self.constant)}.")
        if self.wordy:
            said.append(
                f"Left out, as they hold text with more than {MOST_CATEGORIES} different values: "
                f"{_listed(self.wordy)}."
            )
        if self.categories:
            said.append(f"Text turned into one number a value: {_listed(self.categories)}.")
        if self.filled:
            n = sum(self.filled.values())
            cells = "1 missing cell was" if n == 1 else f"{n:,} missing cells were"
            said.append(
                f"{cells} filled by the training rows' median or commonest value: "
                f"{_listed(list(self.filled))}."
            )
        return tuple(said)


def _listed(names: list[str]) -> str:
    rest = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def prepare_table(table: Table, train: IndexArray, without: Sequence[str] = ()) -> Prepared:
    """Turn a table into standardised numbers.

    Args:
        table: as read.
        train: rows from which medians, means and deviations are taken.
        without: columns that are not looked at (the labels).

    Raises:
        DataError: if no column is left.
    """
    notes, blocks, columns = _Notes(counters=counters(table)), [], []
    for name in (name for name in table.names if name not in (*without, *notes.counters)):
        made = _column(name, table.column(name), train, notes)
        if made is not None:
            columns.append(made[0])
            blocks.append(made[1])
    if not columns:
        raise DataError(
            "no column is left that varies and holds numbers or a few different words; "
            + " ".join(notes.sentences())
        )
    values = np.concatenate(blocks, axis=1)
    require_few(values.shape[1], "the table (each value of a text column counted)")
    centre, spread = values[train].mean(axis=0), values[train].std(axis=0)
    spread = np.where(spread > 1e-12, spread, 1.0)  # it varies, but not among the training rows
    standard = np.clip((values - centre) / spread, -FARTHEST, FARTHEST)
    return Prepared(standard, tuple(columns), centre, spread, (*table.notes, *notes.sentences()))


def _column(
    name: str, cells: list[str], train: IndexArray, notes: _Notes
) -> tuple[Encoded, Matrix] | None:
    said = {cell for cell in cells if not is_missing(cell)}
    if len(said) < 2:
        notes.constant.append(name)
        return None
    if is_numeric(cells):
        values = np.array([_or_nan(cell) for cell in cells])
        if np.nanmax(values) == np.nanmin(values):
            notes.constant.append(name)
            return None
        return Encoded(name), _filled(name, values, train, notes)[:, None]
    if len(said) > MOST_CATEGORIES:
        notes.wordy.append(name)
        return None
    notes.categories.append(name)
    categories = tuple(sorted(said))
    n_missing = sum(is_missing(cell) for cell in cells)
    if n_missing:
        notes.filled[name] = n_missing
    own = [cells[i] for i in train if not is_missing(cells[i])] or sorted(said)
    common = max(categories, key=own.count)
    values = np.array([categories.index(common if is_missing(c) else c) for c in cells])
    return Encoded(name, categories), np.eye(len(categories))[values]


def _or_nan(cell: str) -> float:
    value = number(cell)
    return math.nan if value is None else value


def _filled(name: str, values: ValueArray, train: IndexArray, notes: _Notes) -> ValueArray:
    gaps = np.isnan(values)
    if gaps.any():
        notes.filled[name] = int(gaps.sum())
        own = values[train][~gaps[train]]
        values = np.where(gaps, np.median(own if len(own) else values[~gaps]), values)
    return values

"""Rows of a table as a user has them: read from CSV, cells kept as text.

Numbers are written as Python has them: thousands without a mark, a decimal point.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from aecore.data.numerals import decimal_mark, has_thousands, number, plain
from aecore.data.texts import Cells, cells, decoded
from aecore.errors import DataError
from aecore.limits import MEGABYTE, limits

MISSING = ("", "na", "n/a", "nan", "null", "none", "?", "-")
MIN_ROWS = 40
MOST_LABELS = 12
NUMERIC_SHARE = 0.9
FEWEST_COUNTED = 3  # names that are numbers, such as years
LOOKED_AT = 2000  # rows by which the decimal mark is told
COUNTERS = ("", "id", "index", "row", "no", "nr", "number", "unnamed: 0")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read: cells as text.

    Attributes:
        names: of the columns.
        rows: cells of each row, as many as there are names.
        notes: what had to be said while it was read.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> list[str]:
        """Return the cells of a column."""
        place = self.names.index(name)
        return [row[place] for row in self.rows]


def read_table(
    content: bytes, name: str = "The file", least: int = MIN_ROWS, most_columns: int | None = None
) -> Table:
    """Read a CSV: comma, semicolon, tab or bar; with a header or without; UTF-8 or Latin-1.

    Args:
        content: of the file.
        name: of the file.
        least: rows that are needed.
        most_columns: other than the limit.

    Raises:
        DataError: in one sentence: too large, no text, too few rows or columns, ragged.
    """
    most = limits()
    if len(content) > most.file_mb * MEGABYTE:
        raise DataError(f"{name} has over {most.file_mb} MB; send fewer rows")
    found = cells(decoded(content, name), name)
    rows = _even(found.rows, name)
    if len(rows[0]) < 2:
        raise DataError(
            f"{name} has one column; at least 2, separated by commas, semicolons or tabs, are "
            "needed"
        )
    require_few(len(rows[0]), name, most_columns)
    head = has_header(rows)
    names = _names(rows[0]) if head else tuple(f"column {i + 1}" for i in range(len(rows[0])))
    body = [[cell.strip() for cell in row] for row in rows[head:]]
    if len(body) < least:
        raise DataError(f"{name} has {len(body)} rows; at least {least} are needed")
    notes = list(found.notes)
    if not head:
        notes.append("There is no header row, so the columns are numbered.")
    if len(body) > most.table_rows:
        notes.append(f"Only the first {most.table_rows:,} of {len(body):,} rows are read.")
    body = body[: most.table_rows]
    notes += _unmarked(names, body, found)
    if head and not rows[0][0].strip():
        notes.append("Left out, as it has no name and so is the rows' index: the first column.")
        names, body = names[1:], [row[1:] for row in body]
    return Table(names, tuple(map(tuple, body)), tuple(notes))


def require_few(width: int, name: str, most: int | None = None) -> None:
    """Check the number of columns."""
    most = most or limits().table_columns
    if width > most:
        raise DataError(f"{name} has {width:,} columns; at most {most} can be judged")


def _even(rows: list[list[str]], name: str) -> list[list[str]]:
    """All rows as wide as the first; R leaves out the name of the rows' own names."""
    if len(rows) > 1 and all(len(row) == len(rows[0]) + 1 for row in rows[1:]):
        rows = [["", *rows[0]], *rows[1:]]
    width = len(rows[0])
    for place, row in enumerate(rows, 1):
        if len(row) != width:
            raise DataError(
                f"row {place} of {name} has {len(row)} cells, but the first has {width}; give "
                "every row as many"
            )
    return rows


def _unmarked(names: Sequence[str], body: list[list[str]], found: Cells) -> list[str]:
    """Write the numbers of `body` as Python has them; say where thousands were marked."""
    columns = list(zip(*body, strict=True))
    odd = [
        i
        for i, column in enumerate(columns)
        if any(_unusual(cell) for cell in column) and is_numeric(column)
    ]
    if not odd:
        return []
    sample = (cell for row in body[:LOOKED_AT] for cell in row)
    mark = decimal_mark(sample, found.delimiter)
    marked: dict[str, tuple[str, str]] = {}
    for i in odd:
        for row in body:
            if has_thousands(row[i], mark):
                marked.setdefault(names[i], (row[i], plain(row[i], mark)))
            row[i] = plain(row[i], mark)
    shown = [f"{name} ({old} is {new})" for name, (old, new) in marked.items()]
    return [f"Read with marks of thousands: {', '.join(shown)}."] if shown else []


def _unusual(cell: str) -> bool:
    """Whether a cell may be a number that Python would not read, or not rightly."""
    return not cell.isalnum() and (
        "," in cell or any(c in cell for c in " '’\u00a0\u202f") or cell.count(".") > 0
    )


def begins_with_names(content: bytes) -> bool:
    """Whether a text file, or the beginning of one, has a first row that names its columns."""
    try:
        rows = cells("\n".join(decoded(content, "").splitlines()[:200]), "").rows
    except DataError:
        return False
    if len(rows) > 2 and len(rows[0]) + 1 == len(rows[1]) == len(rows[2]):
        rows[0] = ["", *rows[0]]
    rows = [row for row in rows if len(row) == len(rows[0])]  # the last may be cut off
    return len(rows[0]) > 1 and has_header(rows)


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row names the columns.

    It does if it has no number and nothing missing in a column that holds numbers below, or, where
    no column holds numbers, if its cells differ from all below them. The first column's name may
    be missing, as that of pandas' index is; names may be numbers if they count, such as years.
    """
    first, below = [cell.strip() for cell in rows[0]], rows[1:200]
    if len(set(first)) < len(first):
        return False
    columns = list(zip(*below, strict=False)) if below else []
    numeric = [i for i, cells in enumerate(columns) if is_numeric(cells)]
    if not numeric:
        return all(first[i] not in cells for i, cells in enumerate(columns))
    words = all(number(first[i]) is None for i in numeric)
    nameless = [i for i in numeric if not first[i]]
    if words and (not nameless or (nameless == [0] and _is_index(columns[0]))):
        return True
    return _numbers_as_names(first, below, columns)


def _numbers_as_names(
    first: Sequence[str], below: Sequence[Sequence[str]], columns: Sequence[Sequence[str]]
) -> bool:
    """Whether the numbers of the first row count, those below do not, and its words are names."""
    counted = [cell for cell in first if number(cell) is not None]
    words = [i for i, cell in enumerate(first) if cell and number(cell) is None]
    if len(counted) < FEWEST_COUNTED or "" in first[1:]:
        return False
    if not words and counted[0] not in ("0", "1"):
        return False
    if any(first[i] in columns[i] for i in words):
        return False
    return _counts(counted) and not any(
        _counts([cell for cell in row if number(cell) is not None]) for row in below
    )


def _counts(cells: Sequence[str]) -> bool:
    """Whether cells are whole numbers that go up in even steps."""
    if len(cells) < 2 or not all(cell.strip().isdigit() for cell in cells):
        return False
    values = [int(cell) for cell in cells]
    step = values[1] - values[0]
    return step > 0 and all(b - a == step for a, b in itertools.pairwise(values))


def _is_index(cells: Sequence[str]) -> bool:
    """Whether cells are whole numbers, none twice, as in pandas' index."""
    return len(set(cells)) == len(cells) > 1 and all(cell.strip().isdigit() for cell in cells)


def _names(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() or f"column {i + 1}" for i, cell in enumerate(row))


def is_missing(cell: str) -> bool:
    """Whether a cell says nothing."""
    return cell.strip().lower() in MISSING


def is_numeric(cells: Sequence[str]) -> bool:
    """Whether nearly all cells that say something are numbers."""
    said = [cell for cell in cells if not is_missing(cell)]
    n_numbers = sum(number(cell) is not None for cell in said)
    return bool(said) and n_numbers >= NUMERIC_SHARE * len(said)


def label_columns(table: Table) -> list[str]:
    """Names of the columns that may say what is normal: 2 to 12 different values."""
    return [
        name
        for name in table.names
        if 2 <= len({c for c in table.column(name) if not is_missing(c)}) <= MOST_LABELS
    ]


def counters(table: Table) -> list[str]:
    """Columns that only number the rows: called id or the like, no value twice."""
    return [
        name
        for name in table.names
        if name.strip().lower() in COUNTERS and len(set(table.column(name))) == len(table.rows)
    ]

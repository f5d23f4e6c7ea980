"""Rows of a table as a user has them: read from CSV, cells kept as text."""

import csv
import io
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from aecore.errors import DataError
from aecore.limits import MEGABYTE, limits

MISSING = ("", "na", "n/a", "nan", "null", "none", "?", "-")
DELIMITERS = ",;\t|"
MIN_ROWS = 40
MOST_LABELS = 12
NUMERIC_SHARE = 0.9


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


def read_table(content: bytes, name: str = "The file", least: int = MIN_ROWS) -> Table:
    """Read a CSV: comma, semicolon, tab or bar; with a header or without; UTF-8 or Latin-1.

    Args:
        content: of the file.
        name: of the file.
        least: rows that are needed.

    Raises:
        DataError: in one sentence: too large, no text, too few rows or columns, ragged.
    """
    most = limits()
    if len(content) > most.file_mb * MEGABYTE:
        raise DataError(f"{name} has over {most.file_mb} MB; send fewer rows")
    rows = _rows(decoded(content, name), name)
    width = len(rows[0])
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            raise DataError(
                f"row {number} of {name} has {len(row)} cells, but the first has {width}; give "
                "every row as many"
            )
    if width < 2:
        raise DataError(
            f"{name} has one column; at least 2, separated by commas, semicolons or tabs, are "
            "needed"
        )
    require_few(width, name)
    head = has_header(rows)
    names = _names(rows[0]) if head else tuple(f"column {i + 1}" for i in range(width))
    body = tuple(tuple(cell.strip() for cell in row) for row in rows[head:])
    if len(body) < least:
        raise DataError(f"{name} has {len(body)} rows; at least {least} are needed")
    notes = [] if head else ["There is no header row, so the columns are numbered."]
    if len(body) > most.table_rows:
        notes.append(f"Only the first {most.table_rows:,} of {len(body):,} rows are read.")
    return Table(names, body[: most.table_rows], tuple(notes))


def require_few(width: int, name: str) -> None:
    """Check the number of columns."""
    most = limits().table_columns
    if width > most:
        raise DataError(f"{name} has {width:,} columns; at most {most} can be judged")


def decoded(content: bytes, name: str) -> str:
    """Read text in UTF-8, UTF-16 or Latin-1.

    Raises:
        DataError: in one sentence, for what is no text.
    """
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise DataError(f"{name} is a spreadsheet or an archive; save it as CSV")
    if b"\0" in content[:10_000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{name} is not a text file; save the table as CSV")
    for encoding in ("utf-8-sig", "utf-16", "latin-1"):
        try:
            if encoding != "utf-16" or content.startswith((b"\xff\xfe", b"\xfe\xff")):
                return content.decode(encoding)
        except UnicodeError:
            continue
    raise DataError(f"{name} is not a text file; save the table as CSV")


def _rows(text: str, name: str) -> list[list[str]]:
    lines = [line for line in text.splitlines()[:50] if line.strip()]
    if not lines:
        raise DataError(f"{name} is empty; choose another")
    delimiter = max(DELIMITERS, key=lambda mark: min(line.count(mark) for line in lines[:20]))
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        first = itertools.islice(reader, 2 * limits().table_rows)
        return [row for row in first if any(c.strip() for c in row)]
    except csv.Error as error:
        raise DataError(f"{name} can't be read as CSV ({error})") from None


def begins_with_names(content: bytes) -> bool:
    """Whether a text file, or the beginning of one, has a first row that names its columns."""
    try:
        text = decoded(content, "")
        rows = _rows("\n".join(text.splitlines()[:200]), "")
    except DataError:
        return False
    rows = [row for row in rows if len(row) == len(rows[0])]  # the last may be cut off
    return len(rows[0]) > 1 and has_header(rows)


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row names the columns.

    It does if it has no number and nothing missing in a column that holds numbers below, or, where
    no column holds numbers, if its cells differ from all below them.
    """
    first, below = rows[0], rows[1:200]
    if len({cell.strip() for cell in first}) < len(first):
        return False
    columns = list(zip(*below, strict=False)) if below else []
    numeric = [i for i, cells in enumerate(columns) if is_numeric(cells)]
    if numeric:
        return all(number(first[i]) is None and first[i].strip() != "" for i in numeric)
    return all(first[i] not in cells for i, cells in enumerate(columns))


def _names(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() or f"column {i + 1}" for i, cell in enumerate(row))


def number(cell: str) -> float | None:
    """Read a finite number, with a decimal point or comma; None for anything else."""
    text = cell.strip()
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


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

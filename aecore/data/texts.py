"""Text as spreadsheets, pandas, R and numpy write it: what stands around the cells, and the cells.

Knows nothing of what the cells mean: `tables` and `signals` do.
"""

import csv
import io
import itertools
from collections.abc import Sequence
from typing import NamedTuple

from aecore.errors import DataError
from aecore.limits import limits

DELIMITERS = ",;\t|"
SURE = ";\t|"  # a comma may be a decimal one
COMMENT = "#"
LOOKED_AT = 50  # lines by which the delimiter is told


class Cells(NamedTuple):
    """The rows of a text, cells as they stand there.

    Attributes:
        rows: without empty ones; what stands above and is no row is left out.
        delimiter: what separates cells.
        notes: what was left out, in sentences.
    """

    rows: list[list[str]]
    delimiter: str
    notes: tuple[str, ...]


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


def cells(text: str, name: str, *, every: bool = False) -> Cells:
    """Split text into cells, by whatever separates them.

    A first line `sep=;` (Excel's) names the delimiter; lines above the rows that begin with `#`
    are comments, of which the last may name the columns (numpy's `header`).

    Args:
        text: of the file.
        name: of the file.
        every: whether more rows are wanted than a table may have.

    Raises:
        DataError: if there is nothing, or the csv module can't read it.
    """
    lines, comments, said = preamble(text)
    if not any(line.strip() for line in lines[:LOOKED_AT]):
        raise DataError(f"{name} is empty; choose another")
    delimiter = said or delimiter_of(lines)
    notes = [f"The first line, sep={said}, was read as such."] if said else []
    if comments:
        named = _header(comments[-1], delimiter, lines)
        lines = [*([named] if named else []), *lines]
        n = len(comments) - bool(named)
        if n:
            are = "line that begins with # was" if n == 1 else "lines that begin with # were"
            notes.append(f"{n} {are} skipped.")
    try:
        reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
        first = itertools.islice(reader, None if every else 2 * limits().table_rows)
        rows = [row for row in first if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DataError(f"{name} can't be read as CSV ({error})") from None
    return Cells(_trimmed(rows), delimiter, tuple(notes))


def preamble(text: str) -> tuple[list[str], list[str], str]:
    """Return the lines of the rows, comments above them, and the delimiter that is said or ""."""
    lines = text.splitlines()
    said, first = "", 0
    comments: list[str] = []
    for line in lines:
        plain = line.strip().strip('"')
        if plain.lower().startswith("sep=") and len(plain) <= 5 and not said and not comments:
            said = plain[4:] or "\t"  # strip() took a tab
        elif line.lstrip().startswith(COMMENT):
            comments.append(line)
        elif plain:
            break
        first += 1
    # All may be comments to us, such as a table whose only column is called #.
    return lines[first:], comments, said


def _header(comment: str, delimiter: str, lines: list[str]) -> str:
    """The names in a comment, if it has as many cells as the first row and holds no number."""
    named = comment.strip().lstrip(COMMENT).strip()
    names, first = (line.split(delimiter) for line in (named, lines[0]))
    numbers = any(_is_number(cell) for cell in names)
    as_many = len(names) == len(first) > 1 and all(cell.strip() for cell in names)
    return named if as_many and not numbers and any(map(_is_number, first)) else ""


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def delimiter_of(lines: Sequence[str]) -> str:
    """Say what separates the cells of some lines.

    Of a semicolon, tab or bar in every line a comma does not take the place unless there are more
    commas than decimal ones could be.
    """
    seen = [line for line in lines[:LOOKED_AT] if line.strip()][:20]
    fewest = {mark: min(line.count(mark) for line in seen) for mark in DELIMITERS}
    most_commas = max(line.count(",") for line in seen)
    best = max(SURE, key=fewest.__getitem__)
    if fewest[best] and fewest[best] + 1 >= most_commas:
        return best
    return max(DELIMITERS, key=fewest.__getitem__)


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without a last cell that is empty in every row, as a delimiter at the end of lines makes."""
    while rows and len(rows[0]) > 1 and all(len(r) == len(rows[0]) for r in rows):
        if any(row[-1].strip() for row in rows):
            break
        rows = [row[:-1] for row in rows]
    return rows

"""Numbers as people write them: a decimal point or comma, thousands marked or not.

"1,175" is 1175 to some and 1.175 to others. What a file means is seen by its other cells: one
that can be read in one way alone ("5.39", "0,5", "1,234.5") decides for all.
"""

import math
import re
from collections.abc import Iterable

POINT, COMMA = ".", ","
_SIGN = r"[+-]?"
_GROUPED = {  # by the decimal mark: thousands are marked by the other one
    POINT: re.compile(_SIGN + r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?"),
    COMMA: re.compile(_SIGN + r"[1-9]\d{0,2}(\.\d{3})+(,\d*)?"),
}
_FRACTION = {
    POINT: re.compile(_SIGN + r"\d*\.\d+([eE][+-]?\d+)?"),
    COMMA: re.compile(_SIGN + r"\d*,\d+([eE][+-]?\d+)?"),
}
_SPACED = re.compile(_SIGN + r"[1-9]\d{0,2}([ '’\u00a0\u202f]\d{3})+([.,]\d*)?")
_SPACES = str.maketrans("", "", " '’\u00a0\u202f")


def number(cell: str) -> float | None:
    """Read a finite number however it is written; None for anything else.

    Where two readings are possible a comma is a decimal comma; `plain` knows better.
    """
    text = cell.strip()
    try:
        value = float(text)
    except ValueError:
        return _unusual(text)
    return value if math.isfinite(value) else None


def _unusual(text: str) -> float | None:
    if not text[-1:].isdigit():
        return None
    marks = (COMMA, POINT) if text.count(COMMA) == 1 else (POINT, COMMA)
    for mark in marks:
        try:
            value = float(plain(text, mark))
        except ValueError:
            continue
        return value if math.isfinite(value) else None
    return None


def plain(cell: str, mark: str) -> str:
    """Write a number as Python reads it; other text stays as it is, but for white space around.

    Args:
        cell: as it stands in the file.
        mark: the file's decimal mark, "." or ",".
    """
    text = cell.strip()
    if _SPACED.fullmatch(text):
        text = text.translate(_SPACES)
    other = COMMA if mark == POINT else POINT
    if _GROUPED[mark].fullmatch(text):
        text = text.replace(other, "")
    fraction = mark == COMMA and _FRACTION[COMMA].fullmatch(text)
    return text.replace(COMMA, POINT) if fraction else text


def has_thousands(cell: str, mark: str) -> bool:
    """Whether thousands are marked in a cell."""
    text = cell.strip()
    return bool(_GROUPED[mark].fullmatch(text) or _SPACED.fullmatch(text))


def decimal_mark(cells: Iterable[str], delimiter: str) -> str:
    """Say which mark a file's numbers have, "." or ","; where nothing tells, the likelier one.

    Args:
        cells: some of the file.
        delimiter: what separates them: where it is a comma, numbers with decimal commas would
            have to stand in quotes, so that a comma in a number more likely marks thousands.
    """
    clear = {POINT: 0, COMMA: 0}
    open_to_both = {POINT: 0, COMMA: 0}  # by the mark that they have
    for cell in map(str.strip, cells):
        for mark, other in ((POINT, COMMA), (COMMA, POINT)):
            if mark not in cell:
                continue
            if _GROUPED[other].fullmatch(cell) and other not in cell:
                open_to_both[mark] += 1
            elif _FRACTION[mark].fullmatch(cell) or (
                _GROUPED[mark].fullmatch(cell) and other in cell
            ):
                clear[mark] += 1
    if clear[POINT] != clear[COMMA]:
        return max(clear, key=clear.__getitem__)
    commas_alone = open_to_both[COMMA] and not open_to_both[POINT]
    return COMMA if commas_alone and delimiter != COMMA else POINT

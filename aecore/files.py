"""Files that are written whole or not at all, tables that are read, cells no spreadsheet runs."""

import os
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aecore.errors import DataError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, with the same ending, and put it in place when that went well.

    Of several that write the same file at once, in one process or two, the last one stays.
    """
    own = f"{os.getpid()}-{secrets.token_hex(3)}"
    unfinished = path.with_name(f".{path.stem}.{own}.tmp{path.suffix}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises:
        DataError: in one sentence with the file's name, if it can't be read or is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{path.name} can't be read: {why}") from None
    return parse_toml(text, path.name)


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Return what the text of a TOML file says; `name` is what a sentence calls it.

    Raises:
        DataError: in one sentence, if it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{name} is not TOML: {error}") from None


def csv_cell(text: str) -> str:
    """Return the text of a CSV's cell, which no spreadsheet may take for a formula.

    A text that begins with =, +, -, @, a tab or a line break, after spaces too, gets an apostrophe
    before it, as OWASP advises ("CSV Injection"). Numbers are not to be given here.
    """
    first = text.lstrip(" ")[:1]
    return f"'{text}" if first and first in "=+-@\t\r\n＝＋－＠" else text

"""One long series in a text file, `timestamp,value`, cut into windows that are learnt as signals.

Windows follow each other and share no sample, so that no split has seen another's. A column that
says what a row is, such as NAB's `is_anomaly`, gives a window its rarest word.
"""

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from aecore.arrays import ValueArray
from aecore.configs import Setting
from aecore.data import signals
from aecore.data.imageset import ImageSet
from aecore.data.numerals import number
from aecore.data.pictures.sizes import Side, Size
from aecore.data.rows import LABELS
from aecore.data.signals import MAX_SAMPLES, MIN_SAMPLES, UNLABELLED, Signals
from aecore.data.tables import Table, is_missing, is_numeric, read_table
from aecore.data.texts import decoded
from aecore.errors import DataError

SUFFIXES = (".csv", ".tsv", ".txt")
TIMES = ("timestamp", "timestamps", "time", "date", "datetime", "ds", "t", "unnamed: 0", "")
FLAGS = (*LABELS, "anomaly", "is_anomaly", "anomalous", "outlier", "changepoint", "event")
WIDEST = 3  # columns: time, value, and perhaps what a row is
MOST_GAPS = 0.2  # of the values
HEAD_BYTES = 200_000
WINDOW = Setting(
    name="window",
    kind=int,
    default=64,
    unit="samples",
    low=MIN_SAMPLES,
    high=MAX_SAMPLES,
    help="One long series (a column of times and one of values) is cut into windows of so many "
    "samples, which are learnt as signals.",
)


def window_of(side: Side | None) -> int:
    """How many samples a window has, as pictures' width is said; 64 where it isn't."""
    return int(WINDOW.default) if side is None else Size.of(side).width


class Parts(NamedTuple):
    """Which columns of a table are what."""

    value: str
    label: str


def parts_of(table: Table) -> Parts | None:
    """Say which column holds the values of a series; None for another table."""
    first, *others = table.names
    if len(table.names) > WIDEST or not _is_time(first, table.column(first)):
        return None
    label = next((name for name in others if name.strip().lower() in FLAGS), "")
    values = [name for name in others if name != label and is_numeric(table.column(name))]
    return Parts(values[0], label) if len(values) == 1 else None


def _is_time(name: str, cells: list[str]) -> bool:
    if name.strip().lower() not in TIMES:
        return False
    return len(set(cells)) > len(cells) / 2


def is_series(path: Path) -> bool:
    """Whether a text file holds one long series."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return False
    with path.open("rb") as file:
        return begins_as_series(file.read(HEAD_BYTES))


def begins_as_series(content: bytes) -> bool:
    """Whether a text, or the beginning of one, is one long series."""
    try:
        lines = decoded(content, "").splitlines()[:200]
        table = read_table("\n".join(lines).encode(), least=2)
    except DataError:
        return False
    return not table.names[0].startswith("column ") and parts_of(table) is not None


def load(path: Path, split: str, window: int) -> ImageSet:
    """Read a split of the windows: 70 % of each class train, 10 % validate, 20 % test.

    Raises:
        DataError: in one sentence, for all that can be wrong with the file.
        ValueError: for a window that is too short or too long.
    """
    return signals.split_of(_read(path, path.stat().st_mtime_ns, window), path, split)


def words(path: Path, window: int) -> tuple[str, ...]:
    """What was assumed of a file, and what was filled in."""
    return _read(path, path.stat().st_mtime_ns, window).words


@lru_cache(maxsize=2)
def _read(path: Path, changed: int, window: int) -> Signals:
    del changed
    return windows(path.read_bytes(), path.name, window)


def windows(content: bytes, name: str, window: int, least: int = signals.MIN_SIGNALS) -> Signals:
    """Cut the series of a text into windows.

    Args:
        content: of the file.
        name: of the file.
        window: samples of each.
        least: windows that are needed.

    Raises:
        DataError: for a file that holds no series, too short a one, or one with many gaps.
        ValueError: for a window that is too short or too long.
    """
    if not WINDOW.allows(window):
        raise ValueError(f"window is {window}, but must be {WINDOW.allowed} {WINDOW.unit}")
    table = read_table(content, name, least=2)
    parts = parts_of(table)
    if parts is None:
        raise DataError(f"{name} holds no series: a column of times and one of values are needed")
    values, n_gaps = _filled(table.column(parts.value), parts.value, name)
    n = len(values) // window
    if n < least:
        raise DataError(
            f"{name} has {len(values):,} samples, {n} windows of {window}; at least {least} "
            f"windows are needed: choose {len(values) // least} samples or fewer"
        )
    cut = values[: n * window].reshape(n, window)
    said = [
        f"One long series: {parts.value}, {len(values):,} samples, cut into {n:,} windows of "
        f"{window} one after another."
    ]
    if rest := len(values) - n * window:
        said.append(f"The last {rest} samples fill no window and are left out.")
    if n_gaps:
        said.append(f"{n_gaps:,} missing values lie on the line between their neighbours.")
    labels = [UNLABELLED] * n
    if parts.label:
        labels = _labels(table.column(parts.label), n, window)
        said.append(f"A window's class is its rarest in the column “{parts.label}”.")
    return Signals(cut, labels, (*said, *table.notes))


def _filled(cells: list[str], column: str, name: str) -> tuple[ValueArray, int]:
    read = [number(cell) for cell in cells]
    gaps = np.array([value is None for value in read])
    if gaps.mean() > MOST_GAPS:
        raise DataError(
            f"{gaps.mean():.0%} of the values in the column {column} of {name} are missing; at "
            f"most {MOST_GAPS:.0%} can be filled in"
        )
    values = np.array([np.nan if value is None else value for value in read])
    at = np.arange(len(values))
    return np.interp(at, at[~gaps], values[~gaps]), int(gaps.sum())


def _labels(cells: list[str], n: int, window: int) -> list[str]:
    counts = Counter(cells)
    return [
        min(
            (cell for cell in cells[i * window : (i + 1) * window] if not is_missing(cell)),
            key=counts.__getitem__,
            default=UNLABELLED,
        )
        for i in range(n)
    ]

"""The bounds that hold for everyone, read from one file: `limits.toml`, or $AECORE_LIMITS.

Who may do what is not this module's matter (`aeview.classroom.access`); here are only numbers. The
class mode's own numbers stand in the file's table `[class]`.
"""

import os
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from aecore.configs import Config, require
from aecore.files import read_toml

SHIPPED = Path(__file__).with_name("limits.toml")
CLASS = "class"
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
MEGABYTE = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Config):
    """Whole numbers of 1 or more; what each bounds is said beside it in `limits.toml`."""

    file_mb: int
    model_mb: int
    model_memory_mb: int
    pictures: int
    unpacked_mb: int
    judged_pictures: int
    megapixels: int
    table_rows: int
    table_columns: int
    signals_mb: int
    map_points: int
    asked: int
    served_a_second: int
    drawn_side: int
    epochs: int
    batch_size: int
    parameters: int
    run_minutes: int
    paused_minutes: int
    open_runs: int
    own_open_runs: int
    runs_mb: int
    saved_models: int
    sessions: int
    jobs: int
    jobs_waiting: int
    job_minutes: int
    cached_tables: int
    cached_maps: int
    cached_judgements: int
    cached_mb: int
    guesses: int
    passes: int
    pass_hours: int
    listeners: int
    lead_minutes: int

    def __post_init__(self) -> None:
        for field in fields(self):
            _require_whole(field.name, getattr(self, field.name))


def limits(in_class: bool | None = None) -> Limits:
    """Return the bounds that hold here.

    Args:
        in_class: those of class mode; None asks the environment (`AECORE_CLASS`).

    Raises:
        ValueError: in one sentence, for a file that can't be used.
    """
    named = os.environ.get("AECORE_LIMITS")
    chosen = asked_for_class() if in_class is None else in_class
    return _read(Path(named) if named else SHIPPED, bool(chosen))


def asked_for_class() -> bool | None:
    """What `AECORE_CLASS` says; None where it says nothing.

    Raises:
        ValueError: if it is neither yes nor no.
    """
    said = os.environ.get("AECORE_CLASS", "").strip().lower()
    if not said:
        return None
    require(said in ON + OFF, "AECORE_CLASS", said, "1 or 0")
    return said in ON


@lru_cache(maxsize=16)
def _read(path: Path, in_class: bool) -> Limits:
    merged: dict[str, Any] = {}
    try:
        own = {} if path == SHIPPED else read_toml(path)
        for table in (read_toml(SHIPPED), own):
            special = table.pop(CLASS, {})
            merged |= table | (special if in_class else {})
        for name, value in merged.items():
            _require_whole(name, value)
        return Limits.from_json(merged)
    except ValueError as error:
        raise ValueError(f"{path} can't be used: {error}") from None


def _require_whole(name: str, value: object) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    require(whole, name, value, "a whole number of 1 or more")

"""Deleted runs that can still be restored: the last three."""

import shutil
from pathlib import Path

from aecore.errors import DataError
from aecore.runs.folder import Run, folder

N_KEPT = 3


def _bin() -> Path:
    return folder() / ".discarded"


def discard(run: Run) -> None:
    """Take a run that no worker works on out of the list; the last three can be restored.

    Checkpoints saved from it stay.

    Raises:
        DataError: if it is still at work, or can't be deleted.
    """
    if run.alive:
        raise DataError("this run is still at work; stop it first")
    try:
        _bin().mkdir(exist_ok=True)
        gone = run.path.rename(_bin() / run.name)
        gone.touch()
    except OSError as error:
        raise DataError(f"the run can't be deleted: {error.strerror or error}") from None
    for path in _oldest_first()[:-N_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def is_discarded(name: str) -> bool:
    """Whether a run of this name can be restored."""
    return name in {path.name for path in _oldest_first()}


def restore(name: str) -> Run:
    """Put a discarded run back into the list.

    Raises:
        DataError: if it is gone for good, or can't be put back.
    """
    found = next((path for path in _oldest_first() if path.name == name), None)
    if found is None:
        raise DataError("this run can't be restored any more: others were deleted after it")
    try:
        return Run(found.rename(folder() / name))
    except OSError as error:
        raise DataError(f"the run can't be put back: {error.strerror or error}") from None


def _oldest_first() -> list[Path]:
    found = [path for path in _bin().glob("[0-9]*") if path.is_dir()]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)

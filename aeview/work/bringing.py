"""A model that somebody brings: looked at, then kept, in processes of their own.

The files lie in a folder of their own while one works, so that nothing else is read, and no
sentence names a folder.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from aecore.errors import AmbiguousModelError, DataError
from aecore.limits import MEGABYTE, limits
from aeview.work import subprocesses
from aeview.work.jobs import Job

if TYPE_CHECKING:
    from aecore.foreign.looking import Look

LONGEST_NAME = 200  # bytes
TOO_LARGE = (
    "These files have {n:,.0f} MB together; up to {most} MB are taken here. A larger model is "
    "opened on the command line: python -m aecore open"
)
CHOOSE = "choose below at which it is cut, and read it again"
APART = "give its encoder and its decoder as two files"


class Uploaded(NamedTuple):
    """A file as a browser sent it."""

    name: str
    content: bytes


@dataclass(slots=True)
class Brought:
    """Files that were brought, and what has become of them until now.

    Attributes:
        files: as they were uploaded.
        data: a data set's name or path: what the model is shown with.
        code: the tensor at which one file with both halves is cut; found unless said.
        candidates: shapes of the tensors that it may be, by name, where that can't be told.
        look: what the files were understood as.
        kept: the name under which the model is listed.
    """

    files: tuple[Uploaded, ...]
    data: str
    code: str | None = None
    candidates: dict[str, tuple[int, ...]] = field(default_factory=dict)
    look: "Look | None" = None
    kept: str = ""


def checked(files: tuple[Uploaded, ...]) -> tuple[Uploaded, ...]:
    """Return files as they may lie in a folder, by their last names alone.

    Raises:
        DataError: in one sentence, for none, too many bytes, or names that can't be files'.
    """
    found = tuple(Uploaded(_name(name), content) for name, content in files)
    if not found:
        raise DataError("There is no file yet; give an encoder and a decoder, or one with both.")
    names = [each.name for each in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DataError(f"Two files are called {twice[0]}; give one of them another name.")
    total, most = sum(len(content) for _, content in found), limits().model_mb
    if total > most * MEGABYTE:
        raise DataError(TOO_LARGE.format(n=total / MEGABYTE, most=most))
    return found


def _name(given: str) -> str:
    name = given.replace("\\", "/").rpartition("/")[2]
    if name in ("", ".", "..") or not name.isprintable() or len(name.encode()) > LONGEST_NAME:
        raise DataError("A file's name is empty, too long or not to be printed; rename it.")
    return name


def look(brought: Brought, job: Job) -> None:
    """Understand the files and rebuild some images by them; for a job.

    Raises:
        ValueError: in one sentence, for whatever is wrong with them.
    """
    from aecore.foreign.looking import look_alone

    with _folder(brought) as folder:
        files = [folder / each.name for each in brought.files]
        try:
            brought.look = subprocesses.work(
                look_alone, files, brought.data, brought.code, job=job
            )
        except AmbiguousModelError as error:
            brought.candidates = error.candidates
            raise DataError(f"{error.why}: {CHOOSE if error.candidates else APART}") from None


def keep(brought: Brought, chosen: int, put: Callable[[Path], Path], job: Job) -> None:
    """Measure the model by one of its readings, and list it; for a job.

    Args:
        brought: that was looked at.
        chosen: place in its readings.
        put: lists a checkpoint that lies elsewhere, and returns where it lies then.
        job: is reported to.

    Raises:
        ValueError: in one sentence, where it can't be measured or listed.
    """
    from aecore.foreign.formats import Asked, Files
    from aecore.foreign.looking import keep_alone

    seen = brought.look
    assert seen is not None
    with _folder(brought) as folder:
        encoder, *others = seen.names
        files = Files(folder / encoder, *(folder / each if each else None for each in others))
        out = folder / ".made.safetensors"
        asked = Asked(layers=files.layers, code=brought.code, reading=chosen)
        subprocesses.work(keep_alone, files, brought.data, out, asked, job=job)
        brought.kept = put(out).stem


@contextmanager
def _folder(brought: Brought) -> Iterator[Path]:
    """The files in a folder that is there as long as it is needed."""
    with TemporaryDirectory() as named:
        try:
            for name, content in brought.files:
                (Path(named) / name).write_bytes(content)
            yield Path(named)
        except OSError as error:
            raise DataError(f"The files can't be used: {error.strerror or error}.") from None
        except ValueError as error:
            raise DataError(str(error).replace(f"{named}{os.sep}", "")) from None

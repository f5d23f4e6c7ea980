"""Where pictures lie: single files, folders and .zip archives, opened in memory and in order."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from aecore.data.pictures import places
from aecore.data.pictures.places import SUFFIXES as SUFFIXES
from aecore.data.pictures.places import is_picture, with_slashes
from aecore.errors import DataError

MOST = 2000


class Source(NamedTuple):
    """A file's name and its content, or the sentence that says why it can't be read."""

    name: str
    content: bytes
    error: str = ""


def from_path(path: Path) -> Iterator[Source]:
    """Yield a file; or the pictures of a folder or .zip, by name.

    What can't be read is yielded with its error, so that the others go on.
    """
    try:
        if path.is_dir():
            yield from _from_folder(path)
        elif path.suffix.lower() == ".zip":
            yield from from_zip(path.read_bytes(), str(path))
        else:
            yield _source(str(path), places.content(path, str(path)))
    except OSError as error:
        yield Source(str(path), b"", f"{path} can't be opened: {error.strerror or error}")
    except DataError as error:
        yield Source(str(path), b"", str(error))


def _from_folder(folder: Path) -> Iterator[Source]:
    files = [folder / name for name in places.names(folder)]
    _check_number(len(files), str(folder))
    for file in files:
        yield _source(str(file), places.content(file, str(file)))


def _source(name: str, found: bytes | DataError) -> Source:
    return Source(name, b"", str(found)) if isinstance(found, DataError) else Source(name, found)


def _check_number(n: int, name: str) -> None:
    if not n:
        raise DataError(f"{name} holds no pictures ({', '.join(SUFFIXES)})")
    if n > MOST:
        raise DataError(f"{name} holds {n:,} pictures; at most {MOST:,} are scored at once")


def from_zip(content: bytes, name: str = "The archive") -> Iterator[Source]:
    """Yield the pictures of a .zip by name; nothing is unpacked to disk.

    Raises:
        DataError: if it is no .zip, holds no pictures, or more than 2,000.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except Exception:  # noqa: BLE001  # its parser raises whatever the damage leads to
        raise DataError(f"{name} is not a .zip that can be read; pack it again") from None
    with archive:
        members = [m for m in archive.namelist() if is_picture(with_slashes(m))]
        _check_number(len(members), name)
        for member in sorted(members):
            yield _source(member, places.member(archive, member))

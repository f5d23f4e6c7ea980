"""Where pictures lie: single files, folders and .zip archives, opened in memory and in order."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from aecore.data.pictures.decode import most_bytes, too_large
from aecore.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
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
            yield _file(path, str(path))
    except OSError as error:
        yield Source(str(path), b"", f"{path} can't be opened: {error.strerror or error}")
    except DataError as error:
        yield Source(str(path), b"", str(error))


def _from_folder(folder: Path) -> Iterator[Source]:
    files = [f for f in sorted(folder.rglob("*")) if f.is_file() and _is_picture(f.name)]
    _check_number(len(files), str(folder))
    for file in files:
        yield _file(file, str(file))


def _file(path: Path, name: str) -> Source:
    try:
        if path.stat().st_size > most_bytes():
            raise too_large(name)
        return Source(name, path.read_bytes())
    except OSError as error:
        return Source(name, b"", f"{name} can't be opened: {error.strerror or error}")
    except DataError as error:
        return Source(name, b"", str(error))


def _is_picture(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return path.suffix.lower() in SUFFIXES and not hidden


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
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise DataError(f"{name} is not a .zip that can be read; pack it again") from None
    with archive:
        members = [m for m in archive.infolist() if not m.is_dir() and _is_picture(m.filename)]
        _check_number(len(members), name)
        for member in sorted(members, key=lambda m: m.filename):
            yield _member(archive, member)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Source:
    """Read one file of an archive, no further than the limit whatever its header promises."""
    try:
        with archive.open(member) as file:
            content = file.read(most_bytes() + 1)
    except Exception:  # noqa: BLE001  # zlib, bz2 and lzma raise whatever the damage leads to
        return Source(member.filename, b"", f"{member.filename} is damaged or locked in the .zip")
    return Source(member.filename, content)

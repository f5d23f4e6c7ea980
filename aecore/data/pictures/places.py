"""Which files of a folder or .zip are pictures, in which order, and of which class each is.

What a system leaves beside them (`__MACOSX/`, `._a.png`, `.ipynb_checkpoints/`) is no picture.
"""

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from aecore.data.pictures.decode import most_bytes, too_large
from aecore.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
HEAD_BYTES = 2**19  # in which a picture says its size


def is_picture(place: str) -> bool:
    """Whether a place within a folder or .zip is that of a picture, by its name."""
    path = PurePosixPath(place)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden


def with_slashes(member: str) -> str:
    """A .zip member's place as it should be: some programs write Windows' backslashes."""
    return member.replace("\\", "/")


def set_name(path: Path) -> str:
    """What a set is called: its folder's name, or its file's without the ending."""
    return path.resolve().name if path.is_dir() else path.stem


def class_of(place: str, whole: str) -> str:
    """The name of the folder that a picture lies in; of the whole set, for one in none."""
    return PurePosixPath(place).parent.name or whole


def names(path: Path) -> Iterator[str]:
    """Yield the pictures of a folder by their places, of a .zip by its members' names, in order.

    Raises:
        DataError: for what is neither, or can't be opened.
    """
    if path.is_dir():
        yield from _walk(str(path), "")
        return
    with archive(path) as opened:
        found = sorted(opened.namelist())
    yield from (name for name in found if is_picture(with_slashes(name)))


def _walk(root: str, inside: str) -> Iterator[str]:
    try:
        with os.scandir(Path(root) / inside) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError as error:
        raise DataError(f"{Path(root) / inside} can't be opened: {error.strerror}") from None
    for name, is_folder in found:
        place = f"{inside}/{name}" if inside else name
        if is_folder and not name.startswith("."):
            yield from _walk(root, place)
        elif not is_folder and is_picture(place):
            yield place


def archive(path: Path) -> zipfile.ZipFile:
    """Open a .zip.

    Raises:
        DataError: for what is none, or is damaged.
    """
    try:
        return zipfile.ZipFile(path)
    except Exception as error:  # noqa: BLE001  # its parser raises whatever the damage leads to
        raise DataError(f"{path} is neither a folder, a .zip nor an .npz ({error})") from None


def contents(path: Path, wanted: Iterator[str]) -> Iterator[tuple[str, bytes | DataError]]:
    """Yield these pictures' places and contents, or the sentence that says why there is none."""
    if path.is_dir():
        yield from ((name, content(path / name, name)) for name in wanted)
        return
    with archive(path) as opened:
        yield from ((with_slashes(name), member(opened, name)) for name in wanted)


def heads(path: Path, wanted: Iterable[str]) -> Iterator[bytes]:
    """Yield the beginnings of these pictures' files; nothing of those that can't be read."""
    if path.is_dir():
        yield from (_head(partial((path / name).open, "rb")) for name in wanted)
        return
    with archive(path) as opened:
        yield from (_head(partial(opened.open, name)) for name in wanted)


def _head(opening: Callable[[], Any]) -> bytes:
    try:
        with opening() as file:
            return bytes(file.read(HEAD_BYTES))
    except Exception:  # noqa: BLE001  # its sentence comes when it is read as a whole
        return b""


def content(path: Path, name: str) -> bytes | DataError:
    """Read a file, or say why it can't be read."""
    try:
        return too_large(name) if path.stat().st_size > most_bytes() else path.read_bytes()
    except OSError as error:
        return DataError(f"{name} can't be opened: {error.strerror or error}")


def member(opened: zipfile.ZipFile, name: str) -> bytes | DataError:
    """Read one file of an archive, no further than a file may go, whatever its header promises."""
    try:
        with opened.open(name) as file:
            content = file.read(most_bytes() + 1)
    except Exception:  # noqa: BLE001  # zlib, bz2 and lzma raise whatever the damage leads to
        return DataError(f"{name} is damaged or locked in the .zip; pack it again")
    return too_large(name) if len(content) > most_bytes() else content


def none_in(path: Path) -> str:
    """The sentence for a folder or .zip without pictures."""
    return f"{path} holds no images ({', '.join(SUFFIXES)}); make a sub-folder for each class"

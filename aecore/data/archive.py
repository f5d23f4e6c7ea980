"""The files in a .zip that came from anywhere: read in memory, within limits, never unpacked."""

import io
import zipfile
from pathlib import PurePosixPath
from typing import NamedTuple

from aecore.errors import DataError

MAX_FILES = 500
MAX_FILE_BYTES = 20_000_000
MAX_TOTAL_BYTES = 200_000_000
SIGNATURE = b"PK\x03\x04"
OFFICE = "[Content_Types].xml"
_UNSEEN = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
_DAMAGES = (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError)


class Packed(NamedTuple):
    """A file of an archive: its name, and its bytes or the sentence that says what is wrong."""

    name: str
    content: bytes
    problem: str = ""


def is_archive(content: bytes) -> bool:
    """Whether these are the bytes of a .zip with something in it."""
    return content.startswith(SIGNATURE)


def files(content: bytes, name: str = "The archive") -> list[Packed]:
    """Read the files of a .zip in the order of their names.

    A file that is damaged, encrypted or over 20 MB has a sentence instead of bytes. What the
    archive's directory says of sizes is not believed: no more than the limit is ever unpacked.

    Raises:
        DataError: in one sentence that begins with `name`: damaged, an office document, over 500
            files, over 200 MB unpacked, or nothing in it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = sorted(filter(_counts, archive.infolist()), key=lambda m: m.filename)
            if any(member.filename == OFFICE for member in members):
                raise DataError(
                    f"{name} is an office document; save the picture in it as PNG or JPEG"
                )
            if len(members) > MAX_FILES:
                raise DataError(
                    f"{name} holds {len(members):,} files; pack at most {MAX_FILES} into one .zip"
                )
            return _read(archive, members, name)
    except _DAMAGES as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{name} is damaged and can't be unpacked; pack it again") from None


def _counts(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    seen = all(part not in _UNSEEN and not part.startswith("._") for part in parts)
    return seen and bool(parts) and not member.is_dir()


def _read(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> list[Packed]:
    if not members:
        raise DataError(f"{name} is an empty .zip; put pictures into it")
    read, total = [], 0
    for member in members:
        packed = _one(archive, member)
        total += len(packed.content)
        if total > MAX_TOTAL_BYTES:
            raise DataError(
                f"{name} unpacks to over {MAX_TOTAL_BYTES // 10**6} MB; pack fewer pictures"
            )
        read.append(packed)
    return read


def _one(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Packed:
    name = member.filename
    try:
        with archive.open(member) as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except _DAMAGES:
        reason = "is encrypted; pack it without a password"
        if not member.flag_bits & 1:
            reason = "is damaged and can't be unpacked; pack it again"
        return Packed(name, b"", f"{name} {reason}")
    if len(content) > MAX_FILE_BYTES:
        return Packed(name, b"", f"{name} has over {MAX_FILE_BYTES // 10**6} MB; make it smaller")
    return Packed(name, content)

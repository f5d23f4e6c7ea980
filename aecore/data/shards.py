"""A user's own images as rows that are read when they are asked for: .npz shards, or pictures.

Opening one reads names, sizes and labels, never pixels. What is read of which row is the same as
`own.load` makes of it.
"""

import os
import zipfile
from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from aecore.arrays import IndexArray, LabelArray, Pixels
from aecore.data import own
from aecore.errors import DataError

PIECE_BYTES = 2**20  # read together: large enough for a disk, small enough to be shuffled
N_PICTURES = 256  # likewise


class Source(ABC):
    """Rows of images in a fixed order.

    Attributes:
        side: to which they are resized.
        labels: class number of each.
        classes: what the numbers mean, in alphabetical order.
    """

    side: int
    labels: LabelArray
    classes: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, side, side)."""
        return self.n_channels, self.side, self.side

    @cached_property
    @abstractmethod
    def n_channels(self) -> int:
        """3 if any image is in colour, else 1."""

    @abstractmethod
    def pieces(self, rows: IndexArray) -> list[np.ndarray]:
        """Cut ascending rows into parts that are read together."""

    @abstractmethod
    def read(self, piece: IndexArray) -> Pixels:
        """Read one of the `pieces`."""

    def _name(self, names: list[str], numbers: LabelArray) -> None:
        """Bring class names into alphabetical order."""
        order = np.argsort(names)
        place = np.empty(len(names), np.int64)
        place[order] = np.arange(len(names))
        self.classes = tuple(names[i] for i in order)
        self.labels = place[numbers]


def opened(path: Path, side: int) -> Source:
    """Open a folder of .npz shards, one .npz, or a folder or .zip of pictures.

    Raises:
        DataError: in one sentence, for what can't be read.
    """
    shards = [path] if path.suffix == ".npz" else sorted(path.glob("*.npz"))
    return Shards(shards, side) if shards else Pictures(path, side)


class _Member(NamedTuple):
    """Where an array lies in an .npz: `offset` is None where it is compressed."""

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    offset: int | None


class Shards(Source):
    """Files made by numpy.savez(path, images=…, labels=…); savez_compressed is read whole."""

    def __init__(self, paths: list[Path], side: int) -> None:
        self.side = side
        self.members = [_member(path) for path in paths]
        sizes = [member.shape[0] for member in self.members]
        self.firsts = np.concatenate(([0], np.cumsum(sizes)))
        numbers: dict[str, int] = {}
        labels = [_labels(member, numbers) for member in self.members]
        self._name(list(numbers), np.concatenate(labels))

    @cached_property
    def n_channels(self) -> int:
        """3 if any shard is in colour, else 1."""
        return max(m.shape[3] if len(m.shape) == 4 else 1 for m in self.members)

    def pieces(self, rows: IndexArray) -> list[np.ndarray]:
        """Rows of one shard; of an uncompressed one, of one megabyte of it."""
        shard = np.searchsorted(self.firsts, rows, "right") - 1
        part = np.zeros_like(rows)
        for i in np.unique(shard):
            member, own_rows = self.members[i], shard == i
            if member.offset is not None:
                n_rows = max(1, PIECE_BYTES // _row_bytes(member))
                part[own_rows] = (rows[own_rows] - self.firsts[i]) // n_rows
        changes = np.flatnonzero((np.diff(shard) != 0) | (np.diff(part) != 0)) + 1
        return np.split(rows, changes) if len(rows) else []

    def read(self, piece: IndexArray) -> Pixels:
        """Read the stretch of the file that holds the rows."""
        i = int(np.searchsorted(self.firsts, piece[0], "right")) - 1
        rows = piece - self.firsts[i]
        images = own.as_bytes(_stretch(self.members[i], rows))
        return own.broadcast(own.resized(images, self.side), self.n_channels)


def _member(path: Path) -> _Member:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("images.npy") as file:
            info = archive.getinfo("images.npy")
            version = np.lib.format.read_magic(file)
            reader = getattr(np.lib.format, f"read_array_header_{version[0]}_0")
            shape, fortran, dtype = reader(file)
            offset = _start(path, info) + file.tell()
    except (KeyError, ValueError, AttributeError, OSError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} can't be read ({error}); save it by numpy.savez(path, images=…, labels=…)"
        ) from None
    own.check_shape(path, shape)
    whole = info.compress_type != zipfile.ZIP_STORED or fortran or dtype.hasobject
    return _Member(path, shape, dtype, None if whole else offset)


def _start(path: Path, info: zipfile.ZipInfo) -> int:
    """Where a member's bytes begin: behind its local header (APPNOTE.TXT, section 4.3.7)."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        header = file.read(30)
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return info.header_offset + 30 + lengths


def _row_bytes(member: _Member) -> int:
    return int(np.prod(member.shape[1:])) * member.dtype.itemsize


def _stretch(member: _Member, rows: IndexArray) -> np.ndarray:
    first, last = int(rows[0]), int(rows[-1])
    try:
        if member.offset is None:
            with np.load(member.path, allow_pickle=False) as archive:
                return archive["images"][rows]
        count = (last - first + 1) * int(np.prod(member.shape[1:]))
        offset = member.offset + first * _row_bytes(member)
        flat = np.fromfile(member.path, member.dtype, count, offset=offset)
        return flat.reshape(-1, *member.shape[1:])[rows - first]
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{member.path} can't be read ({error}); make it again") from None


def _labels(member: _Member, numbers: dict[str, int]) -> LabelArray:
    """Class numbers of a shard in the order in which the names were met."""
    n = member.shape[0]
    with np.load(member.path, allow_pickle=False) as archive:
        found = archive["labels"] if "labels" in archive else np.zeros(n, np.int64)
    if len(found) != n:
        raise DataError(f"{member.path} holds {n} images but {len(found)} labels")
    values, inverse = np.unique(found, return_inverse=True)
    known = [numbers.setdefault(str(value), len(numbers)) for value in values]
    return np.array(known, np.int64)[inverse]


class Pictures(Source):
    """Picture files in a folder or a .zip; the class is the name of the sub-folder."""

    def __init__(self, path: Path, side: int) -> None:
        self.path, self.side = path, side
        numbers: dict[str, int] = {}
        found, labels = bytearray(), array("q")
        self.ends = array("q")
        for name in names(path):
            found += os.fsencode(name)
            self.ends.append(len(found))
            folder = PurePosixPath(name).parent.name
            labels.append(numbers.setdefault(folder, len(numbers)))
        self.names = bytes(found)
        if not labels:
            raise DataError(own.no_images(path))
        self._name(list(numbers), np.array(labels, np.int64))

    @cached_property
    def n_channels(self) -> int:
        """3 as soon as one is in colour, which the heads of the files say."""
        colour = any(own.in_colour(content, name) for name, content in self._contents(len(self)))
        return 3 if colour else 1

    def pieces(self, rows: IndexArray) -> list[np.ndarray]:
        """Neighbours in the folder."""
        changes = np.flatnonzero(np.diff(rows // N_PICTURES)) + 1
        return np.split(rows, changes) if len(rows) else []

    def read(self, piece: IndexArray) -> Pixels:
        """Open each picture."""
        found = [own.open_picture(c, name, self.side) for name, c in self._contents(piece)]
        return np.stack([own.broadcast(picture[None], self.n_channels)[0] for picture in found])

    def _contents(self, rows: IndexArray | int) -> Iterator[tuple[str, bytes]]:
        wanted = [self._file(int(i)) for i in (range(rows) if isinstance(rows, int) else rows)]
        if self.path.is_dir():
            yield from ((name, (self.path / name).read_bytes()) for name in wanted)
            return
        with zipfile.ZipFile(self.path) as archive:
            yield from ((name, own.member(archive, name)) for name in wanted)

    def _file(self, i: int) -> str:
        return os.fsdecode(self.names[self.ends[i - 1] if i else 0 : self.ends[i]])


def names(path: Path) -> Iterator[str]:
    """Yield the pictures' places in a folder or .zip, in the order of `own.load`."""
    if path.is_dir():
        yield from _walk(str(path), "")
        return
    try:
        with zipfile.ZipFile(path) as archive:
            found = sorted(archive.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{path} is neither a folder, a .zip nor an .npz ({error})") from None
    yield from (name for name in found if own.is_picture(name))


def _walk(root: str, inside: str) -> Iterator[str]:
    with os.scandir(Path(root) / inside) as entries:
        found = sorted((entry.name, entry.is_dir()) for entry in entries)
    for name, is_folder in found:
        place = f"{inside}/{name}" if inside else name
        if is_folder:
            yield from _walk(root, place)
        elif own.is_picture(name):
            yield place

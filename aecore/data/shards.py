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
from pathlib import Path
from typing import NamedTuple

import numpy as np

from aecore.arrays import IndexArray, LabelArray, Pixels
from aecore.data import npz, own
from aecore.data.imageset import class_order
from aecore.data.pictures import facts, places
from aecore.data.pictures.decode import Decoded, decoded, maybe_coloured
from aecore.data.pictures.facts import Facts
from aecore.data.pictures.frame import PADDED, framed
from aecore.data.pictures.sizes import Side, Size, suited
from aecore.errors import DataError

PIECE_BYTES = 2**20  # read together: large enough for a disk, small enough to be shuffled
N_PICTURES = 256  # likewise
AGAIN = "make it again"


class Source(ABC):
    """Rows of images in a fixed order.

    Attributes:
        size: height and width to which they are brought.
        fit: whether those of other proportions are "padded" or "stretched".
        labels: class number of each.
        classes: what the numbers mean, in alphabetical order.
    """

    size: Size
    fit: str
    labels: LabelArray
    classes: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return self.n_channels, *self.size

    @property
    @abstractmethod
    def said(self) -> str:
        """What is done to the images, in a sentence."""

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
        """Bring class names into their order."""
        self.classes, place = class_order(names)
        self.labels = place[numbers]


def opened(path: Path, side: Side | None, fit: str = PADDED) -> Source:
    """Open a folder of .npz shards, one .npz, or a folder or .zip of pictures.

    Without a side they are brought to the size that suits them.

    Raises:
        DataError: in one sentence, for what can't be read.
    """
    shards = [path] if npz.is_npz(path) else npz.shards(path)
    size = own.asked_size(side, fit)
    return Shards(shards, size, fit) if shards else Pictures(path, size, fit)


class _Member(NamedTuple):
    """Where an array lies in an .npz: `offset` is None where it is compressed."""

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    offset: int | None


class Shards(Source):
    """Files made by numpy.savez(path, images=…, labels=…); savez_compressed is read whole."""

    def __init__(self, paths: list[Path], size: Size | None, fit: str) -> None:
        self.members = [_member(path) for path in paths]
        self.size, self.fit = size or suited(self.facts.sizes), fit
        sizes = [member.shape[0] for member in self.members]
        self.firsts = np.concatenate(([0], np.cumsum(sizes)))
        numbers: dict[str, int] = {}
        labels = [_labels(member, numbers) for member in self.members]
        self._name(list(numbers), np.concatenate(labels))

    @property
    def facts(self) -> Facts:
        """What the shards' heads say."""
        total = Facts()
        for found in (Facts.of_array(member.shape) for member in self.members):
            total.n += found.n
            total.coloured += found.coloured
            total.sizes += found.sizes
        return total

    @property
    def said(self) -> str:
        """What is done to the images, in a sentence."""
        return self.facts.said(self.size, self.fit)

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
        images = npz.as_bytes(_stretch(self.members[i], rows), self.members[i].path, int(rows[0]))
        return own.broadcast(own.resized(images, self.size, self.fit), self.n_channels)


def _member(path: Path) -> _Member:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("images.npy") as file:
            info = archive.getinfo("images.npy")
            version = np.lib.format.read_magic(file)
            reader = getattr(np.lib.format, f"read_array_header_{version[0]}_0")
            shape, fortran, dtype = reader(file)
            offset = _start(path, info) + file.tell()
    except Exception as error:  # noqa: BLE001  # they raise whatever the damage leads to
        raise DataError(f"{path} can't be read ({error}); {npz.HINT}") from None
    npz.check_shape(path, shape)
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
    if member.offset is None:
        whole = npz.array(member.path, "images", AGAIN)
        return whole[rows]
    try:
        count = (last - first + 1) * int(np.prod(member.shape[1:]))
        offset = member.offset + first * _row_bytes(member)
        flat = np.fromfile(member.path, member.dtype, count, offset=offset)
        return flat.reshape(-1, *member.shape[1:])[rows - first]
    except (ValueError, OSError) as error:
        raise DataError(f"{member.path} can't be read ({error}); {AGAIN}") from None


def _labels(member: _Member, numbers: dict[str, int]) -> LabelArray:
    """Class numbers of a shard in the order in which the names were met."""
    found = npz.labels(member.path, member.shape[0])
    values, inverse = np.unique(found, return_inverse=True)
    known = [numbers.setdefault(str(value), len(numbers)) for value in values]
    return np.array(known, np.int64)[inverse]


class Pictures(Source):
    """Picture files in a folder or a .zip; the class is the name of the sub-folder."""

    def __init__(self, path: Path, size: Size | None, fit: str) -> None:
        self.path, self.fit = path, fit
        numbers: dict[str, int] = {}
        found, labels = bytearray(), array("q")
        self.ends = array("q")
        is_folder, whole = path.is_dir(), places.set_name(path)
        for name in places.names(path):
            found += os.fsencode(name)
            self.ends.append(len(found))
            folder = places.class_of(name if is_folder else places.with_slashes(name), whole)
            labels.append(numbers.setdefault(folder, len(numbers)))
        self.names = bytes(found)
        if not labels:
            raise DataError(places.none_in(path))
        self._name(list(numbers), np.array(labels, np.int64))
        self.size = size or facts.usual_size(path, len(self), self._file)

    @property
    def said(self) -> str:
        """What is done to the pictures; what they are is not known before they are read."""
        colour = "colour" if self.n_channels > 1 else "grey"
        return (
            f"{len(self):,} pictures in {colour}, {self.fit} to {self.size} where "
            "they have another size; they are read while they are trained on."
        )

    @cached_property
    def n_channels(self) -> int:
        """3 as soon as one is in colour: most grey ones say so in their head."""
        contents = self._contents(np.arange(len(self)))
        maybe = ((name, each) for name, each in contents if maybe_coloured(each))
        return 3 if any(decoded(each, name).coloured for name, each in maybe) else 1

    def pieces(self, rows: IndexArray) -> list[np.ndarray]:
        """Neighbours in the folder."""
        changes = np.flatnonzero(np.diff(rows // N_PICTURES)) + 1
        return np.split(rows, changes) if len(rows) else []

    def read(self, piece: IndexArray) -> Pixels:
        """Open each picture."""
        found = [
            framed(picture.picture, self.shape[1:], self.fit) for picture in self._open(piece)
        ]
        return np.stack(found).transpose(0, 3, 1, 2)[:, : self.n_channels]

    def _open(self, piece: IndexArray) -> Iterator[Decoded]:
        return (decoded(content, name) for name, content in self._contents(piece))

    def _contents(self, rows: IndexArray) -> Iterator[tuple[str, bytes]]:
        for name, content in places.contents(self.path, (self._file(int(i)) for i in rows)):
            if isinstance(content, DataError):
                raise content
            yield name, content

    def _file(self, i: int) -> str:
        return os.fsdecode(self.names[self.ends[i - 1] if i else 0 : self.ends[i]])

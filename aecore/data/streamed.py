"""A split that is larger than memory: read while it is trained on, in a bounded space."""

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aecore.arrays import IndexArray, LabelArray, Pixels
from aecore.configs import require
from aecore.data import own
from aecore.data.imageset import ImageSet, random_sample, stratified_split
from aecore.data.pictures.facts import classes_said
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import Side
from aecore.data.shards import Pictures, Source, opened
from aecore.data.signals import is_signals
from aecore.errors import DataError

WINDOW_BYTES = 64 * 2**20  # shuffled together; two are held, one of them being read
N_HELD_OUT = 10_000  # images of the validation and of the test split that are looked at
MEMORY_SHARE = 0.125  # of the machine's: a set that is larger is streamed

Permutation = Callable[[int], np.ndarray]


@dataclass(frozen=True, slots=True)
class StreamedSet:
    """A split of a user's own images of which only a window is in memory.

    Attributes:
        name: the path.
        split: "train", "val" or "test".
        source: what reads.
        rows: which of the source's rows are this split, ascending.
        pieces: the rows in the parts that are read together; of one of several processes its own.
        labels: class number of each image of the split.
    """

    name: str
    split: str
    source: Source
    rows: IndexArray
    pieces: tuple[np.ndarray, ...]
    labels: LabelArray

    def __len__(self) -> int:
        """Return the number of images in the split."""
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of one image."""
        return self.source.shape

    @property
    def classes(self) -> tuple[str, ...]:
        """What the class numbers mean."""
        return self.source.classes

    @property
    def notes(self) -> tuple[str, ...]:
        """What is done while it is read, in sentences."""
        return (self.source.said, classes_said(self.classes))

    def take(self, index: IndexArray) -> ImageSet:
        """Read the images at these ascending positions into memory."""
        pixels = self._read(self.source.pieces(self.rows[index]))
        return ImageSet(self.name, self.split, pixels, self.labels[index], self.classes)

    def shared(self, rank: int, size: int) -> "StreamedSet":
        """The pieces that one of several processes reads.

        Raises:
            ValueError: for fewer pieces than processes.
        """
        n = len(self.pieces)
        require(
            size <= n, "the number of processes", size, f"at most the {n} parts of {self.name}"
        )
        return replace(self, pieces=self.pieces[rank::size])

    def batches(self, size: int, n_batches: int, permutation: Permutation) -> Iterator[Pixels]:
        """Yield so many batches in a random order: of pieces, and within windows of pieces.

        The next window is read while this one is trained on. A process whose share is smaller
        than its batches begins its pieces anew.

        Args:
            size: images of a batch.
            n_batches: how many.
            permutation: draws an order of so many.
        """
        windows = self._windows(permutation)
        rest = np.empty((0, *self.shape), np.uint8)
        n_left = n_batches * size
        with ThreadPoolExecutor(1) as reader:
            coming = reader.submit(self._read, next(windows))
            while n_left > 0:
                pixels = coming.result()
                if len(rest) + len(pixels) < n_left:
                    coming = reader.submit(self._read, next(windows))
                order = permutation(len(pixels))
                head = size - len(rest) if len(rest) else 0
                if head:
                    rest = np.concatenate((rest, pixels[order[:head]]))
                for batch in (rest, *(pixels[part] for part in _cut(order[head:], size))):
                    rest = batch
                    if len(batch) == size and n_left > 0:
                        n_left -= size
                        rest = batch[:0]
                        yield batch

    def _windows(self, permutation: Permutation) -> Iterator[list[np.ndarray]]:
        n_rows = max(1, WINDOW_BYTES // int(np.prod(self.shape)))
        while True:
            window: list[np.ndarray] = []
            for i in permutation(len(self.pieces)):
                window.append(self.pieces[i])
                if sum(map(len, window)) >= n_rows:
                    yield window
                    window = []
            if window:
                yield window

    def _read(self, pieces: list[np.ndarray]) -> Pixels:
        pixels = np.empty((sum(map(len, pieces)), *self.shape), np.uint8)
        start = 0
        for piece in pieces:
            pixels[start : start + len(piece)] = self.source.read(piece)
            start += len(piece)
        return pixels


def _cut(order: np.ndarray, size: int) -> Iterator[np.ndarray]:
    return (order[i : i + size] for i in range(0, len(order), size))


def stream(path: Path, split: str, side: Side | None = None, fit: str = PADDED) -> StreamedSet:
    """Open a split of a folder of .npz shards, an .npz, or a folder or .zip of pictures.

    The same images in the same order as `own.load`.

    Raises:
        DataError: in one sentence, for what can't be read.
        ValueError: for a side or fit that is not offered.
    """
    source = opened(path, side, fit)
    if len(source) < own.MIN_IMAGES:
        raise DataError(own.too_few(path, len(source)))
    rows = stratified_split(source.labels, split)
    pieces = tuple(source.pieces(rows))
    return StreamedSet(str(path), split, source, rows, pieces, source.labels[rows])


def held_out(path: Path, split: str, side: Side | None = None, fit: str = PADDED) -> ImageSet:
    """Read a split into memory; of one of more than 10,000 images a random sample of as many."""
    found = stream(path, split, side, fit)
    return found.take(random_sample(len(found), N_HELD_OUT))


def too_large(path: Path, side: Side | None = None) -> bool:
    """Whether the images of a set would take more than an eighth of this machine's memory.

    Without a side they are taken at the size that suits them.
    """
    if is_signals(path):
        return False  # a row of text each: what is read is what is kept
    source = opened(path, side)
    n_channels = 3 if isinstance(source, Pictures) else source.n_channels
    return len(source) * n_channels * math.prod(source.size) > MEMORY_SHARE * memory()


def memory() -> float:
    """Bytes of this machine's memory; endless where it does not say."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")

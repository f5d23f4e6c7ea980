"""Originals that come with the shipped models: the images of their stored codes.

There is a file for each data set that has to be downloaded, a .npz below the checkpoints: rows by
split and position, as a checkpoint names them, their labels, 8-bit pixels as the set has them, and
the licence. Pixels are read when they are asked for. A set that is made here needs no such file.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from lzma import LZMAError
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from aecore.arrays import IndexArray, LabelArray, Pixels
from aecore.checkpoints import available, originals_file, read, unpacked
from aecore.data.catalogue import DATASETS, dataset, load
from aecore.data.imageset import SPLITS, ImageSet
from aecore.errors import DataError
from aecore.files import whole
from aecore.packing import save_npz

_SPLIT = 2**32
_DAMAGE = (OSError, ValueError, KeyError, EOFError, BadZipFile, LZMAError)
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Originals:
    """What a file holds, in the order of split and position.

    Attributes:
        split: 0 train, 1 validation, 2 test.
        index: position in that split.
        labels: class numbers.
        pixels: uint8 (n, channels, height, width).
    """

    split: LabelArray
    index: IndexArray
    labels: LabelArray
    pixels: Pixels


def count(data: str) -> int:
    """How many images of a data set come with the models; 0 for most sets."""
    return len(_places(*_version(data)))


def licence(data: str) -> str:
    """Whose a set's images are that come with the models, as plain text; empty where none does."""
    file = originals_file(data)
    told = file.with_name("LICENCES.md")
    text = told.read_text(encoding="utf-8") if told.is_file() else ""
    items = (item.partition(": ") for item in re.split("^- ", text, flags=re.MULTILINE)[1:])
    found = next((said for name, _, said in items if name.strip("`") == file.name), "")
    return re.sub("^[> ]+", "", found, flags=re.MULTILINE).strip()


def has(data: str, split: LabelArray, index: IndexArray) -> bool:
    """Whether the images at all these positions come with the models."""
    return bool(np.isin(_numbers(split, index), _places(*_version(data))).all())


def at(data: str, split: LabelArray, index: IndexArray) -> Pixels | None:
    """Return the images at these positions; None where one of them is not among those."""
    if not has(data, split, index):
        return None
    found = _contents(*_version(data))
    rows = np.searchsorted(_numbers(found.split, found.index), _numbers(split, index))
    return found.pixels[rows]


def part(data: str, split: str) -> ImageSet | None:
    """Return the images of a split that come with the models, in order; None where there are none.

    Of MNIST and Fashion-MNIST they are a random sample of the training images.
    """
    if not count(data):
        return None
    found = _contents(*_version(data))
    rows = found.split == SPLITS.index(split)
    if not rows.any():
        return None
    classes = DATASETS[data].classes
    return ImageSet(data, split, found.pixels[rows], found.labels[rows], classes)


def places(data: str, split: str) -> IndexArray:
    """Return the positions in their split of the images that `part` returns."""
    found = _places(*_version(data))
    return found[found // _SPLIT == SPLITS.index(split)] % _SPLIT


def store(data: str, data_dir: Path | None = None) -> Path:
    """Write the originals of all codes that the shipped models of a data set carry.

    Raises:
        DataError: if the set is not there, needs no download, or has no models.
    """
    if not dataset(data).files:
        raise DataError(f"{dataset(data).title} is made here and needs no originals beside it")
    chosen = _carried(data)
    if not len(chosen):
        raise DataError(f"there is no shipped model of {dataset(data).title}")
    splits = [load(data, split, data_dir) for split in SPLITS]
    split, index = chosen // _SPLIT, chosen % _SPLIT
    pixels = np.stack([splits[s].pixels[i] for s, i in zip(split, index, strict=True)])
    labels = [splits[s].labels[i] for s, i in zip(split, index, strict=True)]
    path = unpacked(originals_file(data))
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as unfinished:
        save_npz(unfinished, {
            "split": split.astype(np.uint8), "index": index.astype(np.int32),
            "labels": np.array(labels, np.uint8), "pixels": pixels,
            "licence": np.array(DATASETS[data].licence),
        })  # fmt: skip
    return path


def _carried(data: str) -> IndexArray:
    folder = originals_file(data).parent.parent
    tables = [
        read(entry.path).latents
        for entry in available()
        if entry.card and entry.card.encodes  # else its codes are of no images
        if entry.card.data == data and entry.path.parent == folder
    ]
    numbers = [_numbers(table.split, table.index) for table in tables]
    return np.unique(np.concatenate([_NONE, *numbers]))


def _numbers(split: LabelArray, index: IndexArray) -> IndexArray:
    """One number for each image, made of its split and its position there."""
    return split.astype(np.int64) * _SPLIT + index


def _version(data: str) -> tuple[str, int]:
    """A data set's file and when it was written; of one that has none, no file."""
    if data not in DATASETS:
        return "", 0
    path = originals_file(data)
    return (str(path), path.stat().st_mtime_ns) if path.is_file() else ("", 0)


@lru_cache(maxsize=8)
def _places(path: str, changed: int) -> IndexArray:
    del changed  # part of the key: a file written again is read again
    if not path:
        return _NONE
    try:
        with np.load(path, allow_pickle=False) as file:
            return _numbers(*(file[name].astype(np.int64) for name in ("split", "index")))
    except _DAMAGE:
        return _NONE


@lru_cache(maxsize=8)
def _contents(path: str, changed: int) -> Originals:
    del changed
    try:
        with np.load(path, allow_pickle=False) as file:
            split, index, labels = (file[k].astype(np.int64) for k in ("split", "index", "labels"))
            return Originals(split, index, labels, file["pixels"])
    except _DAMAGE as error:
        raise DataError(f"{Path(path).name} is damaged ({error}); copy it again") from None

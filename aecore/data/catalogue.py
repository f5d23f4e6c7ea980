"""The table of data sets and how they are loaded. A new one: a line in `DATASETS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aecore.configs import require
from aecore.data import (
    cells,
    digits,
    emoji,
    faces,
    heartbeats,
    idx,
    npz,
    own,
    rows,
    sprites,
    streamed,
)
from aecore.data.download import Progress, RemoteFile, cache_folder, fetch, find
from aecore.data.hand import DIGITS, MNIST, Hand
from aecore.data.imageset import SPLITS, Axis, ImageSet
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import Side
from aecore.errors import DataError

N_VALIDATION = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What is known of a data set before it is opened.

    Attributes:
        title: for the screen.
        classes: what the class numbers mean.
        licence: name of the licence and who is to be credited.
        make: returns a split of a set that needs no download.
        files: what has to be downloaded; empty for a set that is made here.
        mirrors: addresses of the folder that holds the files.
        read: returns a split of the folder that they were downloaded to; idx files unless said.
        n_images: in all splits together.
        shape: (channels, height, width).
        handwriting: whether it shows ink on paper: a picture is prepared as such.
        hand: how its handwriting lies in the frame.
        axis: of signals, what their samples and values are.
        crop: how a user's picture is cut for it, unless one says so.
        polarity: likewise, which pictures are inverted, so that what they show is bright on dark;
            "bright ink" leaves all as they are.
        table: whether it holds rows of a table; what its columns are is said where they are read.
        caveat: what a test figure of it does not say; one sentence.
        starts: what settings a training of it begins with, where that is not the usual: of a
            small set there are enough steps in an epoch.
    """

    title: str
    classes: tuple[str, ...]
    licence: str
    n_images: int
    make: Callable[[str], ImageSet] | None = None
    files: tuple[RemoteFile, ...] = ()
    mirrors: tuple[str, ...] = ()
    read: Callable[[Path, str], ImageSet] | None = None
    shape: tuple[int, int, int] = (1, 28, 28)
    handwriting: bool = False
    hand: Hand = MNIST
    axis: Axis | None = None
    crop: str = "auto"
    polarity: str = "auto"
    table: bool = False
    caveat: str = ""
    starts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n_bytes(self) -> int:
        """Size of the download."""
        return sum(file.size for file in self.files)


def _idx_files(*rows: tuple[str, str, int]) -> tuple[RemoteFile, ...]:
    return tuple(RemoteFile(f"{name}-ubyte.gz", sha256, size) for name, sha256, size in rows)


DATASETS: dict[str, Dataset] = {
    "digits": Dataset(
        title="Digits",
        classes=digits.CLASSES,
        licence="CC BY 4.0, E. Alpaydin & C. Kaynak, UCI Machine Learning Repository (1998)",
        n_images=1797,
        make=digits.load,
        handwriting=True,
        hand=DIGITS,
        caveat="Test and training images share their writers; digits of new writers fare worse.",
        starts={"epochs": 30, "batch_size": 32},
    ),
    "mnist": Dataset(
        title="MNIST",
        classes=digits.CLASSES,
        licence="CC BY-SA 3.0, Y. LeCun, C. Cortes & C. Burges (1998)",
        n_images=70_000,
        handwriting=True,
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        files=_idx_files(
            ("train-images-idx3",
             "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9912422),
            ("train-labels-idx1",
             "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28881),
            ("t10k-images-idx3",
             "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1648877),
            ("t10k-labels-idx1",
             "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4542),
        ),
    ),
    "fashion_mnist": Dataset(
        title="Fashion-MNIST",
        classes=(
            "T-shirt", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
        ),
        licence="MIT, © 2017 Zalando SE",
        n_images=70_000,
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        files=_idx_files(
            ("train-images-idx3",
             "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26421880),
            ("train-labels-idx1",
             "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29515),
            ("t10k-images-idx3",
             "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4422102),
            ("t10k-labels-idx1",
             "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5148),
        ),
    ),
    "emoji": Dataset(
        title="Emoji",
        classes=emoji.CLASSES,
        licence=emoji.LICENCE,
        n_images=emoji.N_IMAGES,
        mirrors=emoji.MIRRORS,
        files=(emoji.LIST, emoji.SHEET),
        read=emoji.read,
        shape=emoji.SHAPE,
        crop="square",
        polarity="bright ink",
        caveat="Many test images have a near twin among the training images: a woman, a man.",
        starts={
            "body": "conv", "channels": (32, 64), "widths": (128,), "code_dim": 16,
            "likelihood": "gaussian", "epochs": 30, "batch_size": 32,
        },
    ),
    "sprites": Dataset(
        title="Sprites",
        classes=sprites.CLASSES,
        licence="MIT, drawn by this program",
        n_images=sum(sprites.GRID.n_images.values()),
        shape=(1, sprites.SIDE, sprites.SIDE),
        make=sprites.load,
        crop="square",
    ),
    "faces": Dataset(
        title="Faces",
        classes=faces.CLASSES,
        licence="MIT, drawn by this program",
        n_images=sum(faces.GRID.n_images.values()),
        shape=faces.SHAPE,
        make=faces.load,
        crop="square",
        polarity="bright ink",
        starts={
            "body": "conv", "channels": (16, 32, 64), "widths": (128,), "code_dim": 16,
            "likelihood": "gaussian",
        },
    ),
    "heartbeats": Dataset(
        title="Heartbeats",
        classes=heartbeats.CLASSES,
        licence="MIT, made by this program after McSharry et al. (2003)",
        n_images=sum(heartbeats.N_SIGNALS.values()),
        shape=(1, 1, heartbeats.LENGTH),
        make=heartbeats.load,
        axis=heartbeats.AXIS,
        starts={"epochs": 30, "batch_size": 32},
    ),
    "cells": Dataset(
        title="Cells (a table)",
        classes=cells.CLASSES,
        licence="CC BY 4.0, W. H. Wolberg, W. N. Street & O. L. Mangasarian, UCI (1993)",
        n_images=cells.N_ROWS,
        shape=(1, 1, cells.N_COLUMNS),
        make=cells.load,
        table=True,
    ),
}  # fmt: skip


def dataset(name: str) -> Dataset:
    """Look a built-in data set up.

    Raises:
        DataError: for an unknown name, listing the known ones.
    """
    if name not in DATASETS:
        raise DataError(
            f"there is no data set {name!r}: choose {', '.join(DATASETS)}, or a folder, .zip, "
            ".npz or .csv"
        )
    return DATASETS[name]


def holds_table(name: str) -> bool:
    """Whether a data set, by its name or path, is a table."""
    return DATASETS[name].table if name in DATASETS else rows.is_table(Path(name))


def full_name(name: str) -> str:
    """A built-in set's name, or the full path of the user's own, so that it is found again."""
    own = name not in DATASETS and Path(name).exists()
    return str(Path(name).resolve()) if own else name


def present(name: str, data_dir: Path | None = None) -> bool:
    """Say whether a data set can be opened without a download."""
    if name not in DATASETS:
        return Path(name).exists()
    files = DATASETS[name].files
    return not files or find(name, files, data_dir) is not None


def download(name: str, data_dir: Path | None = None, progress: Progress | None = None) -> Path:
    """Fetch a data set's files into `data_dir` or the user's cache.

    Raises:
        DataError: in one sentence, for all that can go wrong.
    """
    info = dataset(name)
    target = (data_dir or cache_folder() / "data") / name
    return fetch(target, info.files, info.mirrors, progress)


def load(
    name: str,
    split: str,
    data_dir: Path | None = None,
    side: Side | None = None,
    fit: str = PADDED,
) -> ImageSet:
    """Load a split of a built-in set, or of the user's own folder, .zip, .npz or .csv by its path.

    The validation split is carved from the training images; the test split is the set's own.
    `side` is the size to which a user's own images are brought, what suits them unless said, and
    `fit` says whether those of other proportions are "padded" or "stretched".

    Raises:
        DataError: if the set is unknown, not there or damaged.
        ValueError: for an unknown split.
    """
    require(split in SPLITS, "split", split, f"one of {', '.join(SPLITS)}")
    if name not in DATASETS and Path(name).exists():
        return _load_own(Path(name), split, side, fit)
    if make := dataset(name).make:
        return make(split)
    return _load_downloaded(name, split, data_dir)


def _load_own(path: Path, split: str, side: Side | None, fit: str) -> ImageSet:
    """In memory, which of a set that is too large for it holds a sample of a held-out split."""
    large = streamed.too_large(path, side)
    if large and split == "train":
        raise DataError(f"{path} is too large to be held in memory; it can only be streamed")
    if large:
        return streamed.held_out(path, split, side, fit)
    if npz.shards(path):
        found = streamed.stream(path, split, side, fit)
        return found.take(np.arange(len(found)))
    return own.load(path, split, side, fit)


def _load_downloaded(name: str, split: str, data_dir: Path | None) -> ImageSet:
    info = DATASETS[name]
    folder = find(name, info.files, data_dir)
    if folder is None:
        raise DataError(
            f"{info.title} is not on this machine; run: python -m aecore data fetch {name}"
        )
    return info.read(folder, split) if info.read else _read_idx(name, folder, split)


def _read_idx(name: str, folder: Path, split: str) -> ImageSet:
    info = DATASETS[name]
    images_file, labels_file = info.files[2:] if split == "test" else info.files[:2]
    pixels, labels = idx.read(folder / images_file.name), idx.read(folder / labels_file.name)
    if len(pixels) != len(labels):
        raise DataError(
            f"{folder} holds {len(pixels)} images but {len(labels)} labels; fetch again"
        )
    part = {
        "train": slice(0, -N_VALIDATION),
        "val": slice(-N_VALIDATION, None),
        "test": slice(None),
    }
    chosen = part[split]
    return ImageSet(
        name, split, pixels[chosen, None], labels[chosen].astype(np.int64), info.classes
    )

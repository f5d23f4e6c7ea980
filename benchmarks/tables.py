"""A table model with all settings left alone, beside Isolation Forest, ECOD and k-NN: AUROC.

The autoencoder is what `python -m aecore train --data X.csv --model ae --only normal` makes, and
its score what `score` prints. All learn the same normal rows (70 %) and are asked to tell the
strange rows, of which none was learnt, from the test split's normal ones (20 %). The rivals get
the same standardised numbers, before they are drawn in and rounded for the network.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from _report import arguments, show
from _tables import LABEL, NORMAL, OTHERS, PUBLIC, Rows, read

import aecore
from aecore.anomaly.detectors import DETECTORS
from aecore.anomaly.scores import DEFAULT, score
from aecore.data import cells, rows
from aecore.data.imageset import stratified_split
from aecore.data.tables import read_table
from aecore.metrics import auroc

MOST_STRANGE = 5000
MOST_NEIGHBOURS = 20_000  # training rows of k-NN


class Split(NamedTuple):
    """Standardised numbers of a table: normal rows to learn and to test, strange ones."""

    train: np.ndarray
    normal: np.ndarray
    strange: np.ndarray


def split_of(path: Path) -> Split:
    """The split that the table is learnt by."""
    table = read_table(path.read_bytes(), path.name)
    made = rows.encode(table, LABEL)
    normal = made.labels == made.classes.index(NORMAL)
    train, test = (stratified_split(made.labels, part) for part in ("train", "test"))
    strange = np.flatnonzero(~normal)[:MOST_STRANGE]
    return Split(*(made.values[i] for i in (train[normal[train]], test[normal[test]], strange)))


def ecod(train: np.ndarray, x: np.ndarray) -> np.ndarray:
    """ECOD: the least likely tail of each column, summed (Li, Zhao et al., TKDE 2023)."""
    n = len(train)
    ordered = np.sort(train, axis=0)
    columns = range(train.shape[1])
    up = [np.searchsorted(ordered[:, j], x[:, j], side="right") for j in columns]
    down = [n - np.searchsorted(ordered[:, j], x[:, j], side="left") for j in columns]
    left, right = (-np.log(np.clip(np.array(c).T, 1, n) / n) for c in (up, down))
    centred = train - train.mean(axis=0)
    skew = (centred**3).mean(axis=0) / np.maximum((centred**2).mean(axis=0), 1e-12) ** 1.5
    automatic = np.where(skew < 0, left, right)
    return np.max([left.sum(1), right.sum(1), automatic.sum(1)], axis=0)


def rival(name: str, split: Split, n_seeds: int = 1) -> list[float]:
    """AUROC of a detector, by seed where it draws."""
    detector = DETECTORS[name]
    train = split.train[:MOST_NEIGHBOURS] if name == "knn" else split.train
    fitted = [detector.fit(train, seed) for seed in range(n_seeds if detector.draws else 1)]
    return [auroc(f.score(split.normal), f.score(split.strange)) for f in fitted]


def ours(path: Path, split: Split, kind: str, n_seeds: int) -> list[float]:
    """AUROC of the autoencoder with all settings left alone, by seed."""
    found = []
    for seed in range(n_seeds):
        model = aecore.train(str(path), kind, only=(NORMAL,), seed=seed, device="cpu").model
        good, bad = (
            score(DEFAULT, model, torch.from_numpy(rows.intensities(x).astype(np.float32) / 255))
            for x in (split.normal, split.strange)
        )
        found.append(auroc(good, bad))
    return found


def measured(name: str, table: Rows, folder: Path, options: Namespace) -> dict[str, Any]:
    """One table's line."""
    path = table.write(folder / "table.csv")
    split = split_of(path)
    start = time.perf_counter()
    mine = ours(path, split, options.model, options.seeds)
    seconds = (time.perf_counter() - start) / options.seeds
    forest = rival("isolation_forest", split, options.seeds)
    by_column = ecod(split.train, split.normal), ecod(split.train, split.strange)
    return {
        "table": name,
        "rows": len(table.cells),
        "learnt": len(split.train),
        "numbers": split.train.shape[1],
        "strange": int(table.strange.sum()),
        "autoencoder": float(np.mean(mine)),
        "its seeds": f"{min(mine):.3f} to {max(mine):.3f}",
        "Isolation Forest": float(np.mean(forest)),
        "ECOD": auroc(*by_column),
        "k-NN": rival("knn", split)[0],
        "PCA": rival("pca", split)[0],
        "seconds": round(seconds, 1),
    }


def shipped() -> dict[str, Any]:
    """The shipped model of tumours beside the same rivals, on the splits that it knows."""
    lab = aecore.open("cells-ae-8d")
    made = rows.encode(cells.table(), cells.LABEL)
    normal = made.labels == made.classes.index(cells.CLASSES[0])
    train, test = (stratified_split(made.labels, part) for part in ("train", "test"))
    parts = train[normal[train]], test[normal[test]], test[~normal[test]]
    split = Split(*(made.values[i] for i in parts))
    good, bad = (
        score(DEFAULT, lab.model, torch.from_numpy(rows.intensities(x).astype(np.float32) / 255))
        for x in (split.normal, split.strange)
    )
    by_column = ecod(split.train, split.normal), ecod(split.train, split.strange)
    return {
        "table": "cells-ae-8d (test split)",
        "rows": len(made.labels),
        "learnt": len(split.train),
        "numbers": split.train.shape[1],
        "strange": len(split.strange),
        "autoencoder": auroc(good, bad),
        "Isolation Forest": float(np.mean(rival("isolation_forest", split, 3))),
        "ECOD": auroc(*by_column),
        "k-NN": rival("knn", split)[0],
        "PCA": rival("pca", split)[0],
    }


def main() -> None:
    """Measure all tables of a kind."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--others", action="store_true", help="those that settings are chosen by")
    parser.add_argument("--seeds", type=int, default=3, help="of model and forest")
    parser.add_argument("--shipped", action="store_true", help="the shipped model of a table")
    parser.add_argument("--model", default="ae", help="family of the model")
    options = parser.parse_args()
    if options.shipped:
        show([shipped()], options.json)
        return
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name, table in read(OTHERS if options.others else PUBLIC):
            lines.append(measured(name, table, Path(folder), options))
            print(lines[-1], file=sys.stderr, flush=True)
    for rivals in ("Isolation Forest", "ECOD", "k-NN", "PCA"):
        better = sum(line["autoencoder"] > line[rivals] for line in lines)
        print(f"The autoencoder is ahead of {rivals} on {better} of {len(lines)} tables.")
    show(lines, options.json)


if __name__ == "__main__":
    main()

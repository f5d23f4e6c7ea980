"""The built-in table: measurements of cell nuclei of 569 breast tumours.

W. H. Wolberg, W. N. Street & O. L. Mangasarian, "Breast Cancer Wisconsin (Diagnostic)", UCI
Machine Learning Repository (1993), as scikit-learn bundles it. Not for diagnosis.
"""

import importlib.util
from functools import lru_cache
from pathlib import Path

from aecore.data import rows
from aecore.data.imageset import ImageSet
from aecore.data.tables import Table
from aecore.errors import DataError

NAME = "cells"
CLASSES = ("benign", "malignant")
LABEL = "diagnosis"
N_ROWS, N_COLUMNS = 569, 30
# The file names no columns; these are the names of its documentation.
_MEASURES = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
    "concave points", "symmetry", "fractal dimension",
)  # fmt: skip
_SUMMARIES = ("mean {}", "{} error", "worst {}")


@lru_cache(maxsize=3)
def load(split: str) -> ImageSet:
    """Return a split: 70 % train, 10 % validation, 20 % test, the same on every machine."""
    return rows.split_of(rows.encode(table(), LABEL), NAME, split)


def table() -> Table:
    """Read scikit-learn's file without importing scikit-learn, which takes a second.

    Raises:
        DataError: where the file is missing.
    """
    spec = importlib.util.find_spec("sklearn")
    folder = spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else ""
    path = Path(folder) / "datasets" / "data" / "breast_cancer.csv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise DataError(
            "this table comes with scikit-learn, but is missing: "
            "pip install --force-reinstall scikit-learn"
        ) from None
    kinds = lines[0].split(",")[2:]
    names = [summary.format(measure) for summary in _SUMMARIES for measure in _MEASURES]
    cells = [line.split(",") for line in lines[1:]]
    labelled = tuple((*row[:-1], kinds[int(row[-1])]) for row in cells)
    return Table((*names, LABEL), labelled)

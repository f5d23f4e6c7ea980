"""Search for images like one: by code or by pixels, and how good the answers are."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from aecore.arrays import LabelArray
from aecore.latents.neighbours import nearest
from aecore.probe import Features, Labels

N_FOUND = 10
N_IMAGES, N_QUERIES = 5000, 500

Rows = Float[np.ndarray, "n k"]
Queries = Float[np.ndarray, "m k"]
QueryLabels = Int[np.ndarray, " m"]


class Search(NamedTuple):
    """Precision at 10, means over `n_queries` test images among `n_images` training images."""

    code: float
    pixels: float
    chance: float
    n_queries: int
    n_images: int


def compare(codes: Features, pixels: Features, labels: Labels) -> Search | None:
    """Search by code, by pixels and at random; None where there are fewer than 10 images."""
    base, asked = labels.train[:N_IMAGES], labels.test[:N_QUERIES]
    if len(base) < N_FOUND:
        return None

    def mean(rows: Features) -> float:
        found = precision(rows.train[: len(base)], base, rows.test[: len(asked)], asked)
        return float(found.mean())

    return Search(mean(codes), mean(pixels), chance(base, asked), len(asked), len(base))


def precision(
    database: Rows,
    database_labels: LabelArray,
    queries: Queries,
    labels: QueryLabels,
    n_found: int = N_FOUND,
) -> Float[np.ndarray, " m"]:
    """Share of the `n_found` nearest images that have each query's class, 0 to 1.

    Manning, Raghavan & Schütze (2008), "Introduction to Information Retrieval", section 8.4.
    Distances are Euclidean; queries are not part of the database.

    Raises:
        ValueError: for a database of fewer images.
    """
    if len(database) < n_found:
        raise ValueError(
            f"the database holds {len(database)} images, but {n_found} are looked for"
        )
    rows = nearest(database, queries, n_found).rows
    return (database_labels[rows] == labels[:, None]).mean(axis=1)


def chance(labels: LabelArray, queries: QueryLabels) -> float:
    """Precision of images taken at random: the share that each query's class has."""
    return float((labels == queries[:, None]).mean())

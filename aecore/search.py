"""Search for images like one: by code or by pixels, and how good the answers are."""

import numpy as np
from jaxtyping import Float

from aecore.arrays import LabelArray, ValueArray
from aecore.latents.neighbours import nearest

N_FOUND = 10

Rows = Float[np.ndarray, "n k"]
Queries = Float[np.ndarray, "m k"]


def precision(
    database: Rows, database_labels: LabelArray, queries: Queries, labels: LabelArray, k: int
) -> ValueArray:
    """Share of the k nearest images that have each query's class, 0 to 1.

    Manning, Raghavan & Schütze (2008), "Introduction to Information Retrieval", section 8.4.
    Distances are Euclidean; queries are not part of the database.

    Raises:
        ValueError: for a database of fewer than k images.
    """
    if len(database) < k:
        raise ValueError(f"the database holds {len(database)} images, but {k} are looked for")
    rows = nearest(database, queries, k).rows
    return (database_labels[rows] == labels[:, None]).mean(axis=1)


def chance(labels: LabelArray, queries: LabelArray) -> float:
    """Precision of images taken at random: the share that each query's class has."""
    return float((labels == queries[:, None]).mean())

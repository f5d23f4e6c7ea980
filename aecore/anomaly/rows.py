"""Rows of a table, or signals, from a text file: judged by a checkpoint without its data set."""

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from aecore.anomaly.threshold import guaranteed_threshold, percentile
from aecore.arrays import Pixels
from aecore.checkpoints import Card, Stored, build
from aecore.data import rows, series, signals
from aecore.data.catalogue import DATASETS
from aecore.data.imageset import Axis
from aecore.data.tables import read_table
from aecore.errors import DataError

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder


class ScoredRow(NamedTuple):
    """What a model makes of one row.

    Attributes:
        row: its number in the file, 1 for the first below the names.
        score: mean squared error of its numbers, intensity² in [0, 1]; higher is more anomalous.
        percentile: share of the held-out normal rows that score lower; None where none are kept.
        threshold: as its rule guarantees (`guaranteed_threshold`); None where too few are kept.
        anomalous: whether the score is above it.
        farthest: the column, or the place in a signal, with the largest error.
    """

    row: int
    score: float
    percentile: float | None
    threshold: float | None
    anomalous: bool | None
    farthest: str


def axis_of(card: Card) -> Axis:
    """What the numbers of a model's signals or rows are.

    Raises:
        DataError: for a model of pictures, or an older one that does not say.
    """
    known = DATASETS.get(card.data)
    axis = card.axis or (known.axis if known else None)
    if axis is None:
        raise DataError(
            "this model does not say how its signals were scaled; train it again, so that new "
            "ones can be scaled alike"
        )
    return axis


def read(content: bytes, name: str, card: Card) -> Pixels:
    """Read text as what a model learnt: rows of the same columns, or signals as long.

    Raises:
        DataError: in one sentence, for a file that does not fit.
    """
    axis = axis_of(card)
    if axis.columns is not None:
        return rows.intensities(axis.columns.read(read_table(content, name, least=1)))
    return signals.scaled(read_signals(content, name, card.model.shape[-1]).values, axis)


def read_signals(content: bytes, name: str, length: int) -> signals.Signals:
    """Read text as signals of a length, one long series as windows of it.

    Raises:
        DataError: in one sentence, for a file that does not fit.
    """
    if series.begins_as_series(content[: series.HEAD_BYTES]):
        return series.windows(content, name, length, least=1)
    found = signals.read(content, name, length)
    if found.values.shape[1] != length:
        raise DataError(
            f"the signals of {name} have {found.values.shape[1]} samples, but this model reads "
            f"{length}; cut or resample them"
        )
    return found


def score_rows(
    stored: Stored,
    content: bytes,
    name: str,
    model: "Autoencoder | None" = None,
    rule: str = "conformal",
) -> list[ScoredRow]:
    """Score every row of a text file, in its order; `rule` as of `guaranteed_threshold`.

    Raises:
        DataError: as `read`.
        ValueError: for an unknown rule.
    """
    import torch

    axis = axis_of(stored.card)
    images = torch.from_numpy(read(content, name, stored.card).astype(np.float32) / 255)
    with torch.no_grad():
        error = ((model or build(stored)).reconstruct(images) - images).square()
    errors = error.flatten(1).numpy()
    normal = stored.calibration
    limit = guaranteed_threshold(normal, rule)
    return [
        ScoredRow(
            number,
            float(row.mean()),
            percentile(normal, float(row.mean())) if len(normal) else None,
            limit,
            None if limit is None else bool(row.mean() > limit),
            place(axis, int(row.argmax())),
        )
        for number, row in enumerate(errors, 1)
    ]


def place(axis: Axis, i: int) -> str:
    """Name the i-th number of a row or signal."""
    if axis.columns is not None:
        return axis.columns.names[i]
    return f"{axis.start + i * axis.step:g} {axis.across}"


def to_csv(scored: Iterable[ScoredRow]) -> str:
    """Return scored rows as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ScoredRow._fields)
    for each in scored:
        writer.writerow([_cell(value) for value in each])
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else str(value)
    # A spreadsheet would run a name that begins like a formula.
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@") else text

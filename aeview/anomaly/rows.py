"""The Anomaly page's parts for tables: a CSV or the built-in example, judged row by row."""

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aecore.anomaly.tables import Judgement, judge_rows
from aecore.anomaly.threshold import DEFAULT_RATE, conformal_threshold
from aecore.arrays import IndexArray
from aecore.data import cells
from aecore.data.columns import Prepared, prepare_table
from aecore.data.imageset import random_sample
from aecore.data.pixel_table import HEAD_BYTES, grid_of
from aecore.data.tables import Table, label_columns, read_table
from aecore.errors import DataError
from aecore.export import pack
from aecore.limits import limits
from aecore.metrics import auroc, average_precision
from aeview.anomaly import rivals
from aeview.anomaly.component import TOPIC
from aeview.anomaly.rivals import Line, Split
from aeview.anomaly.sets import AGAIN, NO_LABEL, described
from aeview.bounded import Bounded
from aeview.escape import escaped
from aeview.work import cache, jobs
from aeview.work.jobs import Job
from aeview.work.payload import STORE, payload

EXAMPLE = "breast cancer"
EXAMPLE_LABEL = cells.LABEL
EXAMPLE_NORMAL = cells.CLASSES[0]
NO_COLUMN = ""
TRAIN, HELD_OUT, TEST = 0, 1, 2
PART_NAMES = ("train", "held out", "test")
MOST_SHOWN = 2000
FEWEST_HELD_OUT = 25
EXAMPLE_WORDS = (
    "569 rows of 30 measurements of cell nuclei (W. H. Wolberg, W. N. Street & O. L. Mangasarian, "
    "*Breast Cancer Wisconsin (Diagnostic)*, UCI, 1993, CC BY 4.0), as scikit-learn bundles them. "
    "Benign ones are normal here. Not for diagnosis."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is normal in a table.

    Attributes:
        table: as read.
        label: the column that says what a row is; empty for none.
        normal: its value for normal rows.
    """

    table: Table
    label: str = NO_COLUMN
    normal: str = ""

    @property
    def is_normal(self) -> np.ndarray:
        """Whether each row is normal; all are where no column says."""
        if not self.label:
            return np.ones(len(self.table.rows), dtype=bool)
        return np.array([cell == self.normal for cell in self.table.column(self.label)])

    @property
    def parts(self) -> np.ndarray:
        """TRAIN, HELD_OUT or TEST of each row: 60, 20 and 20 % of the normal ones, else TEST.

        Of few rows more are held out: 19 are needed for a threshold at 5 %.
        """
        parts = np.full(len(self.table.rows), TEST)
        normal = np.random.default_rng(0).permutation(np.flatnonzero(self.is_normal))
        n_held = max(round(0.2 * len(normal)), min(FEWEST_HELD_OUT, len(normal) // 2))
        n_train = round(0.75 * (len(normal) - n_held))
        parts[normal[:n_train]] = TRAIN
        parts[normal[n_train : n_train + n_held]] = HELD_OUT
        return parts

    @property
    def key(self) -> str:
        """The same key is the same result."""
        text = repr((self.table.names, self.table.rows, self.label, self.normal))
        return f"table/{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged table.

    Attributes:
        key: of the plan.
        block: packed for the browser.
        prepared: its numbers.
        judgement: scores of all rows.
    """

    key: str
    block: bytes
    prepared: Prepared
    judgement: Judgement


# ---- tables -----------------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def example() -> Table:
    """Read the built-in table once."""
    return cells.table()


def example_plan() -> Plan:
    """Benign ones are normal."""
    return Plan(example(), EXAMPLE_LABEL, EXAMPLE_NORMAL)


def example_split() -> Split:
    """What the detectors are measured on in the example."""
    plan = example_plan()
    return split_of(plan, _prepared(plan))


def example_auroc() -> float:
    """Train the autoencoder of the example, as the page does, and judge by its squared error."""
    plan = example_plan()
    judgement = judge_rows(_prepared(plan).values, np.flatnonzero(plan.parts == TRAIN))
    return auroc(*_apart(plan, judgement.scores["mse"]))


def _apart(plan: Plan, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of normal test rows, and of all strange ones."""
    return scores[(plan.parts == TEST) & plan.is_normal], scores[~plan.is_normal]


def _prepared(plan: Plan) -> Prepared:
    train = np.flatnonzero(plan.parts == TRAIN)
    return prepare_table(plan.table, train, (plan.label,) if plan.label else ())


def split_of(plan: Plan, prepared: Prepared) -> Split:
    """The same rows as numbers for the detectors."""
    parts, normal, values = plan.parts, plan.is_normal, prepared.values
    return rivals.split_of(
        values[parts == TRAIN], values[(parts == TEST) & normal], values[~normal]
    )


# ---- judging -----------------------------------------------------------------------------


@st.cache_resource
def _judged() -> Bounded[str, Judged]:
    return Bounded(lambda: limits().cached_judgements)


def judge(plan: Plan, key: str, job: Job) -> None:
    """Train and score, reporting to the job."""
    cache.warm_up()
    prepared = _prepared(plan)
    judgement = judge_rows(prepared.values, np.flatnonzero(plan.parts == TRAIN), report=job.report)
    _judged()[key] = Judged(key, _packed(plan, key, prepared, judgement), prepared, judgement)


def _sides(plan: Plan) -> tuple[IndexArray, IndexArray]:
    """Rows that are shown as normal and as strange; without labels all rows are on one side."""
    if not plan.label:
        return random_sample(len(plan.table.rows), MOST_SHOWN), np.zeros(0, dtype=np.int64)
    normal = np.flatnonzero(plan.is_normal & (plan.parts == TEST))
    strange = np.flatnonzero(~plan.is_normal)
    return tuple(rows[random_sample(len(rows), MOST_SHOWN // 2)] for rows in (normal, strange))


def _packed(plan: Plan, key: str, prepared: Prepared, judgement: Judgement) -> bytes:
    normal, strange = _sides(plan)
    both = np.concatenate((normal, strange))
    held = np.flatnonzero(plan.parts == HELD_OUT)
    classes, labels = _labels(plan, both)
    errors = np.square(prepared.values[both] - judgement.rebuilt[both])
    places = [plan.table.names.index(column.name) for column in prepared.columns]
    header = {
        "store": STORE, "topic": TOPIC, "key": key, "kind": "rows", "noun": "row",
        "nouns": "rows", "part": "column", "n": len(both),
        "n_normal": len(normal), "n_strange": len(strange),
        "owner": key, "n_classes": 0,
        "classes": classes, "scores": described(list(judgement.scores), rows=True),
        "held": "held-out normal rows" if plan.label else "held-out rows",
        "features": [column.name for column in prepared.columns],
        "cells": [[plan.table.rows[i][place] for place in places] for i in both],
        "rebuilt": prepared.words(judgement.rebuilt[both]),
        "sides": _side_words(plan, len(normal), len(strange)),
    }  # fmt: skip
    arrays: dict[str, np.ndarray] = {
        "errors": prepared.by_column(errors).astype(np.float32),
        "labels": labels.astype(np.int16),
        "rows": (both + 1).astype(np.int32),
    }
    for side, rows in (("calibration", held), ("normal", normal), ("strange", strange)):
        arrays |= {f"{side}.{k}": v[rows] for k, v in judgement.scores.items()}
    return pack(header, arrays)


def _labels(plan: Plan, rows: IndexArray) -> tuple[list[str], np.ndarray]:
    if not plan.label:
        return [], np.full(len(rows), NO_LABEL)
    cells = plan.table.column(plan.label)
    classes = sorted(set(cells))
    return classes, np.array([classes.index(cells[i]) for i in rows])


def _side_words(plan: Plan, n_normal: int, n_strange: int) -> list[str]:
    if not plan.label:
        total = len(plan.table.rows)
        which = "all" if n_normal == total else f"{n_normal:,} (random) of"
        n_train = int((plan.parts == TRAIN).sum())
        return [f"{which} {total:,} rows, {n_train:,} of them trained on", ""]
    return [
        f"normal: {n_normal:,} test rows with {plan.label} = {plan.normal}",
        f"strange: {n_strange:,} rows with another {plan.label}",
    ]


# ---- the page -----------------------------------------------------------------------------


def show(columns: list[DeltaGenerator], judgement: Callable[[str, str], None]) -> None:
    """A table to judge, then the histogram (`judgement`), the export and the rivals."""
    try:
        plan = _plan(columns)
        if plan is None:
            return
        found = _result(plan)
    except DataError as error:
        st.error(escaped(str(error)))
        return
    if found is None:
        return
    _say(plan, found)
    judgement(found.key, found.key)
    payload(found.block, key="anomaly block")
    _export(plan, found)
    if plan.label:
        shipped = EXAMPLE if plan == example_plan() else found.key
        split = split_of(plan, found.prepared)
        setting = rivals.Setting(found.key, shipped, rivals.sizes_of(*split), "rows")
        rivals.show(setting, _ours(plan, found), lambda: split)


def _plan(columns: list[DeltaGenerator]) -> Plan | None:
    with columns[0]:
        file = st.file_uploader(
            "A table of your own (CSV)", ["csv", "tsv", "txt"],
            help=f"A row for each case, up to {limits().table_rows:,}; with a header or without. "
            "It stays in memory and is forgotten with this session.",
            max_upload_size=limits().file_mb,
        )  # fmt: skip
    if file is None:
        st.caption(f"The built-in example: {EXAMPLE_WORDS}")
        return example_plan()
    if grid_of(file.getvalue()[:HEAD_BYTES]) is not None:
        raise DataError(
            f"the rows of {file.name} are pictures: learn them on the page Train, or give them to "
            "a model of pictures here, as pictures of your own that may be strange"
        )
    table = _read(file.getvalue(), file.name)
    plan = Plan(table)
    with columns[1]:
        label = st.selectbox(
            "Column that says what is normal", [NO_COLUMN, *label_columns(table)],
            format_func=lambda name: name or "none: all rows, mostly normal",
        )  # fmt: skip
    if label:
        cells = table.column(label)
        values = sorted(set(cells), key=cells.count, reverse=True)
        with columns[2]:
            normal = st.selectbox("Its value for normal rows", values)
        plan = replace(plan, label=label, normal=normal)
    n = int(plan.is_normal.sum())
    if n < 40:
        st.error(f"There are {n} normal rows; at least 40 are needed. Choose another value.")
        return None
    return plan


@st.cache_resource(show_spinner=False, max_entries=8)
def _read(content: bytes, name: str) -> Table:
    return read_table(content, name)


def _result(plan: Plan) -> Judged | None:
    """Return the judged table; where it has not been judged, do it in a job and show that."""
    key = plan.key
    if (found := _judged().get(key)) is not None:
        return found
    jobs.need(
        key, lambda job: judge(plan, key, job),
        "Training an autoencoder of the normal rows", AGAIN,
    )  # fmt: skip
    return None


def _say(plan: Plan, found: Judged) -> None:
    n_train = int((plan.parts == TRAIN).sum())
    st.caption(
        f"Model: a dense denoising autoencoder of {found.judgement.units} units, trained here on "
        f"{n_train:,} rows of {len(found.prepared.columns)} columns, standardised."
    )
    for note in found.prepared.notes:
        st.caption(escaped(note))


def _export(plan: Plan, found: Judged) -> None:
    st.download_button(
        "Download the scores of all rows (CSV)", _csv(plan, found.judgement), "scores.csv",
        "text/csv", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _csv(plan: Plan, judgement: Judgement) -> str:
    """Row number, part, the label if there is one, every score, and the default verdict."""
    limit = conformal_threshold(judgement.scores["mse"][plan.parts == HELD_OUT], DEFAULT_RATE)
    out = io.StringIO()
    writer = csv.writer(out)
    label = ["normal"] if plan.label else []
    writer.writerow(["row", "part", *label, *judgement.scores, f"flagged at {DEFAULT_RATE:.0%}"])
    for i, part in enumerate(plan.parts):
        own = [str(bool(plan.is_normal[i]))] if plan.label else []
        values = [f"{column[i]:.6g}" for column in judgement.scores.values()]
        flagged = bool(judgement.scores["mse"][i] > limit)
        writer.writerow([i + 1, PART_NAMES[part], *own, *values, flagged])
    return out.getvalue()


def _ours(plan: Plan, found: Judged) -> list[Line]:
    return [
        Line(
            "This autoencoder", title["title"], auroc(*_apart(plan, values)),
            average_precision(*_apart(plan, values)), ours=True,
        )
        for title, values in zip(
            described(list(found.judgement.scores)), found.judgement.scores.values(), strict=True
        )
    ]  # fmt: skip

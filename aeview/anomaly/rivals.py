"""The detectors of the textbooks beside the autoencoder: stored, cached, or measured in a job."""

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

import numpy as np
import streamlit as st

from aecore.anomaly.detectors import DETECTORS, Result, measure_all
from aeview.bounded import Bounded
from aeview.escape import escaped
from aeview.shell import frame
from aeview.work import jobs, shipped, subprocesses
from aeview.work.jobs import Job

MOST_ROWS = 6000  # training rows; distances to more take minutes
MOST_NUMBERS = 20_000_000  # of them together: of large images there are fewer
MOST = 60
WORDS = (
    "The detectors that textbooks name, on the same split: trained on {n_train:,} normal {nouns}, "
    "measured on {n_normal:,} normal and {n_strange:,} strange ones. Customary settings, none "
    "tuned."
)


class Split(NamedTuple):
    """Rows of numbers: normal ones to train on, normal and strange ones to measure on."""

    train: np.ndarray
    normal: np.ndarray
    strange: np.ndarray


class Line(NamedTuple):
    """A row of the table: seconds are None where they were not measured."""

    title: str
    words: str
    auroc: float
    average_precision: float
    fit_s: float | None = None
    score_s: float | None = None
    ours: bool = False


def split_of(train: np.ndarray, normal: np.ndarray, strange: np.ndarray) -> Split:
    """Flatten images (bytes) or rows; of many training rows an even choice is taken."""
    return Split(*(_flat(part) for part in (_few(train), normal, strange)))


def _few(train: np.ndarray) -> np.ndarray:
    most = min(MOST_ROWS, MOST_NUMBERS // math.prod(train.shape[1:]))
    return train[:: max(1, -(-len(train) // most))]


def _flat(part: np.ndarray) -> np.ndarray:
    rows = part.reshape(len(part), -1)
    return rows.astype(np.float32) / 255 if rows.dtype == np.uint8 else rows


@st.cache_resource
def _measured() -> Bounded[str, dict[str, Result]]:
    return Bounded(lambda: MOST)


def _measure(key: str, split: Split, job: Job) -> None:
    _measured()[key] = subprocesses.work(measure_all, *split, job=job)


def sizes_of(train: np.ndarray, normal: np.ndarray, strange: np.ndarray) -> tuple[int, int, int]:
    """How many rows `split_of` makes of these."""
    return len(_few(train)), len(normal), len(strange)


class Setting(NamedTuple):
    """Which split it is.

    Attributes:
        key: results are kept under it.
        stored: its name among the stored results.
        sizes: training rows, normal rows, strange rows.
        nouns: "images" or "rows".
    """

    key: str
    stored: str
    sizes: tuple[int, int, int]
    nouns: str


def show(setting: Setting, ours: Sequence[Line], split: Callable[[], Split]) -> None:
    """Show the table, and what measures it here; `split` is called only then."""
    st.subheader("Beside the detectors of the textbooks")
    name = f"detectors {setting.key}"
    job = jobs.find(name)
    found = _measured().get(setting.key, {})
    lines, note = _known(setting.stored, found)
    n_train, n_normal, n_strange = setting.sizes
    st.caption(
        WORDS.format(n_train=n_train, n_normal=n_normal, n_strange=n_strange, nouns=setting.nouns)
    )
    if ours or lines:
        with frame.subject("rivals"):
            st.html(_table([*ours, *lines]))
    if note:
        st.caption(note)
    if job is not None and job.running:
        jobs.show(name, "Fitting and scoring, one detector after the other")
        return
    if job is not None and job.state == "failed":
        st.error(escaped(job.problem))
    if not found:
        jobs.offer(
            "Measure them here", name, lambda job: _measure(setting.key, split(), job),
            icon=":material/speed:",
            help=f"Fits {len(DETECTORS)} detectors of scikit-learn on one core: seconds to about "
            "a minute.",
        )  # fmt: skip


def _known(shipped_as: str, found: dict[str, Result]) -> tuple[list[Line], str]:
    if found:
        return [_line(result) for result in found.values()], ""
    stored = shipped.detectors()
    rows = stored["settings"].get(shipped_as)
    if not rows:
        return [], ""
    machine = stored["machine"]
    note = f"Measured by `{stored['command']}` ({machine['cpu']}, one thread, {machine['date']})."
    return [_line(Result(**row)) for row in rows], note


def _line(result: Result) -> Line:
    info = DETECTORS[result.name]
    return Line(info.title, info.words, *result[1:])


def _table(lines: Sequence[Line]) -> str:
    head = "".join(
        f'<th scope="col">{title}</th>'
        for title in ("detector", "AUROC, %", "average precision, %", "fit, s", "score, s")
    )
    best = max(line.auroc for line in lines)
    body = "".join(_row(line, line.auroc == best) for line in lines)
    return f'<table class="figures"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(line: Line, best: bool) -> str:
    def seconds(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    auroc = f"{100 * line.auroc:.1f}"
    cells = (
        f"<b>{auroc}</b>" if best else auroc, f"{100 * line.average_precision:.1f}",
        seconds(line.fit_s), seconds(line.score_s),
    )  # fmt: skip
    title = f"<b>{escape(line.title)}</b> <small>{escape(line.words)}</small>"
    return f'<tr><th scope="row">{title}</th>{"".join(f"<td>{c}</td>" for c in cells)}</tr>'

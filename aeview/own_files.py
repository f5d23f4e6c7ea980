"""Several pictures at once on the page Your image: what was given, their scores, the table."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import streamlit as st

from aecore.checkpoints import Stored
from aecore.data.pictures.sources import Source, from_zip
from aecore.errors import DataError
from aecore.files import csv_cell
from aecore.limits import MEGABYTE, limits
from aecore.scoring import ScoredImage, Scorer, to_csv
from aeview import cache, jobs, state
from aeview.jobs import Job
from aeview.kept import Kept
from aeview.live import Opened
from aeview.pictures import digest, opened, prepared
from aeview.pixels import data_address
from aeview.plain import file_name, plain

ZIP = b"PK\x03\x04"
THUMBNAIL = 56


class Given(NamedTuple):
    """A file that was given: what makes it another one, its name, its bytes, or what is wrong."""

    id: str
    title: str
    content: bytes
    problem: str = ""


def unpacked(files: list[tuple[str, bytes]]) -> list[Given]:
    """Return the pictures of these files, those in a .zip one by one.

    Raises:
        DataError: in one sentence, for more pictures or bytes together than there may be.
    """
    most = limits()
    found: list[Given] = []
    total = 0
    for source in (source for file in files for source in _sources(*file)):
        found.append(Given(digest(source.content or source.name.encode()), *source))
        total += len(source.content)
        if len(found) > most.pictures:
            raise DataError(f"These are over {most.pictures} pictures; give fewer at once")
        if total > most.unpacked_mb * MEGABYTE:
            raise DataError(
                f"These are over {most.unpacked_mb} MB when unpacked; give fewer at once"
            )
    return found


def _sources(name: str, content: bytes) -> Iterator[Source]:
    if not zipfile.is_zipfile(io.BytesIO(content)) or not content.startswith(ZIP):
        yield Source(name, content)
        return
    try:
        yield from from_zip(content, name)
    except DataError as error:
        yield Source(name, b"", str(error))


# ---- their scores -------------------------------------------------------------------------------


class Row(NamedTuple):
    """A line of the table: the engine's result, and a thumbnail as a data: address."""

    result: ScoredImage
    thumbnail: str


@st.cache_resource(show_spinner=False)
def _tables() -> Kept[str, list[Row]]:
    return Kept(lambda: limits().cached_judgements)


def scored(chosen: Opened, batch: list[Given]) -> list[Row] | None:
    """Return the scores, or None while they are computed in the background."""
    names = json.dumps([(given.id, given.title) for given in batch])  # no two lists are alike
    name = f"score {digest(names.encode())} {chosen.held.digest}"
    rows = _tables().get(name)
    if rows is not None:
        return rows
    job = jobs.find(name)
    if job is not None and job.state in ("failed", "cancelled"):
        st.warning(f"The pictures were not scored: {plain(job.problem) or 'cancelled.'}")
        st.button("Score them again", on_click=jobs.forget, args=(name,))
        return None
    jobs.start(name, lambda job: _score(name, chosen.held, batch, job))
    jobs.show(name, f"Scoring {len(batch)} pictures")
    return None


def _score(name: str, held: Stored, batch: list[Given], job: Job) -> None:
    scorer = Scorer(held, cache.model(held.digest, held))
    rows = []
    for number, given in enumerate(batch):
        job.report(number, len(batch))
        rows.append(_row(given, scorer))
    _tables()[name] = rows


def _row(given: Given, scorer: Scorer) -> Row:
    try:
        if given.problem:
            raise DataError(given.problem)
        made = prepared(given.content, given.title, scorer.stored.card)
        thumbnail = data_address(opened(given.content, given.title), THUMBNAIL)
    except DataError as error:
        return Row(ScoredImage(file=given.title, error=str(error)), "")
    return Row(scorer.judge(made, given.title), thumbnail)


# ---- the table ----------------------------------------------------------------------------------


def show(chosen: Opened, batch: list[Given], clicked: Callable[[], None]) -> None:
    """Show what was scored as a table; `clicked` is called when another line is selected."""
    st.subheader(f"All {len(batch)} pictures")
    rows = scored(chosen, batch)
    if rows is None:
        return
    st.dataframe(
        [_line(row) for row in rows], column_config=_columns(), hide_index=True,
        placeholder="", row_height=THUMBNAIL,
        key=state.OWN_TABLE, on_select=clicked, selection_mode="single-row",
    )  # fmt: skip
    st.download_button(
        "Download CSV", to_csv(row.result for row in rows), file_name(chosen.name, "-scores.csv"),
        "text/csv", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def selected() -> int | None:
    """Which line of the table is selected."""
    rows = st.session_state[state.OWN_TABLE]["selection"]["rows"]
    return rows[0] if rows else None


def _line(row: Row) -> dict[str, Any]:
    result = row.result
    return {
        "picture": row.thumbnail,
        "file": csv_cell(result.file),  # the table has its own way to a CSV
        "in or out": {None: "", True: "out", False: "in"}[result.anomalous],
        "score": result.score,
        "percentile": None if result.percentile is None else 100 * result.percentile,
        "nearest": csv_cell(" ".join(result.neighbour_labels)),
        "verdict": result.verdict,
        "what is wrong": csv_cell(result.error or ""),
    }


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "picture": st.column_config.ImageColumn("", width="small"),
        "score": number(format="%.4f", help="MSE per pixel; higher is more anomalous"),
        "percentile": number(
            "higher than",
            format="%.0f %%",
            help="share of held-out normal images with a lower score",
        ),
        "nearest": st.column_config.TextColumn(help="classes of the nearest training images"),
    }

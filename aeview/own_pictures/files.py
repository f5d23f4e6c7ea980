"""Several pictures at once on the page Your image: what was given, their scores, the table."""

import io
import json
import zipfile
from collections import ChainMap
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from aecore.checkpoints import Stored
from aecore.data.pictures.sources import Source, from_zip
from aecore.errors import DataError
from aecore.files import csv_cell
from aecore.limits import MEGABYTE, limits
from aecore.scoring import ScoredImage, Scorer, to_csv
from aeview.bounded import Bounded
from aeview.escape import escaped, file_name
from aeview.work import cache, jobs
from aeview.work.jobs import Job
from aeview.work.live import Opened
from aeview.work.pictures import digest, opened, prepared
from aeview.work.pixels import data_address

# Keys in the session state.
OWN_ROWS = "own_rows"
OWN_TABLE = "own_table"
ZIP = b"PK\x03\x04"
THUMBNAIL = 56
SAMPLE = "sample "  # what the id of a sample, which is not the user's own, begins with


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
    """A line of the table: the engine's result, a thumbnail, and those of several drawings.

    The thumbnail is a data: address.
    """

    result: ScoredImage
    thumbnail: str
    drawings: tuple[ScoredImage, ...] = ()


@st.cache_resource(show_spinner=False)
def _rows() -> Bounded[tuple[str, ...], Row]:
    return Bounded(lambda: limits().pictures * limits().cached_judgements)


def _key(given: Given, checkpoint: Stored) -> tuple[str, ...]:
    return given.id, given.title, checkpoint.digest


def scored(chosen: Opened, batch: list[Given]) -> list[Row] | None:
    """Return the scores, or None while those that are missing are computed in the background."""
    keys = [_key(given, chosen.checkpoint) for given in batch]
    known = ChainMap(st.session_state.get(OWN_ROWS, {}), _rows())
    mine = st.session_state[OWN_ROWS] = {key: known[key] for key in keys if key in known}
    if len(mine) == len(set(keys)):
        return [mine[key] for key in keys]
    name = f"score {digest(json.dumps(keys).encode())}"
    job = jobs.find(name)
    if job is not None and job.state in ("failed", "cancelled"):
        st.warning(f"The pictures were not scored: {escaped(job.problem) or 'cancelled.'}")
        st.button("Score them again", on_click=jobs.forget, args=(name,))
        return None
    jobs.start(name, lambda job: _score(chosen.checkpoint, batch, job))
    jobs.show(name, f"Scoring {len(batch)} pictures")
    return None


def _score(checkpoint: Stored, batch: list[Given], job: Job) -> None:
    scorer = Scorer(checkpoint, cache.model(checkpoint.digest, checkpoint))
    for number, given in enumerate(batch):
        job.report(number, len(batch))
        _rows().once(_key(given, checkpoint), partial(_row, given, scorer))


def _row(given: Given, scorer: Scorer) -> Row:
    try:
        if given.problem:
            raise DataError(given.problem)
        made = prepared(given.content, given.title, scorer.stored.card)
        thumbnail = data_address(opened(given.content, given.title), THUMBNAIL)
    except DataError as error:
        return Row(ScoredImage(file=given.title, error=str(error)), "")
    judged = scorer.judge(made, given.title)
    results = (judged, *scorer.score_drawings(judged))
    one, *each = (replace(result, preparation=None) for result in results)  # no pictures of steps
    return Row(one, thumbnail, tuple(each))


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
        key=OWN_TABLE, on_select=clicked, selection_mode="single-row",
    )  # fmt: skip
    scores = to_csv(one for row in rows for one in (row.result, *row.drawings))
    st.download_button(
        "Download CSV", scores, file_name(chosen.name, "-scores.csv"),
        "text/csv", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def selected() -> int | None:
    """Which line of the table is selected."""
    rows = st.session_state[OWN_TABLE]["selection"]["rows"]
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
        "verdict": ": ".join(filter(None, (result.verdict, _each(row.drawings)))),
        "what is wrong": csv_cell(result.error or ""),
    }


def _each(drawings: tuple[ScoredImage, ...]) -> str:
    """The score of each of several drawings, and whether it is out."""
    sides = {None: "", True: " out", False: " in"}
    scores = ["–" if each.score is None else f"{each.score:.4f}" for each in drawings]
    pairs = zip(scores, drawings, strict=True)
    return ", ".join(f"{score}{sides[each.anomalous]}" for score, each in pairs)


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

"""Several pictures at once on the page Your image: what was given, their scores, the table."""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from aecore.checkpoints import Stored
from aecore.data import archive
from aecore.data.pictures import open_picture
from aecore.errors import DataError
from aeview import cache, jobs, state
from aeview.jobs import Job
from aeview.live import Opened
from aeview.pixels import data_address

MAX_PICTURES = 500
MAX_BYTES = 200_000_000
THUMBNAIL = 56
KEPT = 12  # tables of all sessions together


class Given(NamedTuple):
    """A file that was given: what makes it another one, its name, its bytes, or what is wrong."""

    id: str
    title: str
    content: bytes
    problem: str = ""


def digest(content: bytes) -> str:
    """Name a content."""
    return hashlib.sha256(content).hexdigest()[:16]


def unpacked(files: list[tuple[str, bytes]]) -> list[Given]:
    """Return the pictures of these files, those in a .zip one by one.

    Raises:
        DataError: in one sentence, for more than 500 pictures or 200 MB together.
    """
    found: list[Given] = []
    for name, content in files:
        packed = archive.is_archive(content)
        found += _in_archive(name, content) if packed else [Given(digest(content), name, content)]
    if len(found) > MAX_PICTURES:
        raise DataError(f"These are {len(found):,} pictures; give at most {MAX_PICTURES} at once")
    if sum(len(given.content) for given in found) > MAX_BYTES:
        raise DataError(f"These are over {MAX_BYTES // 10**6} MB together; give fewer at once")
    return found


def _in_archive(name: str, content: bytes) -> list[Given]:
    try:
        members = archive.files(content, name)
    except DataError as error:
        return [Given(digest(content), name, b"", str(error))]
    return [Given(digest(m.content or m.name.encode()), *m) for m in members]


# ---- their scores -------------------------------------------------------------------------------


class Row(NamedTuple):
    """A line of the table: the engine's result, and a thumbnail as a data: address."""

    result: dict[str, Any]
    thumbnail: str


@st.cache_resource(show_spinner=False)
def _tables() -> dict[str, list[Row]]:
    return {}


def scored(chosen: Opened, batch: list[Given]) -> list[Row] | None:
    """Return the scores, or None while they are computed in the background."""
    names = "".join(given.id + given.title for given in batch)
    name = f"score {digest(names.encode())} {chosen.held.digest}"
    rows = _tables().get(name)
    if rows is not None:
        return rows
    job = jobs.find(name)
    if job is not None and job.state in ("failed", "cancelled"):
        st.warning(f"The pictures were not scored: {job.problem or 'cancelled.'}")
        st.button("Score them again", on_click=jobs.forget, args=(name,))
        return None
    jobs.start(name, lambda job: _score(name, chosen.held, batch, job))
    jobs.show(name, f"Scoring {len(batch)} pictures")
    return None


def _score(name: str, held: Stored, batch: list[Given], job: Job) -> None:
    rows = []
    for number, given in enumerate(batch):
        job.report(number, len(batch))
        rows.append(Row(_scored(held, given), _thumbnail(given)))
    known = _tables()
    while len(known) >= KEPT:
        known.pop(next(iter(known)))
    known[name] = rows


def _thumbnail(given: Given) -> str:
    try:
        return data_address(open_picture(given.content, given.title), THUMBNAIL)
    except DataError:
        return ""


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
        "Download CSV", as_csv([row.result for row in rows]), f"{chosen.name}-scores.csv",
        "text/csv", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def selected() -> int | None:
    """Which line of the table is selected."""
    rows = st.session_state[state.OWN_TABLE]["selection"]["rows"]
    return rows[0] if rows else None


def _line(row: Row) -> dict[str, Any]:
    result = row.result
    out = {None: "", True: "out", False: "in"}[result["anomalous"]]
    share = result["percentile"]
    return {
        "picture": row.thumbnail,
        "file": result["file"],
        "in or out": out,
        "score": result["score"],
        "percentile": None if share is None else 100 * share,
        "nearest": " ".join(result["neighbour_labels"]),
        "verdict": result["verdict"] or "not read",
        "what is wrong": result["error"] or "",
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


def _scored(held: Stored, given: Given) -> dict[str, Any]:
    """TEMPORARY, until the engine's own."""
    import torch

    from aecore.anomaly.threshold import conformal_threshold, percentile
    from aecore.data.catalogue import DATASETS
    from aecore.data.hand import Hand
    from aecore.data.pictures import prepare
    from aecore.latents.neighbours import nearest

    result: dict[str, Any] = dict.fromkeys(
        ("file", "verdict", "steps", "score", "percentile", "threshold", "anomalous"), None
    )
    result |= {"file": given.title, "neighbour_labels": [], "error": given.problem or None}
    if given.problem:
        return result
    try:
        picture = open_picture(given.content, given.title)
    except DataError as error:
        return result | {"error": str(error)}
    known = DATASETS.get(held.card.data)
    made = prepare(
        picture,
        held.card.model.shape,
        bool(known and known.handwriting),
        hand=known.hand if known else Hand(),
    )
    result |= {"verdict": made.verdict, "steps": [s.words for s in made.steps if s.applied]}
    if not made.to_score:
        return result
    model = cache.model(held.digest, held)
    x = torch.from_numpy(made.image[None])
    score = float((model.reconstruct(x) - x).square().mean())
    near = nearest(held.latents.codes, model.encode(x).mean.numpy(), 8).rows[0]
    limit = conformal_threshold(held.calibration)
    return result | {
        "score": score,
        "percentile": percentile(held.calibration, score),
        "threshold": limit,
        "anomalous": score > limit,
        "neighbour_labels": [held.card.classes[held.latents.labels[i]] for i in near],
    }


def as_csv(results: list[dict[str, Any]]) -> str:
    """TEMPORARY."""
    return "\n".join(str(r) for r in results)

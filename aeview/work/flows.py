"""The latent flow of a model: read from beside its checkpoint, and sent to the browser."""

from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import Stored
from aecore.errors import CheckpointError
from aecore.export import flow_parts, pack
from aecore.flows import files
from aecore.flows.files import FlowCard
from aecore.flows.flow import GUIDANCE, STEPS, Flow
from aeview.work import subprocesses
from aeview.work.jobs import Job
from aeview.work.live import Opened
from aeview.work.payload import STORE, payload, topic

FLOW = "flow"
PRIOR = "These codes are from the prior."
NONE = f"{{name}} has no latent flow yet. {PRIOR}"


class Known(NamedTuple):
    """A model's flow.

    Attributes:
        flow: to draw with.
        card: what is said of it.
        key: names this model with this file of its flow.
    """

    flow: Flow
    card: FlowCard
    key: str


def of(model: Opened) -> Known | None:
    """A model's flow; None where there is none.

    Raises:
        CheckpointError: in one sentence, if its file is damaged or of other weights.
    """
    file = _file(model)
    if file is None:
        return None
    return _load(file, file.stat().st_mtime_ns, model.checkpoint.digest, model.checkpoint)


def known(model: Opened) -> Known | None:
    """A model's flow; None where there is none that can be used."""
    try:
        return of(model)
    except CheckpointError:
        return None


def flow_of(model: Opened) -> Flow | None:
    """The same, to draw with."""
    found = known(model)
    return found.flow if found else None


def told(model: Opened) -> dict[str, Any]:
    """What the page is told of a model's flow: whether it is there, and a sentence."""
    try:
        known = of(model)
        words = _words(known.card) if known else _none(model)
    except CheckpointError as error:
        known, words = None, f"{error}. {PRIOR}"
    return {"here": known is not None, "key": known.key if known else "", "words": words}


def send(model: Opened, slot: int) -> None:
    """Send a model's flow to the browser, if it has one."""
    if flow_of(model) and (known := of(model)):
        payload(_packed(known.key, slot, known.flow), key=f"flow{slot}")


def can_be_made(model: Opened) -> bool:
    """Whether a flow can be made for a model: it has an encoder, and is told no class."""
    card = model.checkpoint.card
    return card.encodes and not card.model.n_classes


def _none(model: Opened) -> str:
    if model.checkpoint.card.model.n_classes:
        return f"{files.NO_FLOW[0].upper()}{files.NO_FLOW[1:]}."
    return NONE.format(name=model.name)


def _words(card: FlowCard) -> str:
    agree = card.metrics.get("agreement")
    if agree is None:
        return "A network carries noise to where the model's codes lie."
    return (
        f"Of {card.metrics['n']:,} codes that were asked for by class, {agree:.1%} decode to what "
        f"our classifier takes for that class (measured at guidance {GUIDANCE:g}, {STEPS} steps)."
    )


def _file(model: Opened) -> Path | None:
    try:
        return files.found(checkpoints.find(model.name), model.checkpoint)
    except CheckpointError:  # a model that was removed meanwhile
        return None


def make(model: Opened, job: Job) -> None:
    """Make a model's flow, in a subprocess, reporting to the job, with what it draws so far.

    Raises:
        DataError: if its data set is not here.
        TrainingError: if the training diverges.
    """
    from aecore.flowing import Plan, make_seen  # torch

    out = files.made_here(model.checkpoint)
    out.parent.mkdir(parents=True, exist_ok=True)
    plan = Plan(checkpoint=checkpoints.find(model.name), out=out)
    subprocesses.work(make_seen, plan, job=job)


@st.cache_resource(show_spinner=False, max_entries=40)
def _load(file: Path, changed: int, digest: str, _stored: Stored) -> Known:
    return Known(*files.load(file, _stored), f"{digest}/{changed}")  # a rewritten one is another


@st.cache_resource(show_spinner=False, max_entries=12)
def _packed(key: str, slot: int, _flow: Flow) -> bytes:
    header, arrays = flow_parts(_flow)
    return pack({"store": STORE, "topic": topic(FLOW, slot), "key": key, **header}, arrays)

"""Where random codes come from, and how far their pictures are from real ones: cached."""

import base64
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st

from aecore import checkpoints
from aecore.arrays import CodeArray
from aecore.checkpoints import LatentTable
from aecore.data.catalogue import DATASETS
from aecore.errors import CheckpointError
from aecore.flows.flow import GUIDANCE, STEPS
from aecore.latents.measures import MEASURES, SampleQuality
from aecore.latents.sampling import SAMPLERS, Mixture, Source, kl_at_least
from aeview.bounded import Bounded
from aeview.work import cache, flows
from aeview.work.live import Opened

if TYPE_CHECKING:
    from aecore.classifier import Classifier

FIGURE_SEED = 0
MOST_SOURCES, MOST_FIGURES = 60, 300
PATIENCE_S = 0.4  # an answer with more figures comes at least this often
Figure = float | Literal[False] | None  # None while it is to come, False where there is none
Figures = dict[str, list[Figure]]  # by method, of each slot
OWN_DATA = (
    "No figure for your own images: it needs a classifier trained on the same data set, and one "
    "is shipped for the built-in sets only."
)
UNSEEN = " For precision and recall the test images would have to be here."
NO_CLASSIFIER = (
    "No figure for this data set: it is measured with a classifier that knows the data set's "
    "classes, and none has been made for this one. Compare the pictures themselves."
)


# ---- where codes come from ---------------------------------------------------------------------


def sources(model: Opened) -> dict[str, dict[str, str]]:
    """The packed distributions that can be had at once; what takes time when it is fitted."""
    known = _slow()
    return {
        name: packed(_fitted(model, name))
        for name, sampler in SAMPLERS.items()
        if sampler.sent and not sampler.learnt and _has(model, name)
        if not sampler.meanwhile or (model.checkpoint.digest, name) in known
    }


def packed(source: Mixture) -> dict[str, str]:
    """A distribution of codes as base64 of float32."""
    return {
        name: base64.b64encode(np.ascontiguousarray(values, dtype=np.float32).tobytes()).decode()
        for name, values in source._asdict().items()
    }


@st.cache_resource
def _slow() -> Bounded[tuple[str, str], Mixture]:
    """Distributions that take time to fit, by model and sampler."""
    return Bounded(lambda: MOST_SOURCES)


def _has(model: Opened, method: str) -> bool:
    """Whether there are codes of images, where a method is fitted to them."""
    return model.checkpoint.card.encodes or not SAMPLERS[method].fitted


def _meanwhile(model: Opened) -> list[str]:
    """Samplers that are fitted while the page is shown already."""
    slow = [name for name, each in SAMPLERS.items() if each.meanwhile and not each.learnt]
    return [name for name in slow if _has(model, name)]


def _source(model: Opened, method: str) -> Source | None:
    """Where a method has codes from; None where there is nothing to have them from."""
    if not _has(model, method):
        return None
    return flows.flow_of(model) if SAMPLERS[method].learnt else _fitted(model, method)


def _fitted(model: Opened, method: str) -> Mixture:
    sampler, table = SAMPLERS[method], model.checkpoint.latents
    codes, spreads = table.training_codes, table.training_spreads
    if not sampler.meanwhile:
        return sampler(codes, spreads)
    return _slow().once((model.checkpoint.digest, method), lambda: sampler(codes, spreads))


# ---- sample quality ---------------------------------------------------------------------


@st.cache_resource
def _figures() -> Bounded[tuple[str, str, int], SampleQuality]:
    return Bounded(lambda: MOST_FIGURES)


def _key(model: Opened, method: str) -> tuple[str, str, int]:
    """What figures are known by: a flow that was made anew is another source."""
    known = flows.known(model) if SAMPLERS[method].learnt else None
    return known.key if known else model.checkpoint.digest, method, FIGURE_SEED


@st.cache_resource
def _arounds() -> Bounded[str, tuple[tuple[float, float], ...]]:
    """Distances of decoded codes that noise has moved, by model."""
    return Bounded(lambda: MOST_FIGURES)


@st.cache_resource(show_spinner=False, max_entries=8)
def _classifier(data: str, changed: int) -> "Classifier":
    from aecore.classifier import load

    del changed  # part of the key: a rewritten file is read again
    return load(checkpoints.classifier_file(data))


def quality(
    models: list[Opened], order: tuple[int, ...], asked: bool, method: str = ""
) -> dict[str, Any]:
    """The figures there are; computes some more of them if asked, for a short while.

    Args:
        models: by slot.
        order: slots from left to right.
        asked: whether to compute.
        method: the source that is chosen, for the sentences.
    """
    try:
        if asked:
            _work(models)
        return _answer(models, order, method)
    except CheckpointError as error:
        return {"problem": f"No figure: {error}.", "pending": False, "done": 0}


def _answer(models: list[Opened], order: tuple[int, ...], method: str) -> dict[str, Any]:
    data = models[0].checkpoint.card.data
    known = {name: _known(models, name) for name in MEASURES}
    wanted = [(model.checkpoint.digest, name) for model in models for name in _meanwhile(model)]
    n_fitted = sum(key in _slow() for key in wanted)
    if data not in DATASETS or not checkpoints.classifier_file(data).is_file():
        why = NO_CLASSIFIER if data in DATASETS else OWN_DATA
        return {"problem": why, "pending": n_fitted < len(wanted), "done": n_fitted}
    near = [
        _arounds().get(model.checkpoint.digest) if model.checkpoint.card.encodes else False
        for model in models
    ]
    found = [*(value for values in known["distance"].values() for value in values), *near]
    n_found = sum(value is not None for value in found)
    answer: dict[str, Any] = {
        "figures": known,
        "around": near,
        "floor": None,
        "words": [],
        "note": "",
        "done": n_found + n_fitted,
        "pending": n_found < len(found) or n_fitted < len(wanted),
    }
    return answer | (_explained(models, known["distance"], order, method) if n_found else {})


def _known(models: list[Opened], measure: str) -> Figures:
    """A measure by method: None for what is still to come, False where there is no such figure."""
    rows = {method: [_figure(model, method, measure) for model in models] for method in SAMPLERS}
    return {method: row for method, row in rows.items() if any(each is not False for each in row)}


def _figure(model: Opened, method: str, measure: str) -> Figure:
    flow = flows.flow_of(model) if SAMPLERS[method].learnt else None
    if (SAMPLERS[method].learnt and flow is None) or not _has(model, method):
        return False
    asks = model.checkpoint.card.model.n_classes or (flow and flow.n_classes)
    if MEASURES[measure].of_class and not asks:
        return False
    found = _figures().get(_key(model, method))
    if found is None:
        return None
    value: float | None = getattr(found, measure)
    return False if value is None else value


def _work(models: list[Opened]) -> None:
    """Do what has not been done, until the answer has taken long enough."""
    start = time.monotonic()
    steps = [partial(_step, model, method) for method in SAMPLERS for model in models]
    for step in (*steps, *(partial(_around, model) for model in models)):
        if step() and time.monotonic() - start > PATIENCE_S:
            return  # never without something new, which is what the browser goes on for


def _step(model: Opened, method: str) -> bool:
    """Compute a figure, and a source that takes time; returns whether one of them is new."""
    key = _key(model, method)
    fits = method in _meanwhile(model) and (model.checkpoint.digest, method) not in _slow()
    if key in _figures() and not fits:
        return False
    if (source := _source(model, method)) is None or key in _figures():
        return fits
    if not (classifier := _judge(model.checkpoint.card.data)):
        return fits
    from aecore.latents.quality import sample_quality

    network = cache.model(model.checkpoint.digest, model.checkpoint)
    real = _real(model.checkpoint.card.data)
    _figures()[key] = sample_quality(network, source, classifier, FIGURE_SEED, real)
    return True


def _real(data: str) -> CodeArray | None:
    """Features of test images; None where the set is not here, or nobody may look."""
    if not cache.has_set(data):
        return None
    return _real_features(data, checkpoints.classifier_file(data).stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=8)
def _real_features(data: str, changed: int) -> CodeArray:
    from aecore.latents.quality import real_features

    classifier = _classifier(data, changed)
    side = DATASETS[data].shape[1:]
    return real_features(classifier, cache.split(data, "test", side))


def _around(model: Opened) -> bool:
    digest = model.checkpoint.digest
    if digest in _arounds() or not model.checkpoint.card.encodes:
        return False
    if not (classifier := _judge(model.checkpoint.card.data)):
        return False
    from aecore.latents.quality import around

    network = cache.model(digest, model.checkpoint)
    table = model.checkpoint.latents
    _arounds()[digest] = around(network, table.codes, table.labels, classifier, FIGURE_SEED)
    return True


def _judge(data: str) -> "Classifier | None":
    """The classifier whose features are compared; None where there is none for the data set."""
    if data not in DATASETS or not (file := checkpoints.classifier_file(data)).is_file():
        return None
    return _classifier(data, file.stat().st_mtime_ns)


def distance(model: Opened, method: str) -> float | None:
    """One Fréchet distance, computed where it is not known; None where there is no classifier."""
    _step(model, method)
    found = _figures().get(_key(model, method))
    return found.distance if found else None


@st.cache_data(show_spinner=False, max_entries=60)
def _asked(key: str, guidance: float, steps: int, _model: Opened) -> dict[str, Any] | None:
    from aecore.latents.quality import flow_quality

    del key  # names the model with this file of its flow
    flow, card = flows.flow_of(_model), _model.checkpoint.card
    if flow is None:
        return None
    network = cache.model(_model.checkpoint.digest, _model.checkpoint)
    asked = flow.ask(guidance=guidance, steps=steps)
    return flow_quality(network, asked, card.data, FIGURE_SEED) or None


def asked(model: Opened, guidance: float, steps: int) -> dict[str, Any] | None:
    """Distance and agreement of what a model's flow draws; None where it has none."""
    known = flows.known(model)
    return _asked(known.key, guidance, steps, model) if known else None


@st.cache_data(show_spinner=False, max_entries=60)
def _aggregate_kl(digest: str, _table: LatentTable) -> float:
    del digest  # the key
    codes, spreads = _table.codes, np.exp(_table.log_var / 2)
    known = _table.split == 0
    if known.all():
        known = np.arange(len(_table)) % 5 > 0
    return kl_at_least(codes[known], spreads[known], codes[~known], spreads[~known])


def aggregate_kl(model: Opened) -> float | None:
    """How far from the prior the aggregate posterior is at least, in nats: `kl_at_least`.

    By images that the model was not trained on; where its checkpoint has codes of none, by every
    fifth that it has. None for a model without posteriors.
    """
    table = model.checkpoint.latents
    return _aggregate_kl(model.checkpoint.digest, table) if table.log_var.shape[1] else None


def floor(data: str) -> float | None:
    """The Fréchet distance of real test images; None where there is no classifier."""
    classifier = _judge(data)
    return classifier.floor if classifier else None


def _explained(
    models: list[Opened],
    known: Figures,
    order: tuple[int, ...],
    method: str,
) -> dict[str, Any]:
    data = models[0].checkpoint.card.data
    classifier = _classifier(data, checkpoints.classifier_file(data).stat().st_mtime_ns)
    figures = (_figures().get(_key(model, each)) for each in SAMPLERS for model in models)
    if (figure := next(filter(None, figures), None)) is None:
        return {}
    n, repeats = figure.n, figure.repeats
    times = f"{repeats} × {n:,} images, mean" if repeats > 1 else f"{n:,} images"
    note = (
        f"Each figure: {times} (seed {FIGURE_SEED}, temperature 1; of a flow "
        f"guidance {GUIDANCE:g} and {STEPS} steps) against all "
        f"{classifier.train.n:,} training images; real test images are {classifier.real.n:,} "
        f"against the same. Features: 32 of our own small classifier, which is right about "
        f"{classifier.accuracy.test:.1%} of the test images. Compare within a data set only."
        f"{'' if cache.has_set(data) else UNSEEN}"
    )
    return {
        "floor": classifier.floor,
        "words": _sentences(
            [model.name for model in models], known, classifier.floor, order, method or "prior"
        ),
        "note": note,
    }


def _sentences(
    names: list[str],
    figures: Figures,
    floor: float,
    order: tuple[int, ...],
    method: str = "prior",
) -> list[str]:
    """Say whose samples are farther from real images, and what the mixture, or a flow, changes."""
    prior = figures["prior"]
    said = []
    if len(order) == 2 and None not in prior:
        worse, better = sorted(order, key=lambda slot: -(prior[slot] or 0))
        ratio = (prior[worse] or 0) / max(prior[better] or 0, 1e-9)
        said.append(
            f"Codes from the prior: the Fréchet distance to real images is {ratio:.1f} times as "
            f"large for {names[worse]} as for {names[better]} ({_distance(prior[worse])} against "
            f"{_distance(prior[better])}; real test images {_distance(floor)})."
        )
    other = method if SAMPLERS[method].learnt else "mixture"
    values = figures.get(other, [])
    repaired = [
        f"{names[slot]} {_distance(prior[slot])} → {_distance(values[slot])}"
        for slot in order
        if prior[slot] and values and values[slot]
    ]
    if repaired:
        codes = "its own codes" if len(repaired) == 1 else "each model's own codes"
        made = "learnt from" if other == method else "fitted to"
        said.append(f"With a {_called(other)} {made} {codes}: {', '.join(repaired)}.")
    return said + _overtaken(names, figures, order, other)


def _overtaken(
    names: list[str], figures: Figures, order: tuple[int, ...], other: str
) -> list[str]:
    """Where the worse model with the other source beats the better one from the prior, say so."""
    prior, values = figures["prior"], figures.get(other, [])
    if len(order) != 2 or not all(prior) or not values:
        return []
    worse, better = sorted(order, key=lambda slot: -(prior[slot] or 0))
    if not values[worse] or (values[worse] or 0) >= (prior[better] or 0):
        return []
    return [
        f"So {names[worse]} with a {_called(other)} comes nearer to real images than "
        f"{names[better]} from the prior ({_distance(values[worse])} against "
        f"{_distance(prior[better])})."
    ]


def _called(method: str) -> str:
    return SAMPLERS[method].title.removeprefix("fitted ")


def _distance(value: Figure) -> str:
    return "…" if not value else f"{value:.{1 if value < 10 else 0}f}"

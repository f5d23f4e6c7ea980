"""Where random codes come from, and how far their pictures are from real ones: cached."""

import base64
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import LatentTable
from aecore.data.catalogue import DATASETS
from aecore.errors import CheckpointError
from aecore.latents.sampling import SAMPLERS, Mixture, kl_at_least
from aeview.bounded import Bounded
from aeview.work import cache
from aeview.work.live import Opened

if TYPE_CHECKING:
    from aecore.classifier import Classifier

FIGURE_SEED = 0
MOST_SOURCES, MOST_FIGURES = 60, 300
PATIENCE_S = 0.4  # an answer with more figures comes at least this often
OWN_DATA = (
    "No figure for your own images: it needs a classifier trained on the same data set, and one "
    "is shipped for the built-in sets only."
)
NO_CLASSIFIER = (
    "No figure for this data set: it is measured with a classifier that knows the data set's "
    "classes, and none has been made for this one. Compare the pictures themselves."
)


# ---- where codes come from ---------------------------------------------------------------------


def sources(model: Opened) -> dict[str, dict[str, str]]:
    """The packed distributions that can be had at once; what takes time when it is fitted."""
    known = _slow()
    return {
        name: packed(_source(model, name))
        for name, sampler in SAMPLERS.items()
        if sampler.sent
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


def _source(model: Opened, method: str) -> Mixture:
    sampler, table = SAMPLERS[method], model.checkpoint.latents
    codes, spreads = table.training_codes, table.training_spreads
    if not sampler.meanwhile:
        return sampler(codes, spreads)
    return _slow().once((model.checkpoint.digest, method), lambda: sampler(codes, spreads))


# ---- sample quality ---------------------------------------------------------------------


@st.cache_resource
def _figures() -> Bounded[tuple[str, str, int], dict[str, float]]:
    return Bounded(lambda: MOST_FIGURES)


@st.cache_resource
def _arounds() -> Bounded[str, tuple[tuple[float, float], ...]]:
    """Distances of decoded codes that noise has moved, by model."""
    return Bounded(lambda: MOST_FIGURES)


@st.cache_resource(show_spinner=False, max_entries=8)
def _classifier(data: str, changed: int) -> "Classifier":
    from aecore.classifier import load

    del changed  # part of the key: a rewritten file is read again
    return load(checkpoints.classifier_file(data))


def quality(models: list[Opened], order: tuple[int, ...], asked: bool) -> dict[str, Any]:
    """The Fréchet figures there are; computes some more of them if asked, for a short while."""
    try:
        if asked:
            _work(models)
        return _answer(models, order)
    except CheckpointError as error:
        return {"problem": f"No figure: {error}.", "pending": False, "done": 0}


def _answer(models: list[Opened], order: tuple[int, ...]) -> dict[str, Any]:
    data = models[0].checkpoint.card.data
    known = _known(models)
    slow = [name for name, sampler in SAMPLERS.items() if sampler.meanwhile]
    wanted = [(model.checkpoint.digest, name) for model in models for name in slow]
    n_fitted = sum(key in _slow() for key in wanted)
    if data not in DATASETS or not checkpoints.classifier_file(data).is_file():
        why = NO_CLASSIFIER if data in DATASETS else OWN_DATA
        return {"problem": why, "pending": n_fitted < len(wanted), "done": n_fitted}
    near = [_arounds().get(model.checkpoint.digest) for model in models]
    found = [*(value for values in known.values() for value in values), *near]
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
    return answer | (_explained(models, known, order) if n_found else {})


def _known(models: list[Opened]) -> dict[str, list[float | None]]:
    figures = _figures()
    return {
        method: [
            figures.get((model.checkpoint.digest, method, FIGURE_SEED), {}).get("distance")
            for model in models
        ]
        for method in SAMPLERS
    }


def _work(models: list[Opened]) -> None:
    """Do what has not been done, until the answer has taken long enough."""
    start = time.monotonic()
    for method in SAMPLERS:
        for model in models:
            if time.monotonic() - start > PATIENCE_S:
                return
            _step(model, method)
    for model in models:
        if time.monotonic() - start > PATIENCE_S:
            return
        _around(model)


def _step(model: Opened, method: str) -> None:
    source = _source(model, method)
    key = (model.checkpoint.digest, method, FIGURE_SEED)
    if key in _figures() or not (classifier := _judge(model.checkpoint.card.data)):
        return
    from aecore.latents.quality import sample_quality

    network = cache.model(model.checkpoint.digest, model.checkpoint)
    _figures()[key] = asdict(sample_quality(network, source, classifier, FIGURE_SEED))


def _around(model: Opened) -> None:
    digest = model.checkpoint.digest
    if digest in _arounds() or not (classifier := _judge(model.checkpoint.card.data)):
        return
    from aecore.latents.quality import around

    network = cache.model(digest, model.checkpoint)
    codes = model.checkpoint.latents.codes
    _arounds()[digest] = around(network, codes, classifier, FIGURE_SEED)


def _judge(data: str) -> "Classifier | None":
    """The classifier whose features are compared; None where there is none for the data set."""
    if data not in DATASETS or not (file := checkpoints.classifier_file(data)).is_file():
        return None
    return _classifier(data, file.stat().st_mtime_ns)


def distance(model: Opened, method: str) -> float | None:
    """One Fréchet distance, computed where it is not known; None where there is no classifier."""
    _step(model, method)
    found = _figures().get((model.checkpoint.digest, method, FIGURE_SEED))
    return found["distance"] if found else None


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
    models: list[Opened], known: dict[str, list[float | None]], order: tuple[int, ...]
) -> dict[str, Any]:
    data = models[0].checkpoint.card.data
    classifier = _classifier(data, checkpoints.classifier_file(data).stat().st_mtime_ns)
    digests = {model.checkpoint.digest for model in models}
    figures = (figure for (digest, _, _), figure in _figures().items() if digest in digests)
    if (figure := next(figures, None)) is None:
        return {}
    n, repeats = int(figure["n"]), int(figure["repeats"])
    times = f"{repeats} × {n:,} images, mean" if repeats > 1 else f"{n:,} images"
    note = (
        f"Lower is better. Each figure: {times} (seed {FIGURE_SEED}, temperature 1) against all "
        f"{classifier.train.n:,} training images; real test images are {classifier.real.n:,} "
        f"against the same. Features: 32 of our own small classifier, which is right about "
        f"{classifier.accuracy.test:.1%} of the test images. Compare within a data set only."
    )
    return {
        "floor": classifier.floor,
        "words": _sentences([model.name for model in models], known, classifier.floor, order),
        "note": note,
    }


def _sentences(
    names: list[str], figures: dict[str, list[float | None]], floor: float, order: tuple[int, ...]
) -> list[str]:
    """Say whose samples are farther from real images, by how much, and what a mixture changes."""
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
    repaired = [
        f"{names[slot]} {_distance(prior[slot])} → {_distance(figures['mixture'][slot])}"
        for slot in order
        if prior[slot] is not None and figures["mixture"][slot] is not None
    ]
    if repaired:
        codes = "its own codes" if len(repaired) == 1 else "each model's own codes"
        said.append(f"With a mixture fitted to {codes}: {', '.join(repaired)}.")
    return said + _overtaken(names, figures, order)


def _overtaken(
    names: list[str], figures: dict[str, list[float | None]], order: tuple[int, ...]
) -> list[str]:
    """Where the worse model with a mixture beats the better one from the prior, say so."""
    prior, mixture = figures["prior"], figures["mixture"]
    if len(order) != 2 or None in prior or None in mixture:
        return []
    worse, better = sorted(order, key=lambda slot: -(prior[slot] or 0))
    if (mixture[worse] or 0) >= (prior[better] or 0):
        return []
    return [
        f"So {names[worse]} with a mixture comes nearer to real images than {names[better]} from "
        f"the prior ({_distance(mixture[worse])} against {_distance(prior[better])})."
    ]


def _distance(value: float | None) -> str:
    return "…" if value is None else f"{value:.{1 if value < 10 else 0}f}"

"""The filters' rows of the Denoise page: spoilt again as in the browser, then filtered here."""

import base64
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from aecore.arrays import ImageArray
from aecore.checkpoints import Card
from aecore.data.imageset import random_sample
from aecore.denoising import (
    FILTERS,
    N_FIT,
    Wiener,
    best_parameter,
    filters_for,
    fit_wiener,
    quality,
)
from aecore.errors import DataError
from aecore.noise import KINDS
from aecore.trials import Pair, pair
from aeview.denoise import measuring as denoising_figures
from aeview.denoise.component import Asked
from aeview.denoise.shown import NO_NOISE, Shown
from aeview.work import cache
from aeview.work.pixels import as_bytes

N_TUNE = 40
WIENER = "wiener"


def methods(card: Card) -> list[str]:
    """The filters that can be shown: Wiener's needs the training images."""
    linear = [WIENER] if cache.has_originals(card.data) else []
    return [*linear, *filters_for(card.model.shape)]


def restore(images: ImageArray, asked: Asked, card: Card) -> dict[str, dict[str, Any]]:
    """Filter what the browser shows, each method with its best parameter for this level."""
    cache.warm_up()
    spoilt = _spoilt(images, asked)
    kind, level = tuned_for(asked.shown)
    answers = {}
    for name in methods(card):
        if name == WIENER:
            fitted = _wiener(_learnt(card), kind, level)
            if fitted is None:
                continue
            restored, note = fitted(spoilt), f"fitted at {level:g}"
        else:
            parameter = best(card, kind, level, name)
            restored = FILTERS[name](spoilt, parameter)
            note = f"{FILTERS[name].words(parameter, card.model.shape)}, best at {level:g}"
        answers[name] = _answer(restored, images, note)
    return answers


def _spoilt(images: ImageArray, asked: Asked) -> ImageArray:
    """The browser's own noise, from the same seed, and its paint."""
    import torch

    from aecore.corruption import CORRUPTIONS, HOLE

    shown, spoilt = asked.shown, images.copy()
    if shown.kind != NO_NOISE:
        seeded = CORRUPTIONS[shown.kind].seeded(torch.from_numpy(images), shown.level, shown.seed)
        spoilt = seeded.numpy().copy()
    for place, text in asked.paint.items():
        painted = np.frombuffer(base64.b64decode(text), np.uint8).reshape(images.shape[2:])
        spoilt[int(place)][:, painted > 0] = HOLE
    return spoilt


def tuned_for(shown: Shown) -> tuple[str, float]:
    """The tested kind and level nearest to what is shown; without noise the weakest Gaussian."""
    kind = shown.kind if shown.kind in KINDS else "gaussian"
    if shown.kind == NO_NOISE:
        return kind, KINDS[kind].low
    levels = KINDS[kind].levels
    return kind, min(levels, key=lambda level: abs(level - shown.level))


def best(card: Card, kind: str, level: float, name: str) -> float:
    """A filter's parameter at a tested kind and level: measured before, else chosen now."""
    known = denoising_figures.parameter(card.data, kind, level, name)
    return _tuned(_learnt(card), kind, level, name) if known is None else known


def _answer(restored: ImageArray, images: ImageArray, note: str) -> dict[str, Any]:
    found = quality(restored, images)
    return {
        "pixels": base64.b64encode(as_bytes(restored).tobytes()).decode(),
        "psnr": found.psnr.tolist(),
        "ssim": found.ssim.tolist(),
        "note": note,
    }


# ---- what is fitted, once for each data set, kind and level ------------------------------------


class Learnt(NamedTuple):
    """The images that a model has learnt, and how they were brought to their shape."""

    data: str
    shape: tuple[int, ...]
    fit: str


def _learnt(card: Card) -> Learnt:
    return Learnt(card.data, tuple(card.model.shape), card.training.fit)


def _pairs(learnt: Learnt, part: str, n: int, kind: str, level: float) -> Pair | None:
    """Spoilt and clean images of a split; None where it can't be had."""
    try:
        found = cache.split(learnt.data, part, learnt.shape[-1], learnt.fit)
    except (DataError, OSError):
        return None
    if found.shape != learnt.shape or len(found) < 2:
        return None
    return pair(part, found.take(random_sample(len(found), n)).images, kind, level)


@st.cache_resource(show_spinner=False, max_entries=24)
def _wiener(learnt: Learnt, kind: str, level: float) -> Wiener | None:
    pairs = _pairs(learnt, "train", N_FIT, kind, level)
    return None if pairs is None else fit_wiener(*pairs)


@st.cache_resource(show_spinner=False, max_entries=500)
def _tuned(learnt: Learnt, kind: str, level: float, name: str) -> float:
    """Choose a parameter on validation images, where no benchmark did; else the middle one."""
    pairs = _pairs(learnt, "val", N_TUNE, kind, level)
    offered = FILTERS[name].parameters
    return offered[len(offered) // 2] if pairs is None else best_parameter(name, *pairs)

"""The filters' rows of the Denoise page: spoilt again as in the browser, then filtered here."""

import base64
import math
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from aecore.arrays import ImageArray
from aecore.checkpoints import Card
from aecore.data.imageset import ImageSet, random_sample
from aecore.denoising import FILTERS, Fitted, filters_for, linear_fits, quality
from aecore.errors import DataError
from aecore.noise import KINDS
from aecore.trials import N_TUNE, WIENER, Pair, Spoilt, fit, pair
from aeview.denoise import measuring as denoising_figures
from aeview.denoise.component import Asked
from aeview.denoise.shown import NO_NOISE, Shown
from aeview.work import cache, shipped
from aeview.work.pixels import as_bytes

MOST_TUNED, FEWEST = 150_000, 12  # numbers of the images that filters are fitted on; fewest images


def methods(card: Card) -> list[str]:
    """The filters that can be shown: those that were measured, or can be fitted to its images."""
    classical = filters_for(card.model.shape)
    if cache.has_set(card.data):
        linear = [WIENER] if linear_fits(card.model.shape) else []
        return [*linear, *classical]
    return [*classical] if shipped.denoising(card.data) else []


def restore(images: ImageArray, asked: Asked, card: Card) -> dict[str, dict[str, Any]]:
    """Filter what the browser shows, each method as fitted to this level."""
    cache.warm_up()
    spoilt = _spoilt(images, asked)
    kind, level = tuned_for(asked.shown)
    answers = {}
    for name in methods(card):
        fitted = _fitted(card, kind, level, name)
        if fitted is None:
            continue
        note = f"fitted at {level:g}"
        if fitted.parameter is not None:
            strength = FILTERS[name].words(fitted.parameter, card.model.shape)
            note = f"{strength}, best at {level:g}"
        answers[name] = _answer(fitted(spoilt), images, note)
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


def _fitted(card: Card, kind: str, level: float, name: str) -> Fitted | None:
    """A filter for a tested kind and level: as measured, else fitted now."""
    if name == WIENER:
        return _wiener(_learnt(card), kind, level)
    known = denoising_figures.fitted(card.data, kind, level, name)
    return known or _tuned(_learnt(card), kind, level, name)


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
    shape: tuple[int, int, int]
    fit: str


def _learnt(card: Card) -> Learnt:
    return Learnt(card.data, card.model.shape, card.training.fit)


def _split(learnt: Learnt, part: str) -> ImageSet | None:
    """A split of them; None where it can't be had."""
    try:
        found = cache.split(learnt.data, part, learnt.shape[1:], learnt.fit)
    except (DataError, OSError):
        return None
    return found if found.shape == learnt.shape and len(found) >= 2 else None


def _pairs(learnt: Learnt, kind: str, level: float) -> Pair | None:
    """Spoilt and clean validation images, as benchmarks take them; of large ones fewer."""
    found = _split(learnt, "val")
    if found is None:
        return None
    n = max(FEWEST, min(N_TUNE, MOST_TUNED // math.prod(learnt.shape)))
    clean = found.take(random_sample(len(found), n)).images
    return pair("val", clean, kind, level)


@st.cache_resource(show_spinner=False, max_entries=24)
def _wiener(learnt: Learnt, kind: str, level: float) -> Fitted | None:
    train, pairs = _split(learnt, "train"), _pairs(learnt, kind, level)
    if train is None or pairs is None:
        return None
    return fit(WIENER, Spoilt(train.pixels, kind, level), pairs)


@st.cache_resource(show_spinner=False, max_entries=500)
def _tuned(learnt: Learnt, kind: str, level: float, name: str) -> Fitted | None:
    pairs = _pairs(learnt, kind, level)
    return None if pairs is None else fit(name, (), pairs)

"""Every way of taking noise off, tried on the same spoilt images."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from aecore.arrays import ImageArray, Pixels
from aecore.data.imageset import SPLITS
from aecore.denoising import (
    MOST_WHOLE,
    Filter,
    Fitted,
    ToneCurve,
    classical,
    filters_for,
    fit_filter,
    fit_tone,
    fit_wiener,
    linear_fits,
    n_weights,
    quality,
)

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder

BATCH = 500
N_TUNE = 60  # validation images that filters are fitted on
N_PAIRS = 25_000  # the linear filter's training images are spoilt anew until there are as many
PAIRS_A_WEIGHT = 32  # of large images, which are weighted along few axes
LINEAR_BATCH = 5000
WIENER = "wiener"


class Measured(NamedTuple):
    """Means over n test images of one method at one kind and level.

    Attributes:
        method: "noisy", a network's name, "wiener" or a name in `FILTERS`.
        psnr: decibels.
        ssim: −1 to 1.
        n: test images.
        parameter: of a filter; None for what has none.
        tone: of a filter; None for what has none.
    """

    method: str
    psnr: float
    ssim: float
    n: int
    parameter: float | None = None
    tone: ToneCurve | None = None


class Splits(NamedTuple):
    """Clean images: to fit on, to choose parameters on, to measure on.

    Those of `train` may be as they are stored, 0 to 255.
    """

    train: ImageArray | Pixels
    val: ImageArray
    test: ImageArray


class Pair(NamedTuple):
    """The same images spoilt and clean."""

    spoilt: ImageArray
    clean: ImageArray


@dataclass(frozen=True, slots=True)
class Trial:
    """One kind and level of noise on images of three splits, each spoilt by a draw of its own.

    Attributes:
        train: batches of pairs that the linear filter is fitted on.
        val, test: filters' strengths and tone curves are fitted on `val`, and everything is
            measured on `test`.
    """

    train: Iterable[Pair]
    val: Pair
    test: Pair

    def of_network(self, name: str, model: "Autoencoder") -> Measured:
        """Measure a network by its reconstructions of spoilt test images."""
        import torch

        spoilt = torch.from_numpy(self.test.spoilt)
        with torch.no_grad():
            restored = [model.reconstruct(part).numpy() for part in torch.split(spoilt, BATCH)]
        return self._measured(name, np.concatenate(restored))

    def of_noisy(self) -> Measured:
        """Measure the spoilt images as they are."""
        return self._measured("noisy", self.test.spoilt)

    def of_wiener(self) -> Measured:
        """Fit the linear filter and measure it."""
        return self.of_filter(WIENER)

    def of_filter(self, name: str, chosen: Filter | None = None) -> Measured:
        """Fit a filter, of `FILTERS` unless given, and measure it."""
        fitted = fit_filter(chosen, *self.val) if chosen else fit(name, self.train, self.val)
        found = self._measured(name, fitted(self.test.spoilt))
        return found._replace(parameter=fitted.parameter, tone=fitted.tone)

    def _measured(self, name: str, restored: ImageArray) -> Measured:
        found = quality(restored, self.test.clean)
        means = float(found.psnr.mean()), float(found.ssim.mean())
        return Measured(name, *means, len(restored))


def trial(kind: str, level: float, images: Splits, seed: int = 0) -> Trial:
    """Spoil images of the three splits."""
    val, test = (
        pair(part, clean, kind, level, seed) for part, clean in zip(SPLITS, images, strict=True)
        if part != "train"
    )  # fmt: skip
    return Trial(Spoilt(images.train, kind, level, seed), val, test)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """All training images in batches, spoilt anew until there are `n_wanted` pairs or more.

    Of large images an even choice, where there are twice as many or more.

    Attributes:
        images: intensity in [0, 1], or as stored, 0 to 255.
        kind, level, seed: of the noise.
    """

    images: ImageArray | Pixels
    kind: str
    level: float
    seed: int = 0

    @property
    def n_wanted(self) -> int:
        """Pairs that the linear filter's weights need."""
        n, shape = len(self.images), self.images.shape[1:]
        large = math.prod(shape) > MOST_WHOLE
        return PAIRS_A_WEIGHT * n_weights(n, shape) if large else N_PAIRS

    def __iter__(self) -> Iterator[Pair]:
        """Spoil batch by batch."""
        wanted, shape = self.n_wanted, self.images.shape[1:]
        large = math.prod(shape) > MOST_WHOLE
        images = self.images[:: max(1, len(self.images) // wanted)] if large else self.images
        for again in range(-(-wanted // max(len(images), 1))):
            for start in range(0, len(images), LINEAR_BATCH):
                clean = images[start : start + LINEAR_BATCH]
                if clean.dtype == np.uint8:
                    clean = clean.astype(np.float32) / 255
                yield pair(f"train {again} {start}", clean, self.kind, self.level, self.seed)


def fit(name: str, train: Iterable[Pair], val: Pair) -> Fitted:
    """Fit a filter of `FILTERS` on validation pairs, or the linear one on training pairs, too."""
    if name != WIENER:
        return fit_filter(classical(name), *val)
    wiener = fit_wiener(train)
    return Fitted(wiener, fit_tone(wiener(val.spoilt), val.clean))


def pair(part: str, clean: ImageArray, kind: str, level: float, seed: int = 0) -> Pair:
    """Spoil images of one split; its name and the seed give the draws."""
    import torch

    from aecore.corruption import corruption
    from aecore.seeding import stream

    draws = stream(seed, f"{part} {kind} {level:g}")
    return Pair(corruption(kind)(torch.from_numpy(clean), level, draws).numpy(), clean)


def compare(
    made: Trial, models: Mapping[str, "Autoencoder"], filters: Iterable[str] | None = None
) -> Iterator[Measured]:
    """Measure the spoilt images, each network, the linear filter and each classical one.

    The linear filter is left out where images are too large for it.
    """
    shape = made.test.clean.shape[1:]
    filters = filters_for(shape) if filters is None else filters
    yield made.of_noisy()
    for name, model in models.items():
        yield made.of_network(name, model)
    if linear_fits(shape):
        yield made.of_wiener()
    for name in filters:
        yield made.of_filter(name)


def curves(found: Iterable[tuple[str, float, Measured]]) -> dict[str, dict[str, Any]]:
    """Figures by kind of noise: its levels, and each method's values at them, in their order."""
    kinds: dict[str, dict[str, Any]] = {}
    for kind, level, one in found:
        made = kinds.setdefault(kind, {"levels": [], "rows": {}})
        if level not in made["levels"]:
            made["levels"].append(level)
        curve = made["rows"].setdefault(one.method, {"psnr": [], "ssim": []})
        curve["psnr"].append(round(one.psnr, 3))
        curve["ssim"].append(round(one.ssim, 4))
        if one.parameter is not None:
            curve.setdefault("parameters", []).append(one.parameter)
            if one.tone is not None:
                knots = (one.tone.before, one.tone.after)
                curve.setdefault("tones", []).append([part.round(3).tolist() for part in knots])
    return kinds

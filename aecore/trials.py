"""Every way of taking noise off, tried on the same spoilt images."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from aecore.arrays import ImageArray
from aecore.data.imageset import SPLITS
from aecore.denoising import best_parameter, classical, filters_for, fit_wiener, quality

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder

BATCH = 500


class Measured(NamedTuple):
    """Means over n test images of one method at one kind and level.

    Attributes:
        method: "noisy", a network's name, "wiener" or a name in `FILTERS`.
        psnr: decibels.
        ssim: −1 to 1.
        n: test images.
        parameter: of a filter; None for what has none.
    """

    method: str
    psnr: float
    ssim: float
    n: int
    parameter: float | None = None


class Splits(NamedTuple):
    """Clean images: to fit on, to choose parameters on, to measure on."""

    train: ImageArray
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
        train, val, test: filters are fitted on `train`, their parameters chosen on `val`, and
            everything is measured on `test`.
    """

    train: Pair
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
        """Fit the linear filter on the training pairs and measure it."""
        return self._measured("wiener", fit_wiener(*self.train)(self.test.spoilt))

    def of_filter(self, name: str) -> Measured:
        """Choose a filter's parameter on the validation pairs and measure it."""
        parameter = best_parameter(name, *self.val)
        return self._measured(name, classical(name)(self.test.spoilt, parameter), parameter)

    def _measured(
        self, name: str, restored: ImageArray, parameter: float | None = None
    ) -> Measured:
        found = quality(restored, self.test.clean)
        means = float(found.psnr.mean()), float(found.ssim.mean())
        return Measured(name, *means, len(restored), parameter)


def trial(kind: str, level: float, images: Splits, seed: int = 0) -> Trial:
    """Spoil images of the three splits."""
    parts = zip(SPLITS, images, strict=True)
    return Trial(*(pair(part, clean, kind, level, seed) for part, clean in parts))


def pair(part: str, clean: ImageArray, kind: str, level: float, seed: int = 0) -> Pair:
    """Spoil images of one split, whose name and the seed give the draws."""
    import torch

    from aecore.corruption import corruption
    from aecore.seeding import stream

    draws = stream(seed, f"{part} {kind} {level:g}")
    return Pair(corruption(kind)(torch.from_numpy(clean), level, draws).numpy(), clean)


def compare(
    made: Trial, models: Mapping[str, "Autoencoder"], filters: Iterable[str] | None = None
) -> Iterator[Measured]:
    """Measure the spoilt images, each network, the linear filter and each classical one."""
    filters = filters_for(made.test.clean.shape[1:]) if filters is None else filters
    yield made.of_noisy()
    for name, model in models.items():
        yield made.of_network(name, model)
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
    return kinds

"""How a model from elsewhere wants its images and gives them: found by what rebuilds best."""

import math
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from aecore.arrays import CodeArray, ImageArray
from aecore.errors import ForeignModelError

N_TRIED = 64
CLEARLY = 1.2  # a plainer way stands unless another's error is smaller by more than this
NEARLY = 1.5  # another way may be meant, too, where its error is larger by no more than this
LAYOUTS: dict[str, tuple[int, ...]] = {  # axes of (n, channels, height, width), in their order
    "channels first": (0, 1, 2, 3),
    "channels last": (0, 2, 3, 1),
    "signal": (0, 1, 3),
    "signal, channels last": (0, 3, 1),
    "flat": (0,),
}
PLAIN, LOGITS, SCALED = "intensity", "logits", "scaled"


class Way(NamedTuple):
    """How images enter a model and leave it.

    Attributes:
        layout: a name in `LAYOUTS`.
        shift, scale: intensity x in [0, 1] enters as (x − shift) / scale.
        output: "intensity", "logits" of it, or "scaled": as it enters.
    """

    layout: str = "channels first"
    shift: float = 0.0
    scale: float = 1.0
    output: str = PLAIN

    def enter(self, images: ImageArray) -> np.ndarray:
        """Bring images (n, channels, height, width) to what the encoder takes."""
        scaled = ((images - np.float32(self.shift)) / np.float32(self.scale)).astype(np.float32)
        axes = LAYOUTS[self.layout]
        if len(axes) == 1:
            return scaled.reshape(len(scaled), -1)
        lost = tuple(set(range(4)) - set(axes))
        order = [*axes, *lost]
        return scaled.transpose(order).reshape([scaled.shape[axis] for axis in axes])

    def leave(self, made: np.ndarray, shape: tuple[int, int, int]) -> ImageArray:
        """Bring what the decoder gives to images; intensities may leave [0, 1].

        Raises:
            ForeignModelError: where it has another number of pixels.
        """
        if made.size != len(made) * math.prod(shape):
            raise ForeignModelError(
                f"the decoder gives {made.shape[1:]}, but the images are {shape}"
            )
        images = self._ordered(made.astype(np.float32), shape)
        if self.output == LOGITS:
            return expit(images)
        if self.output == SCALED:
            return images * np.float32(self.scale) + np.float32(self.shift)
        return images

    def _ordered(self, made: np.ndarray, shape: tuple[int, int, int]) -> ImageArray:
        channels, height, width = shape
        last = "last" in self.layout and channels > 1
        if last and made.shape[1:] != shape:
            return made.reshape(-1, height, width, channels).transpose(0, 3, 1, 2)
        return made.reshape(-1, *shape)

    def words(self, layout: str = "") -> str:
        """Say it in words, of a layout with a name of its own where one is given."""
        low, high = (0 - self.shift) / self.scale, (1 - self.shift) / self.scale
        said = {PLAIN: "intensity in [0, 1]", LOGITS: "logits", SCALED: "as they enter"}
        return f"images {layout or self.layout}, {low:.3g} to {high:.3g}; out {said[self.output]}"


class Match(NamedTuple):
    """A way, and how well it rebuilds.

    Attributes:
        way: how images enter and leave.
        mse: its squared error per pixel, mean.
        variance: that of answering the mean image always.
    """

    way: Way
    mse: float
    variance: float


Encode = Callable[[np.ndarray], CodeArray]
Decode = Callable[[CodeArray], np.ndarray]


def match(
    encode: Encode, decode: Decode, images: ImageArray, layouts: Collection[str] = LAYOUTS
) -> Match:
    """The first of `matches`."""
    return matches(encode, decode, images, layouts)[0]


def matches(
    encode: Encode, decode: Decode, images: ImageArray, layouts: Collection[str] = LAYOUTS
) -> tuple[Match, ...]:
    """Try every way on up to 64 images: the one that rebuilds them best, then the others.

    Of ways about as good the plainest is the first, intensities as they are; the others follow by
    their error.

    Args:
        encode: from images as they enter to codes (n, d).
        decode: from codes to what leaves.
        images: intensity in [0, 1].
        layouts: to try.

    Raises:
        ForeignModelError: where none can be run, with what the last one said.
    """
    some = images[np.linspace(0, len(images) - 1, min(len(images), N_TRIED)).astype(int)]
    shape = some.shape[1], some.shape[2], some.shape[3]
    tried: list[tuple[float, Way]] = []
    why = "no way was tried"
    for entering in _entering(some, layouts):
        try:
            made = np.asarray(decode(encode(entering.enter(some))))
            for way in _leaving(entering):
                rebuilt = np.clip(way.leave(made, shape), 0, 1)
                tried.append((float(np.square(rebuilt - some).mean()), way))
        except Exception as error:  # noqa: BLE001  # another layout raises whatever the model does
            why = " ".join(str(error).split())[:200] or type(error).__name__
    finite = [each for each in tried if math.isfinite(each[0])]
    if not finite:
        why = "what it gives is not finite" if tried else why
        raise ForeignModelError(f"the model can't rebuild these images {shape}: {why}")
    least = min(mse for mse, _ in finite)
    best = next(each for each in finite if each[0] <= CLEARLY * least)
    others = sorted((each for each in finite if each is not best), key=lambda each: each[0])
    variance = float(np.square(some - some.mean(axis=0)).mean())
    return tuple(Match(way, mse, variance) for mse, way in (best, *others))


def _entering(images: ImageArray, layouts: Collection[str]) -> Iterator[Way]:
    mean, spread = float(images.mean()), float(images.std()) or 1.0
    signal = images.shape[2] == 1
    for layout in layouts:
        if "signal" in layout and not signal:
            continue
        for shift, scale in ((0.0, 1.0), (0.5, 0.5), (mean, spread)):
            yield Way(layout, shift, scale)


def _leaving(way: Way) -> Iterator[Way]:
    for output in (PLAIN, LOGITS, SCALED):
        if output != SCALED or (way.shift, way.scale) != (0.0, 1.0):
            yield way._replace(output=output)

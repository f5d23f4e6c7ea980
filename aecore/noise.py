"""Random numbers that the engine and the browser draw alike, number by number.

A counter-based generator needs no state: the draw for sample i and unit j depends on the seed, the
stream, i and j alone, so that more samples never change the first ones. Philox-4×32 with 10 rounds
(Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3");
`aeview/browser/net/noise.js` is the same in the browser. No torch.

`KINDS` says what can be done to an image with such numbers; `corruption` does it.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt32

from aecore.arrays import CodeArray, LabelArray, ValueArray
from aecore.configs import require

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
WORDS = 4
MAX_SEED = 2**32 - 1
STREAMS = ("codes", "components", "neighbourhood", "posterior", "corruption")
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def philox(
    counter: tuple[UInt32[np.ndarray, " n"], ...], key: tuple[int, int]
) -> UInt32[np.ndarray, "4 n"]:
    """Four random words for each counter of four words."""
    a, b, c, d = (np.asarray(word, dtype=np.uint64) for word in counter)
    k = [np.uint64(word) for word in key]
    for _ in range(ROUNDS):
        left, right = a * np.uint64(MULTIPLIERS[0]), c * np.uint64(MULTIPLIERS[1])
        a, c = (right >> _HALF) ^ b ^ k[0], (left >> _HALF) ^ d ^ k[1]
        b, d = right & _LOW, left & _LOW
        k = [(word + np.uint64(step)) & _LOW for word, step in zip(k, KEY_STEPS, strict=True)]
    return np.stack(np.broadcast_arrays(a, b, c, d)).astype(np.uint32)


def uniform(seed: int, stream: str, n: int, d: int = 1) -> Float[np.ndarray, "n d"]:
    """Numbers in (0, 1), never 0 or 1: the word's place in a grid of 2³² cells.

    Raises:
        ValueError: for a seed out of range or an unknown stream.
    """
    require(0 <= seed <= MAX_SEED, "seed", seed, f"0 to {MAX_SEED:,}")
    require(stream in STREAMS, "stream", stream, f"one of {', '.join(STREAMS)}")
    n_blocks = -(-d // WORDS)
    sample, block = np.divmod(np.arange(n * n_blocks, dtype=np.uint32), np.uint32(n_blocks))
    zero = np.zeros_like(block)
    words = philox((block, sample, zero + np.uint32(STREAMS.index(stream)), zero), (seed, 0))
    return (words.T.reshape(n, n_blocks * WORDS)[:, :d] + 0.5) / 2.0**32


def normal(seed: int, stream: str, n: int, d: int) -> CodeArray:
    """Standard normal numbers (n, d), each the quantile of a uniform one."""
    from scipy.special import ndtri

    return ndtri(uniform(seed, stream, n, d))


def classes(uniforms: ValueArray, n_classes: int) -> LabelArray:
    """A class for each number in (0, 1), all as likely."""
    return np.minimum((uniforms * n_classes).astype(np.int64), n_classes - 1)


def component(seed: int, n: int) -> ValueArray:
    """One number in (0, 1) for each sample: which component of a mixture it comes from."""
    return uniform(seed, "components", n)[:, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to spoil an image.

    Attributes:
        title: for the screen.
        level: what its level counts.
        low, high: the range of the level that is offered and measured.
        step: between two levels that are measured.
        draws: "normal" or "uniform": the numbers it needs.
        count: how many of them: one for each "value" or each "pixel", or two for a "place".
        change: what is done, as "module:name" (it needs torch): (images, levels (n, 1, 1, 1),
            draws (n, k)) → images.
        axis: the level in a word or two.
        first: the level to begin with where images are damaged to look strange.
        in_browser: whether `corruption.js` has a copy. Without one it is offered where Python
            spoils (Train, Anomaly), not where the browser does (Denoise, Inside).
    """

    title: str
    level: str
    low: float
    high: float
    step: float
    draws: str
    count: str
    change: str
    axis: str
    first: float
    in_browser: bool = False

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels that are measured, from the lowest to the highest."""
        n_steps = round((self.high - self.low) / self.step)
        return tuple(round(self.low + i * self.step, 1) for i in range(n_steps + 1))


KINDS: dict[str, Kind] = {
    "gaussian": Kind(
        title="Gaussian noise",
        level="standard deviation σ of the noise; the sum is clipped to [0, 1]",
        low=0.1, high=1.0, step=0.1, draws="normal", count="value", axis="σ", first=0.2,
        change="aecore.corruption:gaussian", in_browser=True,
    ),
    "salt_and_pepper": Kind(
        title="Salt and pepper",
        level="share of the pixels that are set to 0 or 1, half of them each",
        low=0.1, high=0.9, step=0.2, draws="uniform", count="pixel", axis="share of pixels",
        first=0.05, change="aecore.corruption:salt_and_pepper", in_browser=True,
    ),
    "masking": Kind(
        title="Masked pixels",
        level="share of the pixels that are set to 0",
        low=0.1, high=0.9, step=0.2, draws="uniform", count="pixel", axis="share of pixels",
        first=0.2, change="aecore.corruption:masking", in_browser=True,
    ),
    "patches": Kind(
        title="Missing patch",
        level="width of the patch that is set to 0.5, as a share of the image's width",
        low=0.2, high=0.5, step=0.1, draws="uniform", count="place", axis="width", first=0.3,
        change="aecore.corruption:patches", in_browser=True,
    ),
}  # fmt: skip


def live() -> dict[str, Kind]:
    """Return the kinds that the browser has too."""
    return {name: kind for name, kind in KINDS.items() if kind.in_browser}


def n_draws(kind: str, shape: tuple[int, ...]) -> int:
    """How many numbers a kind needs for one image of (channels, height, width).

    One for each value, one for each pixel, or the place of a patch.
    """
    count = KINDS[kind].count
    return 2 if count == "place" else math.prod(shape if count == "value" else shape[1:])

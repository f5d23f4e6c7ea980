"""Sizes to which a user's own pictures are brought: which are allowed, and what suits a set.

Where a person reads or writes a size it is width × height, as that of any picture; arrays have
their height first.
"""

import re
from collections import Counter
from typing import NamedTuple

import numpy as np

from aecore.configs import Setting, require

LEAST, MOST, STEP = 8, 128, 4  # pixels of a side
ALLOWED = f"from {LEAST} to {MOST} in steps of {STEP}"
WRITTEN = re.compile(r"(\d+)(?:\s*[x×]\s*(\d+))?", re.IGNORECASE)
KEPT = 64  # pixels of the longer side up to which pictures keep their size …
REDUCED = 48  # … and to which larger ones are brought, unless said
ALIKE = 1.15  # the widest of two proportions that are called the same, over the narrower
MOSTLY = 0.5  # of the pictures must have the proportions that the set is said to have

SIDE = Setting(
    name="side",
    kind=int,
    low=LEAST,
    high=MOST,
    step=STEP,
    title="Longer side",
    unit="pixels",
    help=f"To which images are brought: {ALLOWED}. It begins with what suits them: their own size "
    f"up to {KEPT} pixels, else {REDUCED}.",
)

Side = int | str | tuple[int, int]
"""A square's side, "48x32" as width x height, or (height, width)."""


class Size(NamedTuple):
    """Height and width in pixels; of a signal 1 and its samples."""

    height: int
    width: int

    def __str__(self) -> str:
        """Say it as width × height: "48×32"."""
        return f"{self.width}×{self.height}"

    @classmethod
    def of(cls, side: Side) -> "Size":
        """Read a size in any of its forms.

        Raises:
            ValueError: for a text that is none.

        Example:
            >>> Size.of("48x32"), str(Size.of(28))
            (Size(height=32, width=48), '28×28')
        """
        if isinstance(side, str):
            found = WRITTEN.fullmatch(side.strip())
            if found is None:
                raise ValueError(
                    f"side is {side!r}, but must be a number of pixels such as 32, or width x "
                    "height such as 48x32"
                )
            wide, high = (int(each) for each in (found[1], found[2] or found[1]))
            return cls(high, wide)
        return cls(side, side) if isinstance(side, int) else cls(*side)

    @property
    def written(self) -> str:
        """As `--side` takes it: "28", "48x32"."""
        return f"{self.width}" if self.height == self.width else f"{self.width}x{self.height}"

    @property
    def plain(self) -> int | str:
        """As one would type it in Python: 28, "48x32"; of a signal how many samples it has."""
        return self.width if self.height in (1, self.width) else self.written

    @property
    def longer(self) -> int:
        """The longer side."""
        return max(self)

    def checked(self) -> "Size":
        """Return it, if pictures can be brought to it.

        Raises:
            ValueError: with what is allowed.
        """
        for side in self:
            fits = LEAST <= side <= MOST and side % STEP == 0
            require(fits, "side", side, ALLOWED)
        return self

    def scaled(self, longer: int) -> "Size":
        """The same proportions with another longer side, each side to the nearest step."""
        return _sized(longer, self.width / self.height)


def suited(sizes: Counter[tuple[int, int]]) -> Size:
    """Choose the size that suits pictures of these widths and heights.

    Their proportions, where most have about the same, else a square; and their own size up to 64
    pixels, else 48 for the longer side. Square pictures of 28 pixels for none.

    Example:
        >>> str(suited(Counter({(640, 480): 9, (28, 28): 1}))), str(suited(Counter({(20, 60): 9})))
        ('48×36', '20×60')
    """
    sizes = +sizes  # those that there are
    if not sizes:
        return Size(28, 28)
    counts = np.array(list(sizes.values()))
    wide, high = np.array(list(sizes), dtype=np.float64).T
    shape = np.repeat(np.log(wide / high), counts)
    middle = float(np.median(shape))
    alike = float((abs(shape - middle) <= np.log(ALIKE)).mean())
    longer = float(np.median(np.repeat(np.maximum(wide, high), counts)))
    kept = longer if longer <= KEPT else REDUCED
    return _sized(kept, float(np.exp(middle)) if alike > MOSTLY else 1.0)


def _sized(longer: int | float, proportion: float) -> Size:
    """A size by its longer side and its width over its height."""
    return Size(_stepped(longer / max(proportion, 1)), _stepped(longer * min(proportion, 1)))


def _stepped(length: int | float) -> int:
    return min(MOST, max(LEAST, STEP * round(length / STEP)))

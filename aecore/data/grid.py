"""Images drawn from known factors, each of which has a few values: which combinations there are.

A data set of this kind says its factors once, as a `Grid`; its splits are fixed and share no
combination. No torch.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aecore.arrays import FactorArray
from aecore.configs import require

SPLIT_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Independent factors and how many of their combinations each split holds.

    Attributes:
        sizes: how many values each factor has, by its name; 20 at most, because MIG's histogram
            has 20 bins.
        categorical: the factors whose values have no order.
        n_images: of each split, in the order in which the splits take their combinations.

    Example:
        >>> grid = Grid(sizes={"shape": 3, "x": 4}, categorical=("shape",), n_images={"test": 12})
        >>> sorted(map(tuple, grid.split("test").tolist()))[:2]
        [(0, 0), (0, 1)]
    """

    sizes: Mapping[str, int]
    categorical: tuple[str, ...]
    n_images: Mapping[str, int]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the factors, in the order of the columns."""
        return tuple(self.sizes)

    def split(self, split: str) -> FactorArray:
        """Return the factors of a split's images, row by row: (n, k) positions."""
        order = np.random.default_rng(SPLIT_SEED).permutation(math.prod(self.sizes.values()))
        start = 0
        for name, n_images in self.n_images.items():
            if name == split:
                break
            start += n_images
        return self._combination(order[start : start + self.n_images[split]])

    def sample(self, n_images: int, seed: int) -> FactorArray:
        """Draw independent, uniform factors: (n, k) positions."""
        n_all = math.prod(self.sizes.values())
        return self._combination(np.random.default_rng(seed).integers(n_all, size=n_images))

    def check(self, factors: FactorArray) -> None:
        """Refuse a position that a factor does not have.

        Raises:
            ValueError: naming all factors and their positions.
        """
        inside = ((factors >= 0) & (factors < np.array(list(self.sizes.values())))).all()
        allowed = ", ".join(f"{name} 0 to {size - 1}" for name, size in self.sizes.items())
        require(bool(inside), "factors", f"{factors.min()} … {factors.max()}", allowed)

    def _combination(self, numbers: np.ndarray) -> FactorArray:
        places = np.unravel_index(numbers, tuple(self.sizes.values()))
        return np.stack(places, axis=1).astype(np.int64)

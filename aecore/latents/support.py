"""How well a code is supported by data: is any training image near?

The distance of a code to the training codes is compared with the distances that the training
codes have among themselves, each left out in turn. The support is the share of training codes
that lie at least as far from their neighbours: 1 in the thick of the data, 0 where nothing is
near. It is the p-value of a conformal test (Vovk, Gammerman & Shafer 2005) with the k-nearest-
neighbour distance as its score.
"""

import numpy as np

from aecore.arrays import CodeArray, ValueArray
from aecore.latents.neighbours import nearest

N_NEIGHBOURS = 5
WORDS = (
    (0.5, "as near as most training images"),
    (0.1, "farther out than most training images"),
    (0.01, "farther out than 9 in 10 training images"),
    (0.0, "no training image near here"),
)


class Support:
    """Support of any code by a set of training codes.

    Args:
        codes: (n, d) codes of training images, at least 2.
    """

    def __init__(self, codes: CodeArray) -> None:
        if len(codes) < 2:
            raise ValueError(f"codes has {len(codes)} rows, but support needs at least 2")
        self.codes = codes
        among = nearest(codes, codes, N_NEIGHBOURS, leave_one_out=True)
        self.reference = np.sort(among.distance.mean(axis=1)).astype(np.float32)

    def distance(self, codes: CodeArray) -> ValueArray:
        """Mean Euclidean distance to the 5 nearest training codes."""
        return nearest(self.codes, codes, N_NEIGHBOURS).distance.mean(axis=1)

    def share(self, codes: CodeArray) -> ValueArray:
        """Share of training codes at least as far from their neighbours, 0 to 1."""
        below = np.searchsorted(self.reference, self.distance(codes), side="left")
        return 1 - below / len(self.reference)


def words(share: float) -> str:
    """Say a support in plain words."""
    return next(text for least, text in WORDS if share >= least)

"""How well a code is supported by data: is any training image near, for where the code lies?

A code's isolation is its distance to its nearest training codes over its distance to those around
it, a wider circle: what counts is a gap, measured by how dense its surroundings are. (The local
outlier factor of Breunig et al. 2000 compares with the neighbours' own distances instead.) The
support is the share of training codes, each left out in turn, that are at least as isolated: 1 in
the thick of the data, 0 where nothing is near. It is the p-value of a conformal test (Vovk,
Gammerman & Shafer 2005) with the isolation as its score.

A VAE's units count by what their posteriors tell. Its prior gives all of them the same scale, so
that a unit that the decoder ignores would weigh as much as any other. The mean posterior variance
σ² of a unit is 1 if it tells nothing, and 1/σ² − 1 is what it adds to the precision of the prior:
squared differences are multiplied by it. `benchmarks/support.py` compares the measures.
"""

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray, ValueArray
from aecore.checkpoints import LatentTable
from aecore.latents.neighbours import Neighbours, nearest

N_NEAR = 5
MOST_AROUND = 200
WORDS = (
    (0.5, "as near as most training images"),
    (0.1, "more isolated than most training images"),
    (0.01, "more isolated than 9 in 10 training images"),
    (0.0, "no training image near here"),
)

ABOUT = (
    "**Support** compares how far a code is from its 5 nearest training codes with how far it is "
    "from the up to 200 around it, and is the share of training images that are at least as "
    "isolated. Units that a VAE leaves unused don't count. It says whether training images are "
    "near, not whether the picture is good: half-way between two classes a code can have support "
    "and decode to neither."
)


class Support:
    """Support of any code by a set of training codes.

    Args:
        codes: (n, d) codes of training images, at least 2.
        spreads: (n, d) standard deviations of their posteriors; 0 or None without a posterior.

    Attributes:
        scale: (d,) what a unit is multiplied by before distances are measured.
        around: how many nearest codes make the wider circle.
        reference: (n,) isolation of each training code among the others, ascending.

    Example:
        >>> import numpy as np
        >>> codes = np.random.default_rng(0).standard_normal((500, 2)).astype(np.float32)
        >>> support = Support(codes)
        >>> inside, outside = support.share(np.float32([[0, 0], [9, 9]]))
        >>> bool(inside > 0.1), float(outside)
        (True, 0.0)
    """

    def __init__(self, codes: CodeArray, spreads: CodeArray | None = None) -> None:
        if len(codes) < 2:
            raise ValueError(f"codes has {len(codes)} rows, but support needs at least 2")
        self.codes, self.scale = codes, _scale(codes.shape[1], spreads)
        self.around = min(MOST_AROUND, max(2 * N_NEAR, len(codes) // 4))
        self._scaled = codes * self.scale
        among = nearest(self._scaled, self._scaled, self.around, leave_one_out=True)
        self.reference = np.sort(_isolation(among.distance)).astype(np.float32)

    @classmethod
    def of(cls, table: LatentTable) -> "Support":
        """Support by the training images of a table of codes."""
        return cls(table.training_codes, table.training_spreads)

    def circles(self) -> dict[str, int]:
        """What the browser needs to measure alike: how many codes are near, how many around."""
        return {"near": N_NEAR, "around": self.around}

    def isolation(self, codes: CodeArray) -> ValueArray:
        """Distance to the 5 nearest training codes over that to the wider circle, 0 to 1."""
        return _isolation(self.nearest(codes, self.around).distance)

    def nearest(self, codes: CodeArray, k: int) -> Neighbours:
        """The k nearest training codes of each code, as rows of `codes`; in scaled distances."""
        return nearest(self._scaled, codes * self.scale, k)

    def share(self, codes: CodeArray) -> ValueArray:
        """Share of training codes that lie at least as isolated, 0 to 1."""
        below = np.searchsorted(self.reference, self.isolation(codes), side="left")
        return 1 - below / len(self.reference)


def _scale(d: int, spreads: CodeArray | None) -> Float[np.ndarray, " d"]:
    if spreads is None or not spreads.any():
        return np.ones(d, np.float32)
    variance = np.square(spreads.astype(np.float64)).mean(axis=0)
    return np.sqrt(np.maximum(1 / variance - 1, 0)).astype(np.float32)


def _isolation(distance: Float[np.ndarray, "n k"]) -> ValueArray:
    around = distance.mean(axis=1)
    return distance[:, :N_NEAR].mean(axis=1) / np.where(around > 0, around, 1)


def words(share: float) -> str:
    """Say a support in plain words."""
    return next(text for least, text in WORDS if share >= least)

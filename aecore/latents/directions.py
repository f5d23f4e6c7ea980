"""The directions in which a decoder changes its picture most, here, as far as the codes go.

A decoder D carries the distance between pictures back to codes: a step u from z changes the
picture by ‖J u‖ to first order, J the Jacobian of D at z, so that JᵀJ is a metric of latent space
(Shao, Kumar & Fletcher 2018, "The Riemannian geometry of deep generative models"; Arvanitidis,
Hansen & Hauberg 2018, "Latent space oddity"). The right singular vectors of J change the picture
most for their length (Ramesh, Choi & LeCun 2018, "A spectral regularizer for unsupervised
disentanglement"), but lead to where no codes are. So a step is measured by the codes around z:
uᵀ C⁻¹ u, with C the covariance of the nearest training codes. What changes the picture most is
then u = C^½ v, v a right singular vector of J C^½. `benchmarks/directions.py` compares them.

`aeview/browser/net/directions.js` repeats it; `constants` is sent to it.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray
from aecore.latents.support import Support
from aecore.latents.traversal import Unit

N_NEIGHBOURS = 16
N_DIRECTIONS = 2  # as many as a sheet of pictures has

Steps = Float[np.ndarray, "n code"]


def constants() -> dict[str, int]:
    """What the browser needs to find the same directions."""
    return {"neighbours": N_NEIGHBOURS}


def local_directions(
    decode: Callable[[CodeArray], np.ndarray], support: Support, code: Float[np.ndarray, " code"]
) -> Steps:
    """Find the two directions in which the picture changes most for what the neighbours vary.

    With X the offsets x of the k = 16 nearest training codes from their mean, over √k, C = XᵀX,
    and J Xᵀ has the left singular vectors of J C^½: u = Xᵀ a, with a one of its right singular
    vectors. J x is taken as D(z + x) less the mean of these, not in the limit: the steps that are
    shown are as long.

    Args:
        decode: codes (n, d) to images, with any axes after the first.
        support: knows the training codes, and what a unit counts when the nearest are sought.
        code: the place, (d,).

    Returns:
        (2, d): each a step of one standard deviation of the neighbours along it; the first is the
        one with the larger change. The largest number of each is positive. Zeros where the
        neighbours differ in fewer than two directions.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> codes = (rng.standard_normal((400, 3)) * [1, 1, 0.01]).astype(np.float32)
        >>> pixels = np.float32([[9, 0, 0], [0, 1, 0], [0, 0, 50]])  # no codes go the third way
        >>> found = local_directions(lambda z: z @ pixels, Support(codes), codes[0])
        >>> np.abs(found).argmax(axis=1)
        array([0, 1])
    """
    near = support.nearest(code[None], N_NEIGHBOURS).rows[0]
    offsets = support.codes[near] - support.codes[near].mean(axis=0)
    there = decode(code + offsets).reshape(len(offsets), -1).astype(np.float64)
    changes = there - there.mean(axis=0)
    weights = np.linalg.eigh(changes @ changes.T)[1].T[::-1][:N_DIRECTIONS]
    found = np.zeros((N_DIRECTIONS, len(code)), np.float32)
    found[: len(weights)] = weights @ offsets / np.sqrt(len(offsets))
    return _upright(found)


def _upright(steps: Steps) -> Steps:
    largest = np.take_along_axis(steps, np.abs(steps).argmax(axis=1)[:, None], axis=1)
    return steps * np.where(largest < 0, np.float32(-1), np.float32(1))


def unit_steps(units: Sequence[Unit], support: Support, like: Steps) -> Steps:
    """Steps along the first units, each as long as the direction in its place.

    Args:
        units: the most used first, as `aecore.latents.traversal.units` has them.
        support: what a unit counts in a length; one that counts nothing goes one σ.
        like: steps whose lengths are taken.
    """
    made = np.zeros_like(like)
    lengths = np.linalg.norm(like * support.scale, axis=1)
    for step, unit, length in zip(made, units, lengths, strict=False):
        counts = support.scale[unit.dimension]
        step[unit.dimension] = length / counts if counts > 0 else unit.sigma
    return made


def sheet_of(
    code: Float[np.ndarray, " code"], steps: Steps, multiples: Float[np.ndarray, " k"]
) -> Float[np.ndarray, "k k code"]:
    """Codes on a sheet through a code: the first step to the right, the second upwards."""
    across, up = (multiples[:, None] * step for step in steps)
    return (code + across[None, :] + up[::-1, None]).astype(np.float32)

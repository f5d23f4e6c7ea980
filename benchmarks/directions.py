"""How much does the picture change along local directions, for the same loss of support?

From 500 codes of test images, both ways along two directions, until the support of the code is
half of what it was: root mean square change of the picture there, mean over both directions and
ways; intensity runs from 0 to 1. The rivals are the two units that are used most (Traverse's first
rows), all units that are used, the right singular vectors of the decoder's Jacobian, and the
principal components of the nearest codes. "In hindsight": the best two of 24 random directions in
the span of the neighbours, picked by the outcome: a yardstick for what going straight can give.
The number of neighbours, and how differences are taken, were chosen on the validation split.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from _report import arguments, show

import aecore
from aecore.data.imageset import random_sample
from aecore.lab import Lab
from aecore.latents.directions import N_DIRECTIONS, N_NEIGHBOURS, local_directions
from aecore.latents.traversal import units

MODELS = [
    f"{data}-{kind}-16d" for data in ("digits", "mnist", "fashion") for kind in ("ae", "vae")
]
N, SHARE, LEAST = 500, 0.5, 0.02  # of places, of support; a place with less has none to lose
FARTHEST, STEPS, HALVINGS = 2.5, 24, 5  # of the spread of all codes; steps until it is crossed
RANDOM, SMALL = 24, 1e-2

Codes = np.ndarray
Rule = Callable[[Lab, Codes], Codes]  # a place to directions (n, d)


def most_used(lab: Lab, code: Codes) -> Codes:
    """The first rows of Traverse."""
    return every_used(lab, code)[:N_DIRECTIONS]


def every_used(lab: Lab, code: Codes) -> Codes:
    """All units that are used."""
    used = [unit.dimension for unit in units(lab.stored) if unit.active]
    return np.eye(len(code))[used]


def jacobian(lab: Lab, code: Codes) -> Codes:
    """Right singular vectors of the decoder's Jacobian, by central differences."""
    steps = SMALL * np.eye(len(code), dtype=np.float32)
    there, back = (lab.decode(code + sign * steps).reshape(len(code), -1) for sign in (1, -1))
    return np.linalg.svd((there - back).T, full_matrices=False)[2][:N_DIRECTIONS]


def local_pca(lab: Lab, code: Codes) -> Codes:
    """Principal components of the nearest training codes."""
    return np.linalg.svd(_offsets(lab, code), full_matrices=False)[2][:N_DIRECTIONS]


def ours(lab: Lab, code: Codes) -> Codes:
    """Those of the engine."""
    return local_directions(lab.decode, lab.support, code)


def random(lab: Lab, code: Codes, rng: np.random.Generator) -> Codes:
    """Random directions, as the neighbours vary."""
    offsets = _offsets(lab, code)
    return rng.standard_normal((RANDOM, len(offsets))) @ offsets


def _offsets(lab: Lab, code: Codes) -> Codes:
    codes = lab.support.codes
    near = codes[lab.support.nearest(code[None], N_NEIGHBOURS).rows[0]]
    return near - near.mean(axis=0)


def change(lab: Lab, codes: Codes, directions: Codes) -> Codes:
    """Change of the picture where support has fallen to the share; (places, directions)."""
    n, d = codes.shape
    unit = directions / np.linalg.norm(directions, axis=2, keepdims=True)
    ways = np.concatenate([unit, -unit], axis=1)
    least = SHARE * lab.support.share(codes)[:, None]

    def at(length: Codes) -> Codes:
        return (codes[:, None] + length[..., None] * ways).astype(np.float32).reshape(-1, d)

    def lost(length: Codes) -> Codes:
        return lab.support.share(at(length)).reshape(ways.shape[:2]) <= least

    step = FARTHEST * np.linalg.norm(lab.support.codes.std(axis=0)) / STEPS
    length, going = np.zeros(ways.shape[:2]), np.ones(ways.shape[:2], bool)
    for _ in range(STEPS):
        going &= ~lost(length + step)
        length += step * going
    for k in range(1, HALVINGS + 1):
        length += step / 2**k * ~lost(length + step / 2**k)
    there = lab.decode(at(length)).reshape(*ways.shape[:2], -1)
    apart = there - lab.decode(codes).reshape(n, 1, -1)
    return np.sqrt(np.square(apart).mean(axis=2)).reshape(n, 2, -1).mean(axis=1)


def row_of(name: str) -> dict[str, str | float]:
    """Means over the places of one model."""
    lab = aecore.open(name)
    test = lab.data("test")
    codes = lab.encode(test.images[random_sample(len(test), N)])
    codes = codes[lab.support.share(codes) >= LEAST]

    def along(rule: Rule) -> Codes:
        return change(lab, codes, np.stack([rule(lab, code) for code in codes]))

    two, found = along(most_used).mean(axis=1), along(ours).mean(axis=1)
    best = np.sort(along(partial(random, rng=np.random.default_rng(0))))[:, -N_DIRECTIONS:]
    every = along(every_used)
    return {
        "model": name,
        "places": len(codes),
        "two units": float(two.mean()),
        "any used unit": float(every.mean()),
        "Jacobian": float(along(jacobian).mean()),
        "local PCA": float(along(local_pca).mean()),
        "local directions": float(found.mean()),
        "times two units": float(found.mean() / two.mean()),
        "times, median": float(np.median(found / two)),
        "times any unit": float(found.mean() / every.mean()),
        "in hindsight, times": float(best.mean() / two.mean()),
    }


def main() -> None:
    """Measure every model that ships with 16 units."""
    options = arguments(__doc__ or "").parse_args()
    show([row_of(name) for name in MODELS], options.json)


if __name__ == "__main__":
    main()

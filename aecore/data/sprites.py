"""Small shapes drawn by us, every image with the numbers it was drawn from.

After dSprites (Matthey, Higgins, Hassabis & Lerchner 2017), with which disentanglement is usually
measured, but smaller and drawn by our own code:

* 32×32 pixels, not 64×64, so that a model is trained in minutes on two cores;
* shape (3), scale (6, from half to full size), rotation (16), x (16) and y (16 whole pixels):
  73,728 combinations. With 32 positions not even a perfect code could reach a MIG of 1 (`Grid`);
* rotation goes from 0° to 84.4° in steps of 5.6°. dSprites turns by 360°, where a square comes
  back to itself every 90° and an ellipse every 180°: most angles then have no unit that could
  follow them. Within a quarter turn every angle is another picture for every shape. That is
  easier than dSprites, so figures compare only roughly with those of the literature;
* all shapes have the same area at the same scale, so that ink does not tell the shape.

The splits are fixed and share no combination. No torch.
"""

import math
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float, UInt8

from aecore.arrays import FactorArray, Pixels
from aecore.data.grid import Grid
from aecore.data.imageset import Factors, ImageSet

NAME = "sprites"
CLASSES = ("square", "ellipse", "heart")
GRID = Grid(
    sizes={"shape": len(CLASSES), "scale": 6, "rotation": 16, "x": 16, "y": 16},
    categorical=("shape",),
    n_images={"train": 20_000, "val": 5_000, "test": 10_000},
)
SIDE = 32

PATCH = 17  # pixels: holds every shape at every angle; 15 + 17 = 32
FINE = 8  # points across a pixel: 64 grey levels along an edge
AREA = 120.0  # pixels at full size
SMALLEST = 0.5
QUARTER = math.pi / 2
ELLIPSE_RATIO = 1.8
HEART_AREA = 3.6613  # of (u² + v² − 1)³ ≤ u² v³
HEART_MIDDLE = 0.1


@lru_cache(maxsize=3)
def load(split: str) -> ImageSet:
    """Draw a split, once in a process; classes are the shapes."""
    values = GRID.split(split)
    known = Factors(values, GRID.names, GRID.categorical)
    return ImageSet(NAME, split, draw(values), values[:, 0].copy(), CLASSES, known)


def draw(factors: FactorArray) -> Pixels:
    """Draw an image for each row of factor positions; x grows to the right, y downwards.

    Raises:
        ValueError: for a position that a factor does not have.
    """
    GRID.check(factors)
    shape, scale, rotation, x, y = factors.T
    span = np.arange(PATCH)
    pixels = np.zeros((len(factors), SIDE, SIDE), np.uint8)
    images = np.arange(len(factors))[:, None, None]
    rows, columns = y[:, None, None] + span[:, None], x[:, None, None] + span
    pixels[images, rows, columns] = _stencils()[shape, scale, rotation]
    return pixels[:, None]


@lru_cache(maxsize=1)
def _stencils() -> UInt8[np.ndarray, "shape scale rotation patch patch"]:
    """Draw every shape at every scale and angle in a patch of its own: ink is area covered."""
    n_scales, n_angles = GRID.sizes["scale"], GRID.sizes["rotation"]
    fine = ((np.arange(PATCH * FINE) + 0.5) / FINE - PATCH / 2).astype(np.float32)
    right, down = np.meshgrid(fine, fine)
    made = np.empty((len(CLASSES), n_scales, n_angles, PATCH, PATCH), np.uint8)
    for i, scale in enumerate(np.linspace(SMALLEST, 1, n_scales)):
        for j, angle in enumerate(np.arange(n_angles) * QUARTER / n_angles):
            u = (right * np.cos(angle) - down * np.sin(angle)) / scale
            v = (-right * np.sin(angle) - down * np.cos(angle)) / scale
            for k, inside in enumerate((_square(u, v), _ellipse(u, v), _heart(u, v))):
                covered = inside.reshape(PATCH, FINE, PATCH, FINE).mean(axis=(1, 3))
                made[k, i, j] = np.rint(255 * covered)
    return made


Plane = Float[np.ndarray, "fine fine"]
Inside = Bool[np.ndarray, "fine fine"]


def _square(u: Plane, v: Plane) -> Inside:
    return np.maximum(abs(u), abs(v)) <= math.sqrt(AREA) / 2


def _ellipse(u: Plane, v: Plane) -> Inside:
    short = math.sqrt(AREA / (math.pi * ELLIPSE_RATIO))
    return np.square(u / ELLIPSE_RATIO) + np.square(v) <= short**2


def _heart(u: Plane, v: Plane) -> Inside:
    size = math.sqrt(AREA / HEART_AREA)
    a, b = u / size, v / size + HEART_MIDDLE
    return (a**2 + b**2 - 1) ** 3 <= a**2 * b**3

"""Portraits in colour drawn by us, every one with the numbers it was drawn from.

Ten factors, each independent of all others and balanced, so that no feature goes with another:

* skin (6, from light to dark), hair colour (6), hair length (5, from cropped to below the
  shoulders), hair style (straight, wavy, curly);
* glasses (2), beard (none, short, full), smile (6, from drawn down to laughing), eyes (4, from
  half shut to wide);
* turn of the head (7, from 24° to the left to 24° to the right, as one sees it), light (7, from
  the left to the right).

They are nobody's portraits, and no statistics of people: a picture is what its factors say and
nothing else. 64×64 pixels, three channels; 3,810,240 combinations, of which the splits share none.
How the parts are shaped stands in `portrait`; here they are coloured and laid over each other.
No torch.
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

from aecore.arrays import FactorArray, LabelArray, Pixels
from aecore.data import portrait
from aecore.data.grid import Grid
from aecore.data.imageset import Factors, ImageSet
from aecore.data.portrait import LENGTHS, SIDE, SMILES, STYLES, TURNS, Part

NAME = "faces"
SHAPE = (3, SIDE, SIDE)
CLASSES = ("serious", "smiling", "serious, glasses", "smiling, glasses")
SMILING = len(SMILES) // 2  # the first position that is called a smile
BATCH = 250  # images drawn at once: few enough for the processor's cache


def _colours(*codes: str) -> Float[np.ndarray, "n 3"]:
    return np.array([list(bytes.fromhex(code)) for code in codes], np.float32)


SKINS = _colours("f6d9c2", "e9bf9d", "d3a078", "b07c54", "8a5a38", "644130")
HAIRS = _colours("1e1a1c", "452a20", "8f4a27", "b98b4e", "e3c483", "a9a5a4")
BACKGROUND = _colours("c9d6dc", "9fb2bc")  # from the top down
GARMENT, EYE_WHITE, IRIS, TEETH, MOUTH, RIM = _colours(
    "3f6f7d", "f7f4ef", "2b2320", "faf6f0", "6d2a2a", "2a2d34"
)
LIP, BLUSH = _colours("b5483f", "d9614f")
IN_SHADOW = np.array([0.83, 0.73, 0.70], np.float32)  # what is left of skin there
LIGHTS = np.linspace(-1, 1, 7, dtype=np.float32)

GRID = Grid(
    sizes={
        "skin": len(SKINS), "hair colour": len(HAIRS), "hair length": len(LENGTHS),
        "hair style": len(STYLES), "glasses": 2, "beard": 3, "smile": len(SMILES), "eyes": 4,
        "turn": len(TURNS), "light": len(LIGHTS),
    },
    categorical=("hair colour", "hair style"),
    n_images={"train": 8_000, "val": 1_000, "test": 5_000},
)  # fmt: skip


@lru_cache(maxsize=3)
def load(split: str) -> ImageSet:
    """Draw a split, once in a process; classes say whether a face smiles and wears glasses."""
    values = GRID.split(split)
    known = Factors(values, GRID.names, GRID.categorical)
    return ImageSet(NAME, split, draw(values), classes_of(values), CLASSES, known)


def classes_of(factors: FactorArray) -> LabelArray:
    """Which of `CLASSES` each row of factor positions is."""
    columns = dict(zip(GRID.names, factors.T, strict=True))
    return (columns["smile"] >= SMILING) + 2 * columns["glasses"]


def draw(factors: FactorArray) -> Pixels:
    """Draw a portrait for each row of factor positions, columns as `GRID.names`.

    Raises:
        ValueError: for a position that a factor does not have.

    Example:
        >>> draw(np.zeros((2, 10), np.int64)).shape
        (2, 3, 64, 64)
    """
    GRID.check(factors)
    pixels = np.empty((len(factors), 3, SIDE, SIDE), np.uint8)
    for start in range(0, len(factors), BATCH):
        rows = slice(start, start + BATCH)
        pixels[rows] = np.rint(np.clip(_paint(factors[rows]), 0, 255))
    return pixels


def _paint(factors: FactorArray) -> Float[np.ndarray, "n 3 high wide"]:
    """Lay the parts over each other, from the back to the front."""
    at = dict(zip((name.replace(" ", "_") for name in GRID.names), factors.T, strict=True))
    skin, hair = SKINS[at["skin"]], HAIRS[at["hair_colour"]]
    parts = portrait.parts()
    page = np.empty((len(factors), 3, SIDE, SIDE), np.float32)
    shade = _shade()[at["light"]][:, None]
    np.divide(_background(), shade, out=page)  # the light falls on the person alone

    def lay(part: Part, colour: np.ndarray) -> None:
        mask, box = part.at(at)
        under = page[:, :, *box]
        under += mask[..., None, :, :] * (colour.reshape(-1, 3, 1, 1) - under)

    lay(parts["hair behind"], 0.72 * hair)
    lay(parts["neck"], IN_SHADOW * skin)
    lay(parts["garment"], GARMENT)
    lay(parts["collar"], 0.8 * GARMENT)
    lay(parts["ears"], 0.9 * skin)
    lay(parts["head"], skin)
    lay(parts["blush"], 0.6 * skin + 0.4 * BLUSH)
    lay(parts["beard"], 0.85 * hair)
    lay(parts["nose"], IN_SHADOW * skin)
    lay(parts["eye whites"], EYE_WHITE)
    lay(parts["irises"], IRIS)
    lay(parts["lids"], 0.4 * IN_SHADOW * skin)
    lay(parts["brows"], 0.65 * hair)
    lay(parts["lips"], 0.45 * skin + 0.55 * LIP)
    lay(parts["mouth"], MOUTH)
    lay(parts["teeth"], TEETH)
    lay(parts["glints"], EYE_WHITE)
    lay(parts["rims"], RIM)
    lay(parts["hair before"], hair)
    lay(parts["strands"], 0.7 * hair)
    page *= shade
    return page


@lru_cache(maxsize=1)
def _background() -> Float[np.ndarray, "3 high wide"]:
    down = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None]
    page = BACKGROUND[0] + down * (BACKGROUND[1] - BACKGROUND[0])
    return np.repeat(page.T[:, :, None], SIDE, axis=2)


@lru_cache(maxsize=1)
def _shade() -> Float[np.ndarray, "light high wide"]:
    """What light from each side leaves of a colour: 1 towards it, 0.55 away from it."""
    across = (np.arange(SIDE, dtype=np.float32) + 0.5 - SIDE / 2) / (SIDE / 2)
    share = 1 + 0.55 * LIGHTS[:, None] * across - 0.12 * abs(LIGHTS[:, None])
    return np.repeat(share[:, None], SIDE, axis=1)

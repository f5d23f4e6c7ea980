"""What the page Inside shows: bounds, starts and names in the address."""

from aecore.noise import MAX_SEED, live
from aeview import shown
from aeview.shown import choice, number, text

PARTS = ("layers", "units", "way", "masked")
ORDERS = ("spread", "active", "image", "number")  # of the units
MAX_TURNS = 10
MAX_UNIT = 1024


class Shown(shown.Shown, component="inside"):
    """What the model makes of an image.

    Attributes:
        part: one of `PARTS`.
        of: the image, as "train-12"; "own" for the user's own, empty for the first.
        unit: the chosen unit, from 1 as on screen; 0 for the first of the order.
        first: the order of the units, one of `ORDERS`.
        kind, level: of the noise.
        repeats: turns of encoding and decoding.
        ratio: hidden share of the patches.
        seed: of noise and mask.
    """

    part: str = choice("layers", PARTS)
    of: str = text()
    unit: int = number(0, 0, MAX_UNIT)
    first: str = choice("spread", ORDERS)
    kind: str = choice("gaussian", live)
    level: float = number(0.4, 0, 1, title="The noise level")
    repeats: int = number(1, 1, MAX_TURNS, link="turns", title="The number of turns")
    ratio: float = number(0.5, 0.05, 0.95, link="hidden", title="The hidden share")
    seed: int = number(0, 0, MAX_SEED, title="The seed")

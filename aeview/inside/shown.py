"""What the page Inside shows: bounds, starts and names in the address."""

from aecore.noise import MAX_SEED
from aeview import shown
from aeview.shown import choice, number, text

PARTS = ("layers", "units", "way", "masked")
MAX_TURNS = 10


class Shown(shown.Shown, component="inside"):
    """What the model makes of an image.

    Attributes:
        part: one of `PARTS`.
        of: the image, as "train-12"; "own" for the user's own, empty for the first.
        unit: the chosen unit; −1 for the first of the order.
        kind, level: of the noise.
        repeats: turns of encoding and decoding.
        ratio: hidden share of the patches.
        seed: of noise and mask.
    """

    part: str = choice("layers", PARTS)
    of: str = text()
    unit: int = number(-1, -1, 1024)
    kind: str = text("gaussian")
    level: float = number(0.4, 0, 1)
    repeats: int = number(1, 1, MAX_TURNS, link="turns")
    ratio: float = number(0.5, 0.05, 0.95, link="hidden")
    seed: int = number(0, 0, MAX_SEED)

"""What the page Compare shows: bounds, starts and names in the address."""

from aecore.noise import MAX_SEED
from aeview import shown
from aeview.shown import number, numbers, several

LARGEST = 2.0**31  # number of an image


class Company(shown.Shown):
    """Names of the models beside the sidebar's."""

    compared: tuple[str, ...] = several(link="with")


class Shown(shown.Shown, component="compare"):
    """What is pinned, and how the rows are drawn.

    Attributes:
        sample: the pinned image: its split (0 train, 1 validation, 2 test) and its place there.
        seed: of the images in the rows.
        gain: by what differences are multiplied before they are coloured.
    """

    sample: tuple[int, ...] = numbers(n=2, whole=True, most=LARGEST)
    seed: int = number(0, 0, MAX_SEED)
    gain: float = number(1.0, 0.5, 6, step=0.1)

"""What the page Latent map shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import choice, numbers, several

LAYERS = ("tiles", "fog", "prior", "thumbnails")
COLOURS = ("class", "error", "kl")


class Shown(shown.Shown, component="latent_map"):
    """What is pinned on the map, and how one looks at it.

    Attributes:
        code: that is pinned.
        place: where on the map.
        view: centre and width, in units of the map.
        colour: what colours stand for.
        layers: that are drawn.
    """

    code: tuple[float, ...] = numbers(link="z")
    place: tuple[float, ...] = numbers(link="at")
    view: tuple[float, ...] = numbers(digits=".4g")
    colour: str = choice("class", COLOURS)
    layers: tuple[str, ...] = several((), LAYERS)

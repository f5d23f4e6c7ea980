"""What the page Latent map shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import choice, number, numbers, several

CLASSIFIER = "classifier"
LAYERS = ("tiles", "fog", "prior", "thumbnails", CLASSIFIER)
COLOURS = ("class", "error", "kl")
PARTS = ("network",)  # that can be put away
BESIDE = ("pca",)  # what other sizes of the code are compared with
PIN, VIEW = "pin", "view"  # the parts that the component reports


class Shown(shown.Shown, component="latent_map"):
    """What is pinned on the map, and how one looks at it.

    Attributes:
        code: that is pinned; empty for none.
        place: where on the map; empty for where the code lies.
        row: the point it was pinned on; −1 for none.
        view: centre and width, in units of the map; empty for all of it.
        colour: what colours stand for.
        layers: that are drawn.
        put_away: parts of the page that are not shown.
        towards: the number of the class that a counterfactual is asked for; −1 for none.
        beside: what stands beside the images that other sizes of the code give back.
    """

    code: tuple[float, ...] = numbers(link="z")
    place: tuple[float, ...] = numbers(n=2, link="at")
    row: int = number(-1, -1, told=False)
    view: tuple[float, ...] = numbers(n=3, digits=".4g")
    colour: str = choice("class", COLOURS)
    layers: tuple[str, ...] = several((), LAYERS)
    towards: int = number(-1, -1)
    put_away: tuple[str, ...] = several((), PARTS, link="without")
    beside: tuple[str, ...] = several((), BESIDE)

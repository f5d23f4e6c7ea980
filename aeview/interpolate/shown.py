"""What the page Interpolate shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import number, text


class Shown(shown.Shown, component="interpolate"):
    """Ways between two images.

    Attributes:
        a, b: the ends: images as "test-72", or codes.
        frames: of each strip.
        path: a name in `strips.live()`; empty for the first.
        t: the scrubber's share of the way.
    """

    a: str = text(link="from")
    b: str = text(link="to")
    frames: int = number(11, 5, 21)
    path: str = text()
    t: float = number(0.5, 0, 1)


class Sums(shown.Shown, component="arithmetic"):
    """Latent arithmetic and attribute vectors below them.

    Attributes:
        sum: three images, a − b + c.
        attribute: an image, the class it is to have, the one it lacks, and a strength.
        strength: of the attribute alone.
    """

    sum: str = text()
    attribute: str = text()
    strength: float = number(1.0, -2, 2, step=0.1, told=False)

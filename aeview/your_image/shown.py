"""What the page Your image shows besides the picture (`own_pictures.shown`)."""

from aeview import shown
from aeview.shell import links
from aeview.shown import number

TOWARDS = "towards"  # the part that the component reports
# Pages that the image's code is taken to, and their parameter.
TAKEN = {"latent_map": "z", "interpolate": "from", "traverse": "z"}


class Shown(shown.Shown, component=links.OWN_IMAGE):
    """What is asked of the picture.

    Attributes:
        towards: the number of the class that a counterfactual is asked for; −1 for none.
    """

    towards: int = number(-1, -1)

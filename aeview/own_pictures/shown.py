"""What is shown of the user's own pictures: the way in, the sample, how it is prepared."""

from aecore.data.pictures.switches import CHOICES
from aeview import shown
from aeview.shell import links
from aeview.shown import choice, several, text

# Keys in the session state.
CARRIED = "carried_drawing"
OWN_FILES = "own_files"
OWN_CAMERA = "own_camera"
OWN_PAD = "own_pad"
OWN_UPLOADED = "own_uploaded"
SOURCES = {"draw": "Draw", "upload": "Upload", "paste": "Paste", "camera": "Camera"}
STEPS = tuple(f"{step}:{value}" for step, values in CHOICES.items() for value in values)


class Way(shown.Shown):
    """The way in, of `SOURCES`."""

    input: str = choice("draw", SOURCES)


class Shown(
    shown.Shown,
    own=(links.GIVEN, links.OWN_IMAGE, CARRIED, OWN_PAD, OWN_UPLOADED),
    uploads=(OWN_FILES, OWN_CAMERA),
):
    """Which picture is looked at; what is the user's own is in no link.

    Attributes:
        picture: a sample, by its name; empty for the user's own.
        steps: of its preparation that are overruled, as "polarity:dark ink".
    """

    picture: str = text(link=links.PICTURE)
    steps: tuple[str, ...] = several((), STEPS)

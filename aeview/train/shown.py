"""What the page Train shows: bounds, starts and names in the address."""

from aecore.configs import settings
from aecore.models.config import ModelConfig
from aecore.training.config import TrainingConfig
from aecore.training.presets import presets
from aeview import shown
from aeview.shown import choice, text


def key(name: str) -> str:
    """Return the key of a setting's control in the session state."""
    return f"{'train'}_{name}"


_OTHERS = ("data", "path", "side", "shape", "window", "family", "twin", "device")
_ASKED = (*_OTHERS, *(each.name for of in (ModelConfig, TrainingConfig) for each in settings(of)))


class Shown(shown.Shown, own=("train_begun", *map(key, _ASKED))):
    """The run on screen; and what a link fills in of the form, which is taken once.

    Attributes:
        run: its name; empty for the newest one.
        family: what is to be trained, of the sidebar's data set; empty for what the form says.
        side: the size of the images, for a data set of the user's own, as `--side` takes it.
    """

    run: str = text()
    family: str = choice("", lambda: tuple(presets()))
    side: str = text()

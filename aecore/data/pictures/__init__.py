"""From any picture to a model's input: opened safely, prepared in named steps, judged in words.

Nothing of a picture is written to disk or executed, and nothing but its pixels is kept.
"""

from aecore.data.pictures.decode import open_picture
from aecore.data.pictures.prepare import prepare
from aecore.data.pictures.records import Picture, Preparation, Step
from aecore.data.pictures.switches import Switches

__all__ = ["Picture", "Preparation", "Step", "Switches", "open_picture", "prepare"]

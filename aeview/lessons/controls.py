"""The parts of the real pages that a lesson's step shows, so that one acts without leaving it.

Each page says in its `lesson.py` which parts these are; this finds them.
"""

from collections.abc import Mapping

from aeview.lessons.files import controls
from aeview.shell import contents
from aeview.shell.contents import Control
from aeview.work.live import Opened


def control(name: str) -> Control:
    """The part of a page of that name."""
    found: Control = contents.pages()[controls()[name]].part("lesson").CONTROLS[name]
    return found


def here(name: str, linked: Mapping[str, str], model: Opened) -> dict[str, float]:
    """What a step's control shows now: as it reported, else as the step's link says."""
    return control(name).now(model, linked) if name else {}

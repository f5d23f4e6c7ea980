"""What the page Lessons shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import text


class Shown(shown.Shown):
    """Which lesson, and which of its steps, counted from 1."""

    lesson: str = text()
    step: str = text()

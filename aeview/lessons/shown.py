"""What the page Lessons shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import number, text


class Shown(shown.Shown):
    """Which lesson, and which of its steps, counted from 1; without a step where it was left."""

    lesson: str = text()
    step: int | None = number(None, whole=True)


def linked() -> bool:
    """Whether the link names a lesson; else the page shows their list."""
    return "lesson" in Shown.linked()

"""Keeps the progress of the lessons in the browser's tab; shows nothing."""

from collections.abc import Callable

from aeview.work.component import component


def lesson_progress(
    progress: str, known: bool, to_list: Callable[[], None] | None, key: str
) -> str | None:
    """Have it kept; returns what the tab had kept, None before it has answered.

    Args:
        progress: of all lessons, as text.
        known: whether the session has taken over what the tab had kept; before, nothing is
            written.
        to_list: in a lesson, called when the menu's link to this page is clicked.
        key: of the component.
    """
    shown = component("lessons", "kept", "list")(
        key=key, data={"progress": progress, "known": known, "open": to_list is not None},
        height=1, **({"on_list_change": to_list} if to_list else {}),
    )  # fmt: skip
    kept = shown.kept
    return kept if isinstance(kept, str) else None

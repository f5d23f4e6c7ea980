"""Keeps the progress of the lessons in the browser's tab; shows nothing."""

from aeview.components import component


def lesson_progress(progress: str, known: bool, key: str) -> str | None:
    """Have it kept; returns what the tab had kept, None before it has answered.

    Args:
        progress: of all lessons, as text.
        known: whether the session has taken over what the tab had kept; before, nothing is
            written.
        key: of the component.
    """
    shown = component("lesson_progress")(
        key=key, data={"progress": progress, "known": known}, height=1, on_kept_change=_nothing
    )
    kept = shown.kept
    return kept if isinstance(kept, str) else None


def _nothing() -> None:
    """Streamlit wants a callback to know the name."""

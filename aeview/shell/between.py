"""What stands between two scenes for a moment: the next one's title, on an otherwise empty page.

The page is empty so that the components of the scene before are gone from the browser: what was
tried in one scene does not stay in the next, though both may be the same page.
"""

from aeview.work.component import component


def between(title: str, turn: str, key: str) -> bool:
    """Show a title; returns whether the browser has emptied the page.

    Args:
        title: of what comes.
        turn: names this passage; the browser may still show the one before, with the same title.
        key: the widget's key.
    """
    shown = component("between", "empty")(key=key, data={"title": title, "turn": turn})
    return bool(shown.empty == turn)

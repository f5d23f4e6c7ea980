"""What stands between two scenes for a moment: the next one's title, on an otherwise empty page.

The page is empty so that the components of the scene before are gone from the browser: what was
tried in one scene does not stay in the next, though both may be the same page.
"""

from aeview.work.component import component


def between(title: str, key: str) -> bool:
    """Show a title; returns whether the browser has emptied the page."""
    shown = component("between", "empty")(key=key, data={"title": title})
    return bool(shown.empty)

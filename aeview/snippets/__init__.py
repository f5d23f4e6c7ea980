"""Copy as Python: what is on screen, computed again with `aecore` in a notebook.

Each page's code is built from the state that the page itself reads (what its component reported,
else its link), so that both show the same. A test runs the code of every page.
"""

from collections.abc import Callable
from typing import NamedTuple

from aeview import cache, sidebar
from aeview.live import Opened
from aeview.snippets import explore
from aeview.snippets.writing import Snippet

NOTHING = "Choose a data set with a model in the sidebar first."

PAGES: dict[str, Callable[[Opened], Snippet]] = {
    "Latent map": explore.latent_map,
}


class Answer(NamedTuple):
    """Code (empty where there is none), and a sentence about it."""

    code: str
    note: str


def of(page: str) -> Answer:
    """Write the code of what a page shows now."""
    entry = sidebar.chosen()
    if entry is None:
        return Answer("", NOTHING)
    made = PAGES[page](Opened(entry.name, cache.stored(entry.path)))
    return Answer(made.text(page), made.note)

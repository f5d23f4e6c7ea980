"""Copy as Python: what is on screen, computed again with `aecore` in a notebook.

Each page's code is built from the state that the page itself reads (what its component reported,
else its link), so that both show the same. A test runs the code of every page.
"""

import importlib
from typing import NamedTuple

from aeview.shell import sidebar
from aeview.snippets.writing import Snippet
from aeview.work import cache
from aeview.work.live import Opened

NOTHING = "Choose a data set with a model in the sidebar first."

# The module that writes a page's code, imported when it is asked for.
PAGES = {
    "latent_map": "explore", "interpolate": "explore", "traverse": "explore",
    "generate": "explore", "your_image": "apply", "denoise": "apply", "anomaly": "apply",
    "train": "learn", "inside": "learn", "codes_at_work": "learn", "compare": "learn",
}  # fmt: skip


class Answer(NamedTuple):
    """Code (empty where there is none), and a sentence about it."""

    code: str
    note: str


def of(page: str) -> Answer:
    """Write the code of what a page shows now."""
    entry = sidebar.chosen()
    if entry is None or page not in PAGES:
        return Answer("", NOTHING)
    module = importlib.import_module(f"aeview.snippets.{PAGES[page]}")
    write = getattr(module, page)
    made: Snippet = write(Opened(entry.name, cache.stored(entry.path)))
    return Answer(made.text(page), made.note)

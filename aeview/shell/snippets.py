"""Copy as Python: what is on screen, computed again with `aecore` in a notebook.

Each page writes its own in `snippet.py`, from the state that the page itself reads (what its
component reported, else its link), so that both show the same. A test runs the code of every page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

import numpy as np

from aecore.checkpoints import Card, Stored
from aecore.data.catalogue import DATASETS
from aeview.shell import contents, encoders, originals, sidebar

NOTHING = "Choose a data set with a model in the sidebar first."
NEEDED = "It needs the images of {data}: `python -m aecore data fetch {data}`, or AECORE_DATA_DIR."


def needed(card: Card) -> str:
    """Why a snippet that needs the original images can't be written."""
    return NEEDED.format(data=card.data) if card.data in DATASETS else originals.why(card)


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code, and a sentence about it.

    Attributes:
        body: the code without its first comment; empty where there is nothing to compute.
        note: what one should know.
    """

    body: str
    note: str = ""

    def text(self, page: str) -> str:
        """Return the code with a comment that says where it comes from."""
        if not self.body:
            return ""
        head = f"# Autoencoder Explorer, {page}; runs after `pip install -e .` in its folder"
        return f"{head}\n{self.body.strip()}\n"


def write(template: str, **values: object) -> str:
    """Fill a template's `$names`."""
    return Template(template.strip("\n") + "\n").substitute(values)


def code(checkpoint: Stored, numbers: Sequence[float], row: int = -1) -> str:
    """A code: that of a stored image by its row, else number by number as float32 has them."""
    own = checkpoint.latents.codes
    if 0 <= row < len(own) and np.allclose(own[row], numbers, atol=1e-6):
        return f"lab.codes[{row}]"
    return f"[{', '.join(f'{float(np.float32(value)):.9g}' for value in numbers)}]"


def of(page: str) -> dict[str, str]:
    """Write the code of what a page shows now: `code`, empty where there is none, and a `note`."""
    entry, about = sidebar.chosen(), contents.pages()[page]
    if entry is None or not about.python:
        return {"code": "", "note": NOTHING}
    if (said := encoders.missing(about)) and not about.partly:
        return {"code": "", "note": said}
    chosen = sidebar.opened(entry)
    made: Snippet = about.part("snippet").snippet(chosen)
    return {"code": made.text(about.title), "note": made.note}

"""How code is written: templates, numbers, and what all snippets begin with."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import Template

import numpy as np

from aecore.checkpoints import Card, Stored
from aecore.data.catalogue import DATASETS
from aeview.shell import originals
from aeview.work.live import Opened

WIDTH = 92
OPEN = """
stored = read(find($name))
model = build(stored)
"""
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
        return (
            f"# Autoencoder Explorer, {page}: what was on screen, computed again.\n"
            "# Where it runs, `pip install -e .` was run in the repository's folder.\n"
            f"{self.body.strip()}\n"
        )


def write(template: str, **values: object) -> str:
    """Fill a template's `$names`."""
    return Template(textwrap.dedent(template).strip("\n") + "\n").substitute(values)


def opened(chosen: Opened) -> str:
    """Lines that open the model."""
    return write(OPEN, name=repr(chosen.name))


def array(values: Iterable[float] | np.ndarray) -> str:
    """A code as one row, float32, to its last digit."""
    numbers = ", ".join(f"{float(np.float32(value)):.9g}" for value in values)
    wrapped = textwrap.fill(
        numbers, WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False
    )
    if len(numbers) < WIDTH - 40:
        return f"np.array([[{numbers}]], dtype=np.float32)"
    return f"np.array([[\n{wrapped}\n]], dtype=np.float32)"


def codes(held: Stored, code: Sequence[float], row: int = -1) -> str:
    """A code as one row: that of a stored image by its number, else number by number."""
    own = held.latents.codes
    if 0 <= row < len(own) and np.allclose(own[row], code, atol=1e-6):
        return f"stored.latents.codes[[{row}]]"
    return array(code)


def image(chosen: Opened, name: str) -> str:
    """Lines that fetch a stored image by its name, as `image`, (1, channels, height, width)."""
    card = chosen.held.card
    split, _, index = name.partition("-")
    return write(
        """
        images = load_data($data, $split, side=$side)
        image = images.images[[$index]]  # intensity in [0, 1]
        """,
        data=repr(card.data), split=repr(split), side=card.model.shape[-1], index=int(index),
    )  # fmt: skip

"""How strange an image is to a model: scores, thresholds and what they guarantee, rivals."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aecore.checkpoints import Card

N_SHOWN = 1000  # test images of each side
MOST_NUMBERS = 4_000_000  # of these: of large images there are fewer
N_REFERENCE = 3000  # normal training images whose codes others are compared with
FEWEST_REFERENCE = 1000  # of large images


def learnt(card: "Card") -> str:
    """What a model takes for normal: "all", or the one class or all but one that it has learnt."""
    known = [card.classes.index(name) for name in card.training.only if name in card.classes]
    left = [c for c in range(len(card.classes)) if c not in known]
    if len(known) == 1:
        return f"only-{known[0]}"
    return f"without-{left[0]}" if known and len(left) == 1 else "all"


def n_reference(shape: Sequence[int]) -> int:
    """How many training images of (channels, height, width) others are compared with, at most.

    Example:
        >>> n_reference((1, 28, 28)), n_reference((3, 64, 64))
        (3000, 1000)
    """
    return min(N_REFERENCE, max(FEWEST_REFERENCE, 3 * MOST_NUMBERS // math.prod(shape)))


def n_shown(shape: Sequence[int]) -> int:
    """How many test images of (channels, height, width) are judged on each side, at most.

    Example:
        >>> n_shown((1, 28, 28)), n_shown((3, 64, 64))
        (1000, 325)
    """
    return min(N_SHOWN, max(1, MOST_NUMBERS // math.prod(shape)))

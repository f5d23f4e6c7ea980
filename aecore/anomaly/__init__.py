"""How strange an image is to a model: scores, thresholds and what they guarantee, rivals."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aecore.checkpoints import Card

N_SHOWN = 1000  # test images of each side
N_REFERENCE = 3000  # normal training images whose codes others are compared with


def learnt(card: "Card") -> str:
    """What a model takes for normal: "all", or the one class or all but one that it has learnt."""
    known = [card.classes.index(name) for name in card.training.only if name in card.classes]
    left = [c for c in range(len(card.classes)) if c not in known]
    if len(known) == 1:
        return f"only-{known[0]}"
    return f"without-{left[0]}" if known and len(left) == 1 else "all"

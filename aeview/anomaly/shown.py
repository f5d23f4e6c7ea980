"""What the page Anomaly shows: bounds, starts and names in the address."""

from aecore.anomaly.scores import SCORES
from aecore.anomaly.threshold import RULES
from aecore.noise import KINDS
from aeview import shown
from aeview.shown import choice, text

HAND = "hand"
CHOICES = (*RULES, HAND)
LOWEST_LEVEL = 0.02


class Question(shown.Shown, states=tuple(f"damage_level {kind}" for kind in KINDS)):
    """What is normal and what is strange.

    Attributes:
        judged: "images" or "table".
        normal: a class, or "all".
        strange: a kind of strangers.
        damage, damage_level: what damaged images have suffered.
    """

    judged: str = text(link="judge")
    normal: str = text()
    strange: str = text()
    damage: str = text()
    damage_level: str = text()


class Shown(shown.Shown, component="anomaly"):
    """Where the line is drawn.

    Attributes:
        score: a name in `aecore.anomaly.scores.SCORES`.
        rule: a name in `RULES`, or "hand".
        value: the rule's setting; None for its first one, or where it has none.
        threshold: a score, where it was set by hand.
    """

    score: str = choice("mse", SCORES)
    rule: str = choice("conformal", CHOICES)
    value: float | None = text(link="at_most")
    threshold: float | None = text()

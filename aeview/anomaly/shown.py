"""What the page Anomaly shows: bounds, starts and names in the address."""

from collections.abc import Collection

from aecore.anomaly.threshold import RULES
from aecore.noise import KINDS
from aeview import shown
from aeview.shown import choice, number, text
from aeview.shown.fields import Bounds, Values

IMAGES, ROWS = "images", "table"
JUDGED = {IMAGES: "sidebar's data", ROWS: "another table"}
HAND = "hand"
LOWEST_LEVEL = 0.02
LARGEST_SCORE = 1e9
NO_NUMBER = (1.0, 0.0)


def _levels(before: Values) -> Bounds:
    return LOWEST_LEVEL, KINDS[before["damage"]].high


def _scores() -> Collection[str]:
    from aecore.anomaly.scores import SCORES  # brings torch, which the first page does without

    return SCORES


def _settings(before: Values) -> Bounds:
    rule = RULES.get(before["rule"])
    return (rule.low, rule.high) if rule and rule.setting else NO_NUMBER


def level_key(kind: str) -> str:
    """Key in the session state of a kind's slider: each kind has its own."""
    return f"damage_level {kind}"


class Question(shown.Shown, states=tuple(map(level_key, KINDS))):
    """What is normal and what is strange.

    Attributes:
        judged: "images" or "table".
        normal: a class, or "all".
        strange: a kind of strangers.
        damage, damage_level: what damaged images have suffered; None for the damage's first level.
    """

    judged: str = choice(IMAGES, JUDGED, link="judge")
    normal: str = text()
    strange: str = text()
    damage: str = choice("patches", KINDS)
    damage_level: float | None = number(None, bounds=_levels, digits=".2f")


class Shown(shown.Shown, component="anomaly"):
    """Where the line is drawn.

    Attributes:
        score: a name in `aecore.anomaly.scores.SCORES`.
        rule: a name in `RULES`, or "hand".
        value: the rule's setting; None for its first one, or where it has none.
        threshold: a score, where it was set by hand.
    """

    score: str = choice("mse", _scores)
    rule: str = choice("conformal", (*RULES, HAND))
    value: float | None = number(None, bounds=_settings, link="at_most", digits=".6g")
    threshold: float | None = number(
        None, -LARGEST_SCORE, LARGEST_SCORE, title="The threshold", digits=".6g"
    )

"""Scores of normal and strange ones as a histogram, with a threshold that is dragged on it.

All that follows from the threshold is counted in the browser. Scores and images come through
`payload`, topic "anomaly/0".
"""

import math
from typing import Any, NamedTuple

from aecore.anomaly.threshold import RULES
from aeview.work.component import component

TOPIC = "anomaly/0"
HAND = "hand"
CHOICES = (*RULES, HAND)


class Shown(NamedTuple):
    """What is on the page; every field is in the link.

    Attributes:
        score: a name in `aecore.anomaly.scores.SCORES`.
        rule: a name in `RULES`, or "hand".
        value: the rule's setting; None for its first one, or where it has none.
        threshold: a score, where it was set by hand.
    """

    score: str = "mse"
    rule: str = "conformal"
    value: float | None = None
    threshold: float | None = None

    @classmethod
    def of(cls, values: Any) -> "Shown | None":
        """Read what the browser reported; None before it did."""
        reported = values.get("shown") if values else None
        return cls(**{name: reported[name] for name in cls._fields}) if reported else None


def allowed(rule: str, value: float) -> bool:
    """Whether a number may be a rule's setting."""
    if rule not in RULES or not RULES[rule].setting:
        return False
    return math.isfinite(value) and RULES[rule].low <= value <= RULES[rule].high


def anomaly(block_key: str, start: Shown, key: str) -> None:
    """Show the component; what it reports is in the session state under `key`."""
    component("anomaly")(
        key=key, data={"key": block_key, "start": start._asdict()}, on_shown_change=_nothing
    )


def _nothing() -> None:
    """Streamlit wants a callback to know the name."""

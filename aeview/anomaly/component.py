"""Scores of normal and strange ones as a histogram, with a threshold that is dragged on it.

All that follows from the threshold is counted in the browser. Scores and images come through
`payload`, topic "anomaly/0".
"""

from aecore.anomaly.threshold import RULES
from aeview.anomaly.shown import Shown
from aeview.work.component import component

TOPIC = "anomaly/0"


def anomaly(block_key: str, start: Shown, key: str) -> None:
    """Show the component; what it reports is in the session state under `key`."""
    rules = {
        name: {"first": rule.default, "low": rule.low, "high": rule.high}
        for name, rule in RULES.items()
        if rule.setting
    }
    data = {
        "key": block_key,
        "fields": Shown.for_browser(),
        "rules": rules,
        "start": start.as_json(),
    }
    component("anomaly")(key=key, data=data, on_shown_change=_nothing)


def _nothing() -> None:
    """Streamlit wants a callback to know the name."""

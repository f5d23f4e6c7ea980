"""Scores of normal and strange ones as a histogram, with a threshold that is dragged on it.

All that follows from the threshold is counted in the browser. Scores and images come through
`payload`, topic "anomaly/0".
"""

from aecore.anomaly.guarantees import BAND, DELTA
from aecore.anomaly.threshold import RULES
from aeview.anomaly.shown import Shown
from aeview.work.component import component

TOPIC = "anomaly/0"


def anomaly(block_key: str, start: Shown, key: str, anew: bool = False) -> None:
    """Show the component; what it reports is in the session state under `key`.

    `anew`: a threshold that was set by hand belonged to something else, which the page says.
    """
    bounds = {
        name: {"first": rule.default, "low": rule.low, "high": rule.high, "unit": rule.setting}
        for name, rule in RULES.items()
        if rule.setting
    }
    data = {
        "key": block_key,
        "fields": Shown.for_browser(),
        "rules": {"of": bounds, "delta": DELTA, "band": BAND},
        "start": start.as_json(),
        "anew": anew,
    }
    component("anomaly", "shown")(key=key, data=data)

"""A training seen: curves, the map as it forms, reconstructions, samples, KL of each unit.

Frames come through `payload`, topics "train/live" (one frame) and "train/replay" (all of a run).
"""

from typing import Any

from aeview.components import component


def train(data: dict[str, Any], key: str) -> None:
    """Show a run.

    Args:
        data: `key` of the frames to show ("live", a replay's key, or "" for none yet), `title`,
            `state`, `words`, `warnings`, `curves` (nats by epoch) and `n_epochs`.
        key: the widget's key.
    """
    component("train")(key=key, data=data)

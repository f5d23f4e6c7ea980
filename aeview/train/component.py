"""A training seen: curves, the map as it forms, reconstructions, samples, KL of each unit.

Frames come through `payload`, topics "train/live/0" (one frame) and "train/replay/0" (all of
a run); slot 1 is the run beside it.
"""

from typing import Any

from aeview.work.component import component


def train(data: dict[str, Any], key: str) -> None:
    """Show a run.

    Args:
        data: `slot`, `key` of the frames to show ("live", a replay's key, or "" for none yet),
            `run` (its name), `title`, `state`, `words`, `warnings`, `curves` (nats by epoch),
            `regulariser` (the title of the second) and `n_epochs`.
        key: the widget's key.
    """
    component("train")(key=key, data=data)

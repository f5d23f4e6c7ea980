"""What a training of a table begins with, where nothing else is said: settings for few rows.

Chosen by tables other than the ten that `benchmarks/tables.py` reports. No torch.
"""

import math
from collections.abc import Mapping
from typing import Any

from aecore.models.config import SIGNAL_STD

STEPS = 2000  # about as many, however few rows there are
FEWEST_STEPS = 16  # of an epoch: what there are more of lies in larger batches
SMALLEST_BATCH, LARGEST_BATCH = 8, 256
FEWEST_EPOCHS, MOST_EPOCHS = 10, 200
MOST_UNITS = 16
NAMES = (
    "code_dim", "widths", "activation", "likelihood", "noise_std", "epochs", "batch_size",
)  # fmt: skip


def starts(n_rows: int, n_numbers: int) -> Mapping[str, Any]:
    """Return settings of both configs by their names.

    Args:
        n_rows: that are learnt.
        n_numbers: of a row.
    """
    batch = 2 ** round(math.log2(max(1, n_rows / FEWEST_STEPS)))
    batch = min(LARGEST_BATCH, max(SMALLEST_BATCH, batch))
    epochs = round(STEPS / math.ceil(n_rows / batch))
    return {
        "code_dim": max(2, min(MOST_UNITS, n_numbers // 3)),
        "widths": (64, 32),
        "activation": "tanh",  # bounded: it does not go on in a straight line where no row was
        "likelihood": "gaussian",
        "noise_std": SIGNAL_STD,
        "batch_size": batch,
        "epochs": min(MOST_EPOCHS, max(FEWEST_EPOCHS, epochs)),
    }

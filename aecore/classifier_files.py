"""The file of a classifier, read without torch; `classifier` trains and runs what is in it."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from aecore.data.catalogue import DATASETS
from aecore.errors import CheckpointError
from aecore.shelf import classifier_file

KEY = "classifier"  # of the card among the file's metadata


class ClassifierFile(NamedTuple):
    """What is in it: the card as JSON, and the arrays by name, "network.0.weight" among them."""

    card: dict[str, Any]
    tensors: dict[str, np.ndarray]


def find(data: str) -> Path | None:
    """The classifier that ships for a data set; None for others, and for your own images."""
    file = classifier_file(data)
    return file if data in DATASETS and file.is_file() else None


def read(file: Path) -> ClassifierFile:
    """Read a classifier's file.

    Raises:
        CheckpointError: in one sentence, if it is not there or not a classifier of ours.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "np") as opened:
            card = json.loads((opened.metadata() or {})[KEY])
            names = opened.keys()
            return ClassifierFile(card, {name: opened.get_tensor(name) for name in names})
    except FileNotFoundError:
        raise CheckpointError(f"there is no classifier {file.name}") from None
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise unfit(file, error) from None


def unfit(file: Path, error: Exception) -> CheckpointError:
    """Say that a file is no classifier, and why."""
    first = str(error).splitlines()[0]
    return CheckpointError(f"{file.name} is not a classifier of ours ({first})")

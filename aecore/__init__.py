"""The engine of Autoencoder Explorer: train, load and examine autoencoders.

`aecore.open("digits-vae-2d")` is the short way to all of it (`aecore.lab`).

Names are imported when they are first used, so that `import aecore` costs nothing.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "DATASETS": "aecore.data.catalogue",
    "MODELS": "aecore.models.family",
    "PROJECTIONS": "aecore.latents.projection",
    "ModelConfig": "aecore.models.config",
    "Support": "aecore.latents.support",
    "TrainingConfig": "aecore.training.config",
    "available": "aecore.checkpoints",
    "create": "aecore.models.family",
    "encode": "aecore.latents.encoding",
    "evaluate": "aecore.evaluation",
    "load": "aecore.checkpoints",
    "load_data": "aecore.data.catalogue",
    "open": "aecore.lab",
    "picture": "aecore.sheet",
    "quality": "aecore.denoising",
    "read": "aecore.checkpoints",
    "save": "aecore.checkpoints",
    "stream": "aecore.seeding",
    "train": "aecore.lab",
    "wrap": "aecore.lab",
}
_RENAMED = {"load_data": "load"}

# The table above is the list; a star import leaves Python's own `open` alone.
__all__ = sorted(_HOME.keys() - {"open"})


def __getattr__(name: str) -> Any:
    """Import a public name from the module it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module 'aecore' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), _RENAMED.get(name, name))

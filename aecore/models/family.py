"""The table of model families. A new one: a file beside this and a line in `MODELS`."""

from typing import Any

import torch

from aecore.configs import require
from aecore.models.adversarial import AdversarialAE
from aecore.models.ae import AE
from aecore.models.base import Autoencoder
from aecore.models.bodies import BODIES
from aecore.models.config import ModelConfig
from aecore.models.dae import DAE
from aecore.models.masked import MaskedAE
from aecore.models.networks import initialise
from aecore.models.pca import PCA
from aecore.models.sparse import SparseAE
from aecore.models.vae import VAE

MODELS: dict[str, type[Autoencoder]] = {
    "ae": AE, "vae": VAE, "pca": PCA, "dae": DAE, "sparse": SparseAE, "masked": MaskedAE,
    "adversarial": AdversarialAE,
}  # fmt: skip


def create(config: ModelConfig, generator: torch.Generator) -> Autoencoder:
    """Build a model with fresh weights drawn from the generator.

    Raises:
        ValueError: for a kind that is not in `MODELS`, or sizes that do not fit the images.
    """
    model = model_class(config.kind).from_config(config)
    initialise(model, generator, BODIES[model.config.body].scale)
    return model


def model_class(kind: Any) -> type[Autoencoder]:
    """Look a family up.

    Raises:
        ValueError: for an unknown name, listing the known ones.
    """
    require(kind in MODELS, "model", kind, f"one of {', '.join(MODELS)}")
    return MODELS[kind]

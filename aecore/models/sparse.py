"""The sparse autoencoder: a code larger than it need be, of which few units speak at a time."""

import torch

from aecore.losses import sparsity, standing
from aecore.models.ae import AE
from aecore.models.base import Terms
from aecore.models.config import ModelConfig
from aecore.models.layers import Activation, Layer, TopK
from aecore.types import Images

CODE_ACTIVATIONS = {"l1": "relu", "weighted": "relu", "kl": "sigmoid"}


class SparseAE(AE):
    """min Σ −log p(x | D(z)) + λ·penalty(z), z = E(x) ≥ 0: Ng (2011), "Sparse autoencoder".

    The code passes a ReLU, so that a unit can be exactly silent, or for the KL penalty a sigmoid,
    so that its mean can be compared with a rate. λ is `config.sparsity`, the penalty
    `losses.sparsity` of the kind `config.penalty`.

    With "top_k" the code is the `config.n_active` largest of the encoder's numbers and 0 elsewhere
    (Makhzani & Frey 2014; Gao et al. 2024). Then most units of a large code are soon among the
    largest for no image and learn nothing; `losses.standing` of the encoder's numbers gives each
    about as many images as the others.
    """

    @classmethod
    def from_config(cls, config: ModelConfig) -> "SparseAE":
        """Lay out the networks; the encoder ends in a function without negative values."""
        return cls(config, (*config.encoder(config.code_dim), _end(config)), config.decoder())

    @property
    def regulariser_weight(self) -> float:
        """λ."""
        return self.config.sparsity

    def terms(self, images: Images, generator: torch.Generator) -> Terms:  # noqa: ARG002  # the contract
        """Return the reconstruction term and the penalty of each image's code, unweighted."""
        before = self.encoder[:-1](images).float()
        codes = self.encoder[-1](before)
        top_k = self.config.penalty == "top_k"
        penalty = standing(before) if top_k else sparsity(self.config.penalty, codes)
        return Terms(self.negative_log_likelihood(codes, images), penalty)


def _end(config: ModelConfig) -> Layer:
    if config.penalty == "top_k":
        return TopK(config.n_active)
    return Activation(CODE_ACTIVATIONS[config.penalty])

"""The sparse autoencoder: a code larger than it need be, of which few units speak at a time."""

import torch

from aecore.losses import sparsity
from aecore.models.ae import AE
from aecore.models.base import Terms
from aecore.models.config import ModelConfig
from aecore.models.layers import Activation
from aecore.types import Images

CODE_ACTIVATIONS = {"l1": "relu", "weighted": "relu", "kl": "sigmoid"}


class SparseAE(AE):
    """min Σ −log p(x | D(z)) + λ·penalty(z), z = E(x) ≥ 0: Ng (2011), "Sparse autoencoder".

    The code passes a ReLU, so that a unit can be exactly silent, or for the KL penalty a sigmoid,
    so that its mean can be compared with a rate. λ is `config.sparsity`, the penalty
    `losses.sparsity` of the kind `config.penalty`.
    """

    @classmethod
    def from_config(cls, config: ModelConfig) -> "SparseAE":
        """Lay out the networks; the encoder ends in a function without negative values."""
        end = Activation(CODE_ACTIVATIONS[config.penalty])
        return cls(config, (*config.encoder(config.code_dim), end), config.decoder())

    @property
    def regulariser_weight(self) -> float:
        """λ."""
        return self.config.sparsity

    def terms(self, images: Images, generator: torch.Generator) -> Terms:  # noqa: ARG002  # the contract
        """Return the reconstruction term and the penalty of each image's code, unweighted."""
        codes = self.encode(images).mean
        penalty = sparsity(self.config.penalty, codes)
        return Terms(self.negative_log_likelihood(codes, images), penalty)

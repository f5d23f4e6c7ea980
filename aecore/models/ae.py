"""The plain autoencoder: a deterministic code and no regulariser."""

import torch

from aecore.models.base import Autoencoder, Posterior, Terms
from aecore.types import Images


class AE(Autoencoder):
    """min Σ −log p(x | D(E(x))): Rumelhart, Hinton & Williams (1986).

    With a Gaussian likelihood this is least squares.
    """

    def encode(self, images: Images) -> Posterior:
        """Return the code itself, without a spread."""
        return Posterior(self.encoder(images).float(), None)

    def terms(self, images: Images, generator: torch.Generator) -> Terms:  # noqa: ARG002  # the contract
        """Return the reconstruction term and zeros."""
        loss = self.negative_log_likelihood(self.encode(images).mean, images)
        return Terms(loss, torch.zeros_like(loss))

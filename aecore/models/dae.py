"""The denoising autoencoder: shown a spoilt image, asked for the clean one."""

import torch

from aecore.models.ae import AE
from aecore.models.base import Denoising, Terms
from aecore.types import Images


class DAE(AE, Denoising):
    """min Σ −log p(x | D(E(x̃))), x̃ a spoilt x: Vincent, Larochelle, Bengio & Manzagol (2008).

    How images are spoilt in training is in the training config. `reconstruct` takes an image as it
    is: of a spoilt image it is the denoised one.
    """

    def denoising_terms(self, spoilt: Images, images: Images) -> Terms:
        """Return the reconstruction term of the clean images and zeros."""
        loss = self.negative_log_likelihood(self.encode(spoilt).mean, images)
        return Terms(loss, torch.zeros_like(loss))

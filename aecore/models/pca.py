"""Principal component analysis as a model: what one linear layer in and one out can reach."""

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from aecore.configs import require
from aecore.models.ae import AE
from aecore.models.base import ClosedForm
from aecore.models.config import ModelConfig
from aecore.models.layers import Activation, Layer, Linear, Reshape

CHUNK = 4096
LINEAR: dict[str, Any] = {
    "body": "dense",
    "widths": (),
    "activation": "identity",
    "output": "identity",
    "likelihood": "gaussian",
}


class PCA(AE, ClosedForm):
    """z = Wᵀ(x − x̄), x̂ = x̄ + W z, with W the first d principal directions (Pearson 1901).

    No linear autoencoder has a smaller squared error on the training images (Baldi & Hornik
    1989). Reconstructions are orthogonal projections and may leave [0, 1]; unlike the others it is
    fitted in closed form.
    """

    @classmethod
    def from_config(cls, config: ModelConfig) -> "PCA":
        """Lay out the two linear layers; settings of deeper bodies do not apply.

        Raises:
            ValueError: for more units than pixels.
        """
        config = replace(config, **LINEAR)
        n_pixels = math.prod(config.shape)
        require(
            config.code_dim <= n_pixels,
            "code_dim",
            config.code_dim,
            f"at most the {n_pixels} pixels of an image",
        )
        encoder: tuple[Layer, ...] = (Reshape((n_pixels,)), Linear(n_pixels, config.code_dim))
        decoder = (
            Linear(config.code_dim, n_pixels),
            Reshape(config.shape),
            Activation(config.output),
        )
        return cls(config, encoder, decoder)

    @torch.no_grad()
    def fit(self, pixels: Tensor) -> None:
        """Set the weights from training images, uint8 (n, channels, height, width).

        The eigenvectors of the covariance in double precision; of each one's two signs the one
        whose entry of largest size is positive. Of fewer images than pixels they are the right
        singular vectors of the centred images, which takes seconds less.
        """
        rows, d = pixels.flatten(1), self.config.code_dim
        n, n_pixels = rows.shape
        if d < n < n_pixels:
            mean = rows.double().mean(0) / 255
            centred = rows.double() / 255 - mean
            directions = torch.linalg.svd(centred, full_matrices=False).Vh[:d].T
        else:
            mean, covariance = _moments(rows)
            directions = torch.linalg.eigh(covariance).eigenvectors.flip(1)[:, :d]
        largest = directions.abs().argmax(dim=0, keepdim=True)
        directions = directions * directions.gather(0, largest).sign()
        inward, outward = self.encoder[1], self.decoder[0]
        assert isinstance(inward, nn.Linear)
        assert isinstance(outward, nn.Linear)
        inward.weight.copy_(directions.T)
        inward.bias.copy_(-directions.T @ mean)
        outward.weight.copy_(directions)
        outward.bias.copy_(mean)


def _moments(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and covariance of rows of bytes, as intensities in [0, 1], in double precision."""
    n, n_pixels = pixels.shape
    mean = torch.stack([part.double().sum(0) for part in torch.split(pixels, CHUNK)]).sum(0) / (
        255 * n
    )
    covariance = torch.zeros(n_pixels, n_pixels, dtype=torch.float64, device=pixels.device)
    for part in torch.split(pixels, CHUNK):
        centred = part.double() / 255 - mean
        covariance += centred.T @ centred
    return mean, covariance / max(n - 1, 1)

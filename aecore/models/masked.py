"""The masked autoencoder: part of the image is hidden, and only the hidden part is asked for."""

import torch
from torch.nn import functional

from aecore.models.ae import AE
from aecore.models.base import Terms
from aecore.seeding import uniform
from aecore.types import Images

PATCH = 4  # pixels: what is hidden together
HIDDEN = 0.5  # intensity that stands for "hidden"


class MaskedAE(AE):
    """min Σ over hidden pixels of −log p(x | D(E(x̃))): He, Chen, Xie, Li et al. (2022).

    x̃ is x with a share `config.mask_ratio` of its 4×4 patches grey. The loss of the hidden pixels
    is scaled to the whole image, so that it compares with that of other models.
    """

    def terms(self, images: Images, generator: torch.Generator) -> Terms:
        """Return the reconstruction term of what the generator hides, and zeros."""
        hidden = self.mask(images, generator)
        spoilt = torch.where(hidden, HIDDEN, images)
        weight = hidden / hidden.float().mean(dim=(1, 2, 3), keepdim=True)
        loss = self.negative_log_likelihood(self.encode(spoilt).mean, images, weight)
        return Terms(loss, torch.zeros_like(loss))

    def mask(self, images: Images, generator: torch.Generator) -> torch.Tensor:
        """Draw which pixels are hidden, whole patches, as booleans.

        As many in each image, unless `config.mask_spread` lets each draw its own share.
        """
        n, _, height, width = images.shape
        rows, columns = -(-height // PATCH), -(-width // PATCH)
        noise = uniform((n, rows * columns), generator)
        n_hidden = self._counts(n, rows * columns, generator, images.device)
        chosen = noise.argsort(dim=1).argsort(dim=1) < n_hidden
        patches = chosen.view(n, 1, rows, columns).float()
        wide = functional.interpolate(patches, scale_factor=PATCH, mode="nearest")
        return wide[:, :, :height, :width].bool().expand_as(images)

    def _counts(
        self, n: int, n_patches: int, generator: torch.Generator, device: torch.device
    ) -> torch.Tensor:
        """How many patches of each image are hidden, (n, 1)."""
        ratio, spread = self.config.mask_ratio, self.config.mask_spread
        if not spread:
            return torch.full((n, 1), max(1, round(ratio * n_patches)), device=device)
        drawn = 2 * uniform((n, 1), generator) - 1
        return ((ratio + spread * drawn) * n_patches).round().clamp(1, n_patches - 1)

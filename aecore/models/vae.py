"""The variational autoencoder; β is a number in its config, not a class."""

import torch

from aecore.losses import free_bits, kl_to_standard_normal, total_correlation
from aecore.models.base import Autoencoder, Posterior, Terms
from aecore.types import Images

LOG_VAR_RANGE = (-12.0, 8.0)
TC_GROUP = 128


class VAE(Autoencoder):
    """Kingma & Welling (2014); with β ≠ 1 the β-VAE of Higgins et al. (2017).

    The objective is −E_q[log p(x|z)] + β·KL(q(z|x) || N(0, I)), estimated with one sample. With a
    `tc_weight` w ≠ 1 it is the β-TCVAE of Chen et al. (2018): of the three parts of KL only the
    total correlation counts w times (their β), so KL + (w − 1)·TC stands for KL. Its estimate
    depends on how many images it is made from: 128 at most, in training and validation alike.
    """

    numbers_per_unit = 2

    def encode(self, images: Images) -> Posterior:
        """Return mean and log-variance of q(z|x); log σ² is kept within −12 to 8."""
        mean, log_var = self.encoder(images).float().chunk(2, dim=1)
        return Posterior(mean, log_var.clamp(*LOG_VAR_RANGE))

    def terms(self, images: Images, generator: torch.Generator) -> Terms:
        """Return the two parts of −ELBO, without β, with one sampled code an image."""
        posterior = self.encode(images)
        log_var = posterior.log_var
        assert log_var is not None
        kl = kl_to_standard_normal(posterior.mean, log_var)
        codes = posterior.sample(generator)
        regulariser = free_bits(kl, self.config.free_bits)
        if (weight := self.config.tc_weight) != 1:
            groups = (torch.split(t, TC_GROUP) for t in (codes, posterior.mean, log_var))
            correlation = torch.cat([total_correlation(*g) for g in zip(*groups, strict=True)])
            regulariser = regulariser + (weight - 1) * correlation
        return Terms(self.negative_log_likelihood(codes, images), regulariser)

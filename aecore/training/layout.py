"""To begin with a layout: both networks learn places that were computed before.

A network of two latent units seldom finds by itself an arrangement as good as that of t-SNE, which
keeps neighbours together; what it finds depends on luck. Begun with such a layout, it only has to
improve on it.
"""

import math

import torch

from aecore.arrays import PlanePoints
from aecore.losses import log_normal
from aecore.models.base import Autoencoder, Terms
from aecore.seeding import normal
from aecore.types import Codes, Images

SPREAD = 0.06  # standard deviation around a place, in units of the layout's own


def to_codes(layout: PlanePoints) -> Codes:
    """Centre a layout and give it a mean variance of 1, as the prior has.

    Args:
        layout: (n, 2) places of the training images.
    """
    codes = torch.from_numpy(layout).float()
    centred = codes - codes.mean(0)
    return centred / centred.square().mean().sqrt()


def layout_terms(
    model: Autoencoder, images: Images, places: Codes, generator: torch.Generator
) -> Terms:
    """−log p(x|z) and −log q(z|x) for each image in nats, at z = place + spread·ε.

    The decoder learns what lies at a place, the encoder which place an image has: the joint
    likelihood of images and places, as in a wake phase (Hinton et al. 1995). A plain autoencoder
    counts as a normal distribution of the same spread.
    """
    codes = places + SPREAD * normal(places.shape, generator)
    mean, log_var = model.encode(images)
    if log_var is None:
        log_var = torch.full_like(mean, 2 * math.log(SPREAD))
    return Terms(model.negative_log_likelihood(codes, images), -log_normal(codes, mean, log_var))

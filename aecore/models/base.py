"""The contract every model keeps, so that every page works with every model."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from aecore.arrays import LabelArray
from aecore.losses import bernoulli_nll, calibrated_nll, gaussian_nll
from aecore.models.config import ModelConfig
from aecore.models.layers import Layer
from aecore.models.networks import build
from aecore.seeding import normal
from aecore.types import Classes, Codes, Images, Nats


class Posterior(NamedTuple):
    """q(z|x): a normal distribution with diagonal covariance, or a point where `log_var` is None.

    Attributes:
        mean: (n, d), what is displayed.
        log_var: (n, d) log σ², or None for a deterministic encoder.
    """

    mean: Codes
    log_var: Codes | None

    def sample(self, generator: torch.Generator) -> Codes:
        """Draw one code for each image by z = μ + σ·ε (Kingma & Welling 2014, section 2.4)."""
        if self.log_var is None:
            return self.mean
        return self.mean + (0.5 * self.log_var).exp() * normal(self.mean.shape, generator)


class Terms(NamedTuple):
    """The two parts of the objective for each image, in nats, unweighted.

    Attributes:
        reconstruction: −log p(x|z).
        regulariser: KL(q(z|x) || p(z)) for a VAE, 0 for a plain autoencoder.
    """

    reconstruction: Nats
    regulariser: Nats


class Autoencoder(nn.Module, ABC):
    """An encoder and a decoder with one objective; a generator (`GAN`) has no encoder.

    Args:
        config: what the model is.
        encoder: layers from an image to the posterior's numbers.
        decoder: layers from a code to the mean image, the output function last.
    """

    numbers_per_unit = 1
    betas = (0.9, 0.99)  # of Adam

    def __init__(
        self, config: ModelConfig, encoder: tuple[Layer, ...], decoder: tuple[Layer, ...]
    ) -> None:
        super().__init__()
        self.config = config
        self.layers = {"encoder": encoder, "decoder": decoder}
        self.encoder = build(encoder)
        self.decoder = build(decoder)

    @classmethod
    def from_config(cls, config: ModelConfig) -> "Autoencoder":
        """Lay out the networks that the config asks for, with torch's own first weights."""
        n_out = cls.numbers_per_unit * config.code_dim
        return cls(config, config.encoder(n_out), config.decoder())

    @abstractmethod
    def encode(self, images: Images) -> Posterior:
        """Return the posterior of each image."""

    @abstractmethod
    def terms(self, images: Images, generator: torch.Generator) -> Terms:
        """Return both parts of the objective; the generator draws the codes."""

    @property
    def encodes(self) -> bool:
        """Whether there is an encoder; without one there are pictures of codes, and no more."""
        return bool(self.layers["encoder"])

    def pace(self, weight: str) -> float:  # noqa: ARG002
        """Share of the learning rate by which a weight of this name learns."""
        return 1.0

    @property
    def regulariser_weight(self) -> float:
        """What the regulariser counts in the objective: β of a VAE, λ of a sparse autoencoder."""
        return self.config.beta

    def objective(self, reconstruction: float, regulariser: float) -> float:
        """What a training is to make small on held-out images, from both mean terms in nats."""
        return reconstruction + self.regulariser_weight * regulariser

    def told(self, labels: Classes | LabelArray) -> "Autoencoder":  # noqa: ARG002
        """Return the model as it answers when told each image's class; most take no notice.

        Args:
            labels: class numbers (n,), one an image of what it is given next, or (1,) for all.
        """
        return self

    def decode(self, codes: Codes) -> Images:
        """Return the mean image of each code, intensity in [0, 1]."""
        return self.decoder[-1](self.before_output(codes)).float()

    def before_output(self, codes: Codes) -> Tensor:
        """Return what the decoder's output function gets, (n, channels, height, width)."""
        return self.decoder[:-1](codes)

    def reconstruct(self, images: Images) -> Images:
        """Decode the posterior mean: deterministic."""
        return self.decode(self.encode(images).mean)

    def negative_log_likelihood(
        self, codes: Codes, images: Images, weight: Images | None = None
    ) -> Nats:
        """−log p(x|z) under the configured likelihood; a weight says how often a pixel counts."""
        before_output = self.before_output(codes).float()
        if self.config.likelihood == "bernoulli":
            return bernoulli_nll(before_output, images, weight)
        mean = self.decoder[-1](before_output)
        nll = calibrated_nll if self.config.likelihood == "calibrated" else gaussian_nll
        return nll(mean, images, self.config.noise_std, weight)


class ClosedForm(Autoencoder):
    """A family whose weights are set by one call of `fit` instead of by training."""

    @abstractmethod
    def fit(self, pixels: Tensor) -> None:
        """Set the weights from training images, uint8 (n, channels, height, width)."""


class Denoising(Autoencoder):
    """A family that is shown spoilt images and measured against the clean ones."""

    @abstractmethod
    def denoising_terms(self, spoilt: Images, images: Images) -> Terms:
        """Return both parts of the objective: of `images`, from the codes of `spoilt`."""

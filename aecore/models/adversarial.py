"""The adversarial autoencoder: a discriminator, not a KL term, draws the codes to the prior."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from aecore.models.ae import AE
from aecore.models.base import Terms
from aecore.models.config import ModelConfig
from aecore.models.layers import Layer
from aecore.seeding import normal
from aecore.types import Codes, Images

CRITIC_WIDTH = 128


class AdversarialAE(AE):
    """min_{E,D} max_C Σ −log p(x | D(E(x))) − λ·loss of C: Makhzani, Shlens et al. (2016).

    The discriminator C, also called critic, tells codes of images from draws of N(0, I); the
    encoder learns to deceive it. Both learn in one step, the encoder by the reversed gradient
    (Ganin & Lempitsky 2015). λ is `config.adversarial`.
    """

    def __init__(
        self, config: ModelConfig, encoder: tuple[Layer, ...], decoder: tuple[Layer, ...]
    ) -> None:
        super().__init__(config, encoder, decoder)
        self.critic = nn.Sequential(
            nn.Linear(config.code_dim, CRITIC_WIDTH),
            nn.SiLU(),
            nn.Linear(CRITIC_WIDTH, CRITIC_WIDTH),
            nn.SiLU(),
            nn.Linear(CRITIC_WIDTH, 1),
        )

    @property
    def regulariser_weight(self) -> float:
        """λ."""
        return self.config.adversarial

    def objective(self, reconstruction: float, regulariser: float) -> float:  # noqa: ARG002
        """The reconstruction alone: a critic that loses is no gain of the critic's loss."""
        return reconstruction

    def terms(self, images: Images, generator: torch.Generator) -> Terms:
        """Return the reconstruction term, and the critic's loss on an image's code and a draw."""
        codes = self.encode(images).mean
        prior = normal(codes.shape, generator)
        opposed = _Reversed.apply(codes)  # type: ignore[no-untyped-call]  # torch has no stub
        real, false = self._judge(prior), self._judge(opposed)
        loss = functional.softplus(-real) + functional.softplus(false)
        return Terms(self.negative_log_likelihood(codes, images), loss)

    def critic_accuracy(self, codes: Codes, generator: torch.Generator) -> float:
        """Share of codes and of as many prior draws that the critic tells right; 0.5 is chance."""
        prior = normal(codes.shape, generator)
        right = torch.cat((self._judge(prior) > 0, self._judge(codes) < 0))
        return float(right.float().mean())

    def _judge(self, codes: Tensor) -> Tensor:
        return self.critic(codes).float().squeeze(1)


class _Reversed(torch.autograd.Function):
    """The same numbers forwards, the opposite gradient backwards."""

    @staticmethod
    def forward(context: object, codes: Tensor) -> Tensor:
        del context
        return codes.view_as(codes)

    @staticmethod
    def backward(context: object, gradient: Tensor) -> Tensor:
        del context
        return -gradient

"""The generative adversarial network: a generator that draws, a critic that judges, no encoder."""

import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn import functional

from aecore.configs import require
from aecore.models.base import Autoencoder, Posterior, Terms
from aecore.models.config import NO_ENCODER, ModelConfig
from aecore.models.layers import Layer
from aecore.models.networks import build
from aecore.seeding import normal
from aecore.types import Images, Nats

PENALISED = 4  # one real image in so many is; Karras et al. (2020) do so in one step of 16


class GAN(Autoencoder):
    """Goodfellow, Pouget-Abadie, Mirza et al. (2014), with the non-saturating loss.

    The critic C, also called discriminator, tells images x from pictures G(z) of draws z of
    N(0, I). The generator G, which is the decoder, learns to have them taken for images:

        critic     −log σ(C(x)) − log(1 − σ(C(G(z)))) + γ/2 · ‖∇C(x)‖²
        generator  −log σ(C(G(z)))

    The critic's last term is R1 (Mescheder, Geiger & Nowozin 2018), and γ is `config.r1`. Both
    learn in one step, each by its own loss alone. C has the layers of an encoder of the config
    with one number at their end (of a body whose codes are maps, the mean of a map); it is kept
    beside the generator, as `critic`.

    Example:
        >>> from aecore.models.family import create
        >>> from aecore.seeding import stream
        >>> model = create(ModelConfig(kind="gan", code_dim=16), stream(0, "weights"))
        >>> model.decode(torch.zeros(1, 16)).shape, model.encodes
        (torch.Size([1, 1, 28, 28]), False)
    """

    betas = (0.0, 0.99)  # of Adam, as with Karras et al. (2020): no momentum, since both move

    def __init__(
        self, config: ModelConfig, encoder: tuple[Layer, ...], decoder: tuple[Layer, ...]
    ) -> None:
        require(not encoder, "encoder", f"{len(encoder)} layers", "empty: a GAN has none")
        super().__init__(config, encoder, decoder)
        self.critic = build(config.critic())

    @classmethod
    def from_config(cls, config: ModelConfig) -> "GAN":
        """Lay out the generator and the critic that the config asks for."""
        return cls(config, (), config.decoder())

    def pace(self, weight: str) -> float:
        """The critic's share of the learning rate: `config.critic_rate`."""
        return self.config.critic_rate if weight.startswith("critic.") else 1.0

    @property
    def regulariser_weight(self) -> float:
        """1: each loss moves its own network, so that none is weighed against the other."""
        return 1.0

    def encode(self, images: Images) -> Posterior:
        """Refuse.

        Raises:
            ValueError: always: there is no encoder.
        """
        del images
        raise ValueError(NO_ENCODER)

    def terms(self, images: Images, generator: torch.Generator) -> Terms:
        """Return the loss of the generator and that of the critic, of one draw for each image.

        R1 moves the critic, and is left out of the figure: what is reported is the game's loss.
        """
        made = self.decode(normal((len(images), self.config.code_dim), generator))
        frozen = {name: weight.detach() for name, weight in self.critic.named_parameters()}
        deceived = functional_call(self.critic, frozen, (made,)).float().mean(1)
        real, false = self._judge(images), self._judge(made.detach())
        loss = functional.softplus(-real) + functional.softplus(false)
        if self.config.r1 and torch.is_grad_enabled():
            penalty = self._r1(images[::PENALISED])
            loss = loss + penalty - penalty.detach()
        return Terms(functional.softplus(-deceived), loss)

    def _judge(self, images: Images) -> Nats:
        """Log odds that they are images and no pictures of the generator."""
        return self.critic(images).float().mean(1)

    def _r1(self, images: Images) -> Tensor:
        images = images.detach().requires_grad_()
        (slope,) = torch.autograd.grad(self._judge(images).sum(), images, create_graph=True)
        return self.config.r1 / 2 * slope.square().flatten(1).sum(1).mean()

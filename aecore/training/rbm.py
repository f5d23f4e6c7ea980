"""A start from restricted Boltzmann machines: layer by layer, then unrolled.

Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks" (2006): each
pair of layers is learnt alone by contrastive divergence with one step (CD-1, Hinton 2002); the
stack, mirrored, is the autoencoder that gradient descent then fine-tunes.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from aecore.configs import require
from aecore.models.base import Autoencoder
from aecore.seeding import stream
from aecore.training.config import TrainingConfig

BATCH = 100
RATE, CODE_RATE = 0.1, 0.002  # of units that are on or off, and of the code's, which are Gaussian
MOMENTUM = (0.5, 0.9)
EARLY_EPOCHS = 5  # with the lower momentum
DECAY = 2e-4


class Machine(NamedTuple):
    """An RBM: p(h = 1 | v) = σ(W v + c), p(v = 1 | h) = σ(Wᵀ h + b); `gaussian` h has variance 1.

    Attributes:
        weight: W (hidden, visible).
        hidden: c.
        visible: b.
        gaussian: whether hidden units are real numbers, as those of the code are.
    """

    weight: Tensor
    hidden: Tensor
    visible: Tensor
    gaussian: bool

    def up(self, visible: Tensor) -> Tensor:
        """Mean of the hidden units."""
        mean = visible @ self.weight.T + self.hidden
        return mean if self.gaussian else mean.sigmoid()

    def down(self, hidden: Tensor) -> Tensor:
        """Mean of the visible units."""
        return (hidden @ self.weight + self.visible).sigmoid()

    def sample(self, mean: Tensor, generator: torch.Generator) -> Tensor:
        """Draw hidden units."""
        if self.gaussian:
            return mean + torch.empty_like(mean).normal_(generator=generator)
        return torch.bernoulli(mean, generator=generator)


@torch.no_grad()
def pretrain(model: Autoencoder, pixels: Tensor, config: TrainingConfig) -> None:
    """Set a model's weights from a stack of RBMs, `config.rbm_epochs` passes each.

    Args:
        model: changed in place; dense, with sigmoid activations and no posterior.
        pixels: training images, uint8 (n, channels, height, width).
        config: for its `rbm_epochs` and its seed.

    Raises:
        ValueError: for a model that can't be unrolled.
    """
    rows, columns = _stack(model)
    generator = stream(config.seed, "rbm")
    data = pixels.flatten(1).float() / 255
    for i, (inwards, outwards) in enumerate(zip(rows, reversed(columns), strict=True)):
        machine = _fresh(inwards, gaussian=i == len(rows) - 1, generator=generator)
        learn(machine, data, config.rbm_epochs, generator)
        inwards.weight.copy_(machine.weight)
        inwards.bias.copy_(machine.hidden)
        outwards.weight.copy_(machine.weight.T)
        outwards.bias.copy_(machine.visible)
        data = machine.up(data)


def _stack(model: Autoencoder) -> tuple[list[nn.Linear], list[nn.Linear]]:
    config = model.config
    fits = config.body == "dense" and config.activation == "sigmoid"
    require(
        fits and model.numbers_per_unit == 1,
        "rbm_epochs",
        f"set for {config.kind}, {config.body}, {config.activation}",
        "0, or the model an autoencoder with a dense body and sigmoid activations",
    )
    parts = (model.encoder, model.decoder)
    rows, columns = ([m for m in part if isinstance(m, nn.Linear)] for part in parts)
    return rows, columns


def _fresh(layer: nn.Linear, gaussian: bool, generator: torch.Generator) -> Machine:
    weight = torch.empty_like(layer.weight).normal_(0, 0.01, generator=generator)
    return Machine(
        weight, torch.zeros(layer.out_features), torch.zeros(layer.in_features), gaussian
    )


@torch.no_grad()
def learn(machine: Machine, data: Tensor, n_epochs: int, generator: torch.Generator) -> None:
    """Learn one RBM in place by CD-1.

    Args:
        machine: changed in place.
        data: (n, visible), means of the units below, in [0, 1].
        n_epochs: passes over the data.
        generator: draws the order and the hidden units.
    """
    rate = CODE_RATE if machine.gaussian else RATE
    speeds = [torch.zeros_like(part) for part in machine[:3]]
    for epoch in range(n_epochs):
        momentum = MOMENTUM[epoch >= EARLY_EPOCHS]
        for batch in torch.split(torch.randperm(len(data), generator=generator), BATCH):
            steps = _gradient(machine, data[batch], generator)
            for part, speed, step in zip(machine[:3], speeds, steps, strict=True):
                decay = DECAY * part if part is machine.weight else 0.0
                speed.mul_(momentum).add_(rate * (step - decay))
                part.add_(speed)


def _gradient(
    machine: Machine, visible: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """⟨v h⟩ of the data less ⟨v h⟩ after one step down and up, for W, c and b."""
    hidden = machine.up(visible)
    seen = machine.down(machine.sample(hidden, generator))
    again = machine.up(seen)
    n = len(visible)
    weight = (hidden.T @ visible - again.T @ seen) / n
    return weight, (hidden - again).mean(dim=0), (visible - seen).mean(dim=0)

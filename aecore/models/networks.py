"""From layers to torch modules, and their first weights."""

import math

import torch
from torch import Tensor, nn

from aecore.lazy import imported
from aecore.models.layers import (
    Activation,
    Add,
    Called,
    Conv,
    ConvTranspose,
    Layer,
    LeakyReLU,
    Linear,
    OnnxGraph,
    Pad,
    Recall,
    Reshape,
    Residual,
    RowConv,
    RowConvTranspose,
    TopK,
    Upsample,
)

QUIET = 0.1  # what a block adds at first, as a share of what its weights would give


def build(layers: tuple[Layer, ...]) -> nn.Sequential:
    """Build a torch network; its parameters are named by the layers' positions."""
    kind = Branched if any(isinstance(layer, Recall | Add) for layer in layers) else nn.Sequential
    return kind(*(_module(layer) for layer in layers))


class Branched(nn.Sequential):
    """Layers of which some look back at what left earlier ones."""

    def forward(self, values: Tensor) -> Tensor:
        """Return what leaves the last."""
        return trace(self, values)[-1]


def trace(network: nn.Sequential, values: Tensor) -> list[Tensor]:
    """Return what is given to a network, and what leaves each of its layers."""
    seen = [values]
    for layer in network:
        earlier = [seen[-layer.back]] if isinstance(layer, Earlier) else []
        seen.append(layer(seen[-1], *earlier))
    return seen


def _module(layer: Layer) -> nn.Module:
    made: nn.Module
    match layer:
        case Linear(n_in, n_out):
            made = nn.Linear(n_in, n_out)
        case Residual(n):
            made = Block(n)
        case Upsample(factor):
            made = nn.Upsample(scale_factor=factor)
        case Activation(name):
            made = _activation(name)
        case TopK(k):
            made = Largest(k)
        case Reshape(shape):
            made = nn.Unflatten(1, shape) if len(shape) > 1 else nn.Flatten()
        case LeakyReLU() | Recall() | Add() | Called() | OnnxGraph():
            made = _from_elsewhere(layer)
        case _:
            made = _over_maps(layer)
    return made


def _from_elsewhere(layer: LeakyReLU | Recall | Add | Called | OnnxGraph) -> nn.Module:
    """What none of our own bodies has."""
    if isinstance(layer, OnnxGraph):
        made: nn.Module = imported("aecore.foreign.serving:Served")(layer)
        return made
    if isinstance(layer, Called):
        raise ValueError("a user's function can't be built again (aecore.wrap)")
    if isinstance(layer, LeakyReLU):
        return nn.LeakyReLU(layer.slope)
    return Earlier(layer.back, added=isinstance(layer, Add))


def _over_maps(layer: Pad | Conv | ConvTranspose | RowConv | RowConvTranspose) -> nn.Module:
    """Zeros around maps, or a kernel as high as wide, or along a row one high."""
    if isinstance(layer, Pad):
        return nn.ZeroPad2d((layer.left, layer.right, layer.top, layer.bottom))
    row = isinstance(layer, RowConv | RowConvTranspose)
    kind = nn.ConvTranspose2d if isinstance(layer, ConvTranspose | RowConvTranspose) else nn.Conv2d
    kernel, stride, padding = (
        (one, size) if row else (size, size)
        for one, size in ((1, layer.kernel), (1, layer.stride), (0, layer.padding))
    )
    return kind(layer.n_in, layer.n_out, kernel, stride, padding)


class Earlier(nn.Module):
    """What left an earlier layer, alone or added (`layers.Recall`, `layers.Add`)."""

    def __init__(self, back: int, *, added: bool) -> None:
        super().__init__()
        self.back, self.added = back, added

    def forward(self, values: Tensor, earlier: Tensor) -> Tensor:
        """Return the earlier values, or the sum of both."""
        return values + earlier if self.added else earlier


class Block(nn.Module):
    """Adds to what it gets what two convolutions make of it (`layers.Residual`)."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(n, n, 3, 1, 1)
        self.second = nn.Conv2d(n, n, 3, 1, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the same shape."""
        added: Tensor = self.second(torch.relu(self.first(maps)))
        return maps + added


class Largest(nn.Module):
    """Leaves the k largest numbers of a row as far as they are above 0 (`layers.TopK`)."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the same shape (n, d); of equal numbers any may be left."""
        values, places = numbers.topk(self.k, dim=1)
        return torch.zeros_like(numbers).scatter(1, places, values.relu())


def _activation(name: str) -> nn.Module:
    made: dict[str, nn.Module] = {
        "identity": nn.Identity(),
        "relu": nn.ReLU(),
        "silu": nn.SiLU(),
        "gelu": nn.GELU("tanh"),
        "tanh": nn.Tanh(),
        "sigmoid": nn.Sigmoid(),
    }
    return made[name]


@torch.no_grad()
def initialise(network: nn.Module, generator: torch.Generator, scale: float = 1 / 3) -> None:
    """Draw all weights from a uniform distribution of variance scale / fan_in.

    A third is torch's own rule, U(−1/√fan_in, 1/√fan_in); 2 is that of He, Zhang, Ren & Sun
    (2015), which keeps the size of a signal through many layers. Biases follow torch's rule.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            fan_in = module.weight[0].numel()
            if isinstance(module, nn.ConvTranspose2d):
                fan_in = module.weight.shape[1] * module.weight[0, 0].numel()
            bound = 1 / math.sqrt(fan_in)
            reach = math.sqrt(3 * scale) * bound
            module.weight.uniform_(-reach, reach, generator=generator)
            if module.bias is not None:
                module.bias.uniform_(-bound, bound, generator=generator)
    for module in network.modules():
        if isinstance(module, Block):
            module.second.weight.mul_(QUIET)

"""Architectures of VAEs after the papers and repositories that published them, in plain torch.

An encoder gives (mean, log σ²), but TAESD's, which gives a code.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


class Heads(nn.Module):
    """A trunk and two layers on it; with `draw` z alone, or beside them."""

    def __init__(self, trunk: nn.Module, mean: nn.Module, log_var: nn.Module) -> None:
        super().__init__()
        self.trunk, self.mean, self.log_var = trunk, mean, log_var

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log σ²."""
        h = self.trunk(x)
        return self.mean(h), self.log_var(h)


class Halves(nn.Module):
    """One layer's numbers cut in two, as the TensorFlow tutorial does."""

    def __init__(self, trunk: nn.Module) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log σ²."""
        mean, log_var = self.trunk(x).chunk(2, dim=1)
        return mean, log_var


class Drawing(nn.Module):
    """What many export: z = μ + σ·ε."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor) -> Tensor:
        """Return a draw."""
        mean, log_var = self.encoder(x)
        return mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)


class Whole(nn.Module):
    """Both halves as many export them: image, mean and log σ², and a draw between."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return what is rebuilt, and the posterior where there is one."""
        made = self.encoder(x)
        if not isinstance(made, tuple):
            return (self.decoder(made),)
        mean, log_var = made
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        return self.decoder(z), mean, log_var


class Turn(nn.Module):
    """Axes in another order."""

    def __init__(self, *order: int) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        """Return the same numbers."""
        return x.permute(*self.order)


LAST_TO_FIRST, FIRST_TO_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


def heads(trunk: nn.Module, width: int, d: int) -> Heads:
    """Two dense heads."""
    return Heads(trunk, nn.Linear(width, d), nn.Linear(width, d))


def normed(kind: type[nn.Module], n_in: int, n_out: int, **sizes: int) -> nn.Sequential:
    """A convolution, batch norm and leaky ReLU."""
    return nn.Sequential(kind(n_in, n_out, **sizes), nn.BatchNorm2d(n_out), nn.LeakyReLU())


def antixk_encoder() -> nn.Module:
    """The encoder: AntixK's vanilla VAE."""
    sizes = (3, 32, 64, 128, 256, 512)
    layers = [
        normed(nn.Conv2d, a, b, kernel_size=3, stride=2, padding=1) for a, b in pairwise(sizes)
    ]
    return heads(nn.Sequential(*layers, nn.Flatten()), 512 * 4, 128)


def antixk_decoder() -> nn.Module:
    """The decoder: AntixK's vanilla VAE."""
    sizes = (512, 256, 128, 64, 32, 32)
    layers = [
        normed(nn.ConvTranspose2d, a, b, kernel_size=3, stride=2, padding=1, output_padding=1)
        for a, b in pairwise(sizes)
    ]
    end = (nn.Conv2d(32, 3, 3, padding=1), nn.Tanh())
    return nn.Sequential(nn.Linear(128, 512 * 4), nn.Unflatten(1, (512, 2, 2)), *layers, *end)


class Basic(nn.Module):
    """ResNet's basic block; in the decoder it grows by repeating pixels."""

    def __init__(self, n_in: int, n_out: int, stride: int = 1, grow: int = 1) -> None:
        super().__init__()
        up = [nn.Upsample(scale_factor=2)] if grow > 1 else []
        self.inner = nn.Sequential(
            *up, nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False), nn.BatchNorm2d(n_out),
            nn.ReLU(), nn.Conv2d(n_out, n_out, 3, 1, 1, bias=False), nn.BatchNorm2d(n_out),
        )  # fmt: skip
        same = stride == grow == 1 and n_in == n_out
        beside = (nn.Conv2d(n_in, n_out, 1, stride, bias=False), nn.BatchNorm2d(n_out))
        self.beside = nn.Identity() if same else nn.Sequential(*up, *beside)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of both ways."""
        return functional.relu(self.inner(x) + self.beside(x))


def resnet_encoder() -> nn.Module:
    """The encoder: Lightning Bolts' ResNet-18 VAE."""
    start = (nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU())
    blocks, n_in = [], 64
    for n_out, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        blocks += [Basic(n_in, n_out, stride), Basic(n_out, n_out)]
        n_in = n_out
    trunk = nn.Sequential(*start, *blocks, nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten())
    return heads(trunk, 512, 256)


def resnet_decoder() -> nn.Module:
    """The decoder: Lightning Bolts' ResNet-18 VAE."""
    blocks, n_in = [], 512
    for n_out, grow in ((256, 1), (128, 2), (64, 2), (64, 2)):
        blocks += [Basic(n_in, n_out, grow=grow), Basic(n_out, n_out)]
        n_in = n_out
    start = (nn.Linear(256, 512 * 16), nn.Unflatten(1, (512, 4, 4)))
    return nn.Sequential(*start, *blocks, nn.Conv2d(64, 3, 3, 1, 1, bias=False))


def disent_encoder() -> nn.Module:
    """The encoder: disent's."""
    sizes = ((3, 32), (32, 32), (32, 64), (64, 64))
    layers = [m for a, b in sizes for m in (nn.Conv2d(a, b, 4, 2, 1), nn.ReLU())]
    trunk = nn.Sequential(*layers, nn.Flatten(), nn.Linear(1024, 256), nn.ReLU())
    return heads(trunk, 256, 9)


def disent_decoder() -> nn.Module:
    """The decoder: disent's."""
    start = (nn.Linear(9, 256), nn.ReLU(), nn.Linear(256, 1024), nn.ReLU())
    sizes = ((64, 64), (64, 32), (32, 32))
    layers = [m for a, b in sizes for m in (nn.ConvTranspose2d(a, b, 4, 2, 1), nn.ReLU())]
    return nn.Sequential(
        *start, nn.Unflatten(1, (64, 4, 4)), *layers, nn.ConvTranspose2d(32, 3, 4, 2, 1),
        nn.Sigmoid(),
    )  # fmt: skip


def pythae_conv_encoder() -> nn.Module:
    """The encoder: pythae's for MNIST."""
    sizes = ((1, 128), (128, 256), (256, 512), (512, 1024))
    layers = [
        m for a, b in sizes for m in (nn.Conv2d(a, b, 4, 2, 1), nn.BatchNorm2d(b), nn.ReLU())
    ]
    return heads(nn.Sequential(*layers, nn.Flatten()), 1024, 16)


def pythae_conv_decoder() -> nn.Module:
    """The decoder: pythae's for MNIST."""
    return nn.Sequential(
        nn.Linear(16, 1024 * 16), nn.Unflatten(1, (1024, 4, 4)),
        nn.ConvTranspose2d(1024, 512, 3, 2, 1), nn.BatchNorm2d(512), nn.ReLU(),
        nn.ConvTranspose2d(512, 256, 3, 2, 1, output_padding=1), nn.BatchNorm2d(256), nn.ReLU(),
        nn.ConvTranspose2d(256, 1, 3, 2, 1, output_padding=1), nn.Sigmoid(),
    )  # fmt: skip


class TinyBlock(nn.Module):
    """TAESD's block."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(n, n, 3, padding=1), nn.ReLU(), nn.Conv2d(n, n, 3, padding=1), nn.ReLU(),
            nn.Conv2d(n, n, 3, padding=1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum."""
        return functional.relu(self.conv(x) + x)


class Clamp(nn.Module):
    """TAESD's soft bound of its code."""

    def forward(self, x: Tensor) -> Tensor:
        """Return 3·tanh(x / 3)."""
        return torch.tanh(x / 3) * 3


def tiny_encoder() -> nn.Module:
    """The encoder: TAESD's, smaller."""

    def halve() -> nn.Module:
        return nn.Conv2d(32, 32, 3, padding=1, stride=2, bias=False)

    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), TinyBlock(32), halve(), TinyBlock(32), halve(),
        TinyBlock(32), nn.Conv2d(32, 4, 3, padding=1),
    )  # fmt: skip


def tiny_decoder() -> nn.Module:
    """The decoder: TAESD's, smaller."""

    def double() -> tuple[nn.Module, ...]:
        return nn.Upsample(scale_factor=2), nn.Conv2d(32, 32, 3, padding=1, bias=False)

    return nn.Sequential(
        Clamp(), nn.Conv2d(4, 32, 3, padding=1), nn.ReLU(), TinyBlock(32), *double(),
        TinyBlock(32), *double(), TinyBlock(32), nn.Conv2d(32, 3, 3, padding=1),
    )  # fmt: skip


def keras_encoder() -> nn.Module:
    """Strides with padding SAME: one row of zeros after the last."""
    after = nn.ZeroPad2d((0, 1, 0, 1))
    layers = (after, nn.Conv2d(1, 32, 3, 2), nn.ReLU(), after, nn.Conv2d(32, 64, 3, 2), nn.ReLU())
    flat = (Turn(*FIRST_TO_LAST), nn.Flatten(), nn.Linear(7 * 7 * 64, 16), nn.ReLU())
    return heads(nn.Sequential(Turn(*LAST_TO_FIRST), *layers, *flat), 16, 2)


def keras_decoder() -> nn.Module:
    """The decoder: keras.io's."""
    return nn.Sequential(
        nn.Linear(2, 7 * 7 * 64), nn.ReLU(), nn.Unflatten(1, (7, 7, 64)), Turn(*LAST_TO_FIRST),
        nn.ConvTranspose2d(64, 64, 3, 2, 1, 1), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 3, padding=1), nn.Sigmoid(), Turn(*FIRST_TO_LAST),
    )  # fmt: skip


def cvae_encoder() -> nn.Module:
    """The encoder: TensorFlow's tutorial."""
    layers = (nn.Conv2d(1, 32, 3, 2), nn.ReLU(), nn.Conv2d(32, 64, 3, 2), nn.ReLU())
    flat = (Turn(*FIRST_TO_LAST), nn.Flatten(), nn.Linear(6 * 6 * 64, 4))
    return Halves(nn.Sequential(Turn(*LAST_TO_FIRST), *layers, *flat))


def cvae_decoder() -> nn.Module:
    """The decoder: TensorFlow's tutorial."""
    return nn.Sequential(
        nn.Linear(2, 7 * 7 * 32), nn.ReLU(), nn.Unflatten(1, (7, 7, 32)), Turn(*LAST_TO_FIRST),
        nn.ConvTranspose2d(32, 64, 3, 2, 1, 1), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 3, padding=1), Turn(*FIRST_TO_LAST),
    )  # fmt: skip


def signal_encoder() -> nn.Module:
    """The encoder: one-dimensional convolutions."""
    layers = (nn.Conv1d(1, 16, 5, 2, 2), nn.ReLU(), nn.Conv1d(16, 32, 5, 2, 2), nn.ReLU())
    return heads(nn.Sequential(*layers, nn.Flatten()), 32 * 35, 4)


def signal_decoder() -> nn.Module:
    """The decoder: one-dimensional convolutions."""
    return nn.Sequential(
        nn.Linear(4, 32 * 35), nn.ReLU(), nn.Unflatten(1, (32, 35)),
        nn.ConvTranspose1d(32, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose1d(16, 1, 4, 2, 1),
        nn.Sigmoid(),
    )  # fmt: skip


def dense(*sizes: int, end: nn.Module | None = None) -> nn.Sequential:
    """Dense layers and ReLU."""
    pairs = pairwise(sizes)
    layers = [m for a, b in pairs for m in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*(layers if end is None else [*layers[:-1], end]))

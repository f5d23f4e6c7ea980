"""Ways to spoil an image, each with a level, and a mixture of them to train on.

What kinds there are, how their levels are called and how far they go is in `noise.KINDS` (no
torch). Here a kind becomes pixels: from a torch generator in training, or from the numbers that
`noise` draws, which the browser repeats one by one (`aeview/browser/net/corruption.js`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aecore import noise
from aecore.configs import require
from aecore.lazy import imported
from aecore.seeding import span
from aecore.types import Images

HOLE = 0.5  # intensity of what is missing: neither ink nor paper
STREAM = "corruption"

Change = Callable[[Images, Tensor, Tensor], Images]


@dataclass(frozen=True, slots=True)
class Corruption:
    """A way to spoil images: (images, level, generator) → images.

    Attributes:
        name: a name in `noise.KINDS`.
        change: (images, levels (n, 1, 1, 1), draws (n, k)) → images.
    """

    name: str
    change: Change

    def __call__(
        self, images: Images, level: float | Tensor, generator: torch.Generator
    ) -> Images:
        """Spoil each image with draws of its own.

        Args:
            images: intensity in [0, 1].
            level: one for all, or (n,) one for each; 0 changes nothing.
            generator: draws the noise.

        Returns:
            Images of the same shape, intensity in [0, 1].
        """
        draws = self.draws(len(images), images, generator)
        return self.change(images, _for_each(images, level), draws)

    def draws(self, n: int, images: Images, generator: torch.Generator) -> Tensor:
        """Draw what it takes to spoil n images like these, (n, k)."""
        shape = (n, noise.n_draws(self.name, tuple(images.shape[1:])))
        draws = torch.empty(shape, device=images.device)
        if noise.KINDS[self.name].draws == "normal":
            return draws.normal_(generator=generator)
        return draws.uniform_(generator=generator)

    def seeded(self, images: Images, level: float, seed: int, first: int = 0) -> Images:
        """Spoil images by the numbers of a seed, as the browser does.

        Args:
            images: intensity in [0, 1].
            level: one for all.
            seed: 0 to 4,294,967,295.
            first: place of the first image in its row; each place has draws of its own.
        """
        n, k = len(images), noise.n_draws(self.name, tuple(images.shape[1:]))
        draw = noise.normal if noise.KINDS[self.name].draws == "normal" else noise.uniform
        draws = torch.from_numpy(draw(seed, STREAM, first + n, k)[first:])
        exact = torch.tensor(level, dtype=torch.float64)
        return self.change(images, exact.reshape(1, 1, 1, 1), draws).float()


def _for_each(images: Images, level: float | Tensor) -> Tensor:
    levels = torch.as_tensor(level, device=images.device, dtype=torch.float32)
    return levels.reshape(-1, 1, 1, 1)


def gaussian(images: Images, level: Tensor, draws: Tensor) -> Images:
    """Add σ·ε and clip to [0, 1]."""
    return (images + level * draws.reshape(images.shape)).clamp(0, 1).to(images.dtype)


def salt_and_pepper(images: Images, level: Tensor, draws: Tensor) -> Images:
    """Half of the chosen pixels black, half of them white, in all channels."""
    u = draws.reshape(len(images), 1, *images.shape[2:])
    black = torch.where(u < level / 2, torch.zeros_like(images), images)
    return torch.where(u > 1 - level / 2, torch.ones_like(images), black)


def masking(images: Images, level: Tensor, draws: Tensor) -> Images:
    """The chosen pixels black: Vincent, Larochelle, Bengio & Manzagol (2008)."""
    u = draws.reshape(len(images), 1, *images.shape[2:])
    return torch.where(u < level, torch.zeros_like(images), images)


def patches(images: Images, level: Tensor, draws: Tensor) -> Images:
    """A square of `level` times the image's side, wiped to mid-grey, wholly inside.

    Of a signal, a stretch of `level` times its length.
    """
    height, width = images.shape[2:]
    axes = ((0, height), (1, width)) if height > 1 else ((1, width),)
    side = torch.floor(level * min(size for _, size in axes) + 0.5)
    inside = torch.ones_like(level, dtype=torch.bool)
    for axis, size in axes:
        centre = draws[:, axis].reshape(-1, 1, 1, 1) * size
        start = torch.floor(centre - side / 2 + 0.5).clamp(min=0)
        start = torch.minimum(start, size - side)
        shape = (1, 1, -1, 1) if axis == 0 else (1, 1, 1, -1)
        place = torch.arange(size, device=images.device).reshape(shape)
        inside = inside & (place >= start) & (place < start + side)
    return torch.where(inside, torch.full_like(images, HOLE), images)


class _Corruptions(Mapping[str, Corruption]):
    """The entries of `noise.KINDS` as what they do."""

    def __getitem__(self, name: str) -> Corruption:
        return Corruption(name, imported(noise.KINDS[name].change))

    def __iter__(self) -> Iterator[str]:
        return iter(noise.KINDS)

    def __len__(self) -> int:
        return len(noise.KINDS)


CORRUPTIONS = _Corruptions()


def corruption(name: str) -> Corruption:
    """Look a corruption up.

    Raises:
        ValueError: for an unknown name, listing the known ones.
    """
    require(name in CORRUPTIONS, "noise", name, f"one of {', '.join(CORRUPTIONS)}")
    return CORRUPTIONS[name]


def mixed(
    images: Images, names: Sequence[str], highest: Sequence[float], generator: torch.Generator
) -> Images:
    """Spoil each image in one of these ways, at a level between 0 and that way's highest.

    A name that stands twice is chosen twice as often. No image's level is told to the model.
    """
    n, own = span(len(images), generator)
    ends = torch.tensor((own.start, own.stop), device=images.device)
    chosen = torch.randint(len(names), (n,), generator=generator, device=images.device)
    shares = torch.empty(n, device=images.device).uniform_(generator=generator)[own]
    spoiled = images.clone()
    for number, (name, high) in enumerate(zip(names, highest, strict=True)):
        rows = (chosen == number).nonzero()[:, 0]
        if len(rows):
            kind = CORRUPTIONS[name]
            draws = kind.draws(len(rows), images, generator)
            here = slice(*torch.searchsorted(rows, ends).tolist())
            mine = rows[here] - own.start
            levels = _for_each(images, shares[mine] * high)
            spoiled[mine] = kind.change(images[mine], levels, draws[here])
    return spoiled

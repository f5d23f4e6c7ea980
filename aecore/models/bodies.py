"""Bodies: from a few numbers to layers (no torch, no weights).

`dense` stacks linear layers; `conv` halves the picture by strided convolutions and, on the way
back, doubles it by transposed ones (a signal, which is an image with one row, along that row);
`spatial` does the same without any linear layer, so that its code is a small picture itself;
`residual` passes the picture on without any function in its way, and blocks add to it; what
can't be halved evenly is padded first, and cut off at the end; `given`
stands for the layers of a model from elsewhere, which none of ours can be made of. Another
body is one more pair here and one line in `BODIES`.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from aecore.models.layers import (
    Activation,
    Add,
    Conv,
    ConvTranspose,
    Layer,
    Linear,
    Pad,
    Reshape,
    Residual,
    RowConv,
    RowConvTranspose,
)

Layers = tuple[Layer, ...]
Shape = tuple[int, int, int]


class Size(NamedTuple):
    """The numbers a body is made from.

    Attributes:
        shape: (channels, height, width) of the images.
        channels: feature maps of each halving, outermost first (all but dense).
        widths: units of the linear layers, outermost first; for spatial the feature maps of the
            convolutions at the code's own size, for residual how many blocks the encoder has
            and how many the decoder; a third number between them counts the encoder's blocks at
            half that size.
        activation: the function between layers, one of `layers.ACTIVATIONS`.
    """

    shape: Shape
    channels: tuple[int, ...]
    widths: tuple[int, ...]
    activation: str


def dense_encoder(size: Size, n_out: int) -> Layers:
    """Flatten, then linear layers of the given widths."""
    n_pixels = math.prod(size.shape)
    return (Reshape((n_pixels,)), *_stack((n_pixels, *size.widths, n_out), size.activation))


def dense_decoder(size: Size, n_in: int) -> Layers:
    """The encoder's widths in reverse, ending in one number a pixel."""
    sizes = (n_in, *reversed(size.widths), math.prod(size.shape))
    return (*_stack(sizes, size.activation), Reshape(size.shape))


def conv_encoder(size: Size, n_out: int) -> Layers:
    """A 3×3 convolution of stride 2 for each entry of `channels`, then linear layers.

    Of a signal a convolution spans 5 samples.
    """
    layers: list[Layer] = [*_padded(size)]
    for n_from, n_to in pairwise((size.shape[0], *size.channels)):
        halving = RowConv(n_from, n_to, 5, 2, 2) if _row(size) else Conv(n_from, n_to, 3, 2, 1)
        layers += [halving, Activation(size.activation)]
    n_features = math.prod(_inner_shape(size))
    sizes = (n_features, *size.widths, n_out)
    return (*layers, Reshape((n_features,)), *_stack(sizes, size.activation))


def conv_decoder(size: Size, n_in: int) -> Layers:
    """Linear layers, then a 4×4 transposed convolution of stride 2 for each of `channels`.

    Of a signal it spans 6 samples.
    """
    inner = _inner_shape(size)
    sizes = (n_in, *reversed(size.widths), math.prod(inner))
    layers = [*_stack(sizes, size.activation), Activation(size.activation), Reshape(inner)]
    for n_from, n_to in pairwise((*reversed(size.channels), size.shape[0])):
        doubling = (
            RowConvTranspose(n_from, n_to, 6, 2, 2)
            if _row(size)
            else ConvTranspose(n_from, n_to, 4, 2, 1)
        )
        layers += [doubling, Activation(size.activation)]
    return (*layers[:-1], *_cut(size))


def spatial_encoder(size: Size, n_out: int) -> Layers:
    """Halvings as in `conv`, 3×3 convolutions of the given widths, and maps of numbers."""
    layers: list[Layer] = [*_padded(size)]
    for n_from, n_to in pairwise((size.shape[0], *size.channels)):
        layers += [Conv(n_from, n_to, 4, 2, 1), Activation(size.activation)]
    maps = (size.channels[-1], *size.widths, _n_maps(size, n_out))
    return (*layers, *_convolutions(maps, size.activation), Reshape((n_out,)))


def spatial_decoder(size: Size, n_in: int) -> Layers:
    """The encoder in reverse; the code is so many maps at the size of the last halving."""
    _, height, width = _inner_shape(size)
    n_maps = _n_maps(size, n_in)
    maps = (n_maps, *reversed(size.widths), size.channels[-1])
    layers = [*_convolutions(maps, size.activation), Activation(size.activation)]
    for n_from, n_to in pairwise((*reversed(size.channels), size.shape[0])):
        layers += [ConvTranspose(n_from, n_to, 4, 2, 1), Activation(size.activation)]
    return (Reshape((n_maps, height, width)), *layers[:-1], *_cut(size))


def residual_encoder(size: Size, n_out: int) -> Layers:
    """Halvings without a function between them, blocks, and a convolution to maps of numbers.

    Of three widths the middle one counts blocks that see twice as far: one more halving, to twice
    as many maps, and back, with a way past them that is added. That is the U-Net of Ronneberger,
    Fischer & Brox (2015) with one level, and its sum is that of Chaurasia & Culurciello (2017).
    """
    n_blocks, n_below, _ = _blocks(size)
    halvings = pairwise((size.shape[0], *size.channels))
    layers: list[Layer] = [*_padded(size)]
    layers += [Conv(n_from, n_to, 4, 2, 1) for n_from, n_to in halvings]
    inner, height, width = _inner_shape(size)
    layers += [Residual(inner)] * n_blocks
    if n_below:
        if height % 2 or width % 2:
            raise ValueError(
                f"widths is {size.widths}, but the maps of the last halving are {width}×{height}, "
                "which can't be halved once more; choose two numbers"
            )
        below: list[Layer] = [Conv(inner, 2 * inner, 4, 2, 1), *[Residual(2 * inner)] * n_below]
        below += [ConvTranspose(2 * inner, inner, 4, 2, 1)]
        layers += [*below, Add(len(below) + 1)]
    return (*layers, Conv(inner, _n_maps(size, n_out), 3, 1, 1), Reshape((n_out,)))


def residual_decoder(size: Size, n_in: int) -> Layers:
    """A convolution from the code's maps, blocks, and transposed convolutions."""
    n_maps, inner = _n_maps(size, n_in), _inner_shape(size)
    doublings = pairwise((*reversed(size.channels), size.shape[0]))
    return (
        Reshape((n_maps, *inner[1:])),
        Conv(n_maps, inner[0], 3, 1, 1),
        *[Residual(inner[0])] * _blocks(size)[-1],
        *(ConvTranspose(n_from, n_to, 4, 2, 1) for n_from, n_to in doublings),
        *_cut(size),
    )


def _blocks(size: Size) -> tuple[int, int, int]:
    """How many the encoder has at the code's size and at half of it, and how many the decoder."""
    if len(size.widths) not in (2, 3):
        raise ValueError(
            f"widths is {size.widths}, but must be two numbers for a residual body: how many "
            "blocks the encoder has and how many the decoder; or three, with those at half the "
            "size between them"
        )
    first, *below, last = size.widths
    return first, sum(below), last


def _n_maps(size: Size, n_numbers: int) -> int:
    if _row(size):
        raise ValueError("this body is for pictures; choose 'dense' or 'conv' for signals")
    _, height, width = _inner_shape(size)
    if n_numbers % (height * width):
        raise ValueError(
            f"the code of this body is maps of {width}×{height}, so code_dim must be a "
            f"multiple of {height * width}"
        )
    return n_numbers // (height * width)


def _convolutions(maps: tuple[int, ...], activation: str) -> list[Layer]:
    layers: list[Layer] = []
    for n_from, n_to in pairwise(maps):
        layers += [Conv(n_from, n_to, 3, 1, 1), Activation(activation)]
    return layers[:-1]


def _row(size: Size) -> bool:
    return size.shape[1] == 1


def _inner_shape(size: Size) -> Shape:
    _, height, width = size.shape
    factor = 2 ** len(size.channels)
    shortest = width if _row(size) else min(height, width)
    if not size.channels or factor > shortest:
        what = f"a signal of {width} samples" if _row(size) else f"a picture of {width}×{height}"
        raise ValueError(
            f"channels is {size.channels}, but {what} has to be halved once for each entry, at "
            f"least once and at most {shortest.bit_length() - 1} times"
        )
    return size.channels[-1], 1 if _row(size) else -(-height // factor), -(-width // factor)


def _padded(size: Size) -> list[Pad]:
    """What brings an image to a size that can be halved; nothing where it can."""
    (_, height, width), (_, high, wide) = size.shape, _inner_shape(size)
    factor = 2 ** len(size.channels)
    down = 0 if _row(size) else high * factor - height
    across = wide * factor - width
    whole = Pad(down // 2, across // 2, down - down // 2, across - across // 2)
    return [whole] if down or across else []


def _cut(size: Size) -> list[Pad]:
    """What brings it back to its own size."""
    return [Pad(-p.top, -p.left, -p.bottom, -p.right) for p in _padded(size)]


def _area(size: Size) -> int:
    """Numbers in one map at the size of the last halving."""
    return math.prod(_inner_shape(size)[1:])


def _stack(sizes: tuple[int, ...], activation: str) -> list[Layer]:
    layers: list[Layer] = []
    for n_from, n_to in pairwise(sizes):
        layers += [Linear(n_from, n_to), Activation(activation)]
    return layers[:-1]


def _not_made(size: Size, n: int) -> Layers:
    del size, n
    raise ValueError(
        "body is 'given': these layers came with a model from elsewhere, and no new model can be "
        "made of its settings; choose another body"
    )


class Body(NamedTuple):
    """How a body makes its encoder (size, numbers out) and its decoder (size, numbers in).

    `least` is the fewest numbers its encoder can end in: 1, or a map of the last halving's size.
    `about` says in words what it is made of, with {channels}, {widths} and {both} as numbers;
    `scale` is the variance of its first weights times their fan-in (`networks.initialise`).
    """

    encoder: Callable[[Size, int], Layers]
    decoder: Callable[[Size, int], Layers]
    about: str
    scale: float = 1 / 3
    least: Callable[[Size], int] = lambda _: 1

    def words(self, channels: tuple[int, ...], widths: tuple[int, ...]) -> str:
        """Say what a body of these sizes is made of."""
        sizes = {"channels": channels, "widths": widths, "both": (*channels, *widths)}
        return self.about.format(**{k: "–".join(map(str, v)) for k, v in sizes.items()})


GIVEN = "given"  # of a model from elsewhere

BODIES: dict[str, Body] = {
    "dense": Body(dense_encoder, dense_decoder, "dense, {widths}"),
    "conv": Body(
        conv_encoder, conv_decoder, "convolutional, {channels} feature maps, then {widths}"
    ),
    "spatial": Body(
        spatial_encoder, spatial_decoder,
        "convolutional without a dense layer, {both} feature maps", 2.0, _area,
    ),
    "residual": Body(
        residual_encoder, residual_decoder,
        "convolutional, {channels} feature maps, {widths} blocks", 1.0, _area,
    ),
    GIVEN: Body(_not_made, _not_made, "its own layers"),
}  # fmt: skip

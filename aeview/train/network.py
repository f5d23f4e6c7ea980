"""The network that is to be trained, drawn: a bar for what leaves each layer, with its size."""

import math
from collections.abc import Iterable

import streamlit as st

from aecore.data.pictures.sizes import Size
from aecore.models.config import ModelConfig
from aecore.models.family import family_of
from aecore.models.layers import (
    Activation,
    Conv,
    ConvTranspose,
    Layer,
    Linear,
    Pad,
    Reshape,
    RowConv,
    RowConvTranspose,
    TopK,
    Upsample,
)
from aeview.shell import frame

STYLE = frame.ASSETS / "network.css"
LEAST = 8  # % of the height, so that a small layer is seen
AUTOENCODER = "image", "encoder", "code", "decoder", "image"
GENERATOR = "code", "decoder", "image", "critic", "verdict"
Shape = tuple[int, ...]


def show(config: ModelConfig) -> None:
    """Draw a network: the image, the encoder, the code, the decoder, the image.

    Of a generator: the code, the decoder, the image, the critic, its verdict.
    """
    st.html(STYLE)
    st.html(drawing(config))


def drawing(config: ModelConfig) -> str:
    """Write it as HTML; heights are logarithms of how many numbers leave a layer."""
    first, second = sizes(config)
    begin, one, middle, other, end = AUTOENCODER if family_of(config.kind).encodes else GENERATOR
    parts = [begin, *[one] * (len(first) - 2), middle, *[other] * (len(second) - 1), end]
    shapes = [*first, *second]
    most = max(map(math.prod, shapes))
    bars = [
        f'<div class="{part}"><b><i style="height: {_height(shape, most):.0f}%"></i></b>'
        f"<span>{_words(shape)}</span></div>"
        for part, shape in zip(parts, shapes, strict=True)
    ]
    said = ", ".join(" of ".join(_parts(shape)) for shape in shapes)
    title = f"The network, layer by layer: {said}; the code has {config.code_dim}."
    return f'<div class="network" role="img" aria-label="{title}">{"".join(bars)}</div>'


def sizes(config: ModelConfig) -> tuple[list[Shape], list[Shape]]:
    """What leaves each layer with weights: from image to code, and from there to the image.

    Of a generator from code to image, and from there to the critic's one number.
    """
    code = (config.code_dim,)
    if not family_of(config.kind).encodes:
        drawn = _through(config.decoder(), code)[:-1]
        return [code, *drawn, config.shape], _through(config.critic(), config.shape)
    encoder = _through(config.encoder(config.code_dim), config.shape)
    decoder = _through(config.decoder(), code)
    return [config.shape, *encoder[:-1], code], [*decoder[:-1], config.shape]


def _through(layers: Iterable[Layer], shape: Shape) -> list[Shape]:
    """What leaves each layer; numbers that are maps to the next layer are maps here, too."""
    found: list[Shape] = []
    for layer in layers:
        shape = _after(layer, shape)
        if isinstance(layer, Reshape):
            found[-1:] = [shape] if found and len(shape) == 3 else found[-1:]
        elif isinstance(layer, Pad):
            found[-1:] = [shape] if found else []
        elif not isinstance(layer, Activation | TopK):
            found.append(shape)
    return found


def _after(layer: Layer, shape: Shape) -> Shape:
    """The shape of what leaves a layer that was given this one."""
    if isinstance(layer, Linear):
        return (layer.n_out,)
    if isinstance(layer, Reshape):
        return layer.shape
    if isinstance(layer, Upsample):
        return (shape[0], *(side * layer.factor for side in shape[1:]))
    if isinstance(layer, Pad):
        high, wide = shape[1] + layer.top + layer.bottom, shape[2] + layer.left + layer.right
        return (shape[0], high, wide)
    if isinstance(layer, Conv | ConvTranspose | RowConv | RowConvTranspose):
        across = isinstance(layer, Conv | ConvTranspose)
        height = _side(layer, shape[1]) if across else shape[1]
        return (layer.n_out, height, _side(layer, shape[2]))
    return shape


def _side(layer: Conv | ConvTranspose | RowConv | RowConvTranspose, side: int) -> int:
    if isinstance(layer, Conv | RowConv):
        return (side + 2 * layer.padding - layer.kernel) // layer.stride + 1
    return (side - 1) * layer.stride - 2 * layer.padding + layer.kernel


def _height(shape: Shape, most: int) -> float:
    return max(LEAST, 100 * math.log1p(math.prod(shape)) / math.log1p(most))


def _parts(shape: Shape) -> list[str]:
    """How many, and of what size where they are maps: ["32", "14×14"], width × height."""
    if len(shape) < 3:
        return [str(shape[0])]
    size = str(shape[2]) if shape[1] == 1 else str(Size(*shape[1:]))
    return [size] if shape[0] == 1 else [str(shape[0]), size]


def _words(shape: Shape) -> str:
    return "<br>".join(_parts(shape))

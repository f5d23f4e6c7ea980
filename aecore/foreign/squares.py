"""Convolutions of any kind as ours: a square kernel, one stride, the same padding all around.

Groups become zeros between channels, holes (dilation) zeros within a kernel, and a padding that
differs from side to side a larger kernel with zeros at its edge.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from aecore.errors import ForeignModelError
from aecore.foreign.nodes import Node, Value
from aecore.models.layers import Conv, ConvTranspose, RowConv, RowConvTranspose

LARGEST_KERNEL = 64
MOST_WEIGHTS = 50_000_000


class Frame(NamedTuple):
    """How a convolution goes over its input, each down and across; of a signal across alone.

    Attributes:
        strides, dilations: of the kernel.
        begin, end: padding before and after.
        more: what a transposed one adds to the end of its output.
        groups: of channels that see each other alone.
    """

    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    begin: tuple[int, ...]
    end: tuple[int, ...]
    more: tuple[int, ...]
    groups: int

    def across(self) -> "Frame":
        """The same along rows alone."""
        both = (self.strides, self.dilations, self.begin, self.end, self.more)
        strides, dilations, begin, end, more = (each[1:] for each in both)
        return Frame(strides, dilations, begin, end, more, self.groups)


class _Axis(NamedTuple):
    size: int
    kernel: int
    begin: int
    out: int


def convolve(x: Value, weight: np.ndarray, bias: np.ndarray, frame: Frame) -> Value:
    """A convolution of pictures or signals."""
    weight = _apart(_whole(weight, frame.groups), frame.dilations)
    _check(x, weight.shape[1])
    axes = []
    for i, size in enumerate(x.shape[1:]):
        kernel, pad = weight.shape[2 + i], (frame.begin[i], frame.end[i])
        out = (size + sum(pad) - kernel) // frame.strides[i] + 1
        axes.append(_Axis(size, kernel, pad[0], out))
    stride = _one(frame.strides)
    for padding, kernel in _sizes(axes):
        fits = all((a.size + 2 * padding - kernel) // stride + 1 == a.out for a in axes)
        if fits and all(kernel >= a.kernel + padding - a.begin for a in axes):
            return _made(x, weight, bias, axes, (kernel, stride, padding), transposed=False)
    raise ForeignModelError(
        f"a convolution {weight.shape} with padding {frame.begin} is not known"
    )


def convolve_transposed(x: Value, weight: np.ndarray, bias: np.ndarray, frame: Frame) -> Value:
    """A transposed convolution of pictures or signals."""
    weight = _apart(_whole(weight, frame.groups), frame.dilations)
    _check(x, weight.shape[0])
    axes, stride = [], _one(frame.strides)
    for i, size in enumerate(x.shape[1:]):
        kernel = weight.shape[2 + i]
        lost = frame.begin[i] + frame.end[i] - frame.more[i]
        axes.append(_Axis(size, kernel, frame.begin[i], stride * (size - 1) + kernel - lost))
    for padding, kernel in _sizes(axes):
        fits = all(stride * (a.size - 1) + kernel - 2 * padding == a.out for a in axes)
        if fits and all(kernel >= a.kernel + padding - a.begin for a in axes):
            return _made(x, weight, bias, axes, (kernel, stride, padding), transposed=True)
    raise ForeignModelError(
        f"a transposed convolution {weight.shape} with padding {frame.begin} is not known"
    )


def _check(x: Value, n_in: int) -> None:
    if len(x.shape) not in (2, 3) or x.axes[0] != 0 or x.shape[0] != n_in:
        raise ForeignModelError(f"a convolution over {n_in} channels can't take {x.shape}")


def _one(strides: tuple[int, ...]) -> int:
    if len(set(strides)) > 1:
        raise ForeignModelError(f"a convolution with strides {strides} is not known")
    return strides[0]


def _sizes(axes: list[_Axis]) -> Iterator[tuple[int, int]]:
    """Paddings and kernels to try, the smallest first."""
    least, most = max(a.begin for a in axes), max(a.kernel for a in axes)
    for padding in range(least, least + most + 1):
        for kernel in range(1, min(most + padding + 3, LARGEST_KERNEL + 1)):
            yield padding, kernel


def _whole(weight: np.ndarray, groups: int) -> np.ndarray:
    """The kernel over all channels, zeros between groups, which the first axis counts through."""
    if groups == 1:
        return weight.astype(np.float64)
    n, inner = weight.shape[:2]
    each = n // groups
    if n * inner * groups * weight[0, 0].size > MOST_WEIGHTS or n % groups:
        raise ForeignModelError(f"a convolution {weight.shape} in {groups} groups is not known")
    made = np.zeros((n, inner * groups, *weight.shape[2:]))
    for g in range(groups):
        rows, columns = slice(g * each, (g + 1) * each), slice(g * inner, (g + 1) * inner)
        made[rows, columns] = weight[rows]
    return made


def _apart(weight: np.ndarray, dilations: tuple[int, ...]) -> np.ndarray:
    sizes = [(k - 1) * d + 1 for k, d in zip(weight.shape[2:], dilations, strict=True)]
    if max(sizes) > LARGEST_KERNEL:
        raise ForeignModelError(f"a kernel of {sizes} is larger than {LARGEST_KERNEL}")
    made = np.zeros((*weight.shape[:2], *sizes))
    apart: Any = tuple(slice(None, None, d) for d in dilations)
    made[(..., *apart)] = weight
    return made


def _made(
    x: Value,
    weight: np.ndarray,
    bias: np.ndarray,
    axes: list[_Axis],
    sizes: tuple[int, int, int],
    *,
    transposed: bool,
) -> Value:
    kernel, stride, padding = sizes
    row = len(axes) == 1
    full = np.zeros((*weight.shape[:2], *([kernel] * len(axes))))
    place: Any = tuple(slice(padding - a.begin, padding - a.begin + a.kernel) for a in axes)
    full[(..., *place)] = weight
    first, second = weight.shape[:2]
    n_in, n_out = (first, second) if transposed else (second, first)
    kinds = (RowConv, RowConvTranspose) if row else (Conv, ConvTranspose)
    kind = kinds[transposed](n_in, n_out, kernel, stride, padding)
    shape = (n_out, *([1] if row else []), *(a.out for a in axes))
    weights = {"weight": full[:, :, None] if row else full, "bias": bias.astype(np.float64)}
    return Value(Node(kind, shape, (x.node,), weights), (0, 2) if row else (0, 1, 2))

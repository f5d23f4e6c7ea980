"""What each operator of ONNX becomes: a new operator is a function here and a line in `HANDLERS`.

A function is given the operator and the first of its inputs that depends on an image; what it does
not know it says by `Unknown`.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from aecore.foreign import nodes
from aecore.foreign.nodes import Node, Padded, Value
from aecore.foreign.squares import Frame, convolve, convolve_transposed
from aecore.models.layers import Activation, LeakyReLU, Pad, TopK, Upsample


class Unknown(NamedTuple):
    """What an operator gives that is not known, and what it was given."""

    operator: str
    inputs: tuple[Any, ...] = ()


class Call(NamedTuple):
    """An operator with what it is given.

    Attributes:
        operator: its name in ONNX.
        inputs: a `Value`, an array, or what stands in the way.
        options: its attributes.
        n_outputs: how many tensors it gives.
        batch: images at a time that shapes are computed for.
    """

    operator: str
    inputs: list[Any]
    options: dict[str, Any]
    n_outputs: int
    batch: int

    def number(self, place: int, name: str) -> Any:
        """What newer graphs give as an input and older ones as an option; None if neither."""
        if len(self.inputs) > place and self.inputs[place] is not None:
            return self.inputs[place]
        found = self.options.get(name)
        return None if found is None else np.asarray(found)


def _same(_call: Call, x: Value) -> Any:
    return x


def _function(name: str) -> "Handler":
    return lambda _call, x: nodes.elementwise(Activation(name), x)


def _leaky(call: Call, x: Value) -> Any:
    slope = float(call.options.get("alpha", 0.01))
    if not abs(slope) <= 1:
        return Unknown(f"LeakyRelu with a slope of {slope:g}")
    return nodes.elementwise(LeakyReLU(slope), x)


def _gelu(call: Call, x: Value) -> Any:
    if call.options.get("approximate", b"none") != b"tanh":
        return Unknown("Gelu without approximation")
    return nodes.elementwise(Activation("gelu"), x)


def _clip(call: Call, x: Value) -> Any:
    """Bounds by ReLU: max(x, a) = a + relu(x − a), and min(x, b) = b − relu(b − x)."""
    low, high = (call.number(place, name) for place, name in ((1, "min"), (2, "max")))
    relu = Activation("relu")
    if low is not None and float(low) > -1e30:
        x = nodes.affine(
            nodes.elementwise(relu, nodes.affine(x, 1.0, -float(low))), 1.0, float(low)
        )
    if high is not None and float(high) < 1e30:
        x = nodes.affine(
            nodes.elementwise(relu, nodes.affine(x, -1.0, float(high))), -1.0, float(high)
        )
    return x


def _gemm(call: Call, x: Value) -> Any:
    weight = call.inputs[1]
    if call.options.get("transA") or x is not call.inputs[0] or weight.ndim != 2:
        return Unknown("Gemm of two results")
    weight = weight if call.options.get("transB") else weight.T
    bias = call.inputs[2] if len(call.inputs) > 2 and call.inputs[2] is not None else 0.0
    alpha, beta = call.options.get("alpha", 1.0), call.options.get("beta", 1.0)
    full = np.broadcast_to(np.asarray(bias, np.float64).ravel() * beta, (len(weight),))
    return nodes.linear(x, weight * alpha, full)


def _matmul(call: Call, x: Value) -> Any:
    weight = call.inputs[1]
    if x is not call.inputs[0] or not isinstance(weight, np.ndarray) or weight.ndim != 2:
        return Unknown("MatMul of two results")
    if len(x.shape) != 1:
        return Unknown(f"MatMul over {x.shape}")
    return nodes.linear(x, weight.T, np.zeros(weight.shape[1]))


def _convolution(call: Call, x: Value) -> Any:
    weight = call.inputs[1]
    if not isinstance(weight, np.ndarray):
        return Unknown(f"{call.operator} of two results")
    transposed = call.operator == "ConvTranspose"
    bias = call.inputs[2] if len(call.inputs) > 2 and call.inputs[2] is not None else None
    groups = int(call.options.get("group", 1))
    n_out = weight.shape[1] * groups if transposed else len(weight)
    frame = _frame(call, x, weight.shape[2:])
    make = convolve_transposed if transposed else convolve
    x = nodes.ordered(x)
    if not transposed and isinstance(x.node.kind, Padded):
        begin, end = (
            tuple(map(sum, zip(a, b, strict=True)))
            for a, b in ((frame.begin, x.node.kind.begin), (frame.end, x.node.kind.end))
        )
        x, frame = Value(x.node.before[0], x.axes), frame._replace(begin=begin, end=end)
    bias = np.zeros(n_out) if bias is None else bias
    if weight.ndim == 4 and weight.shape[2] == x.node.shape[1] == 1:  # a signal as a picture
        row = make(Value(x.node, (0, 2)), weight[:, :, 0], bias, frame.across())
        return nodes.value(row.node)
    return make(x, weight, bias, frame)


def _frame(call: Call, x: Value, kernel: tuple[int, ...]) -> Frame:
    n = len(kernel)
    options = call.options
    strides = tuple(options.get("strides") or [1] * n)
    dilations = tuple(options.get("dilations") or [1] * n)
    more = tuple(options.get("output_padding") or [0] * n)
    pads = list(options.get("pads") or [0] * 2 * n)
    groups = int(options.get("group", 1))
    auto = options.get("auto_pad", b"NOTSET")
    sizes = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    wanted = options.get("output_shape")
    if call.operator == "ConvTranspose" and (wanted or auto in (b"SAME_UPPER", b"SAME_LOWER")):
        target = list(wanted)[-n:] if wanted else [
            s * size for s, size in zip(strides, x.shape[1:], strict=True)
        ]  # fmt: skip
        pads = _shared(
            [s * (size - 1) + o + k - t for s, size, o, k, t in zip(
                strides, x.shape[1:], more, sizes, target, strict=True)],
            auto == b"SAME_UPPER" or bool(wanted),
        )  # fmt: skip
    elif auto in (b"SAME_UPPER", b"SAME_LOWER"):
        rest = [
            (-(-size // s) - 1) * s + k - size
            for s, size, k in zip(strides, x.shape[1:], sizes, strict=True)
        ]
        pads = _shared(rest, auto == b"SAME_UPPER")
    return Frame(strides, dilations, tuple(pads[:n]), tuple(pads[n:]), more, groups)


def _shared(totals: list[int], more_at_end: bool) -> list[int]:
    kept = [max(0, total) for total in totals]
    small, large = [t // 2 for t in kept], [t - t // 2 for t in kept]
    return [*small, *large] if more_at_end else [*large, *small]


def _pad(call: Call, x: Value) -> Any:
    pads = call.number(1, "pads")
    filled = call.number(2, "value")
    zeros = call.options.get("mode", b"constant") == b"constant" and not (
        filled is not None and filled.any()
    )
    n = len(x.shape) + 1
    y = nodes.ordered(x)
    if pads is None or pads.size != 2 * n or not zeros or n < 3:
        return Unknown("Pad with anything but zeros around a picture")
    begin, end = (tuple(map(int, half)) for half in (pads[:n], pads[n:]))
    if any((*begin[:2], *end[:2])):
        return Unknown("Pad of channels")
    full = list(y.node.shape)
    for axis, low, high in zip(y.axes[1:], begin[2:], end[2:], strict=True):
        full[axis] += low + high
    kind: Pad | Padded = Padded(begin[2:], end[2:])
    if min((*begin, *end)) < 0:  # cut off
        if y.axes != (0, 1, 2):
            return Unknown("Pad that cuts off anything but the edges of a picture")
        kind = Pad(*begin[2:], *end[2:])
    return Value(Node(kind, tuple(full), (y.node,)), y.axes)


def _norm(call: Call, x: Value) -> Any:
    scale, shift, mean, variance = (np.asarray(v, np.float64) for v in call.inputs[1:5])
    by = scale / np.sqrt(variance + call.options.get("epsilon", 1e-5))
    if x.axes[0] != 0:
        return Unknown("BatchNormalization of another axis")
    return nodes.affine(x, by, shift - mean * by)


def _sum(call: Call, x: Value) -> Any:
    """Add, Sub, Mul and Div, with a constant or another result."""
    a, b = call.inputs[0], call.inputs[1]
    if isinstance(a, Value) and isinstance(b, Value):
        return _of_two(call.operator, a, b)
    constant, first = (b, True) if isinstance(a, Value) else (a, False)
    whole = (call.batch, *x.shape)
    same = np.broadcast_shapes(constant.shape, whole) == whole
    if constant.size and same and (constant == constant.ravel()[0]).all():
        each: Any = float(constant.ravel()[0])
    else:
        each = _by_channel(constant, x)
        if each is None:
            return Unknown(f"{call.operator} with numbers {constant.shape}")
    if call.operator == "Add":
        return nodes.affine(x, 1.0, each)
    if call.operator == "Mul":
        return nodes.affine(x, each, 0.0)
    if call.operator == "Sub":
        return nodes.affine(x, 1.0, -each) if first else nodes.affine(x, -1.0, each)
    return nodes.affine(x, 1 / each, 0.0) if first else Unknown("Div by a result")


def _of_two(operator: str, a: Value, b: Value) -> Any:
    if operator == "Add":
        return nodes.add(a, b)
    for x, gate in ((a, b), (b, a)):
        sigmoid = Activation("sigmoid")
        if operator == "Mul" and gate.node.kind == sigmoid and gate.node.before[0] is x.node:
            return nodes.elementwise(Activation("silu"), x)
    return Unknown(f"{operator} of two results")


def _by_channel(constant: np.ndarray, x: Value) -> np.ndarray | None:
    """One number a channel of the node, of a constant that spreads over the tensor."""
    shape = (1, *x.shape)
    try:
        full = np.broadcast_to(constant, shape)[0]
    except ValueError:
        return None
    if full.shape != x.shape or 0 not in x.axes:
        return None
    by = np.moveaxis(full, x.axes.index(0), 0).reshape(x.node.shape[0], -1)
    return by[:, 0].astype(np.float64) if (by == by[:, :1]).all() else None


def _reshape(call: Call, x: Value) -> Any:
    wanted = [int(v) for v in call.inputs[1]]
    whole = (call.batch, *x.shape)
    if not call.options.get("allowzero"):
        wanted = [whole[i] if v == 0 and i < len(whole) else v for i, v in enumerate(wanted)]
    if -1 in wanted:
        rest = -math.prod(wanted)
        if rest <= 0 or math.prod(whole) % rest:
            return Unknown(f"Reshape to {wanted}")
        wanted[wanted.index(-1)] = math.prod(whole) // rest
    if wanted[0] != call.batch:
        return Unknown(f"Reshape of {call.batch} images to {wanted}")
    return nodes.reshape(x, tuple(wanted[1:]))


def _flatten(call: Call, x: Value) -> Any:
    if call.options.get("axis", 1) != 1:
        return Unknown("Flatten of another axis")
    return nodes.reshape(x, (math.prod(x.shape),))


def _squeeze(call: Call, x: Value) -> Any:
    axes = call.number(1, "axes")
    n = len(x.shape) + 1
    if axes is None:
        chosen = {i for i, size in enumerate(x.shape, 1) if size == 1}
    else:
        chosen = {int(axis) % n for axis in np.atleast_1d(axes)}
    return nodes.reshape(x, tuple(size for i, size in enumerate(x.shape, 1) if i not in chosen))


def _unsqueeze(call: Call, x: Value) -> Any:
    axes = np.atleast_1d(call.number(1, "axes"))
    n = len(x.shape) + 1 + len(axes)
    shape = [call.batch, *x.shape]
    for axis in sorted(int(a) % n for a in axes):
        shape.insert(axis, 1)
    return nodes.reshape(x, tuple(shape[1:])) if shape[0] == call.batch else Unknown("Unsqueeze")


def _transpose(call: Call, x: Value) -> Any:
    order = list(call.options.get("perm") or range(len(x.shape), -1, -1))
    if order[0] != 0:
        return Unknown("Transpose of the batch")
    return Value(x.node, tuple(x.axes[i - 1] for i in order[1:]))


def _largest(call: Call, x: Value) -> Any:
    """What ONNX has no word for; lists of layers have."""
    k = call.options["k"]
    if len(x.shape) != 1 or not 1 <= k <= x.shape[0]:
        return Unknown(f"top_k of {k} of {x.shape}")
    return nodes.value(Node(TopK(k), x.shape, (x.node,)))


def _swish(call: Call, x: Value) -> Any:
    plain = call.options.get("alpha", 1.0) == 1
    return nodes.elementwise(Activation("silu"), x) if plain else Unknown("Swish with an alpha")


def _expand(call: Call, x: Value) -> Any:
    sizes = [int(size) for size in call.inputs[1]]
    there = (call.batch, *x.shape)
    same = len(sizes) <= len(there) and all(
        wanted in (1, size) for wanted, size in zip(sizes[::-1], there[::-1], strict=False)
    )
    return x if same else Unknown(f"Expand to {sizes}")


def _resize(call: Call, x: Value) -> Any:
    """Each pixel repeated, whichever way it is asked for."""
    options = call.options
    place = options.get("coordinate_transformation_mode", b"half_pixel")
    rounding = options.get("nearest_mode", b"round_prefer_floor")
    repeats = (place, rounding) == (b"asymmetric", b"floor") or (
        place == b"half_pixel" and rounding.startswith(b"round")
    )
    last = call.inputs[-1]
    if call.operator == "Upsample" or options.get("mode", b"nearest") == b"nearest":
        whole = np.array([1, *x.shape], np.float64)
        scales = last if last.dtype.kind == "f" else np.asarray(last) / [call.batch, *whole[1:]]
        factors = [float(f) for f in scales]
        even = len(factors) == 4 and factors[:2] == [1, 1] and factors[2] == factors[3]
        if even and factors[3] == int(factors[3]) and (repeats or call.operator == "Upsample"):
            y, f = nodes.ordered(x), int(factors[3])
            channels, height, width = y.node.shape
            shape = (channels, height * f, width * f)
            return Value(Node(Upsample(f), shape, (y.node,)), y.axes) if f > 1 else y
    return Unknown(f"{call.operator} that is no repetition of pixels")


def _mean(call: Call, x: Value) -> Any:
    """The mean of each map, as a dense layer."""
    y = nodes.ordered(x)
    axes = call.number(1, "axes")
    spatial = axes is None or {int(a) % (len(x.shape) + 1) for a in np.atleast_1d(axes)} == {2, 3}
    if len(y.node.shape) != 3 or not spatial:
        return Unknown(f"{call.operator} of other axes")
    channels, n = y.node.shape[0], math.prod(y.node.shape[1:])
    weight = np.repeat(np.eye(channels) / n, n, axis=1)
    flat = nodes.linear(nodes.reshape(y, (channels * n,)), weight, np.zeros(channels))
    keep = call.operator == "GlobalAveragePool" or call.options.get("keepdims", 1)
    return nodes.reshape(flat, (channels, 1, 1)) if keep else flat


def _split(call: Call, x: Value) -> Any:
    n, axis = call.n_outputs, call.options.get("axis", 0) % (len(x.shape) + 1)
    sizes = call.number(1, "split")
    if axis != 1:
        return [Unknown("Split of another axis")] * n
    each = [-(-x.shape[0] // n)] * n if sizes is None else [int(s) for s in sizes]
    ends = np.cumsum(each)
    return [
        nodes.part(x, int(end - size), int(end)) or Unknown("Split")
        for size, end in zip(each, ends, strict=True)
    ]


def _slice(call: Call, x: Value) -> Any:
    starts, ends = (call.number(i, n) for i, n in ((1, "starts"), (2, "ends")))
    axes, steps = call.number(3, "axes"), call.number(4, "steps")
    one = starts is not None and starts.size == 1 and axes is not None and axes.size == 1
    if not one or int(axes.ravel()[0]) % (len(x.shape) + 1) != 1:
        return Unknown("Slice of another axis")
    if steps is not None and int(steps.ravel()[0]) != 1:
        return Unknown("Slice in steps")
    start, stop, _ = slice(int(starts.ravel()[0]), int(ends.ravel()[0])).indices(x.shape[0])
    return nodes.part(x, start, stop) or Unknown("Slice")


Handler = Callable[[Call, Value], Any]
HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("Identity", "Dropout", "Cast"), _same),
    **{name: _function(name.lower()) for name in ("Relu", "Sigmoid", "Tanh")},
    **dict.fromkeys(("Add", "Sub", "Mul", "Div"), _sum),
    **dict.fromkeys(("Conv", "ConvTranspose"), _convolution),
    **dict.fromkeys(("GlobalAveragePool", "ReduceMean"), _mean),
    **dict.fromkeys(("Resize", "Upsample"), _resize),
    "BatchNormalization": _norm,
    "Clip": _clip,
    "Expand": _expand,
    "Flatten": _flatten,
    "Gelu": _gelu,
    "Gemm": _gemm,
    "KeepLargest": _largest,
    "LeakyRelu": _leaky,
    "MatMul": _matmul,
    "Pad": _pad,
    "Reshape": _reshape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Swish": _swish,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
# What is computed of constants: number by number, and else.
BY_NUMBER = {
    "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Min",
    "Mod", "Mul", "Or", "Pow", "Sub", "Where",
}  # fmt: skip
CONSTANT = BY_NUMBER | {
    "Abs", "Cast", "Ceil", "Concat", "Constant", "ConstantOfShape", "Expand", "Floor", "Gather",
    "Identity", "Neg", "Not", "ReduceProd", "ReduceSum", "Reshape", "Shape", "Slice", "Sqrt",
    "Squeeze", "Transpose", "Unsqueeze",
}  # fmt: skip

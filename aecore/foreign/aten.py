"""What each operator of PyTorch's ATen is in ONNX's words: a new one is a line here.

torch.export writes them; what they then become is in `operators`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from aecore.errors import ForeignModelError

LAST = 2**63 - 1  # the end of a slice that goes to the end


class Name(str):
    """The name of a tensor among an operator's arguments."""

    __slots__ = ()


class Arguments(NamedTuple):
    """What an operator is given.

    Attributes:
        operator: without its namespace, as "conv2d.default".
        values: by the names of its schema; a tensor by its `Name`, a size that the number of
            images decides by None.
        shape: of its first output; None as above.
        given: that of its first tensor.
        n_outputs: how many tensors it gives.
    """

    operator: str
    values: dict[str, Any]
    shape: tuple[int | None, ...]
    given: tuple[int | None, ...]
    n_outputs: int

    def get(self, name: str, default: Any = None) -> Any:
        """An argument; as in the schema where it is left out."""
        found = self.values.get(name)
        return default if found is None else found


class Words(NamedTuple):
    """An operator of ONNX.

    Attributes:
        operator: its name.
        inputs: each a `Name`, numbers, or None.
        options: its attributes.
    """

    operator: str
    inputs: tuple[Any, ...] = ()
    options: dict[str, Any] = {}  # noqa: RUF012  # never written to


Translation = Callable[[Arguments], Words | None]


def _plain(operator: str, **options: Any) -> Translation:
    return lambda a: Words(operator, (next(iter(a.values.values()), None),), options)


def _leaky(a: Arguments) -> Words:
    return Words("LeakyRelu", (a.get("self"),), {"alpha": a.get("negative_slope", 0.01)})


def _gelu(a: Arguments) -> Words:
    return Words("Gelu", (a.get("self"),), {"approximate": a.get("approximate", "none").encode()})


def _bounds(low: str, high: str, *usual: float) -> Translation:
    def made(a: Arguments) -> Words:
        found = (a.get(n, v) for n, v in zip((low, high), usual or (None, None), strict=True))
        numbers = (v if v is None else np.asarray(v, np.float32) for v in found)
        return Words("Clip", (a.get("self"), *numbers))

    return made


def _of_two(operator: str) -> Translation:
    def made(a: Arguments) -> Words | None:
        other, alpha = a.get("other"), a.get("alpha", 1)
        if alpha != 1:
            if isinstance(other, Name):
                return None
            other = other * alpha
        pair = (a.get("self"), other)
        if None in pair:  # a number of images
            return None
        pair = pair[::-1] if a.operator.startswith("rsub") else pair
        plain = a.get("rounding_mode") is None
        return Words(operator, tuple(map(_number, pair))) if plain else None

    return made


def _power(a: Arguments) -> Words:
    return Words("Pow", (a.get("self"), _number(a.get("exponent"))))


def _number(value: Any) -> Any:
    return value if isinstance(value, Name) else np.asarray(value, np.float32)


def _linear(a: Arguments) -> Words:
    return Words("Gemm", (a.get("input"), a.get("weight"), a.get("bias")), {"transB": 1})


def _addmm(a: Arguments) -> Words:
    options = {"alpha": a.get("alpha", 1.0), "beta": a.get("beta", 1.0)}
    return Words("Gemm", (a.get("mat1"), a.get("mat2"), a.get("self")), options)


def _product(a: Arguments) -> Words:
    return Words("MatMul", (a.get("self"), a.get("other", a.get("mat2"))))


def _convolution(a: Arguments) -> Words:
    n = len(a.shape) - 2
    transposed = "transpose" in a.operator or bool(a.get("transposed"))
    options: dict[str, Any] = {
        "strides": _each(a.get("stride", 1), n),
        "dilations": _each(a.get("dilation", 1), n),
        "group": a.get("groups", 1),
    }
    padding = a.get("padding", 0)
    if padding == "same":
        options["auto_pad"] = b"SAME_UPPER"
    elif padding != "valid":
        options["pads"] = _each(padding, n) * 2
    if transposed:
        options["output_padding"] = _each(a.get("output_padding", 0), n)
    inputs = (a.get("input"), a.get("weight"), a.get("bias"))
    return Words("ConvTranspose" if transposed else "Conv", inputs, options)


def _each(value: Any, n: int) -> list[int]:
    found = list(value) if isinstance(value, list | tuple) else [value]
    return [int(v) for v in (found * n if len(found) == 1 else found)]


def _norm(a: Arguments) -> Words:
    if a.get("training"):
        raise ForeignModelError(
            "the model was exported while it trained; call model.eval() before torch.export"
        )
    scale, shift = a.get("weight", np.ones(1)), a.get("bias", np.zeros(1))
    inputs = (a.get("input"), scale, shift, a.get("running_mean"), a.get("running_var"))
    return Words("BatchNormalization", inputs, {"epsilon": a.get("eps", 1e-5)})


def _dropout(a: Arguments) -> Words:
    if a.get("train"):
        raise ForeignModelError(
            "the model was exported while it trained; call model.eval() before torch.export"
        )
    return Words("Identity", (a.get("input"),))


def _reshaped(a: Arguments) -> Words | None:
    """Any change of shape, by the shape that comes out; the number of images is the first."""
    if not a.shape or any(size is None for size in a.shape[1:]):
        return None
    sizes = [0 if a.shape[0] is None else a.shape[0], *a.shape[1:]]
    first = next(iter(a.values.values()), None)
    return Words("Reshape", (first, np.array(sizes, np.int64)))


def _as_it_is(a: Arguments) -> Words | None:
    """What spreads nothing."""
    return Words("Identity", (a.get("self"),)) if a.shape == a.given else None


def _transposed(a: Arguments) -> Words:
    n = len(a.given)
    if a.operator.startswith("permute"):
        order = [axis % n for axis in a.get("dims")]
    else:
        one, other = (0, n - 1) if a.operator == "t.default" else (a.get("dim0"), a.get("dim1"))
        order = list(range(n))
        order[one], order[other] = order[other], order[one]
    return Words("Transpose", (a.get("self"),), {"perm": order})


def _split(a: Arguments) -> Words | None:
    axis = a.get("dim", 0)
    whole = a.given[axis]
    if whole is None:
        return None
    sizes = a.get("split_sizes")
    if sizes is None:
        each = a.get("split_size", -(-whole // a.get("chunks", 1)))
        sizes = [min(each, whole - start) for start in range(0, whole, max(1, each))]
    return Words("Split", (a.get("self"), np.array(sizes, np.int64)), {"axis": axis})


def _slice(a: Arguments) -> Words:
    axis, start, end = a.get("dim", 0), a.get("start", 0), a.get("end", LAST)
    step, whole = a.get("step", 1), a.given[a.get("dim", 0)]
    if step == 1 and start == 0 and end >= (LAST if whole is None else whole):
        return Words("Identity", (a.get("self"),))
    numbers = (np.array([v], np.int64) for v in (start, end, axis, step))
    return Words("Slice", (a.get("self"), *numbers))


def _mean(a: Arguments) -> Words:
    axes = np.array(a.get("dim"), np.int64)
    return Words("ReduceMean", (a.get("self"), axes), {"keepdims": int(a.get("keepdim", False))})


def _pooled(a: Arguments) -> Words | None:
    one = set(_each(a.get("output_size"), 1)) == {1}
    return Words("GlobalAveragePool", (a.get("self"),)) if one else None


def _repeated(a: Arguments) -> Words | None:
    pairs = list(zip(a.shape[2:], a.given[2:], strict=True))
    if any(out is None or not given for out, given in pairs):
        return None
    scales = np.array([1, 1, *((out or 0) / (given or 1) for out, given in pairs)], np.float32)
    first = next(iter(a.values.values()))
    options = {
        "mode": b"nearest", "nearest_mode": b"floor",
        "coordinate_transformation_mode": b"asymmetric",
    }  # fmt: skip
    return Words("Resize", (first, None, scales), options)


def _padded(a: Arguments) -> Words:
    pads, n = a.get("pad"), len(a.given)
    begin, end = [0] * n, [0] * n
    for place, (low, high) in enumerate(zip(pads[::2], pads[1::2], strict=True)):
        begin[n - 1 - place], end[n - 1 - place] = low, high
    inputs = (a.get("self"), np.array([*begin, *end]), np.float32(a.get("value", 0)))
    return Words("Pad", inputs, {"mode": a.get("mode", "constant").encode()})


def _overloads(names: str, translation: Translation) -> dict[str, Translation]:
    return dict.fromkeys(names.split(), translation)


def _noise(_: Arguments) -> Words:
    return Words("RandomNormal")


TRANSLATIONS: dict[str, Translation] = {
    **_overloads("relu.default relu_.default", _plain("Relu")),
    **_overloads("sigmoid.default sigmoid_.default", _plain("Sigmoid")),
    **_overloads("tanh.default tanh_.default", _plain("Tanh")),
    **_overloads("silu.default silu_.default", _plain("Swish", alpha=1.0)),
    **_overloads("leaky_relu.default leaky_relu_.default", _leaky),
    **_overloads("gelu.default", _gelu),
    **_overloads("exp.default exp_.default", _plain("Exp")),
    **_overloads("sqrt.default", _plain("Sqrt")),
    **_overloads("pow.Tensor_Scalar", _power),
    **_overloads("neg.default", _plain("Neg")),
    **_overloads("hardtanh.default hardtanh_.default", _bounds("min_val", "max_val", -1.0, 1.0)),
    **_overloads("clamp.default clamp_.default clip.default", _bounds("min", "max")),
    **_overloads("clamp_min.default", _bounds("min", "max")),
    **_overloads("clamp_max.default", _bounds("min", "max")),
    **_overloads("add.Tensor add_.Tensor add.Scalar", _of_two("Add")),
    **_overloads("sub.Tensor sub_.Tensor sub.Scalar rsub.Scalar rsub.Tensor", _of_two("Sub")),
    **_overloads("mul.Tensor mul_.Tensor mul.Scalar", _of_two("Mul")),
    **_overloads("div.Tensor div_.Tensor div.Scalar", _of_two("Div")),
    **_overloads("linear.default", _linear),
    **_overloads("addmm.default", _addmm),
    **_overloads("mm.default matmul.default", _product),
    **_overloads("conv1d.default conv1d.padding conv2d.default conv2d.padding", _convolution),
    **_overloads("conv_transpose1d.default conv_transpose2d.input", _convolution),
    **_overloads("convolution.default", _convolution),
    **_overloads("batch_norm.default native_batch_norm.default", _norm),
    **_overloads("_native_batch_norm_legit_no_training.default", _norm),
    **_overloads("dropout.default dropout_.default", _dropout),
    **_overloads("view.default reshape.default _unsafe_view.default", _reshaped),
    **_overloads("flatten.using_ints unflatten.int view_as.default", _reshaped),
    **_overloads("squeeze.default squeeze.dim squeeze.dims unsqueeze.default", _reshaped),
    **_overloads("permute.default transpose.int t.default", _transposed),
    **_overloads("chunk.default split.Tensor split.sizes split_with_sizes.default", _split),
    **_overloads("slice.Tensor", _slice),
    **_overloads("mean.dim", _mean),
    **_overloads("adaptive_avg_pool2d.default", _pooled),
    **_overloads("upsample_nearest2d.vec upsample_nearest2d.default", _repeated),
    **_overloads("pad.default constant_pad_nd.default", _padded),
    **_overloads("expand.default expand_as.default", _as_it_is),
    **_overloads("clone.default contiguous.default alias.default detach.default", _as_it_is),
    **_overloads("detach_.default lift_fresh_copy.default", _as_it_is),
    **_overloads("to.dtype to.device to.dtype_layout _to_copy.default", _as_it_is),
    **_overloads("randn_like.default randn.default normal_.default", _noise),
    **_overloads("normal_functional.default normal.float_float normal.Tensor_Tensor", _noise),
}
# What gives a tensor that shares its numbers with the first that it is given.
COPIES = ("clone.default", "_to_copy.default", "lift_fresh_copy.default")
VIEWS = frozenset(
    name for name, translation in TRANSLATIONS.items() if name not in COPIES
    and translation in (_reshaped, _transposed, _split, _slice, _as_it_is, _dropout)
)  # fmt: skip


def translated(a: Arguments) -> Words | None:
    """Say an operator in ONNX's words; None for one that is not known, or not of this kind.

    Raises:
        ForeignModelError: for a model that was exported while it trained.
    """
    translation = TRANSLATIONS.get(a.operator)
    if translation is None:
        return None
    try:
        return translation(a)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError) as error:
        if isinstance(error, ForeignModelError):
            raise
        return None

"""ONNX files of strangers, read: parsed, bounded, checked, and nothing in them executed."""

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from aecore.errors import ForeignModelError
from aecore.foreign import packages

MOST_BYTES = 400_000_000  # of a file with its external data
MOST_NODES = 5000
OPSETS = range(9, 26)
DOMAINS = ("", "ai.onnx")
PICKLES = (".pt", ".pth", ".ckpt", ".pkl", ".h5", ".keras")
HEADS = (*(b"\x80" + bytes([protocol]) for protocol in range(2, 6)), b"PK\x03\x04", b"\x89HDF")


class Graph(NamedTuple):
    """What is in a file.

    Attributes:
        name: of the file, for sentences.
        model: as `onnx` parsed it.
        constants: its weights, all finite.
        inputs: names of what is to be given, with their shapes; None where any size will do.
        outputs: names of what it gives.
    """

    name: str
    model: Any
    constants: dict[str, np.ndarray]
    inputs: dict[str, tuple[int | None, ...]]
    outputs: tuple[str, ...]


def read(path: Path) -> Graph:
    """Read a file.

    Raises:
        ForeignModelError: in one sentence, for whatever is wrong with it.
    """
    try:
        refuse_code(path)
        onnx = packages.onnx()
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ForeignModelError(
                f"{path.name} has {size / 1e6:,.0f} MB; up to {MOST_BYTES / 1e6:,.0f} are read"
            )
        model = onnx.load_model_from_string(path.read_bytes())
    except OSError as error:
        raise ForeignModelError(
            f"{path.name} can't be opened: {error.strerror or error}"
        ) from None
    except ForeignModelError:
        raise
    except Exception:  # noqa: BLE001  # protobuf raises whatever the damage leads to
        raise ForeignModelError(
            f"{path.name} is no ONNX file, or was cut; export it again"
        ) from None
    _check(model, path.name)
    _load_external(model, path)
    constants = {each.name: _array(each, path.name) for each in model.graph.initializer}
    _checked_by_onnx(model, path.name)
    return Graph(
        path.name,
        model,
        constants,
        {each.name: _shape(each) for each in model.graph.input if each.name not in constants},
        tuple(each.name for each in model.graph.output),
    )


def refuse_code(path: Path) -> None:
    """Refuse a file that may hold code, by its ending or by what it begins with: a pickle, HDF5.

    Raises:
        ForeignModelError: with the two lines that convert it.
    """
    if path.suffix.lower() in PICKLES or _head(path).startswith(HEADS):
        raise ForeignModelError(
            f"{path.name} may hold code, so that it isn't read; export encoder and decoder as "
            'ONNX where the model was made: torch.onnx.export(vae.encoder, images, "encoder.onnx")'
            ", of Keras: tf2onnx.convert.from_keras(encoder, output_path=…)"
        )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _check(model: Any, name: str) -> None:
    versions = {each.domain: each.version for each in model.opset_import}
    version = versions.get("", versions.get("ai.onnx", 0))
    if not model.graph.node:
        raise ForeignModelError(f"{name} is no ONNX file, or was cut; export it again")
    if version not in OPSETS:
        raise ForeignModelError(
            f"{name} has opset {version}, but {OPSETS[0]} to {OPSETS[-1]} are known; export it "
            "with opset 17"
        )
    if len(model.graph.node) > MOST_NODES:
        raise ForeignModelError(
            f"{name} has {len(model.graph.node):,} nodes; up to {MOST_NODES:,} are read"
        )
    for node in model.graph.node:
        if node.domain not in DOMAINS or len(model.functions):
            raise ForeignModelError(
                f"{name} has operators of its own ({node.domain or 'functions'}); only those of "
                "ONNX are known"
            )


def _load_external(model: Any, path: Path) -> None:
    """Take in numbers that lie in files beside this one, and in no other folder."""
    folder, left = path.parent.resolve(), MOST_BYTES
    for tensor in model.graph.initializer:
        if tensor.data_location != tensor.EXTERNAL:
            continue
        said = {each.key: each.value for each in tensor.external_data}
        file = (folder / said.get("location", "")).resolve()
        if folder not in file.parents or not file.is_file():
            raise ForeignModelError(
                f"{path.name} keeps {tensor.name} in {said.get('location')!r}, which is no file "
                "in its own folder"
            )
        length = _n_bytes(tensor, path.name)
        left -= length
        start = said.get("offset", "0")
        if not start.isdecimal() or left < 0 or int(start) + length > file.stat().st_size:
            raise ForeignModelError(f"{file.name} is too short or too long for {path.name}")
        with file.open("rb") as opened:
            opened.seek(int(start))
            tensor.raw_data = opened.read(length)
        tensor.data_location = tensor.DEFAULT
        del tensor.external_data[:]


def _n_bytes(tensor: Any, name: str) -> int:
    if any(size < 0 for size in tensor.dims):
        raise ForeignModelError(f"{tensor.name} in {name} has a negative size")
    try:
        dtype = packages.onnx().helper.tensor_dtype_to_np_dtype(tensor.data_type)
    except KeyError:
        raise ForeignModelError(f"{tensor.name} in {name} holds no known type") from None
    n_bytes = math.prod(tensor.dims) * int(np.dtype(dtype).itemsize)
    if n_bytes > MOST_BYTES:
        raise ForeignModelError(
            f"{tensor.name} in {name} claims {n_bytes / 1e6:,.0f} MB; up to "
            f"{MOST_BYTES / 1e6:,.0f} are read"
        )
    return n_bytes


def _array(tensor: Any, name: str) -> np.ndarray:
    _n_bytes(tensor, name)
    try:
        found: np.ndarray = packages.onnx().numpy_helper.to_array(tensor)
    except Exception:  # noqa: BLE001  # numpy and onnx raise whatever the damage leads to
        raise ForeignModelError(
            f"{tensor.name} in {name} holds fewer numbers than it claims, {tuple(tensor.dims)}"
        ) from None
    if found.dtype.kind == "f" and not np.isfinite(found).all():
        raise ForeignModelError(f"{tensor.name} in {name} holds NaN or infinity")
    return found.astype(np.float32) if found.dtype.kind == "f" else found


def _checked_by_onnx(model: Any, name: str) -> None:
    try:
        packages.onnx().checker.check_model(model)
    except Exception as error:  # noqa: BLE001  # it raises more than it documents
        first = (str(error).splitlines() or [""])[0][:200]
        raise ForeignModelError(f"{name} is no sound ONNX file: {first}") from None


def _shape(tensor: Any) -> tuple[int | None, ...]:
    sizes = tensor.type.tensor_type.shape.dim
    return tuple(each.dim_value if each.dim_value > 0 else None for each in sizes)

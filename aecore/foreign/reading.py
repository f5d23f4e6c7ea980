"""ONNX files of strangers, read: parsed, bounded, checked, and nothing in them executed."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aecore.errors import ForeignModelError
from aecore.foreign import packages
from aecore.foreign.graph import MOST_BYTES, MOST_NODES, Graph, Step

OPSETS = range(9, 26)
DOMAINS = ("", "ai.onnx")
IR_VERSION = 9  # of what onnxruntime is given; opsets do not depend on it
PICKLES = (".pt", ".pth", ".ckpt", ".pkl", ".h5", ".keras")
HEADS = (*(b"\x80" + bytes([protocol]) for protocol in range(2, 6)), b"PK\x03\x04", b"\x89HDF")


def read(path: Path) -> Graph:
    """Read a file.

    Raises:
        ForeignModelError: in one sentence, for whatever is wrong with it.
    """
    check_size(path)
    refuse_code(path)
    model = _parsed(path.read_bytes(), path.name)
    _load_external(model, path)
    return _graph(model, path.name)


def read_bytes(content: bytes, name: str) -> Graph:
    """Read a file's bytes by the same checks, with nothing beside them.

    Raises:
        ForeignModelError: as `read`.
    """
    model = _parsed(content, name)
    if any(each.data_location == each.EXTERNAL for each in model.graph.initializer):
        raise ForeignModelError(f"{name} keeps a constant in another file; export it again")
    return _graph(model, name)


def _parsed(content: bytes, name: str) -> Any:
    try:
        model = packages.onnx().load_model_from_string(content)
    except ForeignModelError:
        raise
    except Exception:  # noqa: BLE001  # protobuf raises whatever the damage leads to
        raise ForeignModelError(f"{name} is no ONNX file, or was cut; export it again") from None
    _check(model, name)
    return model


def _graph(model: Any, name: str) -> Graph:
    constants = {each.name: _array(each, name) for each in model.graph.initializer}
    _checked_by_onnx(model, name)
    return Graph(
        name,
        tuple(_step(node) for node in model.graph.node),
        constants,
        {each.name: _shape(each) for each in model.graph.input if each.name not in constants},
        tuple(each.name for each in model.graph.output),
        OnnxRuntime(model),
    )


def check_size(path: Path) -> None:
    """See that a file is there and not too large.

    Raises:
        ForeignModelError: if it is not.
    """
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise ForeignModelError(
            f"{path.name} can't be opened: {error.strerror or error}"
        ) from None
    if size > MOST_BYTES:
        raise ForeignModelError(
            f"{path.name} has {size / 1e6:,.0f} MB; up to {MOST_BYTES / 1e6:,.0f} are read"
        )


def check_name(path: Path) -> None:
    """Refuse what may hold code, with what converts it.

    Raises:
        ForeignModelError: by the file's ending.
    """
    if path.suffix.lower() in PICKLES:
        raise _code(path)


def refuse_code(path: Path) -> None:
    """`check_name`, and what begins as a pickle, an archive of torch or HDF5, whatever its name.

    Raises:
        ForeignModelError: with what converts it.
    """
    check_name(path)
    if path.is_file() and _head(path).startswith(HEADS):
        raise _code(path)


def _code(path: Path) -> ForeignModelError:
    return ForeignModelError(
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
    _check_inside(model.graph, name)


def _check_inside(graph: Any, name: str) -> None:
    """See that no constant lies in another file: those would be read wherever they are."""
    if any(tensor.data_location == tensor.EXTERNAL for tensor in _inside(graph)):
        raise ForeignModelError(f"{name} keeps a constant in another file; export it again")
    if graph.sparse_initializer:
        raise ForeignModelError(f"{name} has sparse weights; export it with dense ones")


def _inside(graph: Any) -> Iterator[Any]:
    """Tensors within nodes, in branches and loops, too."""
    for node in graph.node:
        for each in node.attribute:
            yield from (each.t, *each.tensors)
            for sparse in (each.sparse_tensor, *each.sparse_tensors):
                yield from (sparse.values, sparse.indices)
            for inner in (each.g, *each.graphs):
                yield from (*inner.initializer, *_inside(inner))


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


def _step(node: Any) -> Step:
    value = packages.onnx().helper.get_attribute_value
    options = {each.name: value(each) for each in node.attribute}
    return Step(node.op_type, tuple(node.input), tuple(node.output), options, node)


def _shape(tensor: Any) -> tuple[int | None, ...]:
    sizes = tensor.type.tensor_type.shape.dim
    return tuple(each.dim_value if each.dim_value > 0 else None for each in sizes)


class OnnxRuntime:
    """onnxruntime for networks, and onnx's own evaluator for constants."""

    name = "onnxruntime"

    def __init__(self, model: Any) -> None:
        self.versions = list(model.opset_import)
        self.tensors = {each.name: each for each in model.graph.initializer}
        self.kind = next(
            (each.type.tensor_type.elem_type for each in model.graph.input), 1
        )  # of numbers

    def constant(self, step: Step, given: list[Any]) -> list[Any]:
        """Compute one step."""
        from onnx.reference import ReferenceEvaluator

        helper = packages.onnx().helper
        named = {n: v for n, v in zip(step.inputs, given, strict=True) if n}
        types = {n: helper.np_dtype_to_tensor_dtype(v.dtype) for n, v in named.items()}
        model = self._model(
            (step,),
            [helper.make_tensor_value_info(n, t, named[n].shape) for n, t in types.items()],
            [helper.make_empty_tensor_value_info(n) for n in step.outputs],
            [],
        )
        found: list[Any] = ReferenceEvaluator(model).run(None, named)
        return found

    def run(self, graph: Graph, given: np.ndarray) -> list[np.ndarray]:
        """Compute a graph, or half of one; only the steps that it needs."""
        model = self.written(graph, [None] * given.ndim)
        session = packages.onnxruntime().InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        )
        return self.ran(session, given)

    def ran(self, session: Any, given: np.ndarray, options: Any = None) -> list[np.ndarray]:
        """What a session of this model gives."""
        dtype = packages.onnx().helper.tensor_dtype_to_np_dtype(self.kind)
        (name,) = [each.name for each in session.get_inputs()]
        found: list[np.ndarray] = session.run(None, {name: given.astype(dtype)}, options)
        return found

    def written(self, graph: Graph, shape: Sequence[int | None]) -> Any:
        """A graph, or half of one, as a model of the steps that it needs.

        Args:
            graph: of this file.
            shape: of what it is given, with the batch; None where any size will do.
        """
        onnx, steps = packages.onnx(), graph.needed()
        info = onnx.helper.make_tensor_value_info
        used = {name for step in steps for name in step.inputs} & graph.constants.keys()
        made = [
            self.tensors.get(n) or onnx.numpy_helper.from_array(graph.constants[n], n)
            for n in sorted(used)
        ]
        (name,) = graph.inputs
        return self._model(
            steps,
            [info(name, self.kind, shape)],
            [info(each, self.kind, None) for each in graph.outputs],
            made,
        )

    def _model(
        self, steps: tuple[Step, ...], given: list[Any], outputs: list[Any], tensors: list[Any]
    ) -> Any:
        helper = packages.onnx().helper
        graph = helper.make_graph([each.source for each in steps], "part", given, outputs, tensors)
        return helper.make_model(graph, opset_imports=self.versions, ir_version=IR_VERSION)

"""The two optional packages."""

from importlib import import_module
from typing import Any

from aecore.errors import ForeignModelError


def onnx() -> Any:
    """The package that reads and writes ONNX files."""
    return _optional("onnx")


def onnxruntime() -> Any:
    """The package that runs them."""
    return _optional("onnxruntime")


def _optional(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise ForeignModelError(
            f'ONNX needs the package {name}, which is not here; run: pip install -e ".[models]"'
        ) from None

"""What is imported only when it is wanted, so that the tables that name it stay light."""

from importlib import import_module
from typing import Any


def imported(where: str) -> Any:
    """Return what "module:name" stands for."""
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)

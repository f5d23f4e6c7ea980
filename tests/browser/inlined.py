"""A module of the components as one address that a test can import in any page."""

import base64
import re
from pathlib import Path

from aeview.components import FOLDER

_IMPORT = re.compile(r'\bfrom\s+"(\.[^"]+)"')


def address(path: Path) -> str:
    """Return the module, and in it all that it imports, as a data: address."""
    text = _IMPORT.sub(
        lambda found: f'from "{address((path.parent / found[1]).resolve())}"',
        path.read_text(encoding="utf-8"),
    )
    return f"data:text/javascript;base64,{base64.b64encode(text.encode()).decode()}"


def module(name: str) -> str:
    """Return the address of a module by its name, such as "net.js"."""
    return address(FOLDER / name)

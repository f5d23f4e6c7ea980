"""Browser components: a folder each, with real .js, .css and .html files.

Streamlit takes a component's script as one text and runs it from a blob, where relative imports
lead nowhere. `script` therefore replaces each `import … from "./file.js"` by the file's own text
as a data: address. The same file gives the same address, so a module is loaded once a page.
"""

import base64
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'(?P<head>\bfrom\s+)"(?P<path>\.[^"]+\.js)"')


@cache
def script(path: Path) -> str:
    """Return a module with all modules it imports, as one text that runs from anywhere."""

    def inlined(match: re.Match[str]) -> str:
        text = script((path.parent / match["path"]).resolve())
        return f'{match["head"]}"data:text/javascript;base64,{_base64(text)}"'

    text = _IMPORT.sub(inlined, path.read_text(encoding="utf-8"))
    return f"{text}\n//# sourceURL=aeview/{path.relative_to(FOLDER).as_posix()}\n"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@cache
def component(name: str) -> Callable[..., Any]:
    """Register the component in the folder `name` and return its mounting function."""
    import streamlit as st

    def text(suffix: str) -> str:
        path = FOLDER / name / f"{name}.{suffix}"
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    style = (FOLDER / "base.css").read_text(encoding="utf-8") + text("css")
    module = script(FOLDER / name / "main.js")
    mount: Callable[..., Any] = st.components.v2.component(
        f"aeview_{name}", html=text("html") or None, css=style, js=module
    )
    return mount

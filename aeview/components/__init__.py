"""Browser components: a folder each, with real .js, .css and .html files.

Streamlit sends a component's script again whenever the component is given other data, and runs it
from a blob, where relative imports lead nowhere. So the modules of all components travel once a
visit, in a component that shows nothing (`modules`), which links them in the browser; what is sent
with each component is a few lines that ask for its entry point.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'(?P<head>\bfrom\s+)"(?P<path>\.[^"]+\.js)"')


def linked() -> dict[str, str]:
    """Return the text of every module that a component needs, by name, in the order of need.

    An import names the module as "aeview:map/model.js", relative to this folder.
    """
    found: dict[str, str] = {}

    def add(path: Path) -> str:
        name = path.relative_to(FOLDER).as_posix()
        if name not in found:
            text = path.read_text(encoding="utf-8")
            found[name] = _IMPORT.sub(lambda each: _named(each, add, path.parent), text)
            found[name] = found.pop(name)  # behind what it imports
        return name

    for main in sorted(FOLDER.glob("*/main.js")):
        add(main)
    return found


def _named(each: re.Match[str], add: Callable[[Path], str], folder: Path) -> str:
    return f'{each["head"]}"aeview:{add((folder / each["path"]).resolve())}"'


@cache
def _modules() -> Callable[..., Any]:
    import streamlit as st

    text = f"const sources = {json.dumps(list(linked().items()))};\n{_text('modules.js')}"
    mount: Callable[..., Any] = st.components.v2.component("aeview_modules", js=text)
    return mount


def modules() -> None:
    """Send the code of all components, which the browser keeps; on every page, once."""
    _modules()(key="modules", height=1)


@cache
def component(name: str) -> Callable[..., Any]:
    """Register the component in the folder `name` and return its mounting function."""
    import streamlit as st

    style = _text("base.css") + _text(f"{name}/{name}.css")
    mount: Callable[..., Any] = st.components.v2.component(
        f"aeview_{name}", html=_text(f"{name}/{name}.html") or None, css=style,
        js=_text("entry.js").replace("NAME", name),
    )  # fmt: skip
    return mount


def _text(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""

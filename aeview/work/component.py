"""Browser components: a Python wrapper each; their code lies in `aeview/browser/`.

What Streamlit sends for a component is its HTML, its style and a few lines that ask for its code.
The code itself is served as files (`browser_files`), which the browser keeps.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from aeview.work.browser_files import text, version

_SIZE = re.compile(r"(\bfont(?:-size)?:[^;{}]*?)(\b[\d.]+px)")


@lru_cache(maxsize=200)
def component(folder: str, *reported: str) -> Callable[..., Any]:
    """Register the component in a folder of `aeview/browser/` and return its mounting function.

    What it reports is in the session state under the mounted component's key, by the names
    `reported`: Streamlit knows of a name by its callback.
    """
    import streamlit as st

    name = folder.rpartition("/")[2]
    html, css = markup(folder)
    mount: Callable[..., Any] = st.components.v2.component(
        f"aeview_{name}",
        html=html or None,
        css=css or None,
        js=text("shell/entry.js").replace('"ADDRESS"', f'"{version()}/{folder}/main.js"'),
    )
    return partial(_mount, mount, **{f"on_{name}_change": _nothing for name in reported})


def _mount(mount: Callable[..., Any], *, data: Any, **settings: Any) -> Any:
    """Mount it. In a dict Streamlit looks for data frames, for which it reads in pandas."""
    return mount(data=[data] if isinstance(data, dict) else data, **settings)


def markup(folder: str) -> tuple[str, str]:
    """A component's HTML and its style; both empty where it shows nothing."""
    name = folder.rpartition("/")[2]
    html = text(f"{folder}/{name}.html")
    style = legible(text("shell/base.css") + text(f"{folder}/{name}.css"))
    return html, style if html else ""


def legible(style: str) -> str:
    """Let no text be smaller than `--least`, which presenter mode sets for the back row."""
    return _SIZE.sub(r"\1max(\2, var(--least, 0px))", style)


def _nothing() -> None:
    pass

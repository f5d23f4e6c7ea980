"""Browser components: a Python wrapper each; their code lies in `aeview/browser/`.

What Streamlit sends for a component is its HTML, its style and a few lines that ask for its code.
The code itself is served as files (`browser_files`), which the browser keeps.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from aeview.work.browser_files import text, version


@cache
def component(folder: str) -> Callable[..., Any]:
    """Register the component in a folder of `aeview/browser/` and return its mounting function."""
    import streamlit as st

    name = folder.rpartition("/")[2]
    html = text(f"{folder}/{name}.html")
    mount: Callable[..., Any] = st.components.v2.component(
        f"aeview_{name}",
        html=html or None,
        css=text("shell/base.css") + text(f"{folder}/{name}.css") if html else None,
        js=text("shell/entry.js").replace('"ADDRESS"', f'"{version()}/{folder}/main.js"'),
    )
    return mount

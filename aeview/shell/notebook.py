"""A model's latent map as a widget of a notebook: `lab.explorer`.

It is the saved web page (`aeview.shell.web_page`) in a frame. What is pinned and selected in it
are traits; `browser/notebook/main.js` hands them to and fro. All is decoded in the browser.

A saved notebook keeps of a widget's output nothing that could be shown again. So the page stands
beside it as HTML too, for whatever exports the notebook.
"""

import base64
import gzip
import json
from collections.abc import Sequence
from string import Template
from typing import Any

import anywidget
import numpy as np
import traitlets

from aecore.checkpoints import Stored
from aeview.shell import web_page
from aeview.work import live
from aeview.work.browser_files import text
from aeview.work.live import Opened

PAGE = "map"
KEPT = ("code", "pin", "selection", "embed")


class Explorer(anywidget.AnyWidget):
    """The latent map of a model, live: set its traits, or `observe` them.

    Attributes:
        code: the code that is pinned, d numbers; empty for none.
        pin: the place on the map where it lies, (x, y) in units of the map; empty for none.
        selection: the selected points, as rows of `lab.codes`; empty for none.
        embed: whether the output of a cell carries the page as well, so that an exported
            notebook still hovers; some megabytes for each map in a saved notebook.
    """

    _esm = text("notebook/main.js")
    title = traitlets.Unicode().tag(sync=True)
    page = traitlets.Bytes().tag(sync=True)  # gzipped
    code = traitlets.Any(()).tag(sync=True)
    pin = traitlets.Any(()).tag(sync=True)
    selection = traitlets.Any(()).tag(sync=True)
    embed = traitlets.Bool(True)

    def __init__(self, name: str, stored: Stored, before: "Explorer | None" = None) -> None:
        """Make the page.

        Args:
            name: of the model.
            stored: what is in its checkpoint.
            before: of the same model, whose page and traits it takes over.
        """
        self.made_of = name, stored
        self.n, self.d = len(stored.latents), stored.card.model.code_dim
        kept = {each: getattr(before, each) for each in KEPT} if before else {}
        page = before.page if before else _page(Opened(name, stored))
        super().__init__(title=f"Latent map of {name}", page=page, **kept)

    def connected(self) -> "Explorer":
        """Return itself, or what takes its place once its channel to the browser is closed.

        marimo closes it when the cell that first showed it runs again.
        """
        if self.comm is not None and not self.comm._closed:
            return self
        return Explorer(*self.made_of, before=self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the widget; where a notebook is exported without a kernel, the page alone."""
        shown, about = super()._repr_mimebundle_(**options)
        return shown | ({"text/html": self._exported()} if self.embed else {}), about

    def _exported(self) -> str:
        traits = {name: getattr(self, name) for name in ("title", "code", "pin", "selection")}
        page = base64.b64encode(self.page).decode()
        return Template(text("notebook/exported.html")).substitute(
            module=_script(self._esm), traits=_script(traits | {"page": page})
        )

    @traitlets.validate("code")
    def _code(self, told: Any) -> list[float]:
        return _numbers("code", told["value"], self.d)

    @traitlets.validate("pin")
    def _pin(self, told: Any) -> list[float]:
        return _numbers("pin", told["value"], 2)

    @traitlets.validate("selection")
    def _selection(self, told: Any) -> list[int]:
        rows = np.asarray(told["value"])
        if not rows.size:
            return []
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or rows.min() < 0 or rows.max() >= self.n:
            raise ValueError(f"selection has to be a list of rows of the codes, 0 to {self.n - 1}")
        return [int(row) for row in rows]


def _numbers(name: str, value: Sequence[float], n: int) -> list[float]:
    """Check a code or a place.

    Raises:
        ValueError: in one sentence.
    """
    try:
        numbers = np.asarray(value, float)
    except (TypeError, ValueError):
        numbers = np.array(np.nan)
    if numbers.shape not in ((0,), (n,)) or not np.isfinite(numbers).all():
        raise ValueError(f"{name} has to be a list of {n} finite numbers, or empty for no pin")
    return [float(number) for number in numbers]


def _script(value: Any) -> str:
    """A value as JavaScript between script tags, none of which may end there."""
    return json.dumps(value).replace("<", "\\u003c")


def _page(chosen: Opened) -> bytes:
    """The saved web page, zipped: its control characters would be six letters each as JSON."""
    with web_page.without_session():
        page = web_page.make(chosen, live.natural(chosen.checkpoint), [PAGE])
    return gzip.compress(page, mtime=0)

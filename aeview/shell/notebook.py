"""A model's latent map as a widget of a notebook: `lab.explorer`.

It is the saved web page (`aeview.shell.web_page`) in a frame. What is pinned and selected in it
are traits; `browser/notebook/main.js` hands them to and fro. All is decoded in the browser.
"""

from collections.abc import Sequence
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


class Explorer(anywidget.AnyWidget):
    """The latent map of a model, live: set its traits, or `observe` them.

    Attributes:
        code: the code that is pinned, d numbers; empty for none.
        pin: the place on the map where it lies, (x, y) in units of the map; empty for none.
        selection: the selected points, as rows of `lab.codes`; empty for none.
    """

    _esm = text("notebook/main.js")
    title = traitlets.Unicode().tag(sync=True)
    page = traitlets.Unicode().tag(sync=True)
    code = traitlets.Any(()).tag(sync=True)
    pin = traitlets.Any(()).tag(sync=True)
    selection = traitlets.Any(()).tag(sync=True)

    def __init__(self, name: str, stored: Stored) -> None:
        """Make the page.

        Args:
            name: of the model.
            stored: what is in its checkpoint.
        """
        self.n, self.d = len(stored.latents), stored.card.model.code_dim
        super().__init__(title=f"Latent map of {name}", page=_page(Opened(name, stored)))

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


def _page(chosen: Opened) -> str:
    with web_page.without_session():
        return web_page.make(chosen, live.natural(chosen.checkpoint), [PAGE]).decode()

"""Signals as lines, for files to take along (numpy and Pillow only); pictures as they are.

In the browser `browser/charts/signal.js` draws them; colours and margins are the same.
"""

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from aecore.arrays import Pixels
from aecore.data.imageset import is_signal

SIDE = 112  # pixels of the square in which a signal is drawn
FINE = 4  # times as many while it is drawn, so that the line is smooth
MARGIN = 0.06
PAPER, INK = 14, 242


def pictures(images: Pixels, side: int = SIDE) -> UInt8[np.ndarray, "n channels high wide"]:
    """Return pictures unchanged, and signals (n, c, 1, length) drawn as (n, 1, side, side)."""
    if not is_signal(images.shape[1:]):
        return images
    return np.stack([_line(image[0, 0] / 255, side) for image in images])[:, None]


def _line(values: np.ndarray, side: int) -> np.ndarray:
    large = side * FINE
    across = np.linspace(0, large - 1, len(values))
    down = large * (MARGIN + (1 - 2 * MARGIN) * (1 - values))
    page = Image.new("L", (large, large), PAPER)
    points = list(zip(across.tolist(), down.tolist(), strict=True))
    ImageDraw.Draw(page).line(points, fill=INK, width=2 * FINE, joint="curve")
    return np.asarray(page.resize((side, side), Image.Resampling.BOX))

"""Images side by side as one picture, to look at in a notebook."""

import base64
import io
from html import escape

import numpy as np
from PIL import Image

from aecore import lines
from aecore.arrays import ImageArray

GAP = 1  # pixels between two images, before they are enlarged


def sheet(images: ImageArray, columns: int = 10, enlarge: int = 3) -> Image.Image:
    """Lay images out in rows, from left to right.

    Args:
        images: (n, channels, height, width), intensity in [0, 1]; one channel is grey, three are
            colours, and signals are drawn as lines.
        columns: images in each row.
        enlarge: pixels of the picture for one of an image.

    Raises:
        ValueError: for no images, or fewer than one column or pixel.
    """
    if not len(images) or columns < 1 or enlarge < 1:
        raise ValueError(
            f"{len(images)} images in {columns} columns, enlarged {enlarge} times, make no "
            "picture; each has to be 1 or more"
        )
    pixels = lines.pictures(np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8))
    n, channels, height, width = pixels.shape
    columns = min(columns, n)
    rows = -(-n // columns)
    page = np.full((rows * columns, channels, height + GAP, width + GAP), 128, np.uint8)
    page[:n, :, :height, :width] = pixels
    wide = page.reshape(rows, columns, channels, height + GAP, width + GAP)
    wide = wide.transpose(0, 3, 1, 4, 2).reshape(rows * (height + GAP), -1, channels)
    picture = Image.fromarray(wide[:, :, 0] if channels == 1 else wide)
    return picture.resize(
        (enlarge * picture.width, enlarge * picture.height), Image.Resampling.NEAREST
    )


def picture(*rows: np.ndarray, columns: int = 0, enlarge: int = 3) -> Image.Image:
    """Lay out each argument's images in a row of its own, or in rows of so many columns.

    Raises:
        ValueError: for arguments of different lengths, or none.

    Example:
        >>> import aecore
        >>> lab = aecore.open("digits-vae-2d")
        >>> images = lab.images("test-0", "test-1")
        >>> aecore.picture(images, lab.reconstruct(images)).size
        (174, 174)
    """
    lengths = {len(row) for row in rows}
    if len(lengths) != 1:
        raise ValueError(f"rows have {sorted(lengths)} images; give each row as many")
    pages = [sheet(row, columns or len(row), enlarge) for row in rows]
    return Image.fromarray(np.concatenate([np.asarray(page) for page in pages]))


def inline(page: Image.Image, words: str = "") -> str:
    """Return a picture as HTML that needs no file, with a sentence above it."""
    file = io.BytesIO()
    page.save(file, "PNG")
    source = base64.b64encode(file.getvalue()).decode()
    return f'<p>{escape(words)}</p><img alt="" src="data:image/png;base64,{source}">'

"""Images as the browser takes them: bytes, base64, gzip (numpy and Pillow)."""

import base64
import gzip
import io

import numpy as np
from PIL import Image


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Intensity in [0, 1] as uint8, rounded."""
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)


def as_base64(image: np.ndarray) -> str:
    """One image in [0, 1] as base64 of its bytes, channel by channel."""
    return base64.b64encode(as_bytes(image).tobytes()).decode()


def gzipped(pixels: np.ndarray, level: int = 1) -> np.ndarray:
    """Stored images as one gzip stream, fast rather than small unless another level is given."""
    return np.frombuffer(gzip.compress(pixels.tobytes(), compresslevel=level, mtime=0), np.uint8)


def data_address(picture: np.ndarray, side: int | None = None) -> str:
    """Return uint8 (h, w) or (h, w, 3) as the data: address of a PNG, no side over `side`."""
    image = Image.fromarray(np.ascontiguousarray(picture))
    if side is not None:
        image.thumbnail((side, side))
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"

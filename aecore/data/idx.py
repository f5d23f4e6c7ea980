"""The idx format of MNIST and its relatives: gzip, a magic number, big-endian sizes, bytes."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from aecore.errors import DataError

UNSIGNED_BYTE = 8


def read(path: Path) -> np.ndarray:
    """Return the array in an idx .gz file of unsigned bytes.

    Raises:
        DataError: if the file is truncated, not gzip, or not idx of unsigned bytes.
    """
    try:
        with gzip.open(path) as file:
            content = file.read()
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DataError(f"{path} is truncated or not gzip; delete it and fetch it again") from None
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != UNSIGNED_BYTE:
        raise DataError(f"{path} is not an idx file of bytes; delete it and fetch it again")
    start = 4 + 4 * content[3]
    shape = tuple(int(n) for n in np.frombuffer(content[4:start], ">u4"))
    if len(content) - start != math.prod(shape):
        raise DataError(
            f"{path} holds {len(content) - start:,} values where its header says "
            f"{math.prod(shape):,}; delete it and fetch it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()  # writable

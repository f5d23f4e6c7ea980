"""Columns of numbers in fewer bytes, exactly: zlib, and before it the bytes of a kind together.

The first bytes of all float16 numbers lie before all second ones: signs and exponents are alike,
and pack well. A .npz is packed by LZMA, which `numpy.load` reads like any other.
"""

import zlib
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_LZMA, ZipFile

import numpy as np
from jaxtyping import UInt8

from aecore.configs import require

MOST_BYTES = 2**24  # unpacked: ten times what a checkpoint's table has
LEVEL = 9

Packed = UInt8[np.ndarray, " size"]


def pack(columns: Mapping[str, np.ndarray]) -> Packed:
    """Pack columns of any shapes into one array of bytes."""
    from safetensors.numpy import save

    apart = {name: _apart(column) for name, column in columns.items()}
    return np.frombuffer(zlib.compress(save(apart), LEVEL), np.uint8)


def unpack(packed: Packed, dtypes: Mapping[str, type[np.generic]]) -> dict[str, np.ndarray]:
    """Return the columns that are named, of these types.

    Raises:
        ValueError: if it is damaged, lacks a column or unpacks to more than 16 MiB.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    stream = zlib.decompressobj()
    try:
        content = stream.decompress(packed.tobytes(), MOST_BYTES)
        require(stream.eof, "packed numbers", "cut short", f"whole, up to {MOST_BYTES:,} bytes")
        apart = load(content)
        return {name: _together(apart[name], dtype) for name, dtype in dtypes.items()}
    except (zlib.error, SafetensorError, KeyError) as error:
        raise ValueError(f"packed numbers: {error}") from None


def save_npz(path: Path, columns: Mapping[str, np.ndarray]) -> None:
    """Write a .npz whose columns are packed by LZMA, each to be read without the others."""
    with ZipFile(path, "w", ZIP_LZMA) as archive:
        for name, column in columns.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, column, allow_pickle=False)


def _apart(column: np.ndarray) -> np.ndarray:
    """The first bytes of all numbers, then all second ones."""
    each = np.ascontiguousarray(column)[..., None].view(np.uint8)
    return np.ascontiguousarray(np.moveaxis(each, -1, 0))


def _together(planes: np.ndarray, dtype: type[np.generic]) -> np.ndarray:
    return np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view(dtype).squeeze(-1)

"""Packed numbers: exactly what they were, in fewer bytes, and bounded."""

import zlib
from zipfile import ZipFile

import numpy as np
import pytest

from aecore.packing import MOST_BYTES, pack, save_npz, unpack

NUMBERS = np.random.default_rng(0).normal(size=(300, 20))
COLUMNS = {
    "half": NUMBERS.astype(np.float16),
    "odd": np.array([-0.0, np.nan, np.inf, 6e-8, 65504], np.float16),
    "whole": np.arange(-3, 2**20, 5000, dtype=np.int32),
    "small": np.arange(200, dtype=np.uint8),
    "no_columns": np.zeros((7, 0), np.float16),
    "no_rows": np.zeros((0, 4), np.int16),
    "turned": NUMBERS.astype(np.float16).T,
}
DTYPES = {name: column.dtype.type for name, column in COLUMNS.items()}


def test_unpacked_is_what_was_packed_to_the_bit():
    found = unpack(pack(COLUMNS), DTYPES)
    assert found.keys() == COLUMNS.keys()
    for name, column in COLUMNS.items():
        assert found[name].dtype == column.dtype
        assert found[name].shape == column.shape
        assert found[name].tobytes() == column.tobytes()


def test_bytes_of_a_kind_together_take_fewer_bytes():
    half = np.random.default_rng(0).normal(size=100_000).astype(np.float16)
    assert len(pack({"half": half})) < 0.95 * len(zlib.compress(half.tobytes(), 9))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zlib", "packed numbers: Error"),
        (pack(COLUMNS).tobytes()[:-9], "packed numbers is 'cut short'"),
        (zlib.compress(bytes(MOST_BYTES + 1)), "up to 16,777,216 bytes"),
        (zlib.compress(b"no safetensors"), "packed numbers: "),
        (pack({"half": COLUMNS["half"]}).tobytes(), "packed numbers: 'odd'"),
        (pack(COLUMNS | {"odd": COLUMNS["whole"]}).tobytes(), "size"),
    ],
)
def test_what_is_no_such_pack_is_refused(content, words):
    with pytest.raises(ValueError, match=words) as caught:
        unpack(np.frombuffer(content, np.uint8), DTYPES)
    assert "\n" not in str(caught.value)


def test_an_npz_is_read_by_numpy_column_by_column_and_has_the_same_bytes_again(tmp_path):
    columns = {"few": COLUMNS["small"], "many": COLUMNS["half"], "said": np.array("one line")}
    for name in ("a.npz", "b.npz"):
        save_npz(tmp_path / name, columns)
    content = (tmp_path / "a.npz").read_bytes()
    assert content == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        assert found.files == list(columns)
        for name, column in columns.items():
            assert np.array_equal(found[name], column)

    with ZipFile(tmp_path / "a.npz") as archive:
        start = archive.getinfo("many.npy").header_offset
    damaged = bytearray(content)
    damaged[start + 100 : start + 1000] = bytes(900)
    (tmp_path / "a.npz").write_bytes(damaged)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        assert np.array_equal(found["few"], columns["few"])  # the others are not read for it

"""What the browser is sent."""

import json

import numpy as np
import pytest

from aecore.checkpoints import read
from aecore.export import network_bytes, pack
from aecore.models.layers import from_json


def unpack(raw):
    """An independent reader of the format in `pack`'s docstring."""
    size = int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4 : 4 + size])
    arrays = {}
    for name, entry in header["arrays"].items():
        start = 4 + size + entry["offset"]
        assert start % 8 == 0
        count = int(np.prod(entry["shape"]))
        flat = np.frombuffer(raw, entry["type"], count, start)
        arrays[name] = flat.reshape(entry["shape"])
    return header, arrays


def test_packed_is_unpacked():
    draw = np.random.default_rng(0)
    arrays = {
        "a": draw.standard_normal((3, 5)).astype(np.float32),
        "b": draw.standard_normal(7).astype(np.float16),
        "c": np.arange(5, dtype=np.uint8),
        "d": np.zeros((0, 2), np.int32),
        "e": np.arange(-3, 4, dtype=np.int16),
    }
    header, got = unpack(pack({"x": "ü"}, arrays))
    assert header["x"] == "ü"
    assert all(np.array_equal(got[name], arrays[name]) for name in arrays)


def test_types_the_browser_cannot_read_are_refused():
    with pytest.raises(ValueError, match="a is float64, but must be one of"):
        pack({}, {"a": np.zeros(3)})


def test_network_bytes_hold_the_checkpoints_weights_and_layers(small):
    stored = read(small[0])
    header, arrays = unpack(network_bytes(stored))
    assert set(arrays) == set(stored.weights)
    for name, weight in stored.weights.items():
        assert arrays[name].dtype == np.float16
        assert np.array_equal(arrays[name], weight)
    assert from_json(header["network"]["decoder"]) == stored.card.decoder
    assert header["network"]["shape"] == [1, 8, 8]

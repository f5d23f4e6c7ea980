"""The generator that engine and browser share, against its authors' known answers and scipy."""

import numpy as np
import pytest
from scipy import stats

from aecore import noise

KNOWN = [  # Random123 1.14, kat_vectors: philox4x32 10
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "want"), KNOWN)
def test_philox_gives_its_authors_answers(counter, key, want):
    words = tuple(np.array([word], dtype=np.uint32) for word in counter)
    assert noise.philox(words, key)[:, 0].tolist() == list(want)


def test_more_samples_and_more_units_leave_the_first_ones_alone():
    few = noise.normal(3, "codes", 5, 6)
    many = noise.normal(3, "codes", 50, 16)
    assert np.array_equal(few, many[:5, :6])


def test_normal_numbers_are_normal_and_streams_and_seeds_differ():
    drawn = noise.normal(0, "codes", 4000, 5)
    assert stats.kstest(drawn.ravel(), "norm").pvalue > 0.01
    assert np.abs(np.corrcoef(drawn.T) - np.eye(5)).max() < 0.06
    others = [noise.normal(1, "codes", 4000, 5), noise.normal(0, "posterior", 4000, 5)]
    for other in others:
        assert abs(np.corrcoef(drawn.ravel(), other.ravel())[0, 1]) < 0.03


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_said(seed):
    with pytest.raises(ValueError, match=r"seed is .* but must be 0 to 4,294,967,295"):
        noise.uniform(seed, "codes", 1)


def test_an_unknown_stream_is_said():
    with pytest.raises(ValueError, match="one of codes, components"):
        noise.uniform(0, "dice", 1)

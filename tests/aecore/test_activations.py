"""What units do: counted on codes with known answers."""

import numpy as np
import pytest

from aecore.activations import activity, population_sparseness
from aecore.checkpoints import read


def test_units_are_described_as_they_were_made():
    codes = np.zeros((40, 3), np.float32)
    codes[:, 0] = np.arange(40)
    codes[7, 1] = 5.0
    found = activity(codes)
    assert found.most[0].tolist() == list(range(39, 30, -1))
    assert found.least[0].tolist() == list(range(9))
    assert found.most[1][0] == 7
    assert found.n_dead == 1
    assert found.threshold == pytest.approx(0.05 * 39)
    assert found.active.tolist() == [38 / 40, 1 / 40, 0]
    assert found.n_active[7] == 2
    assert (found.counts.sum(axis=1) == 40).all()
    assert found.counts[2, 0] == 40  # a constant fills the first bin
    assert found.counts[1, 0] == 39
    assert found.counts[1, -1] == 1


def test_few_images_have_as_many_tops_as_there_are():
    assert activity(np.ones((4, 2), np.float32)).most.shape == (2, 4)
    with pytest.raises(ValueError, match="at least one image"):
        activity(np.zeros((0, 2), np.float32))


def test_sparseness_is_what_inside_says_of_normal_numbers_of_pca_and_of_the_sparse_model(shipped):
    normal = np.random.default_rng(0).standard_normal((400, 1000))
    codes = {
        name: read(path).latents.codes.astype(np.float64)
        for path in shipped
        for name in ("digits-pca-16d", "digits-sparse-1024d")
        if path.stem == name
    }
    for values, said in zip((normal, *codes.values()), (1 - 2 / np.pi, 0.45, 0.97), strict=True):
        d, size = values.shape[1], np.abs(values)
        own = (1 - size.mean(1) ** 2 / (size**2).mean(1)) * d / (d - 1)
        assert own.mean() == pytest.approx(said, abs=0.006)
        assert population_sparseness(values) == pytest.approx(own)


def test_sparseness_is_1_for_one_unit_that_speaks_and_0_for_all_alike():
    codes = np.array([[0, 0, 0, -3], [2, -2, 2, 2], [0, 0, 0, 0], [1, 1, 0, 0]], float)
    found = population_sparseness(codes)
    assert found.tolist() == pytest.approx([1, 0, 0, (1 - 0.5) / (1 - 0.25)])
    assert np.isnan(population_sparseness(codes[:, :1])).all()

"""A probe finds what is there, and nothing where nothing is; search likewise."""

import numpy as np
import pytest

from aecore.probe import Features, Labels, accuracy, draw_evenly, pca_codes, probe, sizes
from aecore.search import chance, precision


@pytest.fixture(scope="module")
def labels():
    return Labels(np.arange(300) % 3, np.arange(90) % 3)


def rows(labels, signal, seed=0):
    draw = np.random.default_rng(seed)
    centres = np.eye(3, 5) * signal
    return Features(*(centres[y] + draw.standard_normal((len(y), 5)) for y in labels))


def test_a_probe_tells_what_is_there_and_is_at_chance_where_nothing_is(labels):
    features = {"told": rows(labels, 8.0), "noise": rows(labels, 0.0)}
    found = {(s.features, s.n_labels): s for s in probe(features, labels)}
    assert sorted({n for _, n in found}) == [50, 300]
    assert found["told", 50].mean > 0.97
    assert 0.15 < found["noise", 300].mean < 0.5
    assert len(found["told", 50].accuracies) == 3
    assert len(found["told", 300].accuracies) == 1  # nothing to choose
    assert found["noise", 50].std > 0 == found["noise", 300].std


def test_it_does_not_matter_in_which_units_a_code_is_measured(labels):
    here = rows(labels, 2.0)
    there = Features(*(1000 * part + 5 for part in here))
    assert accuracy(here, labels) == accuracy(there, labels)


def test_labels_are_drawn_evenly_and_by_the_seed(labels):
    drawn = draw_evenly(labels.train, 51, 4)
    assert np.bincount(labels.train[drawn]).tolist() == [17, 17, 17]
    assert len(set(drawn)) == 51
    assert np.array_equal(drawn, draw_evenly(labels.train, 51, 4))
    assert not np.array_equal(drawn, draw_evenly(labels.train, 51, 5))
    assert sizes(1264) == (50, 500, 1264)
    assert sizes(30) == (30,)
    with pytest.raises(ValueError, match="1 to 300"):
        draw_evenly(labels.train, 301, 0)
    with pytest.raises(ValueError, match="one class"):
        accuracy(rows(labels, 1.0), Labels(labels.train * 0, labels.test))


def test_pca_codes_are_the_directions_of_most_variance(labels):
    wide = Features(*(part * np.array([9, 1, 1, 5, 1]) for part in rows(labels, 0.0)))
    codes = pca_codes(wide, 2)
    assert codes.test.shape == (90, 2)
    assert abs(np.corrcoef(codes.train[:, 0], wide.train[:, 0])[0, 1]) > 0.99
    assert pca_codes(wide, 99).train.shape == (300, 5)


def test_search_by_a_code_that_is_the_class_is_perfect_and_noise_is_at_chance(labels):
    told, asked = (np.eye(3)[part] for part in labels)
    assert precision(told, labels.train, asked, labels.test, 10).min() == 1
    noise = rows(labels, 0.0)
    found = precision(noise.train, labels.train, noise.test, labels.test, 10).mean()
    assert found == pytest.approx(chance(labels.train, labels.test), abs=0.08)
    assert chance(labels.train, labels.test) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="holds 300 images"):
        precision(noise.train, labels.train, noise.test, labels.test, 301)

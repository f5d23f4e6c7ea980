"""UDR of models whose likeness is known."""

import numpy as np
import pytest

from aecore.agreement import udr

N, UNITS = 2000, 4
MEANT = np.full(UNITS, 1.0)


@pytest.fixture(scope="module")
def sources():
    """Four independent things that images are made of."""
    drawn = np.random.default_rng(0).uniform(-1, 1, (N, UNITS))
    return np.linalg.qr(drawn - drawn.mean(axis=0))[0] * np.sqrt(N)


def turned(sources, seed):
    turn, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((UNITS, UNITS)))
    return sources @ turn


def test_order_sign_and_scale_of_units_do_not_matter(sources):
    models = [sources, -sources[:, ::-1], 3 * sources[:, [2, 0, 3, 1]] + 1]
    assert udr(models, 3 * [MEANT]) == pytest.approx((0.9, 0.9, 0.9), abs=1e-3)


def test_the_model_that_mixes_is_last(sources):
    models = [sources, sources[:, ::-1], turned(sources, 1), -sources]
    scores = udr(models, 4 * [MEANT])
    assert min(scores) == scores[2] < 0.7
    assert scores[:2] == pytest.approx((0.9, 0.9), abs=1e-3)


def test_models_that_mix_each_in_its_own_way_are_not_alike(sources):
    scores = udr([turned(sources, seed) for seed in range(5)], 5 * [MEANT])
    assert max(scores) < 0.7


def test_units_that_tell_nothing_are_left_out(sources):
    noise = np.random.default_rng(1).standard_normal((2, N, 3))
    models = [np.hstack((sources, part)) for part in noise]
    kl = np.append(MEANT, [0.01, 0.001, 0])
    assert udr(models, [kl, kl]) == pytest.approx((0.9, 0.9), abs=1e-3)


def test_what_one_model_has_and_the_other_lacks_lowers_both(sources):
    # own is told wholly, 3 units of 0.9; of the other's four units one tells nothing: 6 · 0.9 / 7
    scores = udr([sources, sources[:, :3]], [MEANT, MEANT[:3]])
    assert scores == pytest.approx((6 * 0.9 / 7, 6 * 0.9 / 7), abs=1e-3)


def test_a_collapsed_model_is_like_none(sources):
    scores = udr([sources, sources, np.zeros_like(sources)], [MEANT, MEANT, 0 * MEANT])
    assert scores[2] == 0
    assert scores[0] == pytest.approx(0.45, abs=1e-3), "the median of 0.9 and 0"


def test_one_model_alone_has_no_score(sources):
    with pytest.raises(ValueError, match="1 model to compare, but must be 2 or more"):
        udr([sources], [MEANT])

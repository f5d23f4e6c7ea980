"""What thresholds guarantee, by scipy's distributions, by sums of their own and by simulation."""

import math

import numpy as np
import pytest
from scipy.stats import beta, binom

from aecore.anomaly.guarantees import conformal_rank, pac_rank, realised
from aecore.anomaly.threshold import (
    conformal_threshold,
    guaranteed_threshold,
    pac_threshold,
    thresholds_by_class,
)

SIZES = [(19, 0.05), (59, 0.05), (178, 0.05), (199, 0.1), (30, 0.2), (2000, 0.05)]


@pytest.mark.parametrize(("n", "rate"), SIZES)
def test_on_average_over_calibration_sets_the_rate_holds(n, rate):
    rank = conformal_rank(n, rate)
    share = (n + 1 - rank) / (n + 1)
    assert rate - 1 / (n + 1) - 1e-9 < share <= rate + 1e-9
    got = realised(n, rank, rate)
    coverage = beta(rank, n + 1 - rank)
    assert got.mean == pytest.approx(1 - coverage.mean())
    assert (got.low, got.high) == pytest.approx((1 - coverage.ppf(0.975), 1 - coverage.ppf(0.025)))
    assert got.exceeds == pytest.approx(binom.sf(rank - 1, n, 1 - rate))


def test_a_third_of_178_and_half_of_2000_exceed_the_rate_a_little():
    """The rate of a threshold t is 1 − F(t); of uniform scores 1 − t."""
    rng = np.random.default_rng(0)
    for n, share in ((178, 1 / 3), (2000, 1 / 2)):
        sets = rng.random((2000, n)).astype(np.float32)
        rates = 1 - np.array([conformal_threshold(row) for row in sets])
        assert (rates > 0.05).mean() == pytest.approx(share, abs=0.05)
        assert realised(n, conformal_rank(n, 0.05), 0.05).exceeds == pytest.approx(share, abs=0.02)
        sure = 1 - np.array([pac_threshold(row) for row in sets])
        assert (sure > 0.05).mean() < 0.06


@pytest.mark.parametrize(("n", "rate"), SIZES)
@pytest.mark.parametrize("delta", [0.05, 0.2])
def test_the_pac_rank_is_the_smallest_whose_set_misleads_with_at_most_delta(n, rate, delta):
    rank = pac_rank(n, rate, delta)

    def misleads(k):
        p = 1 - rate
        return sum(math.comb(n, j) * p**j * rate ** (n - j) for j in range(k, n + 1))

    if n > 500:  # too large for a sum of such products
        misleads = beta(rank, n + 1 - rank).cdf(1 - rate)
        assert beta(rank - 1, n + 2 - rank).cdf(1 - rate) > delta >= misleads
    elif rank <= n:
        assert misleads(rank - 1) > delta >= misleads(rank)
    else:
        assert misleads(n) > delta
    assert rank >= min(conformal_rank(n, rate), pac_rank(n, rate, 0.2))


def test_fifty_nine_are_the_fewest_that_are_sure_of_5_percent():
    """0.95⁵⁹ < 5 % < 0.95⁵⁸: Wilks 1941."""
    assert pac_threshold(np.arange(58.0)) == math.inf
    assert pac_threshold(np.arange(59.0)) == 58
    assert guaranteed_threshold(np.arange(58.0), "pac") is None
    assert guaranteed_threshold(np.zeros(0)) is None
    with pytest.raises(ValueError, match="rule is 'f1', but must be one of conformal, pac"):
        guaranteed_threshold(np.arange(58.0), "f1")
    with pytest.raises(ValueError, match="delta is 0"):
        pac_rank(59, 0.05, 0.0)


def test_a_threshold_within_each_class_holds_for_each_class():
    """Classes that differ in scale: one line flags hardly any of one and many of the other."""
    rng = np.random.default_rng(1)
    scale = np.array([1.0, 3.0, 0.2, 9.0])
    rates, together = [], []
    for _ in range(300):
        held, new = rng.integers(0, 3, (2, 600))
        scores, fresh = (rng.standard_exponential(600) * scale[c] for c in (held, new))
        limits = thresholds_by_class(conformal_threshold, scores, held, 4)
        assert limits[3] == math.inf  # of a class that is not among the held-out ones
        for found, limit in ((rates, limits[new]), (together, conformal_threshold(scores))):
            found.append([(fresh > limit)[new == c].mean() for c in range(3)])
    assert np.allclose(np.mean(rates, axis=0), 0.05, atol=0.006)
    assert np.mean(together, axis=0)[2] < 0.001
    assert np.mean(together, axis=0)[1] > 0.12

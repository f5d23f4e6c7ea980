"""Where new codes come from: known distributions are found again, and quality follows."""

import numpy as np
import pytest

from aecore import noise
from aecore.checkpoints import build, classifier_file, find, read
from aecore.latents.sampling import SAMPLERS, draw, gaussian, kl_at_least, mixture, prior

FITTED = {name: each for name, each in SAMPLERS.items() if not each.learnt}


def two_blobs(n=600, d=3):
    rng = np.random.default_rng(0)
    side = np.arange(n) % 3 == 0
    return (rng.standard_normal((n, d)) * 0.5 + np.where(side[:, None], 6.0, -6.0)).astype("f4")


@pytest.mark.parametrize("name", list(FITTED))
def test_every_sampler_gives_codes_and_obeys_seed_and_temperature(name):
    codes = two_blobs()
    source = SAMPLERS[name](codes)
    assert source.weights.sum() == pytest.approx(1)
    drawn = draw(source, 50, seed=1)
    assert drawn.shape == (50, 3)
    assert np.array_equal(drawn, draw(source, 50, seed=1))
    assert np.allclose(drawn[:20], draw(source, 20, seed=1), atol=1e-5)
    assert not np.array_equal(drawn, draw(source, 50, seed=2))
    middle, warm = draw(source, 50, 1, 0.0), draw(source, 50, 1, 0.5)
    assert np.allclose(warm - middle, 0.5 * (drawn - middle), atol=1e-5)
    assert all(np.abs(source.means - row).sum(axis=1).min() < 1e-5 for row in middle)


def test_the_prior_is_the_noise_itself_whatever_the_codes_are():
    assert np.allclose(draw(prior(two_blobs()), 9, 4), noise.normal(4, "codes", 9, 3), atol=1e-6)


def test_the_gaussian_has_the_codes_mean_and_covariance():
    codes = two_blobs() @ np.array([[1.0, 0.4, 0], [0, 1, -0.7], [0, 0, 2]], dtype="f4")
    drawn = draw(gaussian(codes), 20_000, 0).astype(np.float64)
    scale = np.abs(np.cov(codes.T)).max()
    assert np.abs(np.cov(drawn.T) - np.cov(codes.T)).max() < 0.05 * scale
    assert np.abs(drawn.mean(axis=0) - codes.mean(axis=0)).max() < 0.2


def test_the_mixture_finds_both_blobs_and_their_shares():
    source = mixture(two_blobs())
    assert len(source.weights) == 2
    assert sorted(source.weights) == pytest.approx([1 / 3, 2 / 3], abs=0.01)
    drawn = draw(source, 3000, 0)
    assert (np.abs(drawn.mean(axis=1)) > 3).all()
    assert (drawn[:, 0] > 0).mean() == pytest.approx(1 / 3, abs=0.03)


@pytest.mark.parametrize("n", [2, 15])
def test_few_and_equal_codes_still_give_a_source(n):
    for codes in (two_blobs(n, 20), np.ones((n, 2), dtype="f4")):
        for fit in FITTED.values():
            assert np.isfinite(draw(fit(codes), 10, 0)).all()


def test_a_large_code_gets_a_diagonal_covariance():
    codes = np.random.default_rng(0).standard_normal((100, 40)).astype("f4")
    for fit in FITTED.values():
        source = fit(codes)
        assert source.factors.shape == (len(source.weights), 40)


@pytest.mark.parametrize("temperature", [-0.1, 3.1, float("nan")])
def test_a_temperature_out_of_range_is_said(temperature):
    with pytest.raises(ValueError, match=r"temperature is .* but must be 0 to 3"):
        draw(prior(two_blobs()), 1, 0, temperature)


def test_the_bound_on_the_kl_is_near_it_and_near_0_where_the_codes_fill_the_prior():
    """Clouds of σ = 0.3 whose mixture is N(m, I): KL = ‖m‖² / 2, of each cloud above 19."""

    def clouds(n, centre):
        means = np.random.default_rng(n).normal(centre, np.sqrt(1 - 0.3**2), (n, 16))
        return means, np.full((n, 16), 0.3)

    for centre, kl in ((0, 0), (0.5, 2)):
        got = kl_at_least(*clouds(1200, centre), *clouds(500, centre))
        assert kl - 1 < got < kl + 0.1


def quality(name, method):
    from aecore.classifier import load
    from aecore.latents.quality import sample_quality

    stored = read(find(name))
    source = SAMPLERS[method](stored.latents.training_codes)
    return sample_quality(build(stored), source, load(classifier_file(stored.card.data)))


def test_on_the_default_data_the_ae_is_clearly_worse_than_the_vae_and_a_mixture_repairs_it():
    from aecore.classifier import load

    ae, vae = quality("digits-ae-2d", "prior"), quality("digits-vae-2d", "prior")
    floor = load(classifier_file("digits")).floor
    assert ae.distance - ae.spread > 1.5 * (vae.distance + vae.spread)
    assert vae.distance > floor
    assert (ae.n, ae.repeats) == (355, 5)
    assert quality("digits-ae-2d", "mixture").distance < vae.distance
    assert quality("digits-ae-2d", "prior") == ae


@pytest.mark.parametrize("data", ["mnist", "fashion"])
def test_the_prior_suits_a_vae_of_16_units_and_not_an_ae(data):
    ae, vae = quality(f"{data}-ae-16d", "prior"), quality(f"{data}-vae-16d", "prior")
    assert ae.n == vae.n == 2000
    assert ae.distance > 2 * vae.distance

"""What is promised of the shipped models; figures from their cards (test split)."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aecore.checkpoints import read, read_card
from aecore.data import digits

AT_MOST = {
    ("mnist-vae-2d", "negative_elbo"): 132.0,
    ("mnist-vae-16d", "negative_elbo"): 93.5,
    ("fashion-vae-2d", "negative_elbo"): 252.0,
    ("fashion-vae-16d", "negative_elbo"): 237.0,
    ("mnist-ae-2d", "mse"): 0.0315,
    ("mnist-ae-16d", "mse"): 0.0070,
    ("fashion-ae-2d", "mse"): 0.0225,
    ("fashion-ae-16d", "mse"): 0.0100,
}


def metrics(shipped, name):
    return next(read_card(path).metrics for path in shipped if path.stem == name)


@pytest.mark.parametrize(("name", "figure"), AT_MOST)
def test_held_out_figures(shipped, name, figure):
    got = metrics(shipped, name)
    assert got["split"] == "test"
    assert got["n"] == 10_000
    assert got[figure] <= AT_MOST[name, figure]


@pytest.mark.parametrize(("n_units", "share"), [(2, 0.45), (16, 0.5)])
def test_digits_beat_pca(shipped, n_units, share):
    train, test = (digits.load(s).images.reshape(-1, 784) for s in ("train", "test"))
    pca = PCA(n_units).fit(train)
    mse = np.square(pca.inverse_transform(pca.transform(test)) - test).mean()
    assert metrics(shipped, f"digits-ae-{n_units}d")["mse"] <= share * mse


def test_beta_buys_a_smaller_kl_with_reconstruction(shipped):
    family = [metrics(shipped, f"mnist-bvae-10d-b{beta}") for beta in (1, 4, 10)]
    kl, reconstruction = zip(*((m["kl"], m["reconstruction"]) for m in family), strict=True)
    assert kl[0] > kl[1] > kl[2]
    assert reconstruction[0] < reconstruction[1] < reconstruction[2]


def test_every_checkpoint_opens_without_its_data_set(shipped):
    for path in shipped:
        stored = read(path)
        assert len(stored.latents) == (1797 if path.stem.startswith("digits") else 2000)
        assert set(np.unique(stored.latents.labels)) == set(range(10))
        assert stored.weights["decoder.0.weight"].dtype == np.float16


def test_all_weights_together_stay_under_40_mb(shipped):
    assert sum(path.stat().st_size for path in shipped) < 40 * 2**20

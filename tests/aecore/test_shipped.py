"""What is promised of the shipped models; figures from their cards (test split)."""

import numpy as np
import pytest
from safetensors import safe_open
from sklearn.decomposition import PCA

from aecore.checkpoints import load, read, read_card, shipped_folder
from aecore.data import catalogue, digits
from aecore.noise import KINDS
from aecore.trials import Splits, trial

AT_MOST = {
    ("mnist-vae-2d", "negative_elbo"): 132.0,
    ("mnist-vae-16d", "negative_elbo"): 93.5,
    ("fashion-vae-2d", "negative_elbo"): 250.5,
    ("fashion-vae-16d", "negative_elbo"): 237.0,
    ("mnist-ae-2d", "mse"): 0.0315,
    ("mnist-ae-16d", "mse"): 0.0070,
    ("fashion-ae-2d", "mse"): 0.0225,
    ("fashion-ae-16d", "mse"): 0.0080,
    ("mnist-dae-784d", "mse"): 0.0016,
    ("fashion-dae-784d", "mse"): 0.0030,
}


def metrics(shipped, name):
    return next(read_card(path).metrics for path in shipped if path.stem == name)


@pytest.mark.parametrize("name", [name for name, _ in AT_MOST])
def test_held_out_figures(shipped, name):
    got = metrics(shipped, name)
    assert (got["split"], got["n"]) == ("test", 10_000)
    figure, at_most = next((f, v) for (n, f), v in AT_MOST.items() if n == name)
    assert got[figure] <= at_most


@pytest.mark.parametrize("name", ["digits-ae-2d", "digits-ae-16d"])
def test_digits_beat_pca(shipped, name):
    n_units, share = {"digits-ae-2d": (2, 0.45), "digits-ae-16d": (16, 0.5)}[name]
    train, test = (digits.load(s).images.reshape(-1, 784) for s in ("train", "test"))
    pca = PCA(n_units).fit(train)
    mse = np.square(pca.inverse_transform(pca.transform(test)) - test).mean()
    assert metrics(shipped, name)["mse"] <= share * mse


@pytest.mark.mnist
@pytest.mark.parametrize(
    ("name", "data", "level", "psnr", "ssim"),
    [
        ("mnist-dae-784d", "mnist", 0.4, 22.0, 0.91),
        ("fashion-dae-784d", "fashion_mnist", 0.2, 23.5, 0.85),
    ],
)
def test_denoisers_keep_their_promise(shipped, name, data, level, psnr, ssim):
    path = next(path for path in shipped if path.stem == name)
    images = catalogue.load(data, "test").images[:3000]
    few = images[:2]
    found = trial("gaussian", level, Splits(few, few, images)).of_network(name, load(path).model)
    assert found.psnr >= psnr
    assert found.ssim >= ssim


def test_denoisers_were_shown_every_kind_of_noise(shipped):
    cards = [read_card(path) for path in shipped if "-dae-" in path.stem]
    assert len(cards) == 4
    for card in cards:
        assert card.model.kind == "dae"
        assert set(card.training.trained_levels) == set(KINDS)


def test_beta_buys_a_smaller_kl_with_reconstruction(shipped):
    family = [metrics(shipped, f"mnist-bvae-10d-b{beta}") for beta in (1, 4, 10)]
    kl, reconstruction = zip(*((m["kl"], m["reconstruction"]) for m in family), strict=True)
    assert kl[0] > kl[1] > kl[2]
    assert reconstruction[0] < reconstruction[1] < reconstruction[2]


SPRITES = ("sprites-vae-10d", "sprites-tcvae-10d-w6")


def test_disentanglement_is_bought(shipped):
    plain, best = (metrics(shipped, name) for name in SPRITES)
    assert best["mig"] >= plain["mig"] + 0.1
    assert best["kl"] < plain["kl"]
    assert best["reconstruction"] > plain["reconstruction"]


def test_the_units_of_the_best_sprites_model_follow_different_factors(shipped):
    named = [name for name in metrics(shipped, SPRITES[-1])["unit_factors"] if name]
    assert len(set(named)) == len(named) >= 3
    assert {"x", "y", "scale"} <= set(named)


@pytest.mark.parametrize("name", SPRITES)
def test_a_sprites_model_is_small(shipped, name):
    path = next(path for path in shipped if path.stem == name)
    assert path.stat().st_size <= 1.5e6


def test_faces_models_are_small_and_beta_disentangles(shipped):
    names = ("faces-vae-16d", "faces-bvae-16d-b4")
    assert all(path.stat().st_size <= 3e6 for path in shipped if path.stem in names)
    plain, weighted = (metrics(shipped, name) for name in names)
    assert weighted["mig"] > 1.5 * plain["mig"]
    assert weighted["sap"] > 1.5 * plain["sap"]
    assert weighted["factor_vae"] > plain["factor_vae"] + 0.05
    assert weighted["kl"] < 0.75 * plain["kl"]
    assert plain["mse"] < weighted["mse"] < 0.001


def test_heartbeats_models_are_small_and_know_a_beat(shipped):
    files = {path.stem: path for path in shipped if path.stem.startswith("heartbeats-")}
    assert set(files) == {f"heartbeats-{kind}" for kind in ("vae-2d", "ae-16d", "dae-16d")}
    assert sum(path.stat().st_size for path in files.values()) < 600_000
    assert metrics(shipped, "heartbeats-vae-2d")["mse"] < 0.001  # 3 % of the range, 0.08 mV
    assert metrics(shipped, "heartbeats-ae-16d")["mse"] < 0.0002
    test = catalogue.load("heartbeats", "test").images
    found = trial("gaussian", 0.1, Splits(test[:2], test[:2], test)).of_network(
        "dae", load(files["heartbeats-dae-16d"]).model
    )
    assert found.psnr > 28  # the noise alone leaves 20 dB


def n_rows(name):
    """Codes of hundreds of units are stored of fewer images."""
    if name.endswith(("-dae-784d", "-1024d")):
        return 400_000 // int(name.split("-")[-1][:-1])
    if name.startswith("cells"):
        return 420  # all that were held out, and the benign ones of the training split
    if name.startswith("emoji"):
        return 1340  # all training images; the others are not here without a download
    return 1797 if name.startswith("digits") else 2000


def test_every_checkpoint_opens_without_its_data_set(shipped):
    for path in shipped:
        stored = read(path)
        classes = set(range(len(stored.card.classes)))
        if stored.card.encodes:
            assert len(stored.latents) == n_rows(path.stem)
            assert set(np.unique(stored.latents.labels)) == classes
        else:  # draws of the prior; one that has collapsed shows few classes
            assert len(stored.latents) == 2000
            assert set(np.unique(stored.latents.labels)) <= classes
        assert {weight.dtype for weight in stored.weights.values()} == {np.dtype(np.float16)}


def test_all_that_ships_beside_the_code_is_at_most_60_mb():
    sizes = [path.stat().st_size for path in shipped_folder().rglob("*") if path.is_file()]
    assert len(sizes) > 60
    assert sum(sizes) <= 60_000_000


def test_every_shipped_table_is_packed_as_a_new_one_would_be(shipped):
    for path in shipped:
        with safe_open(path, "numpy") as file:
            assert "latents" in file.keys()  # noqa: SIM118  # no dict

"""Every model of the lecture notes: trained from the command line, and true to what it is for."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from aecore import classifier, frechet, production
from aecore.checkpoints import classifier_file, load, read
from aecore.cli import main
from aecore.corruption import CORRUPTIONS, HOLE
from aecore.data import digits
from aecore.inpainting import fit_pca, mean_fill
from aecore.models.family import MODELS
from aecore.recipes import recipe
from aecore.seeding import stream

NAMES = (
    "digits-linear-2d", "digits-stacked-2d", "digits-sparse-1024d", "digits-dae-784d",
    "digits-masked-16d", "digits-adversarial-2d", "digits-rbm-2d",
)  # fmt: skip
ROWS = {kind: ["--model", kind] for kind in MODELS}
ROWS["dae"] += ["--noise", "gaussian", "--noise-levels", "0.5"]
ROWS |= {
    "linear": [
        "--model",
        "ae",
        "--activation",
        "identity",
        "--output",
        "identity",
        "--likelihood",
        "gaussian",
    ],
    "rbm": ["--model", "ae", "--activation", "sigmoid", "--rbm-epochs", "1"],
    "conv": ["--model", "ae", "--body", "conv", "--channels", "2"],
    "tc-vae": ["--model", "vae", "--tc-weight", "4"],
}


@pytest.fixture(scope="module")
def splits():
    return {name: digits.load(name) for name in ("train", "val", "test")}


@pytest.fixture
def read_once(splits, monkeypatch):
    """The command line finds the digits read already."""
    monkeypatch.setattr(production, "load", lambda _name, split, *_rest: splits[split])


@pytest.fixture(scope="module")
def test_images(splits):
    return torch.from_numpy(splits["test"].images)


def path_of(shipped, name):
    return next(path for path in shipped if path.stem == name)


@torch.no_grad()
def keeps_the_contract(model, images):
    """What `test_models` asks of fresh models, of one that was trained and stored."""
    model.eval()
    if not model.encodes:  # tests/aecore/test_gan.py
        return
    codes = model.encode(images).mean
    assert codes.shape == (len(images), model.config.code_dim)
    restored = model.decode(codes)
    assert restored.shape == images.shape
    assert torch.equal(restored, model.reconstruct(images))
    alone = torch.cat([model.reconstruct(image[None]) for image in images])
    torch.testing.assert_close(restored, alone, atol=1e-5, rtol=1e-4)
    if model.config.output == "sigmoid":
        assert 0 <= restored.min() <= restored.max() <= 1
    first, again = (model.terms(images, stream(3, "codes")) for _ in range(2))
    assert first.reconstruction.shape == first.regulariser.shape == (len(images),)
    assert torch.equal(first.reconstruction, again.reconstruction)
    assert (first.regulariser >= -1e-6).all() or model.config.tc_weight != 1


@pytest.mark.parametrize("words", ROWS.values(), ids=ROWS)
@pytest.mark.usefixtures("read_once")
def test_every_family_trains_from_the_command_line(tmp_path, test_images, words):
    out = tmp_path / "x.safetensors"
    sizes = ["--latent-dim", "3", "--widths", "8", "--epochs", "1", "--batch-size", "256"]
    assert main(["train", "--data", "digits", *words, *sizes, "--out", str(out)]) == 0
    found = load(out)
    assert found.card.metrics["n"] == (355 if found.card.encodes else 1000)
    assert "--epochs 1 --batch-size 256" in found.card.command
    keeps_the_contract(found.model, test_images[:4])


@pytest.mark.parametrize("name", NAMES)
def test_every_family_is_shipped_and_keeps_the_contract(shipped, test_images, name):
    found = load(path_of(shipped, name))
    keeps_the_contract(found.model, test_images[:4])
    assert len(found.card.classes) == 10


# ---- linear ------------------------------------------------------------------------------------


@torch.no_grad()
def test_the_shipped_linear_autoencoder_is_pca(shipped, splits):
    found = load(path_of(shipped, "digits-linear-2d"))
    train_rows, test_rows = (splits[s].images.reshape(-1, 784) for s in ("train", "test"))
    pca = PCA(2).fit(train_rows)
    ours, _ = np.linalg.qr(found.model.decoder[0].weight.numpy())
    cosines = np.linalg.svd(pca.components_ @ ours, compute_uv=False)
    assert np.degrees(np.arccos(np.clip(cosines, -1, 1))).max() < 5
    best = np.square(pca.inverse_transform(pca.transform(test_rows)) - test_rows).mean()
    assert found.card.metrics["mse"] == pytest.approx(best, rel=0.01)


# ---- stacked -----------------------------------------------------------------------------------


def accuracy(path):
    """Of 10 nearest neighbours among the training codes, on test codes."""
    table = read(path).latents
    known, asked = table.split == 0, table.split == 2
    nearest = KNeighborsClassifier(10).fit(table.codes[known], table.labels[known])
    return nearest.score(table.codes[asked], table.labels[asked])


def test_classes_lie_apart_in_the_codes_of_the_stacked_autoencoder(shipped):
    stacked, pca = (accuracy(path_of(shipped, f"digits-{kind}-2d")) for kind in ("stacked", "pca"))
    assert stacked > pca + 0.1


def test_the_worked_example_of_the_notes_is_a_recipe():
    for name in ("mnist-stacked-2d", "digits-stacked-2d"):
        model = recipe(name).model
        assert (model.kind, model.body, model.likelihood) == ("ae", "dense", "gaussian")
        sizes = (*model.widths, model.code_dim)
        assert len(sizes) == 5
    model = recipe("mnist-stacked-2d").model
    assert (*model.widths, model.code_dim) == (400, 200, 100, 50, 2)


# ---- sparse ------------------------------------------------------------------------------------


@torch.no_grad()
def test_each_unit_of_the_shipped_sparse_code_speaks_for_few_images_and_most_for_some(
    shipped, splits
):
    model = load(path_of(shipped, "digits-sparse-1024d")).model
    codes = model.encode(torch.from_numpy(splits["train"].images)).mean
    speaks = codes > 0
    assert (speaks.sum(1) <= 32).all()
    assert speaks.any(0).float().mean() > 0.98
    assert speaks.float().mean(0).max() < 0.2


@torch.no_grad()
def test_without_standing_most_units_of_a_top_k_code_are_silent_for_all(splits):
    def used(weight):
        plan = recipe("digits-sparse-1024d")
        config = replace(plan.model, code_dim=256, n_active=8, sparsity=weight)
        plan = replace(plan, model=config, training=replace(plan.training, epochs=4))
        model = production.fresh_model(plan)
        few = production.Splits(*(part.take(np.arange(150)) for part in splits.values()))
        with torch.enable_grad():
            deque(production.run(model, few, plan, "cpu"), maxlen=0)
        codes = model.eval().encode(torch.from_numpy(splits["val"].images)).mean
        return float((codes > 0).any(0).float().mean())

    assert used(10.0) > 2 * used(0.0)


# ---- denoising ---------------------------------------------------------------------------------


@torch.no_grad()
def test_the_arrows_of_the_denoiser_point_back_to_the_images(shipped, test_images):
    """D(E(x̃)) − x̃ is along x − x̃: Alain & Bengio (2014)."""
    model = load(path_of(shipped, "digits-dae-784d")).model
    clean = test_images[:60]
    noisy = CORRUPTIONS["gaussian"](clean, 0.4, stream(0, "noise"))
    arrows, back = model.reconstruct(noisy) - noisy, clean - noisy
    cosine = torch.nn.functional.cosine_similarity(arrows.flatten(1), back.flatten(1))
    assert cosine.min() > 0.8
    left = (back - arrows).flatten(1).norm(dim=1)
    assert (left < 0.5 * back.flatten(1).norm(dim=1)).all()


# ---- masked ------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@torch.no_grad()
def test_the_masked_autoencoder_beats_the_mean_the_other_networks_and_pca(
    shipped, splits, test_images, share
):
    model = load(path_of(shipped, "digits-masked-16d")).model
    model.config = replace(model.config, mask_ratio=share, mask_spread=0.0)
    hidden = model.mask(test_images, stream(0, "mask"))
    spoilt = torch.where(hidden, HOLE, test_images)
    clean, gone = test_images.numpy(), hidden.expand_as(test_images).numpy()
    known = splits["train"].images

    def error(filled):
        return float(np.square(filled - clean)[gone].mean())

    masked = error(model.reconstruct(spoilt).numpy())
    plain = load(path_of(shipped, "digits-ae-16d")).model
    assert masked < 0.6 * error(mean_fill(clean, gone, known.mean(axis=0).ravel()))
    assert masked < 0.5 * error(plain.reconstruct(spoilt).numpy())
    if share >= 0.5:  # of little that is hidden the linear guess is about as good
        assert masked < error(fit_pca(known, 40)(clean, gone))


# ---- adversarial -------------------------------------------------------------------------------


def told_apart(codes):
    """Share of codes and prior draws that neighbours among other ones tell right; 0.5: chance."""
    prior = np.random.default_rng(0).standard_normal(codes.shape)
    points, which = np.concatenate((codes, prior)), np.repeat([0, 1], len(codes))
    critic = KNeighborsClassifier(15).fit(points[::2], which[::2])
    return critic.score(points[1::2], which[1::2])


def test_a_critic_hardly_tells_the_codes_of_the_adversarial_autoencoder_from_the_prior(shipped):
    right = {
        kind: told_apart(read(path_of(shipped, f"digits-{kind}-2d")).latents.codes)
        for kind in ("adversarial", "vae", "ae", "stacked")
    }
    assert right["adversarial"] < 0.7
    assert right["adversarial"] < right["vae"] + 0.02  # which has a KL term for it
    assert min(right["ae"], right["stacked"]) > 0.8


def test_its_own_critic_is_near_chance_when_it_is_deceived(shipped):
    loss = read(path_of(shipped, "digits-adversarial-2d")).card.validation["regulariser"]
    assert loss == pytest.approx(2 * np.log(2), rel=0.2)  # of one that always says a half


@torch.no_grad()
def test_samples_of_the_adversarial_autoencoder_are_nearer_to_real_images(shipped):
    judge = classifier.load(classifier_file("digits"))
    draws = torch.empty(600, 2).normal_(generator=stream(0, "samples"))

    def distance(kind):
        model = load(path_of(shipped, f"digits-{kind}-2d")).model
        found = classifier.features(judge.network, model.decode(draws))
        return frechet.distance(frechet.moments(found), judge.train)

    with_it = distance("adversarial")
    assert with_it < 0.6 * min(distance("ae"), distance("stacked"))


# ---- Boltzmann machines ------------------------------------------------------------------------


def test_the_shipped_deep_autoencoder_started_from_machines(shipped):
    card = read(path_of(shipped, "digits-rbm-2d")).card
    assert card.training.rbm_epochs > 0
    assert card.model.activation == "sigmoid"
    assert replace(card.training, rbm_epochs=0) != card.training
    assert accuracy(path_of(shipped, "digits-rbm-2d")) > accuracy(
        path_of(shipped, "digits-pca-2d")
    )

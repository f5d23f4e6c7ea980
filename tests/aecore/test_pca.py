"""PCA as a model, against scikit-learn's."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA as SklearnPCA  # noqa: N811  # a class

from aecore.checkpoints import load, read
from aecore.data import digits
from aecore.models.base import ClosedForm
from aecore.models.config import ModelConfig
from aecore.models.family import MODELS, create, model_class
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import train, validate


@pytest.fixture(scope="module")
def splits():
    return {name: digits.load(name) for name in ("train", "val", "test")}


@pytest.fixture(scope="module", params=[2, 16, 64])
def fitted(request, splits):
    """(our model after its one report, scikit-learn's)."""
    config = ModelConfig(kind="pca", code_dim=request.param)
    model = create(config, stream(0, "weights"))
    reports = list(train(model, splits["train"], splits["val"], TrainingConfig(epochs=9)))
    assert [(r.epoch, r.n_epochs) for r in reports] == [(1, 1)]
    flat = splits["train"].images.reshape(-1, 784).astype(np.float64)
    return model, SklearnPCA(request.param, svd_solver="full").fit(flat)


@torch.no_grad()
def test_its_subspace_is_scikit_learns(fitted):
    ours, theirs = fitted[0].decoder[0].weight.double().numpy(), fitted[1].components_
    cosines = np.linalg.svd(theirs @ ours, compute_uv=False)
    assert np.degrees(np.arccos(np.clip(cosines, -1, 1))).max() < 0.1


@torch.no_grad()
def test_its_codes_and_test_error_are_scikit_learns(fitted, splits):
    model, theirs = fitted
    images = torch.from_numpy(splits["test"].images)
    flat = splits["test"].images.reshape(-1, 784)
    codes = theirs.transform(flat)
    signs = np.sign((codes * model.encode(images).mean.numpy()).sum(axis=0))
    assert np.abs(model.encode(images).mean.numpy() - signs * codes).max() < 1e-3
    want = np.square(theirs.inverse_transform(codes) - flat).mean()
    got = (model.reconstruct(images) - images).square().mean().item()
    assert got == pytest.approx(want, rel=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("d", [1, 7, 38, 64])
def test_of_fewer_images_than_pixels_it_is_scikit_learns_too(splits, d):
    pixels = splits["train"].pixels[:40]
    model = create(ModelConfig(kind="pca", code_dim=d), stream(0, "weights"))
    model.fit(torch.from_numpy(pixels))
    ours = model.decoder[0].weight.double().numpy()
    assert ours.T @ ours == pytest.approx(np.eye(d), abs=1e-5)
    assert ours[abs(ours).argmax(axis=0), np.arange(d)].min() > 0
    known = min(d, 39)  # there are no more directions between forty images
    flat = pixels.reshape(40, -1) / 255
    theirs = SklearnPCA(known, svd_solver="full").fit(flat).components_
    assert abs(np.sum(theirs.T * ours[:, :known], axis=0)) == pytest.approx(1, abs=1e-5)


@torch.no_grad()
def test_a_reconstruction_is_the_orthogonal_projection(fitted, splits):
    model, _ = fitted
    images = torch.from_numpy(splits["test"].images[:50])
    once = model.reconstruct(images)
    torch.testing.assert_close(model.reconstruct(once), once, atol=2e-5, rtol=0)
    left_over = (images - once).flatten(1)
    along = left_over @ model.decoder[0].weight
    assert along.abs().max().item() < 1e-4


@torch.no_grad()
def test_each_direction_has_its_largest_entry_positive(fitted):
    directions = fitted[0].decoder[0].weight
    largest = directions.gather(0, directions.abs().argmax(dim=0, keepdim=True))
    assert (largest > 0).all()


def test_the_only_report_says_what_the_model_is_worth(splits):
    model = create(ModelConfig(kind="pca", code_dim=3), stream(0, "weights"))
    (report,) = train(model, splits["train"], splits["val"], TrainingConfig())
    assert report.val == validate(model, torch.from_numpy(splits["val"].images), TrainingConfig())
    assert report.codes.shape == (len(splits["val"]), 3)


def test_settings_of_deeper_bodies_do_not_apply():
    config = ModelConfig(kind="pca", code_dim=4, body="conv", shape=(3, 8, 8))
    model = create(config, stream(0, "weights"))
    assert model.config.widths == ()
    assert model.config.likelihood == "gaussian"
    images = torch.rand(2, 3, 8, 8, generator=stream(0, "images"))
    assert model.reconstruct(images).shape == images.shape


def test_more_units_than_pixels_are_refused():
    with pytest.raises(ValueError, match="code_dim is 65, but must be at most the 64 pixels"):
        create(ModelConfig(kind="pca", code_dim=65, shape=(1, 8, 8)), stream(0, "weights"))


def test_pca_alone_is_fitted_in_closed_form_and_such_a_family_has_to_say_how():
    assert [kind for kind in MODELS if issubclass(model_class(kind), ClosedForm)] == ["pca"]
    assert [kind for kind, family in MODELS.items() if family.closed_form] == ["pca"]
    assert "fit" in ClosedForm.__abstractmethods__
    assert not hasattr(create(ModelConfig(kind="ae"), stream(0, "weights")), "fit")


@pytest.mark.parametrize("n_units", [2, 16])
def test_the_shipped_one_is_scikit_learns_too(shipped, splits, n_units):
    path = next(p for p in shipped if p.stem == f"digits-pca-{n_units}d")
    train_images, images = (splits[s].images.reshape(-1, 784) for s in ("train", "test"))
    theirs = SklearnPCA(n_units).fit(train_images)
    want = np.square(theirs.inverse_transform(theirs.transform(images)) - images).mean()
    assert read(path).card.metrics["mse"] == pytest.approx(want, rel=1e-4)
    assert isinstance(load(path).model, ClosedForm)

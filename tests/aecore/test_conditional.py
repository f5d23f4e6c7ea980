"""The conditional VAE: what it is told, and that nobody who is told one class can tell."""

import numpy as np
import pytest
import torch

import aecore
from aecore import checkpoints, noise
from aecore.classifier import load as load_classifier
from aecore.cli import main
from aecore.data.catalogue import load
from aecore.errors import CheckpointError
from aecore.latents.quality import sample_quality
from aecore.latents.sampling import draw, prior
from aecore.losses import kl_to_standard_normal
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.models.vae import VAE
from aecore.training.config import TrainingConfig
from aecore.training.loop import train

K, D = 4, 3


@pytest.fixture(scope="module")
def config():
    return ModelConfig(kind="conditional", shape=(1, 8, 8), code_dim=D, widths=(12,), n_classes=K)


@pytest.fixture(scope="module")
def model(config):
    """A model whose tables are not zero."""
    made = create(config, torch.Generator().manual_seed(0)).eval().requires_grad_(False)
    for table in made.tables.values():
        table.normal_(generator=torch.Generator().manual_seed(1))
    return made


@pytest.fixture(scope="module")
def images():
    return torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(2))


LABELS = np.array([0, 1, 2, 3, 3, 0])


def beside(weight, table, numbers, labels):
    """What a layer gives whose input has the class as one-hot numbers beside it."""
    one_hot = torch.nn.functional.one_hot(torch.from_numpy(labels), K).float()
    wide = torch.cat((weight, table.T), dim=1)
    return torch.cat((numbers, one_hot), dim=1) @ wide.T


def test_a_class_is_one_hot_beside_the_first_linear_layers_input(model, images):
    first, last = model.encoder[1], model.encoder[3]
    hidden = beside(first.weight, model.tables["encoder"], images.flatten(1), LABELS) + first.bias
    mean, log_var = last(model.encoder[2](hidden)).chunk(2, dim=1)
    found = model.told(LABELS).encode(images)
    torch.testing.assert_close(found.mean, mean)
    torch.testing.assert_close(found.log_var, log_var)
    opening = model.decoder[0]
    hidden = beside(opening.weight, model.tables["decoder"], mean, LABELS) + opening.bias
    expected = torch.nn.Sequential(*list(model.decoder)[1:])(hidden)
    torch.testing.assert_close(model.told(LABELS).decode(mean), expected)


def test_its_objective_is_the_elbo_given_the_class(model, images):
    told = model.told(LABELS)
    terms = told.terms(images, torch.Generator().manual_seed(3))
    posterior = told.encode(images)
    noise = torch.empty(6, D).normal_(generator=torch.Generator().manual_seed(3))
    codes = posterior.mean + (posterior.log_var / 2).exp() * noise
    shown = told.decode(codes).clamp(1e-7, 1 - 1e-7)
    cross = -(images * shown.log() + (1 - images) * (1 - shown).log()).flatten(1).sum(1)
    torch.testing.assert_close(terms.reconstruction, cross, rtol=1e-4, atol=1e-3)
    kl = kl_to_standard_normal(posterior.mean, posterior.log_var).sum(1)
    torch.testing.assert_close(terms.regulariser, kl)


def test_the_classes_of_a_batch_are_each_ones_own(model, images):
    together = model.told(LABELS).reconstruct(images)
    for i, label in enumerate(LABELS):
        alone = model.told(np.array([label])).reconstruct(images[i : i + 1])
        torch.testing.assert_close(together[i : i + 1], alone)


@pytest.fixture(scope="module")
def shipped():
    return checkpoints.read(checkpoints.find("digits-cvae-2d"))


def test_told_one_class_it_is_a_vae_of_that_class_and_still_knows_the_others(shipped):
    codes = torch.from_numpy(shipped.latents.codes[:20])
    whole = checkpoints.build(shipped)
    sevens = checkpoints.told(shipped, 7)
    by_bias = checkpoints.build(sevens)
    torch.testing.assert_close(by_bias.decode(codes), whole.told(np.array([7])).decode(codes))
    plain = VAE(sevens.card.model, sevens.card.encoder, sevens.card.decoder)
    weights = {k: torch.from_numpy(np.float32(v)) for k, v in sevens.weights.items()}
    plain.load_state_dict({k: v for k, v in weights.items() if not k.startswith("tables")})
    torch.testing.assert_close(plain.decode(codes), by_bias.decode(codes))
    labels = np.arange(20) % 10
    told_twice = checkpoints.build(checkpoints.told(sevens, 2))
    torch.testing.assert_close(
        told_twice.told(labels).decode(codes), whole.told(labels).decode(codes),
        atol=1e-5, rtol=1e-4,
    )  # fmt: skip
    digests = {checkpoints.told(shipped, k).digest for k in range(10)}
    assert len(digests) == 10
    assert checkpoints.told(sevens, 2).digest == checkpoints.told(shipped, 2).digest


def test_draws_of_an_images_posterior_are_of_its_own_class_whatever_is_told(shipped):
    lab = aecore.open("digits-cvae-2d")
    training = np.flatnonzero(shipped.latents.split == 0)
    row = next(row for row in training if shipped.latents.labels[row] not in (0, 7))
    view = lab.explain(shipped.latents.codes[row]).posterior
    draws = torch.from_numpy(view.places.astype(np.float32))  # two units: the map is the code
    own = checkpoints.build(shipped).told(shipped.latents.labels[[view.row]])
    assert view.row == row
    np.testing.assert_allclose(view.images, own.decode(draws).detach(), atol=1e-4)


def test_no_flow_is_made_of_it_and_that_is_said(tmp_path, capsys):
    out = tmp_path / "x.flow"
    assert main(["flow", "digits-cvae-2d", "--out", str(out)]) != 0
    assert "no latent flow is made of a conditional VAE" in capsys.readouterr().err
    assert not out.exists()


def test_another_model_takes_no_notice(images):
    stored = checkpoints.read(checkpoints.find("digits-vae-2d"))
    assert checkpoints.told(stored, 7) is stored
    model = checkpoints.build(stored)
    assert model.told(np.array([7])) is model


def test_the_facade_is_told_by_name_or_number(shipped):
    by_name, by_number = (aecore.open("digits-cvae-2d", told=label) for label in ("9", 9))
    code = [0.3, -0.5]
    assert np.array_equal(by_name.decode(code), by_number.decode(code))
    assert not np.allclose(by_name.decode(code), aecore.open("digits-cvae-2d").decode(code))
    with pytest.raises(ValueError, match="label is 'ten', but must be one of 0, 1, 2"):
        aecore.open("digits-cvae-2d", told="ten")
    assert aecore.open("digits-vae-2d", told=9).stored.label is None


def test_samples_are_of_the_class_that_is_asked_for_else_of_any(shipped):
    lab = aecore.open("digits-cvae-2d", told="3")
    judge = load_classifier(checkpoints.classifier_file("digits"))

    def seen(made):
        return judge.network(torch.from_numpy(made.images)).argmax(1).numpy()

    assert (seen(lab.sample(60, label="7")) == 7).mean() > 0.95
    mixed = lab.sample(200)
    counts = np.bincount(seen(mixed), minlength=10)
    assert counts.min() > 5
    assert np.array_equal(mixed.codes, aecore.open("digits-vae-2d").sample(200).codes)
    with pytest.raises(ValueError, match="can't be asked for one"):
        aecore.open("digits-vae-2d").sample(4, label="7")
    told = sample_quality(lab.model, prior(lab.codes), judge)
    assert told.agreement > 0.97
    asked = noise.classes(noise.component(0, 1775), 10)
    drawn = lab.model.told(asked).decode(torch.from_numpy(draw(prior(lab.codes), 1775, 0)))
    agree = (judge.network(drawn).argmax(1).numpy() == asked).mean()
    assert told.agreement == pytest.approx(agree)


def test_stored_codes_and_figures_are_of_each_images_own_class(shipped):
    train_set = load("digits", "train")
    rows = np.flatnonzero(shipped.latents.split == 0)[:50]
    some = train_set.take(shipped.latents.index[rows])
    model = checkpoints.build(shipped).told(some.labels)
    codes = model.encode(torch.from_numpy(some.images)).mean.numpy()
    assert np.abs(codes - shipped.latents.codes[rows]).max() < 0.02  # float16
    errors = (model.decode(torch.from_numpy(codes)).numpy() - some.images) ** 2
    assert np.allclose(errors.mean((1, 2, 3)), shipped.latents.error[rows], atol=1e-3)
    wrong = checkpoints.build(shipped).told((some.labels + 1) % 10)
    worse = (wrong.reconstruct(torch.from_numpy(some.images)).numpy() - some.images) ** 2
    assert worse.mean() > 1.5 * errors.mean()


def test_what_it_needs_is_said():
    with pytest.raises(ValueError, match="n_classes is 0, but must be 2 or more to be told"):
        create(ModelConfig(kind="conditional"), torch.Generator())
    body = ModelConfig(
        kind="conditional", body="spatial", channels=(4, 4), widths=(4,), code_dim=49, n_classes=2
    )
    with pytest.raises(ValueError, match="choose the dense or conv body"):
        create(body, torch.Generator())


def test_a_training_learns_the_tables_and_validation_is_told_too():
    digits = load("digits", "train")
    small = ModelConfig(kind="conditional", widths=(32,), n_classes=10)
    model = create(small, torch.Generator().manual_seed(0))
    val = load("digits", "val")
    config = TrainingConfig(epochs=40, batch_size=32, learning_rate=1e-2)
    report = list(train(model, digits, val, config, "cpu"))[-1]
    for table in model.tables.values():
        assert float(table.detach().abs().sum(1).min()) > 0  # every class was told
    images = torch.from_numpy(val.images)
    with torch.no_grad():
        known = model.told(val.labels).terms(images, torch.Generator()).reconstruction.mean()
        wrong = model.told(9 - val.labels).terms(images, torch.Generator()).reconstruction.mean()
    assert report.val.reconstruction == pytest.approx(float(known), rel=0.02)
    assert float(wrong) > float(known) + 2


def test_a_damaged_table_is_said(shipped, tmp_path):
    weights = dict(shipped.weights)
    del weights["tables.decoder"]
    with pytest.raises(CheckpointError, match="do not fit the card"):
        checkpoints.build(shipped._replace(weights=weights))

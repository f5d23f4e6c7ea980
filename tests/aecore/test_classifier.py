"""The classifiers in whose features samples are compared."""

import shutil

import numpy as np
import pytest
import torch

from aecore import classifier, frechet
from aecore.checkpoints import available, classifier_file
from aecore.classifier import CLASSIFIERS, ClassifierConfig
from aecore.cli import main
from aecore.data.catalogue import DATASETS, load
from aecore.data.imageset import random_sample
from aecore.errors import CheckpointError

LEAST = {"digits": 0.97, "mnist": 0.985, "fashion_mnist": 0.90, "sprites": 0.99}


@pytest.mark.parametrize("data", list(CLASSIFIERS))
def test_shipped_classifiers_are_small_and_good(data):
    made = classifier.load(classifier_file(data))
    assert classifier_file(data).stat().st_size <= 180_000
    assert min(made.accuracy) >= LEAST[data]
    assert made.train.n == {"digits": 1264, "sprites": 20_000}.get(data, 55_000)
    assert made.train.mean.shape == (classifier.N_FEATURES,)
    assert 0 < made.floor < 0.05 * np.trace(made.train.covariance)


def test_there_is_one_for_every_built_in_set_and_none_is_listed_as_a_model(shipped):
    assert set(CLASSIFIERS) >= {"digits", "mnist", "fashion_mnist"}
    assert set(CLASSIFIERS) <= set(DATASETS)
    assert {entry.path for entry in available()} == set(shipped)


def test_what_is_stored_is_what_digits_give():
    made = classifier.load(classifier_file("digits"))
    test, train = load("digits", "test"), load("digits", "train")
    assert classifier.accuracy(made.network, test) == pytest.approx(made.accuracy.test)
    own = frechet.moments(classifier.features(made.network, torch.from_numpy(train.images)))
    assert np.allclose(own.mean, made.train.mean, atol=1e-3)
    assert frechet.distance(own, made.train) == pytest.approx(0, abs=1e-3)
    assert frechet.distance(own, made.train) < made.floor  # copies come below real test images


@pytest.mark.mnist
@pytest.mark.parametrize("data", ["mnist", "fashion_mnist"])
def test_what_is_stored_is_what_the_test_images_give(data):
    made = classifier.load(classifier_file(data))
    test = load(data, "test")
    assert classifier.accuracy(made.network, test) == pytest.approx(made.accuracy.test, abs=2e-4)
    other = test.take(random_sample(len(test), classifier.N_REAL))
    found = frechet.moments(classifier.features(made.network, torch.from_numpy(other.images)))
    assert frechet.distance(found, made.train) == pytest.approx(made.floor, rel=1e-2)


def test_saved_equals_loaded_and_training_learns(blobs, tmp_path):
    config = ClassifierConfig(epochs=6, batch_size=16, flip=False)
    network, layers = classifier.fresh(blobs, config)
    losses = list(classifier.train(network, blobs, config, "cpu"))
    assert losses[-1] < losses[0]
    made = classifier.finish(network, layers, (blobs, blobs, blobs))
    assert made.accuracy.val == 1
    assert made.floor == pytest.approx(0, abs=1e-6)
    classifier.save(tmp_path / "x.safetensors", made, config, "python -m aecore classifier …")
    again = classifier.load(tmp_path / "x.safetensors")
    images = torch.from_numpy(blobs.images)
    weights = made.network.state_dict()
    assert all(torch.equal(v, weights[k]) for k, v in again.network.state_dict().items())
    torch.testing.assert_close(again.network(images), made.network(images))
    assert again.accuracy == made.accuracy
    assert np.allclose(again.train.covariance, made.train.covariance, rtol=1e-6)


def test_the_same_seed_trains_the_same_classifier(blobs):
    config = ClassifierConfig(epochs=2, batch_size=16, jitter=1.0, flip=True)
    a, b = (classifier.fresh(blobs, config)[0] for _ in range(2))
    assert list(classifier.train(a, blobs, config, "cpu")) == list(
        classifier.train(b, blobs, config, "cpu")
    )


def test_what_is_no_classifier_is_said(tmp_path, shipped):
    with pytest.raises(CheckpointError, match="there is no classifier x"):
        classifier.load(tmp_path / "x.safetensors")
    (tmp_path / "x.safetensors").write_bytes(b"nonsense")
    with pytest.raises(CheckpointError, match="not a classifier of ours"):
        classifier.load(tmp_path / "x.safetensors")
    shutil.copy(shipped[0], tmp_path / "y.safetensors")
    with pytest.raises(CheckpointError, match="not a classifier of ours"):
        classifier.load(tmp_path / "y.safetensors")


def test_the_command_trains_and_says_its_figures(tmp_path, capsys):
    out = tmp_path / "digits.safetensors"
    assert main(["classifier", "--data", "digits", "--epochs", "1", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "(validation)" in said
    assert "Fréchet distance" in said
    assert classifier.load(out).data == "digits"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--data", "imagenet"], "no data set 'imagenet': choose digits"),
        (["--data", "digits", "--out", "no/x.safetensors"], "not a folder"),
        (["--data", "digits", "--epochs", "0"], "epochs is 0, but must be 1 to 10,000"),
    ],
)
def test_a_mistake_gets_one_sentence(words, sentence, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    assert main(["classifier", *words]) == 2
    assert sentence in capsys.readouterr().err

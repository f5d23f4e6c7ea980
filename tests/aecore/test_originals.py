"""The images that come with the shipped models: the right ones, all of them, and no others."""

import shutil

import numpy as np
import pytest

import aecore
from aecore import originals, project
from aecore.checkpoints import available, load, originals_file, read, shipped_folder
from aecore.cli import main
from aecore.data import catalogue
from aecore.data.imageset import random_sample
from aecore.errors import DataError

SETS = ("mnist", "fashion_mnist")
MOST_BYTES = 1_500_000  # of both files; what a clone or a Docker image grows by


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path / "no-data"))


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A folder of models with one of MNIST, and no originals."""
    shutil.copy(shipped_folder() / "mnist-dae-784d.safetensors", tmp_path)
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    return tmp_path


def models_of(data):
    return [entry for entry in available() if entry.card and entry.card.data == data]


@pytest.mark.parametrize("data", SETS)
def test_every_shipped_model_has_the_images_of_all_its_codes(data):
    assert len(models_of(data)) >= 7
    whole = originals.part(data, "train")
    assert originals.count(data) == len(whole) == 2000
    assert originals.part(data, "val") is originals.part(data, "test") is None
    for entry in models_of(data):
        if not entry.card.encodes:  # its codes are draws, of no image
            continue
        table = read(entry.path).latents
        assert originals.has(data, table.split, table.index), entry.name
        pixels = originals.at(data, table.split, table.index)
        assert pixels.dtype == np.uint8
        at = np.searchsorted(random_sample(55_000, 2000), table.index)
        assert np.array_equal(pixels, whole.pixels[at])
        assert np.array_equal(table.labels, whole.labels[at])


@pytest.mark.parametrize("name", ["mnist-ae-2d", "fashion-ae-16d"])
def test_the_errors_that_a_model_stores_are_those_of_its_images(name):
    """What ties the pixels to the models, with or without the set on the machine."""
    import torch

    path = shipped_folder() / f"{name}.safetensors"
    table, card = read(path).latents, read(path).card
    few = table.rows(range(0, 2000, 20))
    images = originals.at(card.data, few.split, few.index) / np.float32(255)
    rebuilt = load(path).model.reconstruct(torch.from_numpy(images)).numpy()
    assert np.allclose(np.square(rebuilt - images).mean(axis=(1, 2, 3)), few.error, atol=2e-4)


def test_the_files_are_small_and_say_whose_they_are():
    sizes = [originals_file(data).stat().st_size for data in SETS]
    assert sum(sizes) < MOST_BYTES
    for data in SETS:
        with np.load(originals_file(data)) as file:
            assert str(file["licence"]) == catalogue.DATASETS[data].licence
    licences = (originals_file("mnist").parent / "LICENCES.md").read_text(encoding="utf-8")
    assert "CC BY-SA 3.0" in licences
    assert "Copyright © 2017 Zalando SE" in licences


@pytest.mark.mnist
@pytest.mark.parametrize("data", SETS)
def test_they_are_the_sets_own_images(data):
    found, whole = originals.part(data, "train"), catalogue.load(data, "train")
    at = random_sample(len(whole), 2000)
    assert np.array_equal(found.pixels, whole.pixels[at])
    assert np.array_equal(found.labels, whole.labels[at])


def test_other_images_and_other_sets_do_not_come_with_the_models(tmp_path):
    table = read(shipped_folder() / "mnist-ae-2d.safetensors").latents
    for split, index in ((table.split, table.index + 1), (table.split + 2, table.index)):
        assert not originals.has("mnist", split, index)
        assert originals.at("mnist", split, index) is None
    for data in ("digits", str(tmp_path / "mnist")):
        assert originals.count(data) == 0
        assert originals.part(data, "train") is None
        assert not originals.has(data, table.split, table.index)


@pytest.mark.mnist
def test_the_command_writes_those_of_the_models_that_are_there(folder, capsys):
    assert originals.count("mnist") == 0
    assert main(["data", "originals", "mnist"]) == 0
    assert "mnist.npz: 510 images" in capsys.readouterr().out
    table = read(folder / "mnist-dae-784d.safetensors").latents
    found = originals.part("mnist", "train")
    assert np.array_equal(
        found.pixels, catalogue.load("mnist", "train").pixels[np.sort(table.index)]
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [("digits", "Digits is made here"), ("fashion_mnist", "no shipped model"), ("x", "no data")],
)
def test_what_it_cannot_write_is_one_sentence(folder, capsys, data, words):
    assert main(["data", "originals", data]) == 2
    assert words in capsys.readouterr().err


def test_a_damaged_file_counts_as_none(folder):
    path = originals_file("mnist")
    path.parent.mkdir()
    path.write_bytes(b"no zip")
    assert originals.count("mnist") == 0


def test_damaged_pixels_are_said_in_a_sentence(folder):
    content = bytearray((project.FOLDER / "checkpoints/originals/mnist.npz").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    path = originals_file("mnist")
    path.parent.mkdir()
    path.write_bytes(content)
    assert originals.count("mnist") == 2000
    with pytest.raises(DataError, match=r"mnist\.npz is damaged"):
        originals.part("mnist", "train")


def test_in_python_they_are_there_without_the_set(no_data):
    lab = aecore.open("mnist-ae-16d")
    assert lab.images(0, 7).shape == (2, 1, 28, 28)
    name = f"train-{lab.stored.latents.index[7]}"
    assert np.array_equal(lab.images(name), lab.images(7))
    error = np.square(lab.reconstruct(lab.images(7)) - lab.images(7)).mean()
    assert error == pytest.approx(lab.stored.latents.error[7], abs=2e-4)
    with pytest.raises(DataError, match="data fetch mnist"):
        lab.images("test-0")
    assert set(lab.fill(lab.images(3)).images) == {"model", "pca", "mean"}  # PCA fitted to 2,000

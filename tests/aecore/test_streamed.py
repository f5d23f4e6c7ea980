"""Sets that are read while they are trained on."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from aecore import production
from aecore.data import catalogue, own, shards, streamed
from aecore.errors import DataError
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe
from aecore.seeding import stream
from aecore.training.config import TrainingConfig

PLAN = Recipe(
    "set",
    ModelConfig(kind="ae", widths=(8,), code_dim=2),
    TrainingConfig(epochs=2, batch_size=32),
)


def pictures(n, seed=0, colour=False):
    shape = (n, 28, 28, 3) if colour else (n, 28, 28)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture
def folder(tmp_path):
    """Four shards of 70 images, two of them compressed; and the same in one file."""
    images, labels = pictures(280), np.random.default_rng(1).integers(0, 3, 280)
    place = tmp_path / "set"
    place.mkdir()
    for i in range(4):
        save = np.savez if i % 2 else np.savez_compressed
        part = slice(70 * i, 70 * i + 70)
        save(place / f"{i}.npz", images=images[part], labels=labels[part])
    np.savez(tmp_path / "one.npz", images=images, labels=labels)
    return place


def everything(data):
    return data.take(np.arange(len(data)))


def same(one, other):
    assert np.array_equal(one.pixels, other.pixels)
    assert np.array_equal(one.labels, other.labels)
    assert one.classes == other.classes


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_streamed_splits_are_those_in_memory(folder, split):
    whole = own.load(folder.parent / "one.npz", split)
    same(whole, everything(streamed.stream(folder, split)))
    same(whole, everything(streamed.stream(folder.parent / "one.npz", split)))
    same(whole, catalogue.load(str(folder), split))


@pytest.mark.parametrize("packed", [False, True])
def test_so_are_pictures_in_a_folder_or_a_zip(tmp_path, packed):
    import shutil

    modes = {"a": "L", "a-b": "L", "c": "RGB"}
    for kind, mode in modes.items():
        (tmp_path / "set" / kind).mkdir(parents=True)
        for i, image in enumerate(pictures(12, ord(kind[-1]), mode == "RGB")):
            Image.fromarray(image).save(tmp_path / "set" / kind / f"{i}.png")
    path = tmp_path / "set"
    if packed:
        path = shutil.make_archive(str(path), "zip", path)
    path = type(tmp_path)(path)
    for split in ("train", "test"):
        same(own.load(path, split), everything(streamed.stream(path, split)))


def drawn(data, size, n_batches, seed=0):
    generator = stream(seed, "batches")
    return list(
        data.batches(size, n_batches, lambda n: torch.randperm(n, generator=generator).numpy())
    )


@pytest.mark.parametrize("window", [1, 30_000, 2**26])
def test_an_epoch_shows_every_image_at_most_once_in_a_new_order(folder, monkeypatch, window):
    monkeypatch.setattr(streamed, "WINDOW_BYTES", window)
    data = streamed.stream(folder, "train")
    n_batches = len(data) // 16
    first, second, again = (drawn(data, 16, n_batches, seed) for seed in (0, 1, 0))
    assert [len(batch) for batch in first] == [16] * n_batches
    seen = np.concatenate(first)
    assert len(np.unique(seen.reshape(len(seen), -1), axis=0)) == 16 * n_batches
    assert not np.array_equal(seen, np.concatenate(second))
    assert np.array_equal(seen, np.concatenate(again))


def test_processes_share_the_pieces_and_a_short_share_begins_anew(folder):
    data = streamed.stream(folder, "train")
    shares = [data.shared(rank, 3) for rank in range(3)]
    pieces = np.concatenate([np.concatenate(share.pieces) for share in shares])
    assert np.array_equal(np.sort(pieces), data.rows)
    shortest = min(shares, key=lambda share: sum(map(len, share.pieces)))
    assert len(drawn(shortest, 8, 12)) == 12
    with pytest.raises(ValueError, match="number of processes is 9, but must be at most the 4"):
        data.shared(0, 9)


def test_a_streamed_training_learns_is_repeated_and_is_taken_up_again(folder):
    splits = production.load_splits(str(folder), stream=True)
    assert isinstance(splits.train, streamed.StreamedSet)

    def training(seed=0):
        return production.run(production.fresh_model(PLAN), splits, PLAN)

    wanted = list(training())
    assert wanted[-1].val.reconstruction < wanted[0].val.reconstruction
    stopped = training()
    next(stopped)
    resumed = training()
    resumed.resume(stopped.snapshot())
    assert [r.train for r in resumed] == [r.train for r in wanted[1:]]


def test_what_is_too_large_is_streamed_by_itself_and_held_out_in_part(folder, monkeypatch):
    monkeypatch.setattr(streamed, "memory", lambda: 8 * 28 * 28 * 279)
    monkeypatch.setattr(streamed, "N_HELD_OUT", 10)
    splits = production.load_splits(str(folder))
    assert isinstance(splits.train, streamed.StreamedSet)
    assert (len(splits.val), len(splits.test)) == (10, 10)
    same(splits.test, catalogue.load(str(folder), "test"))
    with pytest.raises(DataError, match="too large to be held in memory"):
        catalogue.load(str(folder), "train")


def test_what_needs_all_images_at_once_says_so(folder):
    splits = production.load_splits(str(folder), stream=True)
    closed = replace(PLAN, model=replace(PLAN.model, kind="pca"))
    with pytest.raises(ValueError, match="pca is fitted from all images at once"):
        production.run(production.fresh_model(closed), splits, closed)
    start = replace(PLAN, training=replace(PLAN.training, layout_epochs=1))
    with pytest.raises(ValueError, match="need all images in memory"):
        production.run(production.fresh_model(start), splits, start)
    with pytest.raises(DataError, match="of your own can be streamed"):
        production.load_splits("digits", stream=True)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"pictures": pictures(30)}, "save it by numpy.savez"),
        ({"images": pictures(30).astype(np.int32)}, "images has type int32"),
        ({"images": pictures(30)[0]}, r"images in .* has shape \(28, 28\)"),
        ({"images": pictures(30), "labels": np.zeros(3)}, "30 images but 3 labels"),
        ({"images": pictures(3)}, "at least 20 are needed"),
    ],
)
def test_a_bad_shard_gets_one_sentence(tmp_path, arrays, words):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(DataError, match=words):
        everything(streamed.stream(tmp_path, "train"))


def test_only_the_wanted_stretch_of_a_file_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "PIECE_BYTES", 784 * 10)
    images = pictures(100)
    np.savez(tmp_path / "a.npz", images=images)
    source = shards.opened(tmp_path, 28)
    pieces = source.pieces(np.arange(5, 95))
    assert [len(piece) for piece in pieces] == [5, *[10] * 8, 5]
    monkeypatch.setattr(np, "load", None)
    assert np.array_equal(source.read(pieces[3])[:, 0], images[30:40])

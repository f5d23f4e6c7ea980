"""Data sets: the bundled digits, idx files, the user's own images."""

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from aecore.data import digits, idx, own
from aecore.data.catalogue import DATASETS, load
from aecore.data.imageset import SPLITS, random_sample, stratified_split
from aecore.errors import DataError


def test_digits_of_writers_that_were_trained_on_are_easier():
    """What its caveat says: 10-NN is worse by blocks of the file, each of a few writers."""
    from sklearn.datasets import load_digits
    from sklearn.neighbors import KNeighborsClassifier

    pixels, labels = load_digits(return_X_y=True)

    def accuracy(train, test):
        known = KNeighborsClassifier(10).fit(pixels[train], labels[train])
        return known.score(pixels[test], labels[test])

    everything = np.arange(len(labels))
    ours = (stratified_split(labels, split) for split in ("train", "test"))
    blocks = np.array_split(everything, 5)
    by_writers = [accuracy(np.setdiff1d(everything, block), block) for block in blocks]
    assert accuracy(*ours) > max(by_writers) + 0.005
    assert "share their writers" in DATASETS["digits"].caveat


def test_digits_have_all_images_once_and_every_class_in_every_split():
    parts = [digits.load(split) for split in SPLITS]
    assert sum(map(len, parts)) == DATASETS["digits"].n_images == 1797
    for part in parts:
        assert part.shape == DATASETS["digits"].shape
        assert set(part.labels) == set(range(10))
    everything = np.concatenate([part.pixels.reshape(len(part), -1) for part in parts])
    assert len(np.unique(everything, axis=0)) > 1790


def test_digits_are_centred_by_mass_with_bright_crisp_strokes():
    images = digits.load("train").images[:, 0]
    rows, columns = np.indices((28, 28))
    mass = images.sum(axis=(1, 2))
    assert np.abs((rows * images).sum(axis=(1, 2)) / mass - 13.5).max() <= 0.75
    assert np.abs((columns * images).sum(axis=(1, 2)) / mass - 13.5).max() <= 0.75
    assert images.max(axis=(1, 2)).min() > 0.7
    assert (images == 0).mean() > 0.5
    grey = ((images > 0.2) & (images < 0.8)).mean()
    assert grey < 0.15


def test_digits_enlarged_and_shrunk_again_are_the_scanners_counts():
    counts, _ = digits._bundled()
    small = np.array(
        [
            np.asarray(Image.fromarray(image[0]).resize((11, 11), Image.Resampling.BOX))
            for image in digits.enlarge(counts[:300])
        ]
    )
    want = np.array([np.pad(image[0], 2)[:11, :11] for image in counts[:300]])
    similarity = [
        np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(small, want, strict=True)
    ]
    assert np.median(similarity) > 0.6


def test_splits_never_mix_and_keep_the_shares_of_classes():
    labels = np.repeat([0, 1, 2], [100, 50, 20])
    parts = [stratified_split(labels, split) for split in SPLITS]
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(170))
    for part, share in zip(parts, (0.7, 0.1, 0.2), strict=True):
        assert np.array_equal(np.bincount(labels[part]), np.array([100, 50, 20]) * share)


def test_random_sample_is_not_the_first_n():
    sample = random_sample(10_000, 500)
    assert len(np.unique(sample)) == 500
    assert abs(sample.mean() - 5000) < 500
    assert np.array_equal(random_sample(10, 500), np.arange(10))


@pytest.mark.mnist
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_idx_sets_have_the_published_sizes_and_validation_is_carved_from_train(name):
    train, val, test = (load(name, split) for split in SPLITS)
    assert (len(train), len(val), len(test)) == (55_000, 5_000, 10_000)
    assert np.array_equal(np.unique(test.labels), np.arange(10))
    if name == "fashion_mnist":
        assert np.bincount(test.labels).tolist() == [1000] * 10
    keys = {image.tobytes() for image in train.pixels[:2000]}
    assert not keys & {image.tobytes() for image in test.pixels}


def write_idx(path, array):
    head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes()))


def test_idx_reads_what_the_format_says(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    write_idx(tmp_path / "a.gz", array)
    assert np.array_equal(idx.read(tmp_path / "a.gz"), array)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda raw: raw[: len(raw) // 2], "truncated or not gzip"),
        (lambda _: b"<html>not found</html>", "truncated or not gzip"),
        (lambda raw: gzip.compress(gzip.decompress(raw)[:-5]), "where its header says 24"),
        (
            lambda _: gzip.compress(b"\x00\x00\x0d\x01\x00\x00\x00\x01aaaa"),
            "not an idx file of bytes",
        ),
        (lambda _: gzip.compress(b"\x00"), "not an idx file of bytes"),
    ],
)
def test_damaged_idx_files_get_one_sentence(tmp_path, damage, words):
    path = tmp_path / "a.gz"
    write_idx(path, np.arange(24, dtype=np.uint8))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=words) as caught:
        idx.read(path)
    assert "fetch it again" in str(caught.value)


# ---- a user's own images -----------------------------------------------------------------------


def picture(value, mode="L", size=(40, 40)):
    buffer = io.BytesIO()
    colour = value if mode == "L" else (value, 0, 255 - value)
    Image.new(mode, size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path):
    for name, value in (("cats", 50), ("dogs", 200)):
        (tmp_path / "set" / name).mkdir(parents=True)
        for i in range(20):
            (tmp_path / "set" / name / f"{i:02}.png").write_bytes(picture(value + i))
    return tmp_path / "set"


def test_folder_and_zip_give_the_same_set(folder, tmp_path):
    archive = tmp_path / "set.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.rglob("*.png"):
            file.write(path, path.relative_to(folder))
    for split, n in zip(SPLITS, (28, 4, 8), strict=True):
        ours, zipped = own.load(folder, split), load(str(archive), split)
        assert ours.pixels.shape == (n, 1, 40, 40)
        assert ours.classes == ("cats", "dogs")
        assert np.array_equal(ours.pixels, zipped.pixels)
        assert np.array_equal(ours.pixels[:, 0, 0, 0] >= 200, ours.labels == 1)


@pytest.mark.parametrize(("side", "size"), [(8, (8, 8)), ("48x32", (32, 48)), (128, (128, 128))])
def test_one_colour_image_makes_the_set_rgb_and_sides_are_kept(folder, side, size):
    (folder / "cats" / "00.png").write_bytes(picture(100, "RGB"))
    train = own.load(folder, "train", side)
    assert train.shape == (3, *size)
    assert train.pixels[0, :, 0, 0].tolist() == [100, 0, 155]


def test_npz_with_and_without_labels(tmp_path):
    images = np.random.default_rng(0).random((40, 28, 28))
    np.savez(tmp_path / "a.npz", images=images, labels=np.arange(40) % 4)
    np.savez(tmp_path / "b.npz", images=(images[..., None] * 255).astype(np.uint8))
    a, b = own.load(tmp_path / "a.npz", "train"), own.load(tmp_path / "b.npz", "train")
    assert a.classes == ("0", "1", "2", "3")
    assert len(b.classes) == 1
    index = stratified_split(np.arange(40) % 4, "train")
    assert np.array_equal(a.pixels[:, 0], np.rint(images[index] * 255).astype(np.uint8))


def test_wrong_sets_get_one_sentence(tmp_path, folder):
    def fails(path, words, **settings):
        with pytest.raises((DataError, ValueError), match=words) as caught:
            own.load(path, "train", **settings)
        assert "\n" not in str(caught.value)

    fails(folder, "side is 30, but must be from 8 to 128 in steps of 4", side=30)
    fails(folder, "side is 4, but must be from 8 to 128", side="4x64")
    fails(folder, "side is '48:32', but must be a number of pixels such as 32, or", side="48:32")
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "x.png").write_bytes(b"MZ not a picture")
    fails(tmp_path / "programs", "x.png is a program, not a picture")
    (tmp_path / "empty").mkdir()
    fails(tmp_path / "empty", "holds no images")
    (tmp_path / "a.zip").write_bytes(b"PK nonsense")
    fails(tmp_path / "a.zip", "neither a folder, a .zip nor an .npz")
    np.savez(tmp_path / "few.npz", images=np.zeros((3, 28, 28)))
    fails(tmp_path / "few.npz", "at least 20 are needed")
    np.savez(tmp_path / "flat.npz", images=np.zeros((30, 784)))
    fails(tmp_path / "flat.npz", r"must be \(n, height, width\)")
    np.savez(tmp_path / "range.npz", images=np.full((30, 28, 28), 7.0))
    fails(tmp_path / "range.npz", r"floats in \[0, 1\]")
    np.savez(tmp_path / "object.npz", images=np.array([{}] * 30, dtype=object))
    fails(tmp_path / "object.npz", "can't be read")
    np.savez(tmp_path / "labels.npz", images=np.zeros((30, 28, 28)), labels=np.zeros(4))
    fails(tmp_path / "labels.npz", "30 images but 4 labels")


def test_unknown_names_list_what_exists():
    with pytest.raises(DataError, match="digits, mnist, fashion_mnist"):
        load("minst", "train")
    with pytest.raises(ValueError, match="split is 'dev', but must be one of train, val, test"):
        load("digits", "dev")

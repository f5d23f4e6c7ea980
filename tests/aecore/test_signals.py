"""A user's own signals from text, and how the engine takes images with one row."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from aecore.corruption import CORRUPTIONS, HOLE
from aecore.data import own, signals
from aecore.data.catalogue import load
from aecore.data.imageset import SPLITS
from aecore.denoising import FILTERS, filters_for
from aecore.errors import DataError
from aecore.metrics import psnr, ssim
from aecore.models.config import ModelConfig
from aecore.models.family import MODELS, create
from aecore.seeding import stream
from aecore.training.jitter import jitter

LENGTH = 20


def rows(n=60, mark=",", head=""):
    """Sines of two kinds; the class stands first, as UCR writes it."""
    t = np.arange(LENGTH) / LENGTH
    lines = [head] if head else []
    for i in range(n):
        values = 3 * np.sin(2 * np.pi * (1 + i % 2) * t + i / 10) + i / 30
        lines.append(mark.join([f"{1 + i % 2}.0000000e+00", *(f"{v:.6e}" for v in values)]))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("suffix", "mark"), [("csv", ","), ("tsv", "\t"), ("txt", "  "), ("csv", ";")]
)
def test_text_is_read_whatever_separates_its_cells(tmp_path, suffix, mark):
    path = tmp_path / f"mine.{suffix}"
    path.write_text(rows(mark=mark))
    parts = [load(str(path), split) for split in SPLITS]
    assert [len(part) for part in parts] == [42, 6, 12]
    for part in parts:
        assert part.shape == (1, 1, LENGTH)
        assert part.classes == ("1", "2")
    train = parts[0]
    assert (train.pixels.min(), train.pixels.max()) == (0, 255)
    first = signals.read(path.read_bytes(), path.name).values[0]
    back = train.axis.low + train.images[0, 0, 0] * (train.axis.high - train.axis.low)
    assert np.abs(back - first).max() <= (train.axis.high - train.axis.low) / 500


def test_words_as_classes_windows_line_ends_and_an_npz(tmp_path):
    text = rows().replace("1.0000000e+00,", "calm,").replace("2.0000000e+00,", "10,")
    (tmp_path / "a.csv").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert own.load(tmp_path / "a.csv", "train").classes == ("10", "calm")
    values = np.random.default_rng(0).normal(size=(40, LENGTH)).astype(np.float32)
    np.savez(tmp_path / "b.npz", signals=values, labels=np.arange(40) % 11)
    read = own.load(tmp_path / "b.npz", "train", side=28)
    assert read.classes == tuple(map(str, range(11)))
    assert read.shape == (1, 1, LENGTH)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda t: "", "is empty"),
        (lambda t: t + ",7", "row 60 of x.csv has 22 cells, but the first has 21"),
        (lambda t: t.replace("-1.", "x1.", 1), "where a number is needed"),
        (lambda t: "class," + ",".join("t" for _ in range(LENGTH)) + "\n" + t, "row of names"),
        (lambda t: "\n".join(t.splitlines()[:19]), "19 signals; at least 20"),
        (lambda t: "\n".join("1,2,3" for _ in range(30)), "8 to 4,096"),
        (lambda t: "\n".join("1" for _ in range(30)), "8 to 4,096"),
        (lambda t: "\n".join("1" + ",5" * 9 for _ in range(30)), "nothing to learn"),
        (lambda t: "\n".join(f"name {i}" + ",5,6" * 9 for i in range(60)), "60 different words"),
        (lambda t: t[:-10] + "nan", "'nan' in column 21"),
        (lambda t: "PK\x03\x04" + t, "spreadsheet or an archive"),
        (lambda t: "\x00\x01" + t, "not a text file"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, damage, words):
    path = tmp_path / "x.csv"
    text = damage(rows())
    if words.startswith("'nan'"):
        text = ",".join([*text.split(",")[:-1], "nan"])
    path.write_text(text)
    with pytest.raises(DataError, match=words) as caught:
        own.load(path, "train")
    assert "\n" not in str(caught.value)


def test_wrong_npz_files(tmp_path):
    def fails(words, **arrays):
        np.savez(tmp_path / "x.npz", **arrays)
        with pytest.raises(DataError, match=words):
            own.load(tmp_path / "x.npz", "train")

    good = np.random.default_rng(0).normal(size=(40, LENGTH))
    fails("must be numbers", signals=good[0])
    fails("40 signals but 3 labels", signals=good, labels=np.zeros(3))
    fails("signal 2 of", signals=np.where(np.arange(40)[:, None] == 1, np.nan, good))


ECG = Path(os.environ.get("AECORE_DATA_DIR", "")) / "ecg5000" / "ecg5000_train.npz"


@pytest.mark.skipif(not ECG.is_file(), reason="AECORE_DATA_DIR does not hold ecg5000")
def test_ecg5000_is_what_its_archive_says(tmp_path):
    parts = [own.load(ECG, split) for split in SPLITS]
    assert sum(map(len, parts)) == 500
    assert {part.shape for part in parts} == {(1, 1, 140)}
    assert parts[0].classes == ("1", "2", "3", "4", "5")
    labels = np.concatenate([part.labels for part in parts])
    assert np.bincount(labels).tolist() == [292, 177, 10, 19, 2]
    with np.load(ECG) as archive:  # as the UCR archive has it
        table = np.column_stack((archive["labels"], archive["signals"]))
    np.savetxt(tmp_path / "ECG5000_TRAIN.txt", table, fmt="%.7e", delimiter="  ")
    text = own.load(tmp_path / "ECG5000_TRAIN.txt", "train")
    assert np.abs(text.pixels.astype(int) - parts[0].pixels).max() <= 1


# ---- one row --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("body", ["dense", "conv"])
def test_every_family_takes_signals(kind, body):
    config = ModelConfig(
        kind=kind, shape=(1, 1, LENGTH), body=body, widths=(9,), channels=(3, 4), code_dim=3
    )
    model = create(config.fitted(config.shape, 5), stream(0, "weights")).eval()
    images = torch.rand(4, 1, 1, LENGTH, generator=stream(0, "images"))
    assert model.decode(torch.zeros(4, 3)).shape == images.shape
    assert not model.encodes or model.reconstruct(images).shape == images.shape
    assert model.terms(images, stream(0, "codes")).reconstruction.shape == (4,)


def test_bodies_say_what_signals_they_cannot_take():
    def layers(**sizes):
        return ModelConfig(kind="ae", **sizes).encoder(2)

    with pytest.raises(ValueError, match="a signal of 50 samples has to be halved"):
        layers(shape=(1, 1, 50), body="conv", channels=(4,) * 6)
    with pytest.raises(ValueError, match="choose 'dense' or 'conv' for signals"):
        layers(shape=(1, 1, 64), body="spatial", channels=(4,), widths=(4,))


def test_jitter_moves_a_signal_along_and_never_makes_new_values():
    ramp = torch.linspace(0, 1, LENGTH).expand(200, 1, 1, LENGTH)
    moved = jitter(ramp, 1.0, stream(0, "jitter"))
    assert (moved.diff(dim=3) >= -1e-6).all()  # neither turned nor sheared
    shift = (moved - ramp)[:, 0, 0, LENGTH // 2] * (LENGTH - 1)
    assert 0.7 < float(shift.std()) < 1.4  # samples
    flat = torch.full((5, 1, 1, LENGTH), 0.7)
    torch.testing.assert_close(jitter(flat, 1.0, stream(0, "jitter")), flat)


def test_a_patch_of_a_signal_is_a_stretch():
    images = torch.full((50, 1, 1, LENGTH), 0.2)
    gone = CORRUPTIONS["patches"](images, 0.25, stream(0, "noise")) == HOLE
    assert (gone.sum(dim=3) == 5).all()
    assert ((gone[..., 1:] != gone[..., :-1]).sum(dim=3) <= 2).all()


def test_likeness_of_signals_is_taken_along_them():
    draw = np.random.default_rng(0)
    clean = np.cumsum(draw.normal(size=(6, 1, 1, 100)), axis=3).astype(np.float32) / 30 + 0.5
    spoilt = clean + 0.1 * draw.normal(size=clean.shape).astype(np.float32)
    assert ssim(clean, clean) == pytest.approx(np.ones(6))
    tall = [np.repeat(part, 7, axis=2) for part in (spoilt, clean)]
    assert (ssim(spoilt, clean) < 0.9).all()
    assert ssim(spoilt, clean) == pytest.approx(ssim(*tall), abs=0.02)


def test_filters_of_signals_take_noise_off_and_are_named():
    assert set(filters_for((1, 1, 140))) == {"blur", "median", "tv", "wavelet", "savgol"}
    assert set(filters_for((1, 28, 28))) == {"blur", "median", "tv", "wavelet", "nlm"}
    clean = load("heartbeats", "test").images[:12]
    noise = np.random.default_rng(0).normal(size=clean.shape).astype(np.float32)
    spoilt = np.clip(clean + 0.1 * noise, 0, 1)
    for name in filters_for((1, 1, 140)):
        best = max(psnr(FILTERS[name](spoilt, p), clean).mean() for p in FILTERS[name].parameters)
        assert best > psnr(spoilt, clean).mean() + 2, name
    cubic = (np.linspace(-1, 1, 100) ** 3 / 4 + 0.5).astype(np.float32).reshape(1, 1, 1, -1)
    assert np.abs(FILTERS["savgol"](cubic, 13.0) - cubic).max() < 1e-5

"""What lesson 7, its scenes and the page Anomaly say in figures, by sums of this test's own."""

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

import aecore
from aecore.anomaly.detectors import measure
from aecore.anomaly.strangers import corrupted
from aecore.data.catalogue import present


def images_of(name, n=1000):
    lab = aecore.open(name)
    if not present(lab.card.data):
        pytest.skip(f"{lab.card.data} is not on this machine")
    return lab, lab.data("test", n).images


def errors(lab, images):
    return np.square(lab.reconstruct(images) - images).mean(axis=(1, 2, 3))


def limit(lab):
    normal = np.sort(lab.stored.calibration)
    return normal[int(np.ceil((len(normal) + 1) * 0.95)) - 1]


def upside_down(images):
    return images[:, :, ::-1, ::-1].copy()


def area(normal, strange):
    """Of the ROC curve, by ranks (Mann & Whitney 1947)."""
    ranks = rankdata(np.concatenate((normal, strange)))[len(normal) :]
    return (ranks.mean() - (len(strange) + 1) / 2) / len(normal)


def test_a_black_image_scores_below_every_garment():
    lab, images = images_of("fashion-pca-16d")
    black = errors(lab, np.zeros_like(images[:1]))[0]
    assert area(errors(lab, images), np.array([black])) == 0
    assert black < lab.stored.calibration.min()


@pytest.mark.parametrize(
    ("name", "share"), [("mnist-ae-16d", 0.58), ("mnist-vae-16d", 0.69), ("digits-vae-16d", 0.71)]
)
def test_many_upside_down_digits_pass(name, share):
    lab, images = images_of(name)
    flagged = errors(lab, upside_down(images)) > limit(lab)
    assert flagged.mean() == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize(
    ("name", "rank"),
    [("mnist-ae-16d", 0.61), ("mnist-vae-16d", 0.56), ("fashion-ae-16d", 0.54),
     ("fashion-vae-16d", 0.51), ("digits-ae-16d", 0.45), ("digits-vae-16d", 0.34)],
)  # fmt: skip
def test_the_error_follows_the_detail_in_an_image(name, rank):
    lab, images = images_of(name)
    variation = sum(np.abs(np.diff(images, axis=axis)).sum(axis=(1, 2, 3)) for axis in (2, 3))
    got = spearmanr(errors(lab, images), variation).statistic
    assert got == pytest.approx(rank, abs=0.02)


def test_one_line_flags_some_classes_of_mnist_more_than_others_and_a_line_each_less_so():
    lab, _ = images_of("mnist-ae-16d", 1)
    found = lab.detect("photographs")
    spread = {}
    for rule in ("conformal", "by_class"):
        flagged = found.flagged(rule).normal
        shares = [flagged[found.labels == c].mean() for c in range(10)]
        spread[rule] = min(shares), max(shares)
    low, high = spread["conformal"]
    assert low < 0.02
    assert high > 0.14
    assert spread["by_class"][1] - spread["by_class"][0] < high - low
    assert spread["by_class"][1] > 2 * 0.05  # a line each holds for classes as nearest codes tell


def test_which_detector_leads_depends_on_what_is_strange():
    """Of missing squares PCA leads the textbooks' detectors; of upside-down and black ones not."""
    lab = aecore.open("digits-vae-16d")
    train, test = (lab.data(part).pixels for part in ("train", "test"))
    strange = {
        "square": corrupted(test, "patches", 0.3), "turned": upside_down(test),
        "black": np.zeros_like(test),
    }  # fmt: skip
    flat = {name: values.reshape(len(values), -1) / 255 for name, values in strange.items()}
    rows = [values.reshape(len(values), -1) / 255 for values in (train, test)]
    got = {
        (name, kind): measure(name, *rows, values).auroc
        for name in ("pca", "lof", "knn") for kind, values in flat.items()
    }  # fmt: skip
    assert got["pca", "square"] > max(got["lof", "square"], got["knn", "square"])
    assert min(got["lof", "turned"], got["knn", "turned"]) > got["pca", "turned"] + 0.05
    assert got["pca", "black"] < 0.1
    assert got["lof", "black"] == got["knn", "black"] == 1

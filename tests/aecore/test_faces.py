"""The drawn portraits: every image is what its factors say, and no factor tells of another."""

import numpy as np
import pytest

from aecore.data import faces
from aecore.data.catalogue import DATASETS, load, present
from aecore.data.imageset import SPLITS

MIDDLE = dict(zip(faces.GRID.names, (1, 1, 1, 0, 0, 0, 3, 3, 3, 3), strict=True))


def vary(factor, **others):
    """All values of a factor, the others fixed, as floats (n, 3, 64, 64)."""
    rows = np.array([[*(MIDDLE | others).values()]]).repeat(faces.GRID.sizes[factor], axis=0)
    rows[:, faces.GRID.names.index(factor)] = np.arange(len(rows))
    return faces.draw(rows).astype(float)


def changed(factor, **others):
    """Which pixels a factor changes: (64, 64)."""
    return np.ptp(vary(factor, **others), axis=0).max(axis=0) > 8


@pytest.fixture(scope="module")
def parts():
    return [load("faces", split, side=28) for split in SPLITS]


def test_it_is_there_without_a_download_and_ignores_the_size_asked_for_own_images(parts):
    info = DATASETS["faces"]
    assert present("faces")
    assert [len(part) for part in parts] == [8_000, 1_000, 5_000]
    assert sum(map(len, parts)) == info.n_images
    for part in parts:
        assert part.shape == info.shape == (3, 64, 64)
        assert part.classes == info.classes
        assert np.array_equal(faces.GRID.split(part.split), part.factors.values)
        assert np.array_equal(faces.draw(part.factors.values[:50]), part.pixels[:50])


def test_no_two_images_of_all_splits_are_the_same(parts):
    everything = [image.tobytes() for part in parts for image in part.pixels]
    assert len(set(everything)) == len(everything)


def test_factors_are_balanced_and_none_tells_of_another(parts):
    values = np.concatenate([part.factors.values for part in parts])
    for column, size in zip(values.T, faces.GRID.sizes.values(), strict=True):
        counts = np.bincount(column, minlength=size)
        assert len(counts) == size
        assert abs(counts / counts.mean() - 1).max() < 0.1
    assert abs(np.corrcoef(values.T) - np.eye(len(faces.GRID.names))).max() < 0.03
    labels = np.concatenate([part.labels for part in parts])
    assert abs(np.bincount(labels) / len(labels) - 1 / 4).max() < 0.02


def test_the_class_says_whether_a_face_smiles_and_wears_glasses(parts):
    train = parts[0]
    for label, name in enumerate(faces.CLASSES):
        values = train.factors.values[train.labels == label]
        rows = dict(zip(faces.GRID.names, values.T, strict=True))
        assert set(rows["smile"]) == ({3, 4, 5} if "smiling" in name else {0, 1, 2})
        assert set(rows["glasses"]) == {int("glasses" in name)}


@pytest.mark.parametrize("factor", faces.GRID.names)
def test_every_value_of_a_factor_is_another_picture(factor):
    pictures = vary(factor).reshape(faces.GRID.sizes[factor], -1)
    apart = abs(pictures[:, None] - pictures).max(axis=2)
    assert apart[~np.eye(len(pictures), dtype=bool)].min() > 20


def test_a_factor_changes_its_own_part_of_the_picture():
    rows, _ = np.nonzero(changed("smile"))
    assert 38 < rows.min() < rows.max() < 54  # the mouth
    rows, _ = np.nonzero(changed("eyes"))
    assert 24 < rows.min() < rows.max() < 38
    assert not (changed("smile") & changed("eyes")).any()
    rows, _ = np.nonzero(changed("glasses"))
    assert 24 < rows.min() < rows.max() < 40
    assert not changed("skin")[:, :8].any()  # nor does the background tell anything
    assert not changed("light")[:8, :8].any()


def test_values_with_an_order_are_in_it():
    face = (slice(None), slice(None), slice(34, 40), slice(28, 36))
    assert (np.diff(vary("skin")[face].mean(axis=(1, 2, 3))) < -5).all()  # ever darker
    halves = vary("light")[:, :, 20:50].reshape(7, 3, 30, 2, 32).mean(axis=(1, 2, 4))
    assert (np.diff(halves[:, 1] - halves[:, 0]) > 0).all()  # from the left to the right
    dark = vary("hair length").mean(axis=1) < 70
    assert (np.diff(dark.sum(axis=(1, 2))) > 0).all()
    rims = abs(vary("turn", glasses=1) - vary("turn")).max(axis=1) > 60
    columns = [np.argwhere(image)[:, 1].mean() for image in rims]
    assert (np.diff(columns) > 0.5).all()


def test_any_number_is_sampled_from_a_seed_and_a_wrong_value_is_named():
    assert len(faces.draw(faces.GRID.sample(3, 0))) == 3
    with pytest.raises(ValueError, match=r"factors is .* must be skin 0 to 5, hair colour 0 to 5"):
        faces.draw(np.full((1, 10), 6))

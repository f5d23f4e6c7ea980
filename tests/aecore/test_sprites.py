"""The drawn data set: every image is what its factors say."""

import math

import numpy as np
import pytest

from aecore.data import sprites
from aecore.data.catalogue import DATASETS, load, present
from aecore.data.imageset import SPLITS

MIDDLE = np.array([[0, 3, 5, 7, 7]])


def centre(pixels):
    """(rows, columns) of the centres of mass."""
    ink = pixels[:, 0].astype(float)
    rows, columns = np.indices(ink.shape[1:])
    mass = ink.sum(axis=(1, 2))
    return (rows * ink).sum(axis=(1, 2)) / mass, (columns * ink).sum(axis=(1, 2)) / mass


def vary(factor, start=MIDDLE):
    """All values of a factor, the others fixed."""
    column = sprites.GRID.names.index(factor)
    rows = np.repeat(start, sprites.GRID.sizes[factor], axis=0)
    rows[:, column] = np.arange(len(rows))
    return sprites.draw(rows)


def test_it_is_there_without_a_download_and_ignores_the_size_asked_for_own_images():
    info = DATASETS["sprites"]
    assert present("sprites")
    parts = [load("sprites", split, side=28) for split in SPLITS]
    assert [len(part) for part in parts] == [20_000, 5_000, 10_000]
    assert sum(map(len, parts)) == info.n_images
    for part in parts:
        assert part.shape == info.shape == (1, 32, 32)
        assert part.classes == info.classes
        assert np.array_equal(part.labels, part.factors.values[:, 0])
        assert np.array_equal(sprites.GRID.split(part.split), part.factors.values)


def test_no_two_images_of_all_splits_are_the_same():
    everything = np.concatenate([load("sprites", split).pixels for split in SPLITS])
    assert len({image.tobytes() for image in everything}) == len(everything)


def test_the_splits_are_those_that_the_shipped_models_were_trained_on():
    first = [sprites.GRID.split(split)[0].tolist() for split in SPLITS]
    assert first == [[1, 4, 0, 5, 6], [0, 0, 13, 10, 14], [2, 5, 11, 14, 1]]


def test_a_split_holds_every_value_of_every_factor_about_equally_often():
    values = sprites.GRID.split("test")
    for column, size in zip(values.T, sprites.GRID.sizes.values(), strict=True):
        counts = np.bincount(column, minlength=size)
        assert len(counts) == size
        assert abs(counts / counts.mean() - 1).max() < 0.15
    assert abs(np.corrcoef(values.T) - np.eye(5)).max() < 0.03


def test_an_image_is_drawn_from_its_factors_alone():
    part = load("sprites", "val")
    assert np.array_equal(sprites.draw(part.factors.values[:50]), part.pixels[:50])
    few = part.take(np.array([3, 1]))
    assert np.array_equal(sprites.draw(few.factors.values), few.pixels)


def test_any_number_is_sampled_from_a_seed():
    first, again, other = (sprites.GRID.sample(40, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert len(sprites.draw(sprites.GRID.sample(7, 0))) == 7


def test_x_goes_right_and_y_down_by_one_pixel_and_nothing_is_cut_off():
    rows, columns = centre(vary("x"))
    assert np.allclose(np.diff(columns), 1)
    assert np.allclose(rows, rows[0])
    rows, columns = centre(vary("y"))
    assert np.allclose(np.diff(rows), 1)
    assert np.allclose(columns, columns[0])
    ink = vary("x").sum(axis=(1, 2, 3))
    assert (ink == ink[0]).all()


@pytest.mark.parametrize("shape", range(3))
def test_area_grows_with_the_square_of_scale_and_is_the_same_for_all_shapes_and_angles(shape):
    start = MIDDLE.copy()
    start[0, 0] = shape
    area = vary("scale", start).astype(float).sum(axis=(1, 2, 3)) / 255
    expected = sprites.AREA * np.linspace(0.5, 1, 6) ** 2
    assert np.allclose(area, expected, rtol=0.05)
    turned = vary("rotation", start).astype(float).sum(axis=(1, 2, 3))
    assert np.allclose(turned, turned.mean(), rtol=0.05)


def test_rotation_turns_the_ellipse_by_equal_steps_within_a_quarter():
    start = MIDDLE.copy()
    start[0, :2] = 1, 5
    angles = []
    for image in vary("rotation", start)[:, 0].astype(float):
        rows, columns = np.indices(image.shape)
        x, y = columns - np.average(columns, weights=image), np.average(rows, weights=image) - rows
        spread = [np.average(v, weights=image) for v in (x * x - y * y, 2 * x * y)]
        angles.append(math.degrees(math.atan2(spread[1], spread[0]) / 2))
    assert np.allclose(angles, np.arange(16) * 90 / 16, atol=1.5)


def test_edges_are_smooth():
    inside = vary("rotation")
    grey = (inside > 20) & (inside < 235)
    assert 0.05 < grey.sum() / (inside > 0).sum() < 0.5


@pytest.mark.parametrize("wrong", [[3, 0, 0, 0, 0], [0, 0, 0, 16, 0], [0, -1, 0, 0, 0]])
def test_a_value_that_a_factor_does_not_have_is_named(wrong):
    with pytest.raises(ValueError, match=r"factors is .* must be shape 0 to 2, scale 0 to 5"):
        sprites.draw(np.array([wrong]))

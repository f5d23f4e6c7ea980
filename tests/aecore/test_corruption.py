"""Noise: the promised share and spread, the same bytes from a seed, wholly inside the image."""

import numpy as np
import pytest
import torch

from aecore import noise
from aecore.corruption import CORRUPTIONS, HOLE, corruption, mixed
from aecore.seeding import stream

GREY = torch.full((400, 1, 28, 28), 0.5)
INK = torch.full((400, 1, 28, 28), 0.25)


def test_the_tables_agree():
    assert list(CORRUPTIONS) == list(noise.KINDS)
    for kind in noise.KINDS.values():
        assert kind.levels[0] == kind.low
        assert kind.levels[-1] == kind.high


@pytest.mark.parametrize("level", [0.05, 0.1])
def test_gaussian_noise_has_its_standard_deviation_and_no_mean(level):
    added = corruption("gaussian")(GREY, level, stream(0, "noise")) - GREY
    assert added.std().item() == pytest.approx(level, rel=0.01)
    assert abs(added.mean().item()) < 0.001


def test_gaussian_noise_is_clipped():
    spoilt = corruption("gaussian")(GREY, 1.0, stream(0, "noise"))
    assert spoilt.min() == 0
    assert spoilt.max() == 1
    beyond = 2 * 0.308538  # P(|ε| > 0.5) of a standard normal number
    assert ((spoilt == 0) | (spoilt == 1)).float().mean().item() == pytest.approx(beyond, abs=5e-3)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_salt_and_pepper_changes_its_share_half_each_way(level):
    spoilt = corruption("salt_and_pepper")(INK, level, stream(0, "noise"))
    black, white = (spoilt == 0).float().mean().item(), (spoilt == 1).float().mean().item()
    assert black == pytest.approx(level / 2, abs=0.004)
    assert white == pytest.approx(level / 2, abs=0.004)
    assert ((spoilt == 0.25) | (spoilt == 0) | (spoilt == 1)).all()


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_masking_blackens_its_share(level):
    spoilt = corruption("masking")(INK, level, stream(0, "noise"))
    assert (spoilt == 0).float().mean().item() == pytest.approx(level, abs=0.004)
    assert ((spoilt == 0) | (spoilt == 0.25)).all()


@pytest.mark.parametrize(("level", "side"), [(0.1, 3), (0.2, 6), (0.5, 14), (0.6, 17), (1.0, 28)])
def test_a_patch_is_one_square_wholly_inside(level, side):
    spoilt = corruption("patches")(INK, level, stream(0, "noise"))
    gone = spoilt == HOLE
    assert (gone.flatten(1).sum(1) == side**2).all()
    for axis in (2, 3):
        assert (gone.any(dim=axis).sum(-1) == side).all()
    places = gone.any(dim=3)[:, 0].float().argmax(1)
    assert side == 28 or len(places.unique()) > (28 - side) / 2


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_level_0_changes_nothing_and_a_seed_gives_the_same_bytes(name):
    images = torch.rand(6, 1, 28, 28, generator=stream(0, "images"))
    spoil = corruption(name)
    assert torch.equal(spoil(images, 0.0, stream(0, "noise")), images)
    assert torch.equal(spoil.seeded(images, 0.0, 3), images)
    for make in (
        lambda s: spoil(images, 0.4, stream(s, "noise")),
        lambda s: spoil.seeded(images, 0.4, s),
    ):
        assert torch.equal(make(1), make(1))
        assert not torch.equal(make(1), make(2))
        assert make(1).dtype == images.dtype
        assert make(1).min() >= 0
        assert make(1).max() <= 1


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_place_has_draws_of_its_own_and_levels_grow_on_them(name):
    images = torch.full((3, 1, 28, 28), 0.3)
    spoil = corruption(name)
    together = spoil.seeded(images, 0.3, 7)
    assert not torch.equal(together[0], together[1])
    assert torch.equal(spoil.seeded(images[:1], 0.3, 7, first=2), together[2:])
    little, much = ((spoil.seeded(images, level, 7) != images).flatten(1) for level in (0.2, 0.5))
    if name != "patches":  # a patch grows around its middle, but not over the image's edge
        assert (much | ~little).all()
    assert much.sum() >= little.sum()


def test_pixels_of_colour_images_go_in_all_channels():
    images = torch.full((5, 3, 8, 8), 0.3)
    for name in ("salt_and_pepper", "masking", "patches"):
        changed = corruption(name)(images, 0.5, stream(0, "noise")) != images
        assert torch.equal(changed[:, 0], changed[:, 2])
    noisy = corruption("gaussian")(images, 0.1, stream(0, "noise"))
    assert not torch.equal(noisy[:, 0], noisy[:, 2])


def test_a_mixture_gives_each_image_one_kind_at_levels_up_to_the_highest():
    names, highest = ("masking", "masking", "patches"), (0.4, 0.4, 0.5)
    spoilt = mixed(INK, names, highest, stream(0, "noise"))
    patched = (spoilt == HOLE).flatten(1).any(1)
    assert patched.float().mean().item() == pytest.approx(1 / 3, abs=0.07)
    shares = (spoilt[~patched] == 0).flatten(1).float().mean(1)
    assert shares.max().item() == pytest.approx(0.4, abs=0.05)
    assert shares.mean().item() == pytest.approx(0.2, abs=0.02)
    assert torch.equal(spoilt, mixed(INK, names, highest, stream(0, "noise")))


def test_an_unknown_kind_is_said():
    with pytest.raises(ValueError, match="noise is 'fog', but must be one of gaussian, salt"):
        corruption("fog")


def test_seeded_numbers_are_those_of_the_generator_that_the_browser_has():
    images = torch.zeros(2, 1, 4, 4)
    spoilt = corruption("masking").seeded(images + 1, 0.5, 11)
    drawn = noise.uniform(11, "corruption", 2, 16).reshape(2, 1, 4, 4)
    assert np.array_equal(spoilt.numpy() == 0, drawn < 0.5)

"""Any two functions as a lab."""

import numpy as np
import pytest
import torch

import aecore
from aecore.export import network
from aecore.foreign.matching import Way


@pytest.fixture(scope="module")
def digits():
    return aecore.load_data("digits", "test").images


def test_a_wrapped_model_answers_as_the_model_itself(digits):
    lab = aecore.open("digits-vae-2d")
    pixels = np.rint(digits * 255).astype(np.uint8)
    same = aecore.wrap(lab.model.encode, lab.model.decode, pixels, np.arange(len(digits)) % 2)
    assert same.way == Way()
    assert np.allclose(same.encode(digits), lab.encode(digits), atol=1e-6)
    assert np.allclose(same.reconstruct(digits), lab.reconstruct(digits), atol=1e-6)
    assert same.card.model.kind == "vae"
    assert set(same.labels) == {"0", "1"}
    assert same.interpolate(same.codes[0], same.codes[1]).images.shape == (11, 1, 28, 28)
    assert same.explain(same.codes[0]).neighbours.rows.shape == (1, 8)
    assert same.traverse(same.codes[0]).images.shape[2:] == (1, 28, 28)
    assert same.sample(4).images.shape == (4, 1, 28, 28)
    assert same.score(digits[:3]).percentiles.shape == (3,)
    assert same.detect("photographs").auroc > 0.9
    assert len(same.layers(digits[:1])) == 3
    with pytest.raises(ValueError, match="can't be trained here"):
        same.train()
    with pytest.raises(ValueError, match="by its own functions, and in no browser"):
        network(same.stored)


def test_how_images_enter_is_found(digits):
    """A module from −1 to 1 and out again, a function of channels last with logits."""
    scaled = torch.nn.Identity()
    lab = aecore.wrap(scaled, lambda z: np.tanh(3 * z), digits[:40, :, ::4, ::4])
    assert (lab.way.shift, lab.way.scale, lab.way.output) == (0.5, 0.5, "scaled")
    colour = (
        np.repeat(digits[:40, :, ::4, ::4], 3, axis=1) * np.float32([1, 0.5, 0.2])[:, None, None]
    )

    def logits(z):
        assert z.shape[1:] == (7, 7, 3)
        return np.log(np.clip(z, 1e-4, 1 - 1e-4)) - np.log1p(-np.clip(z, 1e-4, 1 - 1e-4))

    def picky(x):
        if x.shape[1:] != (7, 7, 3):
            raise TypeError("7×7×3, please")
        return x

    found = aecore.wrap(picky, logits, colour)
    assert found.way == Way("channels last", output="logits")
    assert np.abs(found.reconstruct(colour) - colour).max() < 1e-3
    with pytest.raises(ValueError, match="can't rebuild these images"):
        aecore.wrap(picky, picky, digits[:40])

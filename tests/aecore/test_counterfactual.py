"""The least change: nearest where that is known, seen as the class and supported everywhere."""

import numpy as np
import pytest
import torch

import aecore
from aecore import classifier_files
from aecore.checkpoints import build, find, read
from aecore.classifier import load
from aecore.errors import CheckpointError
from aecore.latents import counterfactual
from aecore.latents.counterfactual import Bench, Terrain, search
from aecore.latents.support import Support


def plane(normal, offset, support=lambda _: 1.0):
    """Log-odds that are linear: the boundary is a plane."""
    normal = np.array(normal, np.float64)
    return Terrain(
        lambda code: float(normal @ code) - offset,
        lambda code: (float(normal @ code) - offset, normal),
        support,
    )


def test_of_a_flat_boundary_the_foot_of_the_perpendicular_is_found():
    start, far = np.zeros(3, np.float32), np.array([[9, 4, 1]], np.float32)
    normal = np.array([1.0, 2.0, 2.0])
    end = search(start, far, plane(normal, 6.0))
    foot = normal * (6.0 + counterfactual.BEYOND) / (normal @ normal)
    assert np.allclose(end, foot, atol=1e-5)


def test_it_stays_where_there_is_support_and_says_where_there_is_none():
    start, far = np.zeros(2, np.float32), np.array([[4, 3]], np.float32)
    right = plane([1.0, 0.0], 1.0)
    above = right._replace(support=lambda code: float(code[1] > 0.5))
    end = search(start, far, above)
    assert right.odds(end) >= 0
    assert end[1] > 0.5
    assert np.linalg.norm(end) < np.linalg.norm(far)
    assert search(start, far, right._replace(support=lambda _: 0.0)) is None
    assert search(start, -far, right) is None
    assert search(start, far[:0], right) is None


def test_a_boundary_without_slope_ends_the_search():
    step = Terrain(lambda z: float(z[0] > 1) - 0.5, lambda _: (0.5, np.zeros(2)), lambda _: 1.0)
    end = search(np.zeros(2, np.float32), np.array([[2, 0]], np.float32), step)
    assert 1 < end[0] <= 2


@pytest.mark.parametrize("name", ["digits-vae-2d", "digits-ae-16d"])
def test_ends_are_seen_as_the_class_supported_and_nearer_than_its_images(name):
    stored = read(find(name))
    judge = load(classifier_files.find("digits")).network
    bench = Bench(build(stored), judge, stored.latents, Support.of(stored.latents))
    for row in range(0, 200, 10):
        code, label = stored.latents.codes[row], (int(stored.latents.labels[row]) + 5) % 10
        found = counterfactual.find(code, label, bench, 5)
        assert found is not None
        with torch.no_grad():
            seen = judge(torch.from_numpy(found.images)).softmax(1).numpy()
        assert np.allclose(seen[:, label], found.probability, atol=1e-5)
        assert found.probability[-1] >= 0.5
        if not found.distance:
            continue
        assert found.probability[0] < 0.5
        assert found.support[-1] >= counterfactual.FLOOR
        land = counterfactual.terrain(bench, label)
        near = counterfactual.candidates(code, label, stored.latents)
        good = [z for z in near if land.odds(z) >= 0 and land.support(z) >= counterfactual.FLOOR]
        assert found.distance <= np.linalg.norm(good[0] - code) + 1e-5


def test_in_the_notebook():
    lab = aecore.open("digits-vae-16d")
    image = lab.decode(lab.codes[3])
    by_image, by_code = (lab.counterfactual(x, "8") for x in (image, lab.encode(image)))
    assert np.allclose(by_image.codes, by_code.codes, atol=1e-5)
    assert "probability" in by_image._repr_html_()
    seen = lab.classifier.network(torch.from_numpy(image)).argmax()
    assert lab.counterfactual(image, int(seen)).distance == 0
    with pytest.raises(ValueError, match="label is"):
        lab.counterfactual(image, "ten")
    with pytest.raises(CheckpointError, match="no classifier ships for heartbeats"):
        aecore.open("heartbeats-vae-2d").counterfactual([0, 0], 0)

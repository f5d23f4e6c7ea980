"""Ways between codes: linear, slerp, along the data, cross-fade, arithmetic, and their numbers."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse.csgraph import shortest_path
from scipy.spatial.distance import cdist

from aecore.checkpoints import build, read, shipped_folder
from aecore.latents import paths
from aecore.latents.paths import PATHS, DataGraph, along, cross_fade, linear, places, slerp
from aecore.latents.strips import FADE, Bench, largest_step, stray, strips, telling_pair
from aecore.latents.support import Support

CODE = arrays(np.float32, 5, elements=st.floats(-50, 50, width=32))
T = places(9)


def two_rings(n=120):
    """Two rings far apart: a graph in two pieces."""
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.concatenate([ring, ring + np.array([9, 0])]).astype(np.float32)


@pytest.fixture(scope="module")
def graph():
    return DataGraph(np.random.default_rng(0).standard_normal((400, 5)).astype(np.float32))


@pytest.fixture(scope="module")
def bench():
    stored = read(shipped_folder() / "digits-ae-16d.safetensors")
    codes = stored.latents.training_codes
    return stored, Bench(build(stored), DataGraph(codes), Support.of(stored.latents))


@given(CODE, CODE)
def test_ends_are_exact_on_every_way(a, b):
    graph = DataGraph(np.random.default_rng(0).standard_normal((30, 5)).astype(np.float32))
    for way in PATHS.values():
        codes = way(a, b, T, graph)
        assert codes.shape == (9, 5)
        assert codes.dtype == np.float32
        assert np.array_equal(codes[[0, -1]], [a, b])
        assert np.isfinite(codes).all()


def test_linear_is_evenly_spaced():
    codes = linear(np.float32([0, 0]), np.float32([8, -4]), T)
    assert np.allclose(np.diff(codes, axis=0), [1, -0.5])


@given(CODE, CODE)
def test_slerp_goes_evenly_from_norm_to_norm(a, b):
    norms = np.linalg.norm(a.astype(float)), np.linalg.norm(b.astype(float))
    if min(norms) < 1e-3:
        return
    got = np.linalg.norm(slerp(a, b, T).astype(float), axis=1)
    if abs(a @ b) < 0.999 * norms[0] * norms[1]:
        assert np.allclose(got, np.linspace(*norms, 9), rtol=1e-4)


def test_slerp_keeps_the_norm_on_its_sphere_and_turns_evenly():
    draw = np.random.default_rng(1)
    a, b = draw.standard_normal((2, 16)).astype(np.float32)
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    codes = slerp(a, b, T).astype(float)
    assert np.allclose(np.linalg.norm(codes, axis=1), np.linalg.norm(a), rtol=1e-6)
    chords = np.linalg.norm(np.diff(codes, axis=0), axis=1)
    assert np.allclose(chords, chords[0], rtol=1e-5)


@pytest.mark.parametrize(
    ("a", "b", "middle_norm"),
    [
        ([3, 0, 0], [-3, 0, 0], 3.0),  # opposite: around, never through the origin
        ([3, 0, 0], [6, 0, 0], 4.5),  # parallel: along the ray
        ([0, 0, 0], [4, 0, 0], 2.0),  # the origin has no direction
        ([0, 0, 0], [0, 0, 0], 0.0),
        ([2, 1, 0], [2, 1, 0], 5**0.5),
        ([1], [-1], 0.0),  # one unit: nothing to turn into
    ],
)
def test_slerp_where_there_is_no_angle(a, b, middle_norm):
    codes = slerp(np.float32(a), np.float32(b), T)
    assert np.array_equal(codes[[0, -1]], np.float32([a, b]))
    assert np.linalg.norm(codes[4]) == pytest.approx(middle_norm, abs=1e-5)


def test_along_goes_by_length():
    corners = np.float32([[0, 0], [1, 0], [1, 0], [1, 3]])
    assert np.allclose(
        along(corners, np.array([0, 0.25, 0.625, 1])), [[0, 0], [1, 0], [1, 1.5], [1, 3]]
    )
    assert np.array_equal(along(corners[:1], T), np.zeros((9, 2)))


def test_the_way_along_the_data_is_the_shortest_over_its_graph(graph):
    a, b = graph.codes[3], graph.codes[77]
    corners = graph.corners(a, b)
    length = np.linalg.norm(np.diff(corners, axis=0), axis=1).sum()
    full = np.zeros((400, 400))
    away = cdist(graph.codes, graph.codes)
    for i, row in enumerate(np.argsort(away, axis=1)[:, 1 : graph.k + 1]):
        full[i, row] = full[row, i] = away[i, row]
    assert length == pytest.approx(shortest_path(full, directed=False)[3, 77], rel=1e-5)
    inner = {code.tobytes() for code in graph.codes}
    assert all(corner.tobytes() in inner for corner in corners[1:-1])


def test_pieces_are_bridged_at_their_nearest_points():
    graph = DataGraph(two_rings(), k=3)
    assert graph.bridges.shape[1] == 1
    corners = graph.corners(np.float32([-1, 0]), np.float32([10, 0]))
    steps = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    assert steps.max() == pytest.approx(7, rel=1e-3)
    assert (steps > 1).sum() == 1


def test_a_graph_of_equal_codes_and_of_two():
    same = DataGraph(np.ones((12, 3), np.float32), k=4)
    assert np.array_equal(
        same.corners(np.ones(3, np.float32), np.zeros(3, np.float32))[-1], [0] * 3
    )
    assert len(DataGraph(np.float32([[0, 0], [1, 1]])).corners(*np.float32([[0, 0], [1, 1]]))) >= 2
    with pytest.raises(ValueError, match="at least 2"):
        DataGraph(np.ones((1, 3), np.float32))


@pytest.mark.parametrize("name", PATHS)
def test_every_way_from_a_code_to_itself_stands_still(name, graph):
    code = np.float32([1, -2, 3, 0.5, 4])  # none of the data
    assert np.array_equal(PATHS[name](code, code, T, graph), np.tile(code, (9, 1)))


def test_a_code_far_outside_is_joined_to_the_data(graph):
    far = np.full(5, 60, np.float32)
    corners = graph.corners(far, graph.codes[0])
    assert np.array_equal(corners[0], far)
    assert np.linalg.norm(corners[1] - far) == pytest.approx(
        np.sort(np.linalg.norm(graph.codes - far, axis=1))[:10].tolist()[0], rel=0.2
    )


@pytest.mark.parametrize("name", ["digits-ae-16d", "digits-ae-2d", "mnist-ae-16d"])
def test_the_data_path_stays_closer_to_the_data_than_the_straight_line(name):
    latents = read(shipped_folder() / f"{name}.safetensors").latents
    support, graph = Support.of(latents), DataGraph(latents.training_codes)
    draw = np.random.default_rng(0)
    strays = {"linear": [], "data": []}
    for a, b in draw.integers(0, len(latents), (25, 2)):
        for name, found in strays.items():
            way = PATHS[name](latents.codes[a], latents.codes[b], places(11), graph)
            found.append(stray(support.share(way)))
    assert np.mean(strays["data"]) < np.mean(strays["linear"])
    assert np.mean(np.less_equal(strays["data"], strays["linear"])) > 0.7


def test_cross_fade_is_the_pixel_mean():
    first, second = np.random.default_rng(0).random((2, 3, 4, 4), dtype=np.float32)
    faded = cross_fade(first, second, places(3))
    assert np.array_equal(faded[0], first)
    assert np.array_equal(faded[2], second)
    assert np.allclose(faded[1], (first + second) / 2)


def test_strips_share_their_ends_and_carry_their_numbers(bench):
    stored, made_with = bench
    a, b = stored.latents.codes[[0, 1]]
    made = strips(made_with, a, b, 7)
    assert list(made) == ["linear", "slerp", "data", FADE]
    for strip in made.values():
        assert strip.images.shape == (7, 1, 28, 28)
        assert np.allclose(strip.images[[0, -1]], made["linear"].images[[0, -1]], atol=1e-5)
        assert 0 <= strip.stray <= 1
        assert strip.step > 0
    # equal steps in pixels: no way from the same ends has a smaller largest step
    assert all(strip.step >= made[FADE].step - 1e-6 for strip in made.values())


def test_the_numbers_of_a_strip():
    assert stray(np.array([1.0, 0.5, 0.0])) == pytest.approx(0.5)
    images = np.zeros((3, 1, 2, 2), np.float32)
    images[2] = 0.5
    assert largest_step(images) == pytest.approx(0.5)


def test_arithmetic():
    a, b, c = np.float32([[1, 2], [0, 5], [3, 3]])
    assert np.array_equal(paths.add(a, b, c), [4, 0])
    assert np.array_equal(paths.add(a, b, c, 0.0), c)
    codes, labels = np.float32([[0, 0], [2, 0], [5, 5]]), np.array([0, 0, 1])
    assert np.array_equal(paths.attribute(codes, labels, 1, 0), [4, 5])
    with pytest.raises(ValueError, match="class 2 has no codes"):
        paths.attribute(codes, labels, 2, 0)


def test_the_first_pair_is_of_two_classes_and_leaves_the_data(bench):
    stored, made_with = bench
    codes, labels = stored.latents.codes, stored.latents.labels
    a, b = telling_pair(codes, labels, made_with.support)
    assert labels[a] != labels[b]
    line = linear(codes[a], codes[b], places(9))
    assert stray(made_with.support.share(line)) > 0.5
    one = np.zeros_like(labels)
    assert len(set(telling_pair(codes, one, made_with.support))) == 2


def test_too_few_frames_are_refused():
    with pytest.raises(ValueError, match="n is 1"):
        places(1)


@pytest.mark.parametrize("name", ["digits-vae-2d", "mnist-ae-16d"])
def test_the_browser_goes_the_same_ways(name, tmp_path):
    node = shutil.which("node")
    if node is None:
        if os.environ.get("AEVIEW_REQUIRE_BROWSER"):
            pytest.fail("Node.js is not installed, and AEVIEW_REQUIRE_BROWSER asks for it")
        pytest.skip("Node.js is not installed")
    latents = read(shipped_folder() / f"{name}.safetensors").latents
    graph = DataGraph(latents.training_codes)
    draw = np.random.default_rng(2)
    ends = [latents.codes[draw.integers(0, len(latents), 2)] for _ in range(12)]
    ends += [(a + 3, b) for a, b in ends[:3]]
    live = {name: way for name, way in PATHS.items() if way.in_browser}
    pairs = [
        {
            "a": a.tolist(),
            "b": b.tolist(),
            "want": {name: way(a, b, T, graph).tolist() for name, way in live.items()},
        }
        for a, b in ends
    ]
    codes = latents.training_codes
    handed = {"codes": codes.ravel().tolist(), "d": codes.shape[1], "pairs": pairs}
    (tmp_path / "paths.json").write_text(json.dumps(handed | {"t": T.tolist()}))
    script = Path(__file__).parent.parent / "js" / "paths.test.mjs"
    done = subprocess.run(
        [node, "--test", str(script)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PATHS_JSON": str(tmp_path / "paths.json")},
    )
    assert done.returncode == 0, done.stdout
    assert "# skipped 0" in done.stdout

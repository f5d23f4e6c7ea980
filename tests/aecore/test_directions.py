"""Local directions: what they are in a linear model, how long, and where they lead."""

import numpy as np
import pytest
from scipy.linalg import subspace_angles

import aecore
from aecore.latents.directions import N_NEIGHBOURS, local_directions, sheet_of, unit_steps
from aecore.latents.support import Support
from aecore.latents.traversal import units


@pytest.fixture
def bent():
    """Codes on a thin, bent sheet in five units, and a linear decoder with a strong fifth one."""
    rng = np.random.default_rng(0)
    a, b = rng.uniform(-1, 1, (2, 600))
    noise = 0.01 * rng.standard_normal((3, 600))
    codes = np.stack([a, b, a**2 + noise[0], noise[1], noise[2]], axis=1).astype(np.float32)
    pixels = (rng.standard_normal((5, 30)) * [[1], [1], [1], [1], [20]]).astype(np.float32)
    return Support(codes), lambda z: z @ pixels, pixels


def neighbours(support, code):
    near = support.codes[support.nearest(code[None], N_NEIGHBOURS).rows[0]].astype(np.float64)
    return near - near.mean(axis=0)


def test_of_a_linear_decoder_they_are_the_principal_components_of_the_neighbours_images(bent):
    support, decode, pixels = bent
    for code in support.codes[:20]:
        images = neighbours(support, code) @ pixels
        found = local_directions(decode, support, code)
        changes = np.linalg.svd(images, full_matrices=False)
        wanted = changes[1][:2, None] * changes[2][:2] / np.sqrt(N_NEIGHBOURS)
        got = found @ pixels
        signs = np.sign((got * wanted).sum(axis=1, keepdims=True))
        assert np.allclose(got * signs, wanted, atol=1e-4)
        assert (np.take_along_axis(found, np.abs(found).argmax(1)[:, None], 1) > 0).all()


def test_each_is_one_standard_deviation_of_the_neighbours(bent):
    support, decode, _ = bent
    code = support.codes[3]
    offsets = neighbours(support, code)
    inverse = np.linalg.inv(offsets.T @ offsets / N_NEIGHBOURS)
    found = local_directions(decode, support, code).astype(np.float64)
    assert np.allclose(found @ inverse @ found.T, np.eye(2), atol=1e-3)


def test_they_stay_on_the_sheet_where_the_jacobian_leaves_it(bent):
    support, decode, pixels = bent
    for code in support.codes[np.abs(support.codes[:, :2]).max(axis=1) < 0.8][:10]:
        tangent = np.array([[1, 0, 2 * code[0], 0, 0], [0, 1, 0, 0, 0]]).T
        steepest = np.linalg.svd(pixels.T)[2][:1].T
        assert np.degrees(subspace_angles(steepest, tangent)[0]) > 60
        found = local_directions(decode, support, code).T
        assert np.degrees(subspace_angles(found, tangent).min()) < 20


def test_steps_along_units_are_as_long(shipped):
    for path in [path for path in shipped if path.stem.endswith("-16d")]:
        lab = aecore.open(path.stem)
        local = local_directions(lab.decode, lab.support, lab.codes[0])
        axes = unit_steps(units(lab.stored), lab.support, local)
        assert np.count_nonzero(axes) == 2
        lengths = [np.linalg.norm(steps * lab.support.scale, axis=1) for steps in (local, axes)]
        assert lengths[0] == pytest.approx(lengths[1], rel=1e-4)


def test_a_sheet_has_its_code_in_the_middle_and_goes_right_and_up():
    code, steps = np.float32([1, 2]), np.float32([[1, 0], [0, 10]])
    sheet = sheet_of(code, steps, np.array([-1.0, 0.0, 1.0]))
    assert sheet[1, 1].tolist() == [1, 2]
    assert sheet[0, 2].tolist() == [2, 12]
    assert sheet[2, 0].tolist() == [0, -8]


def test_two_units_keep_their_plane_and_one_unit_has_none(shipped):
    lab = aecore.open("digits-vae-2d")
    found = lab.directions(lab.codes[5])
    assert np.linalg.matrix_rank(found.local) == 2
    line = np.random.default_rng(0).standard_normal((50, 1)).astype(np.float32)
    single = local_directions(lambda z: z, Support(line), line[0])
    assert single.shape == (2, 1)
    with pytest.raises(ValueError, match="n is 4"):
        lab.directions(lab.codes[5], n=4)
    with pytest.raises(ValueError, match="step is 0"):
        lab.directions(lab.codes[5], step=0.0)


def test_neighbours_that_are_all_alike_lead_nowhere():
    codes = np.zeros((30, 3), np.float32)
    assert not local_directions(lambda z: z, Support(codes), codes[0]).any()

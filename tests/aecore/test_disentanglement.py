"""Disentanglement of codes with known answers."""

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from aecore import disentanglement
from aecore.data import sprites

NAMES = sprites.GRID.names
NO_ORDER = tuple(name in sprites.GRID.categorical for name in NAMES)


@pytest.fixture(scope="module")
def factors():
    return sprites.GRID.split("test")[:4000]


@pytest.fixture(scope="module")
def perfect(factors):
    """A unit for each factor, of equal variance, in another order than the factors."""
    spread = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    return spread[:, [2, 0, 4, 1, 3]].astype(np.float32)


@pytest.fixture(scope="module")
def rotated(perfect):
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((5, 5)))
    return (perfect @ turn).astype(np.float32)


@pytest.fixture(scope="module")
def noise(factors):
    return np.random.default_rng(1).standard_normal((len(factors), 6)).astype(np.float32)


@pytest.fixture(scope="module")
def figures(perfect, rotated, noise, factors):
    """All figures of the three codes, by name."""
    codes = {"perfect": perfect, "rotated": rotated, "noise": noise}
    return {
        name: disentanglement.measure(code, factors, NAMES, sprites.GRID.categorical)
        for name, code in codes.items()
    }


def test_a_perfect_code_scores_1_and_its_units_are_named(figures):
    got = figures["perfect"]
    assert got.mig == pytest.approx(1, abs=0.02)
    assert got.dci == pytest.approx((1, 1, 1), abs=0.01)
    assert got.factor_vae == 1
    # 1 for the four factors with an order; for shape the second unit guesses one of three.
    assert got.sap == pytest.approx((4 + 2 / 3) / 5, abs=0.01)
    assert got.infomec == pytest.approx((1, 1, 1), abs=0.02)
    assert got.unit_factors == ("rotation", "shape", "y", "scale", "x")
    assert np.allclose(np.array(got.unit_information).max(axis=1), 1)


def test_dead_units_beside_a_perfect_code_change_nothing(perfect, factors):
    dead = 1e-3 * np.random.default_rng(2).standard_normal((len(factors), 3))
    constant = np.full((len(factors), 1), 0.7)
    codes = np.hstack((perfect, dead, constant)).astype(np.float32)
    got = disentanglement.measure(codes, factors, NAMES, sprites.GRID.categorical)
    assert got.mig == pytest.approx(1, abs=0.02)
    assert got.dci == pytest.approx((1, 1, 1), abs=0.01)
    assert got.factor_vae == 1
    assert got.infomec == pytest.approx((1, 1, 1), abs=0.02)
    assert got.unit_factors[5:] == (None,) * 4


def test_rotating_a_perfect_code_keeps_its_information_and_loses_the_rest(figures):
    straight, turned = figures["perfect"], figures["rotated"]
    assert turned.mig < 0.4 * straight.mig
    assert turned.sap < 0.4 * straight.sap
    assert turned.factor_vae < 0.9
    assert turned.dci.disentanglement < 0.5
    assert turned.dci.completeness < 0.5
    assert turned.dci.informativeness > 0.6
    assert turned.infomec.modularity < 0.6
    assert turned.infomec.compactness < 0.6
    assert turned.infomec.explicitness == pytest.approx(straight.infomec.explicitness, abs=0.02)


def test_noise_scores_nothing_and_informs_as_a_guess_does(figures):
    got = figures["noise"]
    assert got.mig == pytest.approx(0, abs=0.005)
    assert got.sap == pytest.approx(0, abs=0.02)
    assert got.dci.disentanglement == pytest.approx(0, abs=0.02)
    assert got.dci.completeness == pytest.approx(0, abs=0.02)
    guess = np.mean([1 / size for size in sprites.GRID.sizes.values()])
    assert got.dci.informativeness == pytest.approx(guess, abs=0.02)
    assert got.factor_vae == pytest.approx(1 / 5, abs=0.03)
    assert got.infomec.explicitness == pytest.approx(0, abs=0.02)
    assert got.unit_factors == (None,) * 6


def test_a_collapsed_unit_follows_nothing_however_well_it_trembles(perfect, factors):
    codes = perfect * np.array([1, 1, 1, 1, 0.01], np.float32)
    got = disentanglement.measure(codes, factors, NAMES, sprites.GRID.categorical)
    assert got.unit_information[4] == pytest.approx((0, 0, 0, 1, 0), abs=0.02)
    assert got.unit_factors == ("rotation", "shape", "y", "scale", None)


def test_a_factor_in_two_units_is_disentangled_but_not_complete(perfect, factors):
    twice = np.hstack((perfect, perfect))
    doubled = disentanglement.dci(twice, factors)
    assert doubled.disentanglement == pytest.approx(1, abs=0.01)
    assert disentanglement.mig(twice, factors) == pytest.approx(0, abs=1e-9)
    assert disentanglement.sap(twice, factors, NO_ORDER) == pytest.approx(0, abs=1e-6)
    shared = perfect[:, :1] + 3 * perfect[:, 1:2]
    mixed = disentanglement.dci(shared, factors)
    assert mixed.disentanglement < 0.8
    assert mixed.completeness == 1


def test_infomec_minds_neither_the_order_of_units_nor_that_of_factors(rotated, factors):
    first = disentanglement.infomec(rotated, factors)
    again = disentanglement.infomec(-rotated[:, [3, 1, 4, 0, 2]], factors[:, ::-1])
    assert again == pytest.approx(first, abs=0.005)


def test_a_factor_in_two_units_is_modular_but_not_compact(perfect, factors):
    got = disentanglement.infomec(np.hstack((perfect, perfect)), factors)
    assert got.modularity == pytest.approx(1, abs=0.02)
    assert got.compactness == pytest.approx((1 / 2 - 1 / 10) / (1 - 1 / 10), abs=0.02)


def test_a_unit_that_tells_two_factors_is_compact_but_not_modular():
    # The unit has a value of its own for each pair of values.
    a, b = (column.ravel() for column in np.meshgrid(np.arange(2), np.arange(2)))
    factors = np.tile(np.stack((a, b), axis=1), (500, 1))
    both = (2 * factors[:, 0] + factors[:, 1])[:, None].astype(np.float32)
    got = disentanglement.infomec(both, factors)
    assert got.modularity == pytest.approx(0, abs=0.02)
    assert got.compactness == 1
    assert disentanglement.infomec(0 * both, factors) == (0, 0, 0)


def test_explicitness_is_what_lines_can_read(factors):
    # Of a circle a linear classifier reads off which half a point is in, whatever its phase.
    half = (factors[:, 3] >= 8).astype(np.int64)[:, None]
    angle = 2 * np.pi * (factors[:, 3] + 0.5) / 16
    circle = np.stack((np.cos(angle), np.sin(angle)), axis=1).astype(np.float32)
    assert disentanglement.infomec(circle, half).explicitness == pytest.approx(1, abs=0.02)
    parity = factors[:, 3:4] % 2
    assert disentanglement.infomec(circle, parity).explicitness == pytest.approx(0, abs=0.02)


def test_mutual_information_is_that_of_scikit_learn(rotated, factors):
    ours = disentanglement.mutual_information(rotated, factors)
    edges = [np.histogram(unit, 20)[1][:-1] for unit in rotated.T]
    binned = [np.digitize(unit, edge) for unit, edge in zip(rotated.T, edges, strict=True)]
    theirs = [[mutual_info_score(unit, factor) for factor in factors.T] for unit in binned]
    assert np.allclose(ours, theirs, atol=2e-4)
    sizes = [*sprites.GRID.sizes.values()]
    assert np.allclose(disentanglement.entropy(factors), np.log(sizes), atol=5e-3)


def test_mig_of_a_code_of_which_everything_is_known():
    # Unit 0 is factor a (2 values), unit 1 is which half of factor b (4 values) it is in.
    a, b = (column.ravel() for column in np.meshgrid(np.arange(2), np.arange(4)))
    factors = np.tile(np.stack((a, b), axis=1), (100, 1))
    codes = np.stack((factors[:, 0], factors[:, 1] // 2), axis=1).astype(np.float32)
    assert disentanglement.mig(codes, factors) == pytest.approx((1 + 0.5) / 2)


def test_one_unit_has_a_gap_to_nothing(perfect, factors):
    only = perfect[:, 2:3]
    got = disentanglement.measure(only, factors, NAMES, sprites.GRID.categorical)
    assert got.mig == pytest.approx(1 / 5, abs=0.01)
    assert got.unit_factors == ("y",)
    assert got.factor_vae == pytest.approx(1 / 5, abs=0.03)


def test_collapsed_units_have_no_vote_and_a_collapsed_code_scores_0(perfect, factors):
    assert disentanglement.factor_vae(1e-3 * perfect, factors) == 0


def test_the_same_seed_gives_the_same_figures_and_the_codes_scale_does_not_matter(
    rotated, factors, figures
):
    first = figures["rotated"]
    again = disentanglement.measure(rotated, factors, NAMES, sprites.GRID.categorical)
    assert again == first
    assert disentanglement.mig(4 * rotated, factors) == pytest.approx(first.mig)
    assert disentanglement.sap(4 * rotated, factors, NO_ORDER) == pytest.approx(first.sap)
    assert disentanglement.factor_vae(4 * rotated, factors) == first.factor_vae

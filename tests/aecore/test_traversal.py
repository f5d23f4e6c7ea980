"""What is known of each latent unit: scale, order, activity, name."""

from dataclasses import replace

import numpy as np
import pytest

from aecore.checkpoints import read
from aecore.latents.traversal import information, units
from aecore.metrics import active_units


def with_metrics(stored, **metrics):
    return stored._replace(card=replace(stored.card, metrics=stored.card.metrics | metrics))


def test_units_of_every_shipped_model(shipped):
    for path in shipped:
        stored = read(path)
        described = units(stored)
        d = stored.card.model.code_dim
        assert sorted(unit.dimension for unit in described) == list(range(d))
        assert all(unit.sigma > 0 for unit in described)
        if not stored.card.encodes:
            assert all((unit.centre, unit.sigma) == (0, 1) for unit in described)
            order = [1.0] * d
        elif stored.card.metrics["kl"] is None:
            codes = stored.latents.training_codes
            assert all(unit.kl is None and unit.active for unit in described)
            order = [unit.variance for unit in described]
            columns = [unit.dimension for unit in described]
            spread = codes.std(axis=0)  # 0 of a unit that is on for none of them
            z = (codes - codes.mean(axis=0)) / np.where(spread > 0, spread, 1)
            for unit, column in zip(described, columns, strict=True):
                at = unit.centre + unit.sigma * z[:, column]
                assert np.allclose(at, codes[:, column], atol=1e-3)
        else:
            assert all((unit.centre, unit.sigma) == (0, 1) for unit in described)
            order = [unit.kl for unit in described]
            assert sum(order) == pytest.approx(stored.card.metrics["kl"], rel=1e-4)
            n_active = active_units(stored.latents.training_codes)
            assert sum(unit.active for unit in described) == n_active
        assert order == sorted(order, reverse=True)


def test_inactive_units_are_the_ones_without_kl(shipped):
    path = next(path for path in shipped if path.stem == "digits-vae-16d")
    for unit in units(read(path)):
        assert unit.active == (unit.kl > 0.01)


def test_kl_is_computed_where_the_card_does_not_tell_it(shipped):
    path = next(path for path in shipped if path.stem == "digits-vae-16d")
    stored = read(path)
    silent = units(with_metrics(stored, kl_units=[]))
    total = sum(unit.kl for unit in silent)
    assert total == pytest.approx(stored.latents.kl.mean(), rel=0.01)


def test_names_of_factors_belong_to_their_columns_whatever_the_order(shipped):
    stored = read(next(path for path in shipped if path.stem == "digits-vae-2d"))
    table = [[0.1, 0.9], [0.4, 0.2]]
    named = with_metrics(
        stored, kl_units=[1.0, 2.0], unit_factors=[None, "rotation"], unit_information=table
    )
    assert [(unit.dimension, unit.factor) for unit in units(named)] == [(1, "rotation"), (0, None)]
    assert information(named.card, 1) == 0.4
    assert information(stored.card, 1) is None
    wrong = with_metrics(stored, unit_factors=["x", "y", "scale"])
    assert [unit.factor for unit in units(wrong)] == [None, None]


def test_a_unit_without_any_spread_still_has_a_scale(shipped):
    stored = read(next(path for path in shipped if path.stem == "digits-ae-2d"))
    flat = replace(stored.latents, codes=np.full_like(stored.latents.codes, 2.5))
    assert [(u.centre, u.sigma) for u in units(stored._replace(latents=flat))] == [(2.5, 1)] * 2

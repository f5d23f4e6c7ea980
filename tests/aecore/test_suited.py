"""Settings that suit few rows, and where they are taken."""

import math

import pytest

from aecore.configs import settings
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe, command, suited
from aecore.training.config import TrainingConfig
from aecore.training.suited import NAMES, starts


@pytest.mark.parametrize("n", [40, 200, 2000, 49_000])
def test_few_rows_get_small_batches_and_enough_steps(n):
    made = starts(n, 30)
    assert set(made) == set(NAMES)
    assert set(NAMES) <= {each.name for c in (ModelConfig, TrainingConfig) for each in settings(c)}
    steps = made["epochs"] * math.ceil(n / made["batch_size"])
    assert 1000 <= steps <= 2100
    assert made["code_dim"] == 10
    assert starts(n, 5)["code_dim"] == 2
    assert starts(n, 500)["code_dim"] == 16


def test_what_was_said_stays_and_the_command_says_all_that_was_not():
    shape = (1, 1, 30)
    plan = Recipe("cells", ModelConfig(kind="ae", shape=shape), TrainingConfig(epochs=3))
    made = suited(plan, ("epochs",), 398)
    assert made.training.epochs == 3
    assert made.training.batch_size == starts(398, 30)["batch_size"]
    assert made.model.activation == "tanh"
    assert suited(Recipe("digits", plan.model, plan.training), (), 398).model == plan.model
    words = command(made)
    flags = {each.name: each.flag for c in (ModelConfig, TrainingConfig) for each in settings(c)}
    assert all(f"{flags[name]} " in words for name in NAMES)

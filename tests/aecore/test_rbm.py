"""Restricted Boltzmann machines: what contrastive divergence learns, and what it is worth."""

from dataclasses import replace

import pytest
import torch

from aecore.data import digits
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.recipes import recipe
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import train
from aecore.training.rbm import Machine, learn, pretrain

DEEP = ModelConfig(
    kind="ae", shape=(1, 8, 8), widths=(32, 16, 8), code_dim=2, activation="sigmoid",
    likelihood="gaussian",
)  # fmt: skip
RECIPE = TrainingConfig(epochs=30, batch_size=16, learning_rate=1e-2)


def machine(n_hidden, n_visible, gaussian=False):
    weight = torch.empty(n_hidden, n_visible).normal_(0, 0.01, generator=stream(0, "weights"))
    return Machine(weight, torch.zeros(n_hidden), torch.zeros(n_visible), gaussian)


def pixels(blobs):
    return torch.from_numpy(blobs.pixels)


def test_without_hidden_units_that_matter_the_visible_biases_learn_the_means():
    data = torch.tensor([[1.0, 1.0, 0.0, 0.5]]).repeat(400, 1)
    lonely = machine(1, 4)
    learn(lonely, data, 60, stream(0, "rbm"))
    seen = lonely.down(lonely.up(data))[0]
    assert seen == pytest.approx([0.97, 0.97, 0.03, 0.5], abs=0.06)


def test_a_machine_rebuilds_its_data_better_than_their_mean(blobs):
    data = pixels(blobs).flatten(1).float() / 255
    learnt = machine(16, 64)
    learn(learnt, data, 100, stream(0, "rbm"))
    error = (learnt.down(learnt.up(data)) - data).square().mean()
    assert error < 0.5 * (data - data.mean(0)).square().mean()


def test_unrolled_the_decoder_mirrors_the_encoder(blobs):
    model = create(DEEP, stream(0, "weights"))
    pretrain(model, pixels(blobs), replace(RECIPE, rbm_epochs=2))
    rows = [layer for layer in model.encoder if isinstance(layer, torch.nn.Linear)]
    columns = [layer for layer in model.decoder if isinstance(layer, torch.nn.Linear)]
    assert len(rows) == len(columns) == 4
    for inwards, outwards in zip(rows, reversed(columns), strict=True):
        assert torch.equal(inwards.weight, outwards.weight.T)


def test_a_deep_sigmoid_network_ends_lower_when_it_starts_from_machines(blobs):
    def loss(rbm_epochs):
        model = create(DEEP, stream(0, "weights"))
        recipe = replace(RECIPE, rbm_epochs=rbm_epochs)
        if rbm_epochs:
            pretrain(model, pixels(blobs), recipe)
        return sum(list(train(model, blobs, blobs, recipe))[-1].val)

    assert loss(50) < loss(0)


def test_on_real_digits_the_curve_runs_lower_from_machines_of_the_same_seed():
    """Hinton & Salakhutdinov (2006): a deep sigmoid network stalls from random weights."""
    splits = {name: digits.load(name) for name in ("train", "val")}
    plan = recipe("digits-rbm-2d")
    curves = {}
    for passes in (10, 0):
        model = create(plan.model, stream(plan.training.seed, "weights"))
        config = replace(plan.training, rbm_epochs=passes, epochs=5)
        if passes:
            pretrain(model, pixels(splits["train"]), config)
        reports = train(model, splits["train"], splits["val"], config, "cpu")
        curves[passes] = [sum(report.val) for report in reports]
    assert all(with_them < without for with_them, without in zip(*curves.values(), strict=True))


def test_the_same_seed_gives_the_same_machines(blobs):
    models = [create(DEEP, stream(0, "weights")) for _ in range(2)]
    for model in models:
        pretrain(model, pixels(blobs), replace(RECIPE, rbm_epochs=2, seed=4))
    assert all(torch.equal(a, b) for a, b in zip(*(m.parameters() for m in models), strict=True))


@pytest.mark.parametrize("change", [{"activation": "silu"}, {"body": "conv"}, {"kind": "vae"}])
def test_a_model_that_can_not_be_unrolled_is_said(blobs, change):
    model = create(replace(DEEP, **change), stream(0, "weights"))
    with pytest.raises(ValueError, match="dense body and sigmoid activations"):
        pretrain(model, pixels(blobs), replace(RECIPE, rbm_epochs=1))

"""The optimiser: torch's own numbers, without torch's compiler."""

import subprocess
import sys

import pytest
import torch

from aecore.optimiser import AdamW
from aecore.seeding import stream

ALL_THAT_TRAIN = """
import sys
import numpy as np
from aecore.anomaly import tables
from aecore.classifier import ClassifierConfig, fresh, train as train_classifier
from aecore.data.catalogue import load
from aecore.flows.config import FlowConfig
from aecore.flows.training import encoded, train as train_flow
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import train

data, val = load("digits", "train").take(np.arange(200)), load("digits", "val")
model = create(ModelConfig(kind="vae", widths=(8,)), stream(0, "weights"))
next(train(model, data, val, TrainingConfig(epochs=1), "cpu"))
next(train_flow(encoded(model, data), FlowConfig(steps=10)))
next(train_classifier(fresh(data, ClassifierConfig())[0], data, ClassifierConfig(epochs=1), "cpu"))
tables.STEPS = 10
tables.judge_rows(np.random.default_rng(0).normal(size=(20, 4)), np.arange(20))
print("torch._dynamo" in sys.modules)
"""


@pytest.mark.parametrize("fused", [False, True])
def test_it_takes_the_steps_of_torchs_own(fused):
    def trained(kind):
        weight = torch.nn.Parameter(torch.ones(3, 2))
        groups = [{"params": [weight], "lr": 0.1}]
        optimiser = kind(groups, betas=(0.9, 0.99), weight_decay=0.02, fused=fused)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.1, total_steps=20)
        draw = stream(0, "gradients")
        for _ in range(20):
            optimiser.zero_grad()
            assert weight.grad is None
            weight.grad = torch.randn(3, 2, generator=draw)
            optimiser.step()
            schedule.step()
        return weight.detach(), optimiser.state_dict()

    (own, own_state), (torchs, torchs_state) = trained(AdamW), trained(torch.optim.AdamW)
    assert torch.equal(own, torchs)
    assert not torch.equal(own, torch.ones(3, 2))
    assert str(own_state) == str(torchs_state)


def test_no_training_reads_torchs_compiler():
    told = subprocess.run(
        [sys.executable, "-c", ALL_THAT_TRAIN], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"

"""Rows of a table instead of images, judged by a dense denoising autoencoder trained for it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from aecore.arrays import IndexArray, ValueArray
from aecore.configs import require
from aecore.data.columns import Matrix

STEPS = 1500
REPORT_EVERY = 50
BATCH = 64
LEARNING_RATE = 3e-3
NOISE = 0.5  # standard deviations, on the training rows: Vincent et al. (2008)


class Judgement(NamedTuple):
    """What a dense denoising autoencoder makes of every row.

    Attributes:
        scores: by name, those of `scores.SCORES` that are `of_rows`.
        rebuilt: the rows as it gives them back, standardised.
        units: how many latent units it has.
    """

    scores: dict[str, ValueArray]
    rebuilt: Matrix
    units: int


def code_size(n_numbers: int) -> int:
    """Latent units for so many numbers: a third, 1 to 16."""
    return max(1, min(16, n_numbers // 3))


def judge_rows(
    values: Matrix,
    train: IndexArray,
    seed: int = 0,
    report: Callable[[int, int], None] | None = None,
) -> Judgement:
    """Train a dense denoising autoencoder on the training rows and score all.

    Args:
        values: standardised numbers of all rows.
        train: the normal rows it learns.
        seed: of weights, batches and noise.
        report: told (steps done, steps); what it raises ends the training.
    """
    import torch

    from aecore.anomaly.scores import SCORES, reference, scores
    from aecore.models.config import ModelConfig
    from aecore.models.family import create
    from aecore.optimiser import AdamW
    from aecore.seeding import stream

    require(len(train) >= 2, "train", f"{len(train)} rows", "2 rows or more")
    n_numbers = values.shape[1]
    config = ModelConfig(
        kind="ae",
        shape=(1, 1, n_numbers),
        code_dim=code_size(n_numbers),
        widths=(64, 32),
        output="identity",
        likelihood="gaussian",
        noise_std=1.0,
    )
    model = create(config, stream(seed, "weights"))
    rows = torch.from_numpy(values.astype(np.float32)).reshape(-1, 1, 1, n_numbers)
    learnt = rows[torch.from_numpy(np.asarray(train))]
    optimiser = AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=STEPS)
    batches, noise = stream(seed, "batches"), stream(seed, "noise")
    for step in range(STEPS):
        batch = learnt[torch.randint(len(learnt), (BATCH,), generator=batches)]
        spoilt = batch + NOISE * torch.empty_like(batch).normal_(generator=noise)
        loss = (model.reconstruct(spoilt) - batch).square().flatten(1).sum(1).mean()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        if report is not None and step % REPORT_EVERY == 0:
            report(step, STEPS)
    model.eval().requires_grad_(False)
    names = [name for name, each in SCORES.items() if each.of_rows]
    found = scores(names, model, rows, reference(model, learnt))
    rebuilt = model.reconstruct(rows).reshape(-1, n_numbers).numpy().astype(np.float64)
    return Judgement(found, rebuilt, config.code_dim)

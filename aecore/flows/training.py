"""A latent flow's training: conditional flow matching on the codes of a trained model.

    L = E |v(x_t, t, c) − (x₁ − x₀)|²,   x_t = (1 − t)·x₀ + t·x₁,   x₀ ~ N(0, I), x₁ a code

(Lipman et al. 2023, eq. 23 with σ_min = 0). Times are drawn from a logit-normal distribution,
which spends more steps in the middle of the way (Esser et al. 2024), and the weights that are kept
are an average over the steps.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from aecore.data.imageset import ImageSet
from aecore.errors import TrainingError
from aecore.flows.config import FlowConfig
from aecore.flows.flow import N_TIMES, Flow, architecture
from aecore.models.base import Autoencoder
from aecore.models.networks import build, initialise
from aecore.optimiser import AdamW
from aecore.seeding import stream
from aecore.types import Codes, Images

BATCH = 1000  # images that are encoded at a time
AVERAGED = 8  # steps between two updates of the average
DECAY = 0.9995  # of the average, a step
WARM_UP = 200
REPORTS = 50


class Learnt(NamedTuple):
    """What a flow learns from.

    Attributes:
        mean: posterior means, (n, d).
        spread: their standard deviations, (n, d); None for a model without.
        labels: class numbers, (n,).
        n_classes: how many there are; 0 to learn without.
    """

    mean: Codes
    spread: Codes | None
    labels: Tensor
    n_classes: int


class FlowReport(NamedTuple):
    """What is known after some steps.

    Attributes:
        step: how many have been taken.
        n_steps: how many there will be.
        loss: mean squared error of the velocity, per unit, since the last report.
        flow: with the weights as they are now.
    """

    step: int
    n_steps: int
    loss: float
    flow: Flow


@torch.no_grad()
def encoded(model: Autoencoder, data: ImageSet) -> Learnt:
    """Encode the images of a split. A set of one class is learnt without."""
    images: Images = torch.from_numpy(data.images)
    parts = [model.encode(part) for part in torch.split(images, BATCH)]
    log_vars = [part.log_var for part in parts if part.log_var is not None]
    spread = (torch.cat(log_vars) / 2).exp() if log_vars else None
    n_classes = len(data.classes) if len(data.classes) > 1 else 0
    labels = torch.from_numpy(data.labels)
    return Learnt(torch.cat([part.mean for part in parts]), spread, labels, n_classes)


def train(learnt: Learnt, config: FlowConfig) -> Iterator[FlowReport]:
    """Train a flow on codes and report about fifty times; the last report has the flow to keep.

    Raises:
        TrainingError: when the loss is no longer a number.
        ValueError: for fewer than two codes.
    """
    n, d = learnt.mean.shape
    if n < 2:
        raise ValueError(f"a flow needs at least two codes to learn from, but there are {n}")
    variance = learnt.mean.var(0)
    if learnt.spread is not None:
        variance = variance + learnt.spread.square().mean(0)
    mean, scale = learnt.mean.mean(0), variance.sqrt().clamp_min(1e-6)
    standard = Learnt(
        (learnt.mean - mean) / scale,
        None if learnt.spread is None else learnt.spread / scale,
        learnt.labels,
        learnt.n_classes,
    )
    layers = architecture(d, learnt.n_classes, config)
    network = build(layers)
    initialise(network, stream(config.seed, "flow weights"))
    shape = Flow(layers, {}, mean.double().numpy(), scale.double().numpy(), learnt.n_classes)
    yield from _steps(network, standard, config, shape)


def _steps(
    network: nn.Sequential, learnt: Learnt, config: FlowConfig, empty: Flow
) -> Iterator[FlowReport]:
    optimiser = AdamW(
        network.parameters(), lr=config.learning_rate, betas=(0.9, 0.99), weight_decay=1e-4
    )
    average = {name: value.detach().clone() for name, value in network.named_parameters()}
    generator = stream(config.seed, "flow batches")
    every = max(1, config.steps // REPORTS)
    total, counted = 0.0, 0
    for step in range(1, config.steps + 1):
        rise, fall = min(1.0, step / WARM_UP), (1 + math.cos(math.pi * step / config.steps)) / 2
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * rise * fall
        loss = matching_loss(network, learnt, config, generator)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # missing in torch's stubs
        optimiser.step()
        if step % AVERAGED == 0 or step == config.steps:
            _average(average, network, step)
        total, counted = total + loss.item(), counted + 1
        if step % every == 0 or step == config.steps:
            if not math.isfinite(total):
                raise TrainingError(_diverged(step, config))
            yield FlowReport(step, config.steps, total / counted, _flow(empty, average))
            total, counted = 0.0, 0


def matching_loss(
    network: nn.Sequential, learnt: Learnt, config: FlowConfig, generator: torch.Generator
) -> Tensor:
    """The mean squared error of the velocity over one batch, per unit of the code."""
    chosen = torch.randint(len(learnt.mean), (config.batch_size,), generator=generator)
    end = learnt.mean[chosen]
    if learnt.spread is not None:
        end = end + learnt.spread[chosen] * torch.randn(end.shape, generator=generator)
    start = torch.randn(end.shape, generator=generator)
    times = torch.sigmoid(torch.randn(len(end), 1, generator=generator))
    told = torch.rand(len(end), 1, generator=generator) >= config.unlabelled
    classes = torch.arange(learnt.n_classes)
    labels = (learnt.labels[chosen][:, None] == classes) & told
    angles = math.pi * torch.arange(1, N_TIMES + 1) * times
    x = (1 - times) * start + times * end
    answer = network(torch.cat([x, angles.sin(), angles.cos(), labels.float()], 1))
    return functional.mse_loss(answer, end - start)


def _average(average: dict[str, Tensor], network: nn.Sequential, step: int) -> None:
    """An exponential moving average that forgets its first, bad steps sooner."""
    share = 1 - min(DECAY, (1 + step) / (10 + step)) ** AVERAGED
    with torch.no_grad():
        for name, value in network.named_parameters():
            average[name].lerp_(value, share)


def _flow(empty: Flow, average: dict[str, Tensor]) -> Flow:
    """With the weights as they are stored: rounded to float16."""
    weights = {k: v.half().float().numpy().astype(np.float32) for k, v in average.items()}
    return Flow(empty.layers, weights, empty.mean, empty.scale, empty.n_classes)


def _diverged(step: int, config: FlowConfig) -> str:
    return (
        f"the flow's loss was no number any more after step {step:,}; nothing was written. Try a "
        f"learning rate below {config.learning_rate:g}"
    )

"""From a checkpoint to its latent flow: encode, train, measure, save."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

import aecore
from aecore import noise
from aecore.arrays import ImageArray
from aecore.checkpoints import build, read
from aecore.data.catalogue import load
from aecore.flows import training
from aecore.flows.config import FlowConfig
from aecore.flows.files import NO_FLOW, FlowCard, networks_digest, save
from aecore.flows.flow import ANY, Flow
from aecore.flows.training import FlowReport
from aecore.latents.quality import flow_quality
from aecore.models.base import Autoencoder

Told = Callable[[Autoencoder, FlowReport], object]
N_SEEN = 10  # samples that are looked at while a flow is trained


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be made.

    Attributes:
        checkpoint: whose codes are learnt.
        out: the file of the flow.
        said: settings of `FlowConfig`; the others suit the number of codes.
        classes: whether they are told, where there are some.
        command: that makes it again, for its card.
        data_dir: folder of the data sets.
    """

    checkpoint: Path
    out: Path
    said: Mapping[str, Any] = field(default_factory=dict)
    classes: bool = True
    command: str = ""
    data_dir: Path | None = None


def make(plan: Plan, report: Told) -> FlowCard:
    """Train a flow on the codes of the model's training images, and write it.

    Args:
        plan: what is to be made.
        report: called with the model and with what training reports, about fifty times.

    Raises:
        ValueError: for a setting out of range, or a model that is told classes.
        DataError: if the data set is not here.
        TrainingError: when the loss is no longer a number; nothing is written then.
    """
    FlowConfig(**plan.said)  # so that a mistake is said before anything is encoded
    stored = read(plan.checkpoint)
    model, card = build(stored), stored.card
    if card.model.n_classes:
        raise ValueError(NO_FLOW)
    data = load(card.data, "train", plan.data_dir, card.model.shape[1:], card.training.fit)
    learnt = training.encoded(model, data.take(data.places_of(card.training.only)))
    if not plan.classes:
        learnt = learnt._replace(n_classes=0)
    config = FlowConfig.suited(len(learnt.mean), **plan.said)
    for now in training.train(learnt, config):
        report(model, now)
    made = FlowCard(
        model=networks_digest(stored),
        name=plan.checkpoint.stem,
        data=card.data,
        classes=card.classes if learnt.n_classes else (),
        config=config,
        command=plan.command,
        version=aecore.__version__,
        metrics=flow_quality(model, now.flow, card.data),
    )
    save(plan.out, now.flow, made)
    return made


def make_seen(plan: Plan, report: Callable[[int, int, ImageArray], object]) -> None:
    """Make a flow in a subprocess, reporting what it draws so far: `samples`."""
    make(plan, lambda model, now: report(now.step, now.n_steps, samples(model, now.flow)))


def samples(model: Autoencoder, flow: Flow) -> ImageArray:
    """Draw ten images, always from the same noise: one of each class, and again where fewer."""
    labels = np.arange(N_SEEN) % flow.n_classes if flow.n_classes else np.full(N_SEEN, ANY)
    places = flow.path(noise.normal(0, "codes", N_SEEN, flow.code_dim).astype(np.float32), labels)
    with torch.no_grad():
        return model.decode(torch.from_numpy(flow.codes(places[-1]))).numpy()

"""A small finished checkpoint."""

from dataclasses import replace

import pytest

from aecore import production
from aecore.data.imageset import ImageSet
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe
from aecore.training.config import TrainingConfig


def make(path, blobs: ImageSet, **model):
    """Train for two epochs and write a checkpoint."""
    config = ModelConfig(**({"kind": "vae", "shape": (1, 8, 8), "widths": (8,)} | model))
    recipe = Recipe("blobs", config, TrainingConfig(epochs=2, batch_size=16))
    splits = production.Splits(blobs, replace(blobs, split="val"), replace(blobs, split="test"))
    trained = production.fresh_model(recipe)
    for _ in production.run(trained, splits, recipe):
        pass
    production.finish(path, trained, splits, recipe, "python -m aecore train …")
    return trained, splits


@pytest.fixture
def make_checkpoint(blobs):
    """Train and write a small checkpoint: make_checkpoint(path, **model settings)."""
    return lambda path, **model: make(path, blobs, **model)


@pytest.fixture
def small(tmp_path, make_checkpoint):
    """(path, model, splits) of a small VAE."""
    path = tmp_path / "small.safetensors"
    return path, *make_checkpoint(path)

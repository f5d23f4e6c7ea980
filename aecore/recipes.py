"""The recipes of the shipped models: `recipes.toml`, one table a model."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from aecore.models.config import ModelConfig
from aecore.training.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class Recipe:
    """A data set's name and the two configs."""

    data: str
    model: ModelConfig
    training: TrainingConfig


def recipes() -> dict[str, Recipe]:
    """Read all recipes."""
    text = resources.files("aecore").joinpath("recipes.toml").read_text(encoding="utf-8")
    return {name: _recipe(table) for name, table in tomllib.loads(text).items()}


def recipe(name: str) -> Recipe:
    """Look a recipe up.

    Raises:
        ValueError: for an unknown name, listing the known ones.
    """
    known = recipes()
    if name not in known:
        raise ValueError(f"there is no recipe {name!r}: choose {', '.join(known)}")
    return known[name]


def _recipe(table: dict[str, Any]) -> Recipe:
    return Recipe(
        table["data"],
        ModelConfig.from_json(table["model"]),
        TrainingConfig.from_json(table["training"]),
    )

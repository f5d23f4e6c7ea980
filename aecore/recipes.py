"""The recipes of the shipped models: `recipes.toml`, one table a model."""

import shlex
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from aecore.configs import flags, settings
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


def command(made: Recipe, side: int = 28) -> str:
    """Write the `train` command of a recipe: what differs from the defaults.

    Args:
        made: data set and configs.
        side: of the images, for a data set of the user's own.
    """
    words = ["python", "-m", "aecore", "train", "--data", made.data]
    if side != 28:
        words += ["--side", str(side)]
    for config in (made.model, made.training):
        chosen = {
            each.name: getattr(config, each.name)
            for each in settings(type(config))
            if each.place != "neither" and getattr(config, each.name) != each.default
        }
        words += flags(type(config), chosen)
    return shlex.join(words)

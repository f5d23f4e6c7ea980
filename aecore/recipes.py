"""The recipes of the shipped models: `recipes.toml`, one table a model."""

import shlex
import tomllib
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any

from aecore.models.config import ModelConfig
from aecore.training.config import TrainingConfig

FLAGS = {"kind": "--model", "code_dim": "--latent-dim"}
FROM_DATA = ("shape",)


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


def flag(name: str) -> str:
    """Return the command line's flag of a config's field."""
    return FLAGS.get(name, f"--{name.replace('_', '-')}")


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
        for field in fields(config):
            value = getattr(config, field.name)
            if field.name == "kind" or (field.name not in FROM_DATA and value != field.default):
                values = map(str, value) if isinstance(value, tuple) else [str(value)]
                words += [flag(field.name), *values]
    return shlex.join(words)

"""The recipes of the shipped models: `recipes.toml`, one table a model."""

import shlex
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from aecore.configs import flags, settings
from aecore.data.catalogue import DATASETS, holds_table
from aecore.data.imageset import is_signal
from aecore.data.pictures.sizes import Size
from aecore.data.series import WINDOW, is_series
from aecore.models.config import ModelConfig
from aecore.training.config import TrainingConfig
from aecore.training.suited import NAMES, starts


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


def suited(plan: Recipe, said: Collection[str], n_rows: int) -> Recipe:
    """Return a plan whose settings that were not said suit a table; others stay as they are.

    Args:
        plan: of a model whose shape is the data's.
        said: names of the settings that were given.
        n_rows: of the training split.
    """
    if not holds_table(plan.data) or plan.model.kind == "pca":
        return plan
    new = {k: v for k, v in starts(n_rows, plan.model.shape[-1]).items() if k not in said}
    model, training = (
        {each.name: new[each.name] for each in settings(config) if each.name in new}
        for config in (ModelConfig, TrainingConfig)
    )
    return Recipe(plan.data, replace(plan.model, **model), replace(plan.training, **training))


def sized(made: Recipe) -> list[str]:
    """The flags that say the size of a user's own pictures, or of a window of one long series."""
    if made.data in DATASETS:
        return []
    size = Size.of(made.model.shape[1:])
    if is_series(Path(made.data)):
        return [WINDOW.flag, str(size.width)]
    return [] if is_signal(made.model.shape) else ["--side", size.written]


def command(made: Recipe) -> str:
    """Write the `train` command of a recipe: what differs from what a training begins with.

    Args:
        made: data set and configs, whose shape is that of the data.
    """
    words = ["python", "-m", "aecore", "train", "--data", made.data, *sized(made)]
    said = NAMES if holds_table(made.data) else ()
    for config in (made.model, made.training):
        chosen = {
            each.name: getattr(config, each.name)
            for each in settings(type(config))
            if each.place != "neither"
            and (each.name in said or getattr(config, each.name) != each.default)
        }
        words += flags(type(config), chosen)
    return shlex.join(words)

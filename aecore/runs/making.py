"""What a run makes: its training, begun or resumed, and the checkpoint of what was learnt."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from aecore.checkpoints import load
from aecore.errors import DataError
from aecore.models.base import Autoencoder
from aecore.production import Splits, finish, fresh_model, load_splits
from aecore.production import run as train
from aecore.recipes import Recipe, command
from aecore.runs.folder import Plan, Run
from aecore.training import snapshots
from aecore.training.loop import Training


class Made(NamedTuple):
    """A run's training and what it is made of; the recipe knows the images' shape.

    `before`: steps that the weights had been trained for; None where their file does not say.
    """

    training: Training
    model: Autoencoder
    splits: Splits
    recipe: Recipe
    before: int | None

    def save(self, path: Path, plan: Plan, note: str = "") -> None:
        """Measure the model and write its checkpoint; the card's command ends with the note."""
        notes = ["from the weights of an earlier run"] if plan.start else []
        notes += [note] if note else []
        words = "; ".join(notes)
        said = command(self.recipe) + (f"  # {words}" if words else "")
        steps = 0 if self.before is None else self.before + self.training.n_steps
        finish(path, self.model, self.splits, self.recipe, said, steps)


def begin(run: Run) -> Made:
    """Prepare a run's training, from its last snapshot where it has one.

    Raises:
        ValueError: for settings or a snapshot that do not fit, naming them.
    """
    plan = run.plan
    splits = load_splits(plan.recipe.data, None, plan.side, fit=plan.recipe.training.fit)
    data = splits.train
    model = plan.recipe.model.fitted(data.shape, len(data.classes))
    recipe = replace(plan.recipe, model=model)
    fresh, before = fresh_model(recipe), None if plan.start else 0
    if plan.start:
        start = load(plan.start)
        fresh.load_state_dict(start.model.state_dict())
        before = start.card.steps or None
    snapshot = snapshots.load(run.snapshot) if run.snapshot.is_file() else None
    training = train(fresh, splits, recipe, plan.device, snapshot)
    return Made(training, fresh, splits, recipe, before)


def save_so_far(run: Run, path: Path) -> None:
    """Write the checkpoint of what a run that was stopped had learnt by its last whole epoch.

    Raises:
        DataError: where no epoch is whole.
        ValueError: for a snapshot that does not fit.
    """
    if not run.snapshot.is_file():
        raise DataError("Not one epoch of this run is whole: continue it, then save it.")
    made = begin(run)
    done, planned = made.training.done, made.training.n_epochs
    made.save(path, run.plan, f"stopped after {done} of {planned} epochs")

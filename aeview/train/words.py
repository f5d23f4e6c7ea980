"""What is said of a run: what it trains, where it stands, what a teacher would point at."""

from dataclasses import replace
from typing import Any

import streamlit as st

from aecore.checkpoints import read_card
from aecore.data.catalogue import DATASETS
from aecore.diagnosis import HALF, diagnose, n_drawn
from aecore.errors import CheckpointError
from aecore.models.config import ModelConfig
from aecore.models.family import family_of
from aecore.runs.folder import Plan, Run, ahead
from aecore.training.config import TrainingConfig
from aeview.shell import messages, originals
from aeview.train.form import n_parameters
from aeview.work import cache, run_frames

Numbers = dict[str, Any]  # of a frame
RISE = 0.01  # of the best validation loss: above it, over-fitting is spoken of


def title(run: Run) -> str:
    """What is trained, in a few words."""
    recipe = run.plan.recipe
    kind = messages.FAMILIES.get(recipe.model.kind, recipe.model.kind)
    said = f"{kind}, {recipe.model.code_dim} units, {originals.title(recipe.data)}"
    passes = recipe.training.rbm_epochs
    only = f", only {', '.join(recipe.training.only)}" if recipe.training.only else ""
    return f"{said}{only}, pre-trained by RBMs ({passes} passes)" if passes else f"{said}{only}"


def plan(asked: Plan) -> str:
    """What is about to be trained, and how long that may take."""
    recipe = asked.recipe
    epochs = recipe.training.total_epochs
    said = f"{n_parameters(recipe.model):,} parameters"
    if recipe.model.kind == "pca":
        return f"{said} · closed form"
    most = "at most " if recipe.training.patience else ""
    said = f"{said} · {most}{epochs:,} {'epoch' if epochs == 1 else 'epochs'}"
    if recipe.data not in DATASETS:
        return said
    steps = replace(recipe.training, epochs=1, seed=0, kl_warmup=0.0, patience=0, rbm_epochs=0)
    return f"{said} · {about(epochs * _epoch_s(recipe.model, steps, recipe.data))}"


@st.cache_resource(show_spinner=False, max_entries=200)
def _epoch_s(model: ModelConfig, training: TrainingConfig, data: str) -> float:
    from aecore.training.probe import seconds_per_epoch

    return seconds_per_epoch(model, training, len(cache.split(data, "train", 28)))


def about(seconds: float) -> str:
    """A time that nobody takes for exact; its unit stays on its line."""
    if seconds < 1.5:
        return "about a second"
    return f"about {seconds:.0f}\xa0s" if seconds < 100 else f"about {seconds / 60:,.0f}\xa0min"


def planned(run: Run, history: list[Numbers]) -> int:
    """How many epochs there will be: with patience fewer than were asked for, once it is over."""
    return history[-1]["n_epochs"] if history else run.plan.recipe.training.total_epochs


def words(run: Run, now: str, history: list[Numbers]) -> str:
    """Where the run stands."""
    n_epochs = planned(run, history)
    done = f"epoch {len(history)} of {n_epochs}"
    if now == "queued":
        waiting = ahead(run)
        return f"waits for {waiting} other {'run' if waiting == 1 else 'runs'}"
    if problem := run.state.problem:
        return problem + _left(now, done if history else "")
    said = {
        "starting": "the worker starts",
        "interrupted": f"interrupted after {done}; Continue takes it up from there",
        "stopped": f"stopped after {done}",
        "done": f"{done}, finished",
        "paused": f"{done}, paused",
    }
    where = said.get(now) or f"{done}{_speed(run, history, n_epochs)}"
    return where + critic(history) + classes(history)


def _left(now: str, done: str) -> str:
    """What a run that was cut short has kept, and what Continue makes of it."""
    if now != "interrupted":
        return f" ({done} is kept.)" if done else ""
    return (
        f" ({done} is kept.) Continue takes it up from there."
        if done
        else (" Continue begins it anew.")
    )


def critic(history: list[Numbers]) -> str:
    """What the discriminator of an adversarial autoencoder still tells apart."""
    right = history[-1].get("critic") if history else None
    if right is None:
        return ""
    return f" · discriminator right in {100 * right:.0f} % (50 % is chance)"


def classes(history: list[Numbers]) -> str:
    """How many classes a generator draws, where a classifier has told them apart."""
    counts = history[-1].get("drawn") if history else None
    if not counts:
        return ""
    return f" · {sum(counts):,} draws show {n_drawn(counts)} of {len(counts)} classes"


def _speed(run: Run, history: list[Numbers], n_epochs: int) -> str:
    if not history or not run.live.is_file():
        return ""
    speed = history[-1]["images_per_s"]
    fixed = run_frames.fixed(run)
    many = fixed.numbers.get("many", "images") if fixed else "images"
    times = [path.stat().st_mtime for path in run.frames[-6:]]
    if len(times) < 2:
        return f" · {speed:,.0f} {many}/s"
    left = (n_epochs - len(history)) * (times[-1] - times[0]) / (len(times) - 1)
    return f" · {speed:,.0f} {many}/s · {about(left)} left"


def _came_to_nothing(run: Run) -> str:
    try:
        found = diagnose(read_card(run.model))
    except CheckpointError:  # deleted meanwhile
        return ""
    return str(found) if found else ""


def warnings(run: Run, history: list[Numbers]) -> list[str]:
    """What a teacher would point at, where it is true; first that a run came to nothing."""
    if run.state.name == "done" and (nothing := _came_to_nothing(run)):
        return [nothing]
    if len(history) < 3:
        return []
    d, kind = run.plan.recipe.model.code_dim, run.plan.recipe.model.kind
    last = history[-1]
    found = []
    posterior = family_of(kind).posterior
    if posterior and last["active"] == 0:
        found.append(
            "Posterior collapse: no unit says anything about the input; try a smaller β or a "
            "warm-up."
        )
    elif posterior and last["active"] < d:
        found.append(
            f"{d - last['active']} of {d} units are inactive: the encoder says nothing by them."
        )
    if (counts := last.get("drawn")) and n_drawn(counts) <= HALF * len(counts):
        found.append("Mode collapse: so far the generator draws few of the classes.")
    return found + _over_fitting([each["objective"] for each in history if "objective" in each])


def _over_fitting(objectives: list[Numbers]) -> list[str]:
    val = [each["val"] for each in objectives]
    best = min(range(len(val)), key=val.__getitem__, default=0)
    if best >= len(val) - 3 or val[-1] <= val[best] + RISE * abs(val[best]):
        return []
    if objectives[-1]["train"] >= objectives[best]["train"]:
        return []
    return [
        f"Over-fitting: validation was best in epoch {best + 1} and is {val[-1] - val[best]:.1f} "
        "nats above it now, while training has fallen."
    ]

"""What the page Train shows, as Python."""

from collections.abc import Collection
from dataclasses import fields
from pathlib import Path

from aecore.configs import Config
from aecore.data.catalogue import DATASETS, holds_table
from aecore.training.suited import NAMES
from aeview.classroom import access
from aeview.shell.snippets import Snippet, write
from aeview.train import view as training
from aeview.work.live import Opened

TRAINED = """
import aecore

lab = aecore.train($settings)
for report in lab.history:
    print(report.epoch, report.train, report.val)  # terms in nats, means over images
images = lab.data("val").images[:10]
picture = aecore.picture(images, lab.reconstruct(images))
picture
"""
NO_RUN = "There is no run on screen yet: choose a model and press Play."
CONTINUED = "The run began with the weights of an earlier one; this code begins with fresh ones."


def snippet(chosen: Opened) -> Snippet:
    """The run on screen, trained again: the same seed gives the same model."""
    del chosen
    found = training.chosen()
    if found is None:
        return Snippet("", NO_RUN)
    plan = found.plan
    recipe = plan.recipe
    said = NAMES if holds_table(recipe.data) else ()
    settings = ", ".join((
        repr(_place(recipe.data)), repr(recipe.model.kind),
        *([] if plan.side is None else [f"side={plan.side!r}"]), f"device={plan.device!r}",
        *_changed(recipe.model, said), *_changed(recipe.training, said),
    ))  # fmt: skip
    return Snippet(write(TRAINED, settings=settings), CONTINUED if plan.start else "")


def _place(data: str) -> str:
    """A data set; where one's own lies on the server is nobody's but the teacher's."""
    known = data in DATASETS or access.may(access.Act.PATH)
    return data if known else Path(data).name


def _changed(config: Config, said: Collection[str]) -> list[str]:
    """A config by what differs from its defaults, and what is said all the same.

    Family and shape are said elsewhere.
    """
    return [
        f"{field.name}={getattr(config, field.name)!r}"
        for field in fields(config)  # type: ignore[arg-type]  # every config is a dataclass
        if field.name not in ("kind", "shape")
        and (field.name in said or getattr(config, field.name) != field.default)
    ]

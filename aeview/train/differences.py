"""Two runs told apart: each is titled by what it has and the other has not."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from aecore.configs import Setting, settings
from aecore.models.config import ModelConfig
from aecore.runs.folder import Plan
from aecore.training.config import TrainingConfig
from aeview.shell import messages, originals

MOST = 3  # settings that a title names
NAMED = ("kind", "shape")  # said in words of their own


def titles(plan: Plan, other: Plan) -> tuple[str, str]:
    """Title two plans by what differs, "β = 1" and "β = 8"; where nothing does, by their time."""
    apart = list(_apart(plan, other))
    if not apart:
        begun = [time.strftime("%H:%M:%S", time.localtime(each.made)) for each in (plan, other)]
        return f"begun at {begun[0]}", f"begun at {begun[1]}"
    more = [f"{len(apart) - MOST} more settings"] if len(apart) > MOST else []
    first, second = zip(*apart[:MOST], strict=True)
    return ", ".join([*first, *more]), ", ".join([*second, *more])


def _apart(plan: Plan, other: Plan) -> Iterator[tuple[str, str]]:
    """What differs, in words of the one and of the other; the most telling things first."""
    recipes = plan.recipe, other.recipe
    if recipes[0].data != recipes[1].data:
        yield originals.title(recipes[0].data), originals.title(recipes[1].data)
    kinds = [each.model.kind for each in recipes]
    if kinds[0] != kinds[1]:
        yield messages.FAMILIES.get(kinds[0], kinds[0]), messages.FAMILIES.get(kinds[1], kinds[1])
    yield from _of(ModelConfig, recipes[0].model.to_json(), recipes[1].model.to_json())
    yield from _of(TrainingConfig, recipes[0].training.to_json(), recipes[1].training.to_json())
    if plan.start != other.start:
        yield ("trained on" if plan.start else "fresh weights",
               "trained on" if other.start else "fresh weights")  # fmt: skip


def _of(config: type, one: Mapping[str, Any], two: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in settings(config):
        apart = one[each.name] != two[each.name] and each.name not in NAMED
        if apart and any(_applies(each, values) for values in (one, two)):
            yield _said(each, one[each.name]), _said(each, two[each.name])


def _applies(each: Setting, values: Mapping[str, Any]) -> bool:
    """As `Setting.applies`, of those of its conditions that the config's own values decide."""
    return all(values[name] in wanted for name, wanted in each.only_for.items() if name in values)


def _said(each: Setting, value: Any) -> str:
    if isinstance(value, list):
        return f"{each.label} = {'–'.join(map(str, value)) or 'none'}"
    word = each.offered.get(value, value) if isinstance(value, str) else f"{value:g}"
    return f"{each.label} = {word}"

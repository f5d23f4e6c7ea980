"""Sweeps: models alike but for one setting (and the seed), as their cards tell.

Nothing of what a page makes of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from aecore.checkpoints import Card, Entry
from aecore.configs import settings
from aecore.models.config import ModelConfig

SIZE, BETA, LAMBDA = "code_dim", "beta", "adversarial"  # fields of ModelConfig


def value(card: Card, setting: str) -> float:
    """What the setting is."""
    found: float = getattr(card.model, setting)
    return found


def has(card: Card, setting: str) -> bool:
    """Whether the setting means something to a model; one from elsewhere is like no other."""
    about = next(each for each in settings(ModelConfig) if each.name == setting)
    kinds = about.only_for.get("kind", (card.model.kind,))
    return not card.foreign and card.model.kind in kinds


def alike(card: Card, entries: Sequence[Entry], setting: str) -> list[Entry]:
    """The models that differ from a card in the setting alone, one for each value, ascending.

    Of two with the same value the card's own, else the first.
    """
    own = _rest(card, setting)
    found = [e for e in entries if e.card and _rest(e.card, setting) == own]
    by_value = {value(e.card, setting): e for e in reversed(found) if e.card}
    by_value |= {value(card, setting): e for e in found if e.card == card}
    return [by_value[each] for each in sorted(by_value)] if has(card, setting) else []


def largest(entries: Sequence[Entry], setting: str) -> list[Entry]:
    """The sweep with the most values among models; the first of several."""
    groups: dict[object, dict[float, Entry]] = defaultdict(dict)
    for entry in entries:
        if entry.card and has(entry.card, setting):
            groups[_rest(entry.card, setting)].setdefault(value(entry.card, setting), entry)
    most = max(groups.values(), key=len, default={})
    return [most[each] for each in sorted(most)]


def _rest(card: Card, setting: str) -> object:
    """All that made a model besides the setting and the seed."""
    return card.data, *_but(card.model, setting), *_but(card.training, "seed")


def _but(config: Any, name: str) -> list[tuple[str, Any]]:
    return [
        (each.name, getattr(config, each.name)) for each in fields(config) if each.name != name
    ]


def on_curve(name: str, card: Card) -> dict[str, Any]:
    """A model on the rate–distortion curve of its sweep: its card's figures, nats an image."""
    told = ("kl", "reconstruction", "mse", "n", "split")
    return {
        "name": name,
        "beta": card.model.beta,
        "beta_normalised": card.model.beta_normalised,
        **{figure: card.metrics[figure] for figure in told},
    }

"""Flags that come from the fields of a config."""

import argparse
from dataclasses import MISSING
from typing import Any

from aecore.configs import Config, Setting, settings


def add_flags(parser: argparse.ArgumentParser, config: type[Config]) -> None:
    """Add a flag for each field that is not taken from the data."""
    for each in _asked(config):
        parser.add_argument(
            each.flag,
            dest=each.name,
            type=each.kind if each.kind in (int, float) else str,
            nargs="*" if each.several else None,
            metavar=each.name.upper(),
            help=_help(each).replace("%", "%%"),
        )


def given(options: argparse.Namespace, config: type[Config]) -> dict[str, Any]:
    """Return the fields that were given."""
    values = {each.name: getattr(options, each.name) for each in _asked(config)}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if value is not None
    }


def _asked(config: type[Config]) -> list[Setting]:
    return [each for each in settings(config) if each.place != "neither"]


def _help(each: Setting) -> str:
    """What it does, what it may be, what it is where nothing is given, where it says something."""
    default = " ".join(map(str, each.default)) if each.several else each.default
    wanted = {e: ", ".join(values) for e, values in each.only_for.items()}
    facts = (
        f"{each.allowed} {each.unit}".strip(),
        "" if default in (MISSING, "") else f"default {default}",
        f"only for --model {wanted['kind']}" if "kind" in wanted else "",
        f"only for --body {wanted['body']}" if "body" in wanted else "",
    )
    said = "; ".join(fact for fact in facts if fact)
    return f"{each.help} ({said})".strip() if said else each.help

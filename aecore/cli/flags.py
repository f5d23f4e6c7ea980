"""Flags that come from the fields of a config."""

import argparse
from dataclasses import fields
from typing import Any, get_args, get_origin

from aecore.configs import Config
from aecore.recipes import FROM_DATA, flag


def add_flags(parser: argparse.ArgumentParser, config: type[Config]) -> None:
    """Add a flag for each field that is not taken from the data."""
    for field in fields(config):  # type: ignore[arg-type]  # subclasses are dataclasses
        if field.name in FROM_DATA:
            continue
        several = get_origin(field.type) is tuple
        kind = get_args(field.type)[0] if several else field.type
        parser.add_argument(
            flag(field.name),
            dest=field.name,
            type=kind if kind in (int, float) else str,
            nargs="*" if several else None,
            metavar=field.name.upper(),
            help="see the recipes" if field.name == "kind" else f"default {field.default}",
        )


def given(options: argparse.Namespace, config: type[Config]) -> dict[str, Any]:
    """Return the fields that were given."""
    names = [f.name for f in fields(config) if f.name not in FROM_DATA]  # type: ignore[arg-type]  # subclasses are dataclasses
    values = {name: getattr(options, name) for name in names}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if value is not None
    }

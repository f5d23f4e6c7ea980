"""Frozen configuration dataclasses to JSON and back."""

from dataclasses import asdict, fields
from typing import Any, TypeVar

AnyConfig = TypeVar("AnyConfig", bound="Config")


class Config:
    """Base of all configs: compared by value, changed with `dataclasses.replace`."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; tuples become lists."""
        values: dict[str, Any] = asdict(self)  # type: ignore[call-overload]  # subclasses are dataclasses
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def from_json(cls: type[AnyConfig], values: dict[str, Any]) -> AnyConfig:
        """Rebuild a config.

        Raises:
            ValueError: naming the keys this config does not have, or a value out of range.
        """
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]  # subclasses are dataclasses
        if unknown := sorted(set(values) - known):
            raise ValueError(
                f"unknown setting {', '.join(unknown)}: {cls.__name__} has "
                f"{', '.join(sorted(known))}"
            )
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def require(ok: bool, name: str, value: object, allowed: str) -> None:
    """Check one setting.

    Raises:
        ValueError: one line with the argument, the value it got and what is allowed.
    """
    if not ok:
        raise ValueError(f"{name} is {value!r}, but must be {allowed}")

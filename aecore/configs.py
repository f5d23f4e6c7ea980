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
        known = {f.name: f.type for f in fields(cls)}  # type: ignore[arg-type]  # a dataclass
        if unknown := sorted(set(values) - set(known)):
            raise ValueError(
                f"unknown setting {', '.join(unknown)}: {cls.__name__} has "
                f"{', '.join(sorted(known))}"
            )
        return cls(**{name: _plain(value, known[name]) for name, value in values.items()})


def _plain(value: Any, kind: Any) -> Any:
    """JSON and TOML have lists for tuples, and may write 4 for 4.0."""
    if isinstance(value, list):
        return tuple(value)
    return float(value) if kind is float and isinstance(value, int) else value


def require(ok: bool, name: str, value: object, allowed: str) -> None:
    """Check one setting.

    Raises:
        ValueError: one line with the argument, the value it got and what is allowed.
    """
    if not ok:
        raise ValueError(f"{name} is {value!r}, but must be {allowed}")

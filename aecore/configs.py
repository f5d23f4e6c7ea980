"""Frozen configuration dataclasses: what is known of each setting, the checks, JSON and back."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args, get_origin

AnyConfig = TypeVar("AnyConfig", bound="Config")


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What is known of a config's field: checks, command line and Train's form all read it.

    Attributes:
        name, kind, several, default: as the dataclass has them; `several` values of a kind.
        title: its name on the form; made of `name` where none is given.
        help: what it does, in a sentence or two that speak of images and pixels.
        unit: what it counts.
        low, high: the least and the most it may be; of several values each.
        above, below: bounds that it may not reach.
        choices: the names that it may be.
        offered: those of them that the form offers, and what it calls them; all where none is.
        only_for: settings without whose values it says nothing: {"kind": ("vae",)}. "family" is
            an entry of `training.presets`.
        place: on the form, under its "More", on the command line alone, or on neither.
        beside: the setting in whose row it stands on the form.
        width: its share of that row.
        step, format, slider: how the form counts, writes and draws a number.
        option: its flag, where it is not the name.
    """

    name: str = ""
    kind: type[Any] = str
    several: bool = False
    default: Any = None
    title: str = ""
    help: str = ""
    unit: str = ""
    low: int | float | None = None
    high: int | float | None = None
    above: int | float | None = None
    below: int | float | None = None
    choices: Collection[str] = ()
    offered: Mapping[str, str] = field(default_factory=dict)
    only_for: Mapping[str, Collection[str]] = field(default_factory=dict)
    place: Literal["form", "more", "command line", "neither"] = "more"
    beside: str = ""
    width: int = 1
    step: int | float | None = None
    format: str | None = None
    slider: bool = False
    option: str = ""

    @property
    def flag(self) -> str:
        """Its flag on the command line."""
        return self.option or f"--{self.name.replace('_', '-')}"

    @property
    def label(self) -> str:
        """What stands above its control: "Patience, epochs"."""
        title = self.title or self.name.replace("_", " ").capitalize()
        return f"{title}, {self.unit}" if self.unit else title

    @property
    def allowed(self) -> str:
        """What it may be, in words: "1 to 10,000"; empty where anything is allowed."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        low, high, above, below = (
            "" if bound is None else f"{bound:,}"
            for bound in (self.low, self.high, self.above, self.below)
        )
        if above and below:
            return f"between {above} and {below}"
        if low and high:
            return f"{low} to {high}"
        least = f"above {above}" if above else f"{low} or more" if low else ""
        most = f"below {below}" if below else f"up to {high}" if high else ""
        return ", ".join(words for words in (least, most) if words)

    def allows(self, value: Any) -> bool:
        """Whether one value is within its bounds and among its choices."""
        if self.choices:
            return value in self.choices
        return (
            (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Whether it says anything beside these values of other settings."""
        return all(values.get(name) in wanted for name, wanted in self.only_for.items())


def setting(default: Any = MISSING, **about: Any) -> Any:
    """Return a config's field; `about` is what a `Setting` has."""
    return field(default=default, metadata={"setting": Setting(**about)})


def settings(config: type) -> tuple[Setting, ...]:
    """Return what is known of each field, in the order of the fields."""
    return _settings(config)


@lru_cache(maxsize=32)
def _settings(config: type) -> tuple[Setting, ...]:
    found = []
    for each in fields(config):
        several = get_origin(each.type) is tuple
        kind = get_args(each.type)[0] if several else each.type
        about = each.metadata.get("setting", Setting())
        own = {"name": each.name, "kind": kind, "several": several, "default": each.default}
        found.append(replace(about, **own))
    return tuple(found)


def flags(config: "type[Config]", values: Mapping[str, Any]) -> list[str]:
    """Write values as a command line has them."""
    words = []
    for each in settings(config):
        if each.name in values:
            value = values[each.name]
            words += [each.flag, *map(str, value if each.several else [value])]
    return words


class Config:
    """Base of all configs: compared by value, changed with `dataclasses.replace`."""

    __slots__ = ()

    def check_settings(self) -> None:
        """Check each field against its own bounds and choices.

        Raises:
            ValueError: naming the field, the value it got and what is allowed.
        """
        for each in settings(type(self)):
            value = getattr(self, each.name)
            for one in value if each.several else (value,):
                require(each.allows(one), each.name, one, each.allowed)

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

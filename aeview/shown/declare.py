"""A page's `Shown`: a frozen dataclass whose fields say default, range and name in the address.

From it come the link's parameters and what a link that can't be trusted may say, the browser's
start values and bounds, and what is there again when one comes back to the page.

    class Shown(shown.Shown, component="generate"):
        temperature: float = number(1.0, low=0, high=3, title="The temperature")
"""

import dataclasses
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, dataclass_transform

import streamlit as st

from aeview.shown import address

LONGEST = 60  # characters of a link's value that a notice repeats
LARGEST = 2.0**32
Values = Mapping[str, Any]
Bounds = tuple[float, float]
Names = Collection[str] | Callable[[], Collection[str]]


class Refused(ValueError):  # noqa: N818  # what happens to a value, not a fault
    """Why a link's value is not taken, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field may be, and how it stands in a link.

    Attributes:
        link: its name in the address; the field's own unless said.
        read: text of the link and the fields before it → value; raises `Refused`.
        write: value → text.
        bounds: of a number, which may depend on the fields before it.
        whole: a number without decimals.
        step: of a number, in the browser.
        title: what a sentence of the browser calls it.
        options: of a choice, as they are now.
    """

    link: str
    read: Callable[[str, Values], Any]
    write: Callable[[Any], str] = str
    bounds: Callable[[Values], Bounds] | None = None
    whole: bool = False
    step: float | None = None
    title: str = ""
    options: Callable[[], Collection[str]] | None = None

    def usual(self, default: Any, before: Values) -> Any:
        """What it is at first: the default, brought within bounds that others set."""
        if self.bounds is None or default is None:
            return default
        low, high = self.bounds(before)
        return min(max(default, low), high)


def _field(default: Any, kind: Kind) -> Any:
    return field(default=default, metadata={"kind": kind})


def number(  # noqa: PLR0913  # each is said once, by name
    default: float | None,
    low: float | None = None,
    high: float | None = None,
    *,
    link: str = "",
    step: float | None = None,
    bounds: Callable[[Values], Bounds] | None = None,
    title: str = "",
    digits: str = ".4g",
) -> Any:
    """Declare a number from `low` to `high`; a whole one where the default is an int.

    Args:
        default: what is shown at first; None where there is none.
        low: the smallest; without both, only finite.
        high: the largest.
        link: its name in the address, if not the field's.
        step: in the browser; 1 for a whole one.
        bounds: instead of `low` and `high`: what they are, given the fields before it; a low end
            above the high one allows no number.
        title: what a sentence calls it, "The temperature".
        digits: how it is written in the address, if it is not whole.
    """
    whole = isinstance(default, int)
    smallest, largest = (-LARGEST if low is None else low), (LARGEST if high is None else high)
    within = bounds or (lambda _: (smallest, largest))

    def read(text: str, before: Values) -> float:
        least, most = within(before)
        value = _finite(text)
        if not least <= value <= most or (whole and not value.is_integer()):
            raise Refused("is not in its range")
        return int(value) if whole else value

    write = str if whole else f"{{:{digits}}}".format
    return _field(default, Kind(link, read, write, within, whole, step or (1 if whole else None),
                                title))  # fmt: skip


def choice(default: str, options: Names, *, link: str = "") -> Any:
    """Declare one of several names; `options` may be a table that grows later, or say them."""

    def offered() -> Collection[str]:
        return options() if callable(options) else options

    def read(text: str, _: Values) -> str:
        if text not in offered():
            raise Refused(f"is “{text[:LONGEST]}”, which is not offered here")
        return text

    return _field(default, Kind(link, read, options=offered))


def text(default: str = "", *, link: str = "") -> Any:
    """Declare a text; the page says what it may be (`Shown.start`)."""
    return _field(default, Kind(link, lambda given, _: given))


def several(default: tuple[str, ...], options: Collection[str], *, link: str = "") -> Any:
    """Declare some of several names; those that do not exist are left out, with a notice."""

    def read(given: str, _: Values) -> tuple[str, ...]:
        names = [name for name in given.split(",") if name]
        if wrong := [name for name in names if name not in options]:
            named = ", ".join(repr(name[:LONGEST]) for name in wrong[:3])
            more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
            raise Refused(f"names what does not exist here: {named}{more}")
        return tuple(names)

    return _field(default, Kind(link, read, ",".join))


def numbers(default: tuple[float, ...] = (), *, link: str = "", digits: str = ".6g") -> Any:
    """Declare finite numbers, separated by commas; how many, says the page (`Shown.start`)."""

    def read(given: str, _: Values) -> tuple[float, ...]:
        return tuple(_finite(part, address.MAX_COORDINATE) for part in given.split(","))

    def write(values: tuple[float, ...]) -> str:
        return ",".join(f"{value:{digits}}" for value in values)

    return _field(default, Kind(link, read, write))


def _finite(text: str, most: float = LARGEST) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Refused("is not a number") from None
    if not math.isfinite(value) or abs(value) > most:
        raise Refused("is not a number in its range")
    return value


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows; subclasses are frozen dataclasses of the fields above.

    Args:
        component: key in the session state of the component that reports it; empty where widgets
            do.
        states: other keys of the session state that are forgotten with it when a link is opened.
    """

    component: ClassVar[str] = ""
    states: ClassVar[tuple[str, ...]] = ()
    all: ClassVar[list[type["Shown"]]] = []

    def __init_subclass__(cls, component: str = "", states: tuple[str, ...] = ()) -> None:
        """Make it a dataclass, and know it."""
        dataclass(frozen=True, kw_only=True)(cls)
        cls.component, cls.states = component, states
        Shown.all.append(cls)

    @classmethod
    def kinds(cls) -> dict[str, Kind]:
        """What each field may be."""
        return {each.name: each.metadata["kind"] for each in dataclasses.fields(cls)}

    @classmethod
    def link(cls, name: str) -> str:
        """A field's name in the address."""
        return cls.kinds()[name].link or name

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """The names of all fields in the address."""
        return tuple(map(cls.link, cls.kinds()))

    # ---- the browser ---------------------------------------------------------------------------

    @classmethod
    def for_browser(cls) -> dict[str, dict[str, Any]]:
        """Start and bounds of the numbers, by field, as `controls/fields.js` takes them."""
        usual = cls()
        return {
            name: {
                "first": getattr(usual, name), "low": kind.bounds(dataclasses.asdict(usual))[0],
                "high": kind.bounds(dataclasses.asdict(usual))[1], "whole": kind.whole,
                "step": kind.step, "title": kind.title,
            }
            for name, kind in cls.kinds().items()
            if kind.bounds
        }  # fmt: skip

    @classmethod
    def from_report(cls, reported: Mapping[str, Any] | None) -> Self | None:
        """Read what the browser has reported; None before it did."""
        return cls(**{name: reported[name] for name in cls.kinds()}) if reported else None

    @classmethod
    def reported(cls, part: str = "shown") -> Self | None:
        """What the page's component has reported in this session."""
        return cls.from_report((st.session_state.get(cls.component) or {}).get(part))

    def as_json(self) -> dict[str, Any]:
        """The fields as the browser takes them."""
        return dataclasses.asdict(self)

    def replace(self, **changes: Any) -> Self:
        """The same with some fields changed."""
        return dataclasses.replace(self, **changes)

    # ---- widgets -------------------------------------------------------------------------------

    @classmethod
    def select(
        cls, name: str, label: str, options: Sequence[Any] = (), default: Any = None,
        **settings: Any,
    ) -> Any:  # fmt: skip
        """Show a selectbox, or another such widget, for a field (`address.select`).

        Options and default are those of its `choice`, unless the page gives others.
        """
        own = cls.kinds()[name].options
        options = options or list(own() if own else ())
        default = getattr(cls(), name) if default is None else default
        return address.select(
            label, options, default, cls.link(name), memory=cls.__module__, **settings
        )

    @classmethod
    def chosen(cls, name: str, default: Any = None) -> Any:
        """What a field's widget has chosen in this session, else what it is at first."""
        usual = getattr(cls(), name) if default is None else default
        return st.session_state.get(cls.link(name), usual)

    # ---- the address ---------------------------------------------------------------------------

    @classmethod
    def start(
        cls, checks: Mapping[str, Callable[[Any], str]] | None = None, usual: Self | None = None
    ) -> Self:
        """What the link says; where it says nothing of the page, what was shown before.

        Args:
            checks: of fields, more that a value has to be: why it can't be taken, else "".
            usual: what is shown at first, where that depends on the model.
        """
        linked = {name: t for name in cls.kinds() if (t := address.text(cls.link(name)))}
        known = linked or cls.remembered()
        values = (usual or cls()).as_json()
        for name, kind in cls.kinds().items():
            values[name] = kind.usual(values[name], values)
            if name not in known:
                continue
            try:
                value = kind.read(known[name], values)
                if why := (checks or {}).get(name, lambda _: "")(value):
                    raise Refused(why)
            except Refused as reason:
                if linked:
                    address.ignore(cls.link(name), str(reason))
            else:
                values[name] = value
        return cls(**values)

    @classmethod
    def remembered(cls) -> dict[str, str]:
        """What was shown before in this session, by field, as text."""
        kept = address.remembered(cls.__module__)
        return {name: kept[cls.link(name)] for name in cls.kinds() if cls.link(name) in kept}

    @classmethod
    def tell(cls, **values: Any) -> None:
        """Have the address tell some fields, and remember them; what is empty is left out."""
        kinds = cls.kinds()
        texts = {
            cls.link(name): "" if value is None else kinds[name].write(value)
            for name, value in values.items()
        }
        told = {name: text for name, text in texts.items() if text}
        for name in texts.keys() - told.keys():
            address.forget(name)
            address.remembered(cls.__module__).pop(name, None)
        address.remember(cls.__module__, told)

    def write(self, without: Collection[str] = ()) -> None:
        """Have the address tell all fields, `without` those that are not to be told."""
        self.tell(**{n: None if n in without else v for n, v in self.as_json().items()})

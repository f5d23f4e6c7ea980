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
Names = Collection[str] | Collection[int] | Callable[[], Collection[str]]


class Refused(ValueError):  # noqa: N818  # what happens to a value, not a fault
    """Why a link's value is not taken, as the end of a sentence.

    Args:
        reason: the end of the sentence.
        rest: what is taken of it all the same.
    """

    def __init__(self, reason: str, rest: Any = None) -> None:
        """Keep the reason and the rest."""
        super().__init__(reason)
        self.rest = rest


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field may be, and how it stands in a link.

    Attributes:
        link: its name in the address; the field's own unless said.
        read: text of the link and the fields before it → value; raises `Refused`.
        write: value → text.
        tame: what the browser reports and the fields before it → value, within its bounds.
        bounds: of a number, which may depend on the fields before it.
        whole: a number without decimals.
        step: of a number, in the browser.
        title: what a sentence of the browser calls it.
        options: of a choice, as they are now.
        told: whether it stands in the address at all.
    """

    link: str
    read: Callable[[str, Values], Any]
    write: Callable[[Any], str] = str
    tame: Callable[[Any, Values], Any] = lambda given, _: given
    bounds: Callable[[Values], Bounds] | None = None
    whole: bool = False
    step: float | None = None
    title: str = ""
    options: Callable[[], Collection[Any]] | None = None
    told: bool = True

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
    whole: bool = False,
    told: bool = True,
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
        whole: that it is, where there is no default.
        told: whether the address tells it.
    """
    whole = whole or isinstance(default, int)
    smallest, largest = (-LARGEST if low is None else low), (LARGEST if high is None else high)
    within = bounds or (lambda _: (smallest, largest))

    def read(text: str, before: Values) -> float:
        least, most = within(before)
        value = _finite(text)
        if not least <= value <= most or (whole and not value.is_integer()):
            raise Refused("is not in its range")
        return int(value) if whole else value

    def tame(given: float | None, before: Values) -> float | None:
        least, most = within(before)
        if given is None or least > most:
            return None
        value = min(max(given, least), most)
        return int(value) if whole else float(value)

    write = str if whole else f"{{:{digits}}}".format
    return _field(
        default,
        Kind(
            link, read, write, tame, within, whole, step or (1 if whole else None), title,
            told=told,
        ),
    )  # fmt: skip


def choice(default: str | int, options: Names, *, link: str = "") -> Any:
    """Declare one of several names; `options` may be a table that grows later, or say them."""

    def offered() -> Collection[Any]:
        return options() if callable(options) else options

    def read(text: str, _: Values) -> Any:
        by_text = {str(option): option for option in offered()}
        if text not in by_text:
            raise Refused(f"is “{text[:LONGEST]}”, which is not offered here")
        return by_text[text]

    def tame(given: Any, _: Values) -> Any:
        return next((option for option in offered() if option == given), default)

    return _field(default, Kind(link, read, tame=tame, options=offered))


def text(default: str = "", *, link: str = "") -> Any:
    """Declare a text; the page says what it may be (`Shown.start`)."""
    return _field(default, Kind(link, lambda given, _: given))


def several(
    default: tuple[str, ...] = (), options: Collection[str] | None = None, *, link: str = ""
) -> Any:
    """Declare some of several names; those that do not exist are left out, with a notice.

    Args:
        default: what is shown at first.
        options: all names; None where the page knows them (`Shown.start` with `only`).
        link: its name in the address, if not the field's.
    """

    def read(given: str, _: Values) -> tuple[str, ...]:
        names = tuple(name for name in given.split(",") if name)
        return names if options is None else _known(names, options)

    def tame(given: Sequence[str], _: Values) -> tuple[str, ...]:
        return tuple(name for name in given if options is None or name in options)

    return _field(default, Kind(link, read, ",".join, tame))


def only(options: Collection[str]) -> Callable[[tuple[str, ...]], str]:
    """A check for `Shown.start`: names that are not among these are left out, with a notice."""

    def check(names: tuple[str, ...]) -> str:
        _known(names, options)
        return ""

    return check


def _known(names: tuple[str, ...], options: Collection[str]) -> tuple[str, ...]:
    if wrong := [name for name in names if name not in options]:
        named = ", ".join(repr(name[:LONGEST]) for name in wrong[: address.MOST_NAMED])
        more = (
            f" and {len(wrong) - address.MOST_NAMED} more"
            if len(wrong) > address.MOST_NAMED
            else ""
        )
        rest = tuple(name for name in names if name in options)
        raise Refused(f"names what does not exist here: {named}{more}", rest)
    return names


def numbers(
    default: tuple[float, ...] = (),
    n: int | None = None,
    *,
    link: str = "",
    digits: str = ".6g",
    most: float = address.MAX_COORDINATE,
    whole: bool = False,
) -> Any:
    """Declare finite numbers, separated by commas.

    Args:
        default: what is shown at first.
        n: how many; None where the page says it (`Shown.start` with `as_many`).
        link: its name in the address, if not the field's.
        digits: how they are written.
        most: the largest, without its sign.
        whole: whether they have no decimals.
    """

    def read(given: str, _: Values) -> tuple[float, ...]:
        values = tuple(_finite(part, most) for part in given.split(","))
        if why := as_many(n)(values):
            raise Refused(why)
        if whole and not all(value.is_integer() for value in values):
            raise Refused("is not whole numbers")
        return tuple(map(int, values)) if whole else values

    def write(values: tuple[float, ...]) -> str:
        return ",".join(str(value) if whole else f"{value:{digits}}" for value in values)

    def tame(given: Sequence[float] | None, _: Values) -> tuple[float, ...]:
        return tuple(map(int if whole else float, given or ()))

    return _field(default, Kind(link, read, write, tame))


def as_many(n: int | None) -> Callable[[tuple[float, ...]], str]:
    """A check for `Shown.start`: that there are n numbers; None for any."""
    return lambda values: "" if n in (None, len(values)) else f"is not {n} numbers"


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
    def told(cls) -> dict[str, Kind]:
        """The fields that stand in the address."""
        return {name: kind for name, kind in cls.kinds().items() if kind.told}

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """The names of all fields in the address."""
        return tuple(map(cls.link, cls.told()))

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
    def from_report(
        cls, reported: Mapping[str, Any] | None, before: Self | None = None
    ) -> Self | None:
        """Read what the browser has reported; None before it did.

        Fields that are not in it are as `before`, or as they are at first; numbers are kept
        within their bounds.
        """
        if not reported:
            return None
        found = dataclasses.asdict(before or cls())
        for name, kind in cls.kinds().items():
            if name in reported:
                found[name] = kind.tame(reported[name], found)
        return cls(**found)

    @classmethod
    def reported(
        cls, part: str = "shown", of: str = "", before: Self | None = None
    ) -> Self | None:
        """What the page's component has reported in this session.

        Args:
            part: name of what it reports.
            of: the `key` that has to stand in it: of a model or a map; "" for any.
            before: what the fields are that are not in it.
        """
        found = (st.session_state.get(cls.component) or {}).get(part)
        return cls.from_report(found if found and (not of or found["key"] == of) else None, before)

    def fits(self, checks: Mapping[str, Callable[[Any], str]]) -> bool:
        """Whether what is not empty passes all checks."""
        values = {name: getattr(self, name) for name in checks}
        return not any(checks[name](value) for name, value in values.items() if value)

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
            checks: of fields, more that a value has to be: why it can't be taken, else ""; or
                they raise `Refused`.
            usual: what is shown at first, where that depends on the model.
        """
        linked = cls.linked()
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
            except Refused as refused:
                if linked:
                    address.ignore(cls.link(name), str(refused))
                if refused.rest:
                    values[name] = refused.rest
            else:
                values[name] = value
        return cls(**values)

    @classmethod
    def linked(cls) -> dict[str, str]:
        """What the link says, by field, as text."""
        return {name: text for name in cls.told() if (text := address.text(cls.link(name)))}

    @classmethod
    def remembered(cls) -> dict[str, str]:
        """What was shown before in this session, by field, as text."""
        kept = address.remembered(cls.__module__)
        return {name: kept[cls.link(name)] for name in cls.told() if cls.link(name) in kept}

    @classmethod
    def tell(cls, **values: Any) -> None:
        """Have the address tell some fields, and remember them; what is empty is left out."""
        kinds = cls.kinds()
        texts = {
            name: "" if value is None else kinds[name].write(value)
            for name, value in values.items()
        }
        cls._untell([name for name, text in texts.items() if not text])
        told = {cls.link(name): text for name, text in texts.items() if text}
        address.remember(cls.__module__, told)

    def texts(self) -> dict[str, str]:
        """What the address says of it, by name; what is empty is left out."""
        values = ((name, kind, getattr(self, name)) for name, kind in type(self).told().items())
        return {
            self.link(name): text
            for name, kind, value in values
            if value is not None and (text := kind.write(value))
        }

    def write(self, without: Collection[str] = ()) -> None:
        """Have the address tell all fields, `without` those that are not to be told."""
        values = {name: getattr(self, name) for name in type(self).told()}
        self.tell(**{n: None if n in without else v for n, v in values.items()})

    @classmethod
    def forget(cls, *names: str) -> None:
        """Take fields out of the address, the memory and, where widgets show them, the session."""
        cls._untell(names)
        for name in names:
            st.session_state.pop(cls.link(name), None)

    @classmethod
    def _untell(cls, names: Collection[str]) -> None:
        for link in map(cls.link, names):
            address.forget(link)
            address.remembered(cls.__module__).pop(link, None)

    @classmethod
    def another(cls, what: str, key: str) -> bool:
        """Whether it is of another model or map than at the last look; `what`: which of them."""
        seen = address.seen()
        name = f"{cls.__module__} {what}"
        before, seen[name] = seen.get(name), key
        return before not in (None, key)

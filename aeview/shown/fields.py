"""The fields of a `Shown`: numbers, choices, texts; how each is read, written and bounded."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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

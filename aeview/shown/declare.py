"""A page's `Shown`: a frozen dataclass whose fields say default, range and name in the address.

From it come the link's parameters and what a link that can't be trusted may say, the browser's
start values and bounds, and what is there again when one comes back to the page.

    class Shown(shown.Shown, component="generate"):
        temperature: float = number(1.0, low=0, high=3, title="The temperature")
"""

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, dataclass_transform

import streamlit as st

from aeview.shown import address
from aeview.shown.fields import Kind, Refused


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows; subclasses are frozen dataclasses of the fields in `fields`.

    Args:
        component: key in the session state of the component that reports it; empty where widgets
            do.
        states: other keys of the session state that are forgotten with it when a link is opened.
        own: keys of what the user drew, uploaded or set by hand: a link leaves them, a scene does
            not, as what was left in a rehearsal is none of it.
        uploads: keys of widgets that take files, which are own, too, and can't be put back.
    """

    component: ClassVar[str] = ""
    states: ClassVar[tuple[str, ...]] = ()
    own: ClassVar[tuple[str, ...]] = ()
    uploads: ClassVar[tuple[str, ...]] = ()
    all: ClassVar[list[type["Shown"]]] = []

    def __init_subclass__(
        cls, component: str = "", states: tuple[str, ...] = (), own: tuple[str, ...] = (),
        uploads: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Make it a dataclass, and know it."""
        dataclass(frozen=True, kw_only=True)(cls)
        cls.component, cls.states, cls.own, cls.uploads = component, states, own, uploads
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
        """Start of all fields and bounds of the numbers, as `controls/fields.js` takes them."""
        usual = cls()
        told: dict[str, dict[str, Any]] = {}
        for name, kind in cls.kinds().items():
            told[name] = {"start": getattr(usual, name)}
            if kind.bounds:
                low, high = kind.bounds(dataclasses.asdict(usual))
                told[name] |= {"low": low, "high": high, "whole": kind.whole}
                told[name] |= {"step": kind.step} if kind.step else {}
                told[name] |= {"title": kind.title} if kind.title else {}
        return told

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

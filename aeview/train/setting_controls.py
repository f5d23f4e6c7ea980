"""Controls of a config's settings, drawn from what each `setting` says of itself."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import streamlit as st

from aecore.configs import Config, Setting, settings
from aecore.limits import limits
from aeview.train.shown import key

# Keys in the session state.
BEGUN = "train_begun"
SEVERAL = {int: "whole numbers", float: "numbers", str: "names"}
Number = int | float
Values = dict[str, Any]  # by the settings' names


class Controls:
    """What has been asked so far, in order, and what is wrong with it.

    A value that is not allowed counts as the one its control began with, so that all that stands
    below can be drawn.

    Attributes:
        said: values of settings that are known; those are not asked for.
        problems: what is wrong, the first thing first.
        words: makes a help text suit the data.
    """

    def __init__(self, words: Callable[[str], str]) -> None:
        self.said: Values = {}
        self.problems: list[ValueError] = []
        self.words = words
        self._starts: Mapping[str, Any] = {}
        self._only: Collection[str] = ()

    def begin(self, given: Values, starts: Mapping[str, Any], only: Collection[str]) -> None:
        """Say what is given, what settings begin with and, if not all, which are asked for."""
        self.said, self._starts, self._only = given, starts, only

    def draw(
        self, config: type[Config], place: str = "form",
        own: Mapping[str, Callable[[Setting], Values]] | None = None,
    ) -> None:  # fmt: skip
        """Ask for a config's settings of one place, a row at a time.

        Args:
            config: whose settings.
            place: as in `Setting`.
            own: draws and reads settings whose controls are of their own kind.
        """
        for row in _rows(config):
            shown = [each for each in row if self.wants(each, place)]
            for column, each in zip(_columns(shown), shown, strict=True):
                with column:
                    self.said |= (own or {}).get(each.name, self.ask)(each)

    def wants(self, each: Setting, place: str) -> bool:
        """Whether a setting is to be asked for there."""
        asked = each.place == place and (not self._only or each.name in self._only)
        return asked and each.name not in self.said and each.applies(self.said)

    def wants_any(self, place: str, *configs: type[Config]) -> bool:
        """Whether there is anything to ask for there."""
        return any(self.wants(each, place) for config in configs for each in settings(config))

    def ask(self, each: Setting) -> Values:
        """Draw a setting's control and read it."""
        start = self._starts.get(each.name, each.default)
        each = _within_limits(each)
        control = {"label": each.label, "help": self.words(each.help), "key": key(each.name)}
        if each.several:
            control["help"] += " Separated by commas."
        first = ", ".join(map(str, start)) if each.several else each.kind(start)
        value = _control(each, control, None if self._follows(each.name, first) else first)
        with self.noted():
            return {each.name: (several if each.several else checked)(value, each)}
        return {each.name: start}

    def values(self, config: type[Config]) -> Values:
        """Return what is known of a config's settings."""
        names = [each.name for each in settings(config)]
        return {name: self.said[name] for name in names if name in self.said}

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what is wrong, and go on."""
        try:
            yield
        except ValueError as error:
            self.problems.append(error)

    def _follows(self, name: str, start: Any) -> bool:
        """Have a control that is there, and that nobody touched, follow what it is to begin with.

        Returns:
            Whether it is there. One that is not gets its start as a default only, so that what a
            tab still has counts after a restart of the server.
        """
        control, begun = key(name), st.session_state.setdefault(BEGUN, {})
        before, begun[name] = begun.get(name, start), start
        if control not in st.session_state:
            return False
        if st.session_state[control] == before:
            st.session_state[control] = start
        return True


def pick(options: Mapping[str, str], **control: Any) -> str:
    """Ask for one of some names, each shown in its own words."""
    return str(st.selectbox(options=list(options), format_func=lambda n: options[n], **control))


def checked(value: Any, each: Setting) -> Any:
    """Return one value.

    Raises:
        ValueError: in one sentence, where it is not allowed.
    """
    if not each.allows(value):
        said = f"{value:g}" if isinstance(value, float) else f"{value:,}"
        raise ValueError(f"{each.label} is {said}, but must be {each.allowed}.")
    return value


def several(text: str, each: Setting) -> tuple[Any, ...]:
    """Read "256, 128".

    Raises:
        ValueError: in one sentence, if it is something else.
    """
    try:
        values = tuple(each.kind(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        values = ()
    if not values or not all(map(each.allows, values)):
        wanted = ", ".join(filter(None, (SEVERAL[each.kind], each.allowed, "with commas")))
        raise ValueError(f"{each.label} is “{text[:40]}”: give {wanted}.")
    return values


def _control(each: Setting, control: dict[str, Any], start: Any) -> Any:
    """Draw a control, which begins with `start`; None where it has a value."""
    if each.choices and not each.several:
        offered = each.offered or {name: name for name in each.choices}
        return pick(offered, index=0 if start is None else list(offered).index(start), **control)
    if start is not None:
        control["value"] = start
    if each.several or each.kind is str:
        return st.text_input(**control)
    step = each.kind(each.step or (1 if each.kind is int else 0.01))
    if each.slider:
        least, most = _end(each.low, each.above, step), _end(each.high, each.below, -step)
        return st.slider(min_value=least, max_value=most, step=step, **control)
    # No bounds: a value beyond them is to arrive, so that a sentence can be said of it.
    return st.number_input(step=step, format=each.format, **control)


def _end(bound: Number | None, never: Number | None, step: Number) -> Number:
    """An end of a slider: a step from what the value may not reach."""
    if bound is not None:
        return type(step)(bound)
    assert never is not None, "a slider's setting has both bounds"
    return never + step


def _within_limits(each: Setting) -> Setting:
    """What `limits.toml` bounds too may be no more than that."""
    most = getattr(limits(), each.name, None)
    if most is None:
        return each
    return replace(each, high=most if each.high is None else min(each.high, most))


def _rows(config: type[Config]) -> Sequence[Sequence[Setting]]:
    """The settings in their order, those that stand beside another in its row."""
    rows: dict[str, list[Setting]] = {}
    for each in settings(config):
        rows.setdefault(each.beside or each.name, []).append(each)
    return list(rows.values())


def _columns(shown: Sequence[Setting]) -> Sequence[AbstractContextManager[Any]]:
    if len(shown) < 2:
        return [nullcontext()] * len(shown)
    return st.columns([each.width for each in shown], vertical_alignment="bottom")

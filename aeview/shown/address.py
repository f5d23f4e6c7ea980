"""The address: query parameters that can't be trusted, notices on them, and what is remembered."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import streamlit as st

JOIN = "join"  # the join code of a class: no page's, so that opening a link leaves it
MAX_COORDINATE = 1000.0
MOST_NAMED = 3
_NOTICES = "notices"
_LAST_CODES = "last_codes"
_MEMORY = "remembered_parameters"
_SAID = "notices_said"
_SEEN = "seen"

Option = TypeVar("Option", str, int)


class Spelling(NamedTuple, Generic[Option]):
    """What options are called: on the screen, and in the address where that is another word."""

    words: Callable[[Option], str]
    codes: Mapping[Option, str]


def select(  # noqa: PLR0913  # what a selectbox has, and where its value is kept
    label: str,
    options: Sequence[Option],
    default: Option,
    key: str,
    *,
    memory: str = "",
    told: bool = True,
    words: Callable[[Option], str] | Spelling[Option] = str,
    widget: Callable[..., Option | None] | None = None,
    **settings: Any,
) -> Option:
    """Show a selectbox (or another such widget) whose value is in the session and in the URL.

    Both know it under the same name.

    The URL holds the option itself, or what a `Spelling` has for it (Streamlit's own binding
    writes the words on screen), and leaves out a default. A value that is not an option is
    ignored with a notice. Where the link says nothing, what `memory` remembers is chosen. The URL
    stays as it is where the value is not to be `told`.
    """
    words, codes = words if isinstance(words, Spelling) else (words, {})
    if key not in st.session_state:
        st.session_state[key] = _linked(options, default, key, codes, memory)
    if st.session_state[key] not in options:
        st.session_state[key] = default
    # Its place is given too: a busy browser may miss a value that the session alone has set, when
    # the next run follows at once.
    value = st.session_state[key]
    place = {"default": value} if widget else {"index": list(options).index(value)}
    chosen = (widget or st.selectbox)(
        label, options, key=key, format_func=words, **place, **settings
    )
    chosen = default if chosen is None else chosen
    if not told:
        return chosen
    if chosen == default:
        forget(key)
        remembered(memory).pop(key, None)
    else:
        remember(memory, {key: codes.get(chosen, str(chosen))})
    return chosen


def _linked(
    options: Sequence[Option], default: Option, key: str, codes: Mapping[Option, str], memory: str
) -> Option:
    value = st.query_params.get(key)
    linked = value is not None
    value = value if linked else remembered(memory).get(key)
    if value is None:
        return default
    by_text = {str(option): option for option in options}
    by_text |= {code: option for option, code in codes.items()}
    if value not in by_text and linked:
        notice(f"The link's “{key}” is “{value[:60]}”, which is not offered here; it is ignored.")
    return by_text.get(value, default)


def notice(text: str) -> None:
    """Keep a sentence to be shown at the head of the page, once."""
    texts: list[str] = st.session_state.setdefault(_NOTICES, [])
    if text not in texts:
        texts.append(text)


def take_notices() -> list[str]:
    """Return what there is to say, and forget it unless the next run is one nobody asked for."""
    texts: list[str] = st.session_state.pop(_NOTICES, [])
    st.session_state[_SAID] = texts
    return texts


def say_again() -> None:
    """Say what the last run said: called where no click of the user made the page run again.

    Else a notice would be gone before it was read: a component that answers, or a job that ends,
    has the page run again soon after it was opened.
    """
    for text in st.session_state.get(_SAID, ()):
        notice(text)


def text(name: str) -> str | None:
    """Read a parameter from the link as it is."""
    return st.query_params.get(name)


def forget(*names: str) -> None:
    """Take parameters out of the link, for good."""
    for name in names:
        if name in st.query_params:
            del st.query_params[name]


def ignore(name: str, reason: str) -> None:
    """Take a parameter out of the link, and say why."""
    forget(name)
    notice(f"The link's “{name}” {reason}; it is ignored.")


def set_parameters(values: dict[str, str]) -> None:
    """Write parameters into the URL, touching only those that differ."""
    for name, value in values.items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def begin_anew(parameters: dict[str, str], states: Sequence[str]) -> None:
    """Forget what the pages show, in these session states, and put these parameters into the link.

    To be called before any widget of the run. What the user typed, drew or uploaded stays, and
    so does the join code: it is not the page's, and the door has looked at the link already.
    """
    for key in (_MEMORY, _SEEN, _LAST_CODES, *states):
        st.session_state.pop(key, None)
    code = {JOIN: st.query_params[JOIN]} if JOIN in st.query_params else {}
    st.query_params.from_dict({**parameters, **code})


def remembered(memory: str) -> dict[str, str]:
    """What the address said of a `Shown` in this session, by name; "" remembers nothing."""
    known: dict[str, dict[str, str]] = st.session_state.setdefault(_MEMORY, {})
    return known.setdefault(memory, {}) if memory else {}


def remember(memory: str, values: dict[str, str]) -> None:
    """Write parameters into the URL, and keep them for when one comes back to the page."""
    remembered(memory).update(values)
    set_parameters(values)


def seen() -> dict[str, str]:
    """Of which model or map each `Shown` was at the last look, by name."""
    known: dict[str, str] = st.session_state.setdefault(_SEEN, {})
    return known


def last_code(digest: str) -> tuple[float, ...] | None:
    """The code last pinned on this model in this session."""
    codes: dict[str, Any] = st.session_state.setdefault(_LAST_CODES, {})
    return codes.get(digest)


def remember_code(digest: str, code: tuple[float, ...]) -> None:
    """Keep the pinned code, so that another projection shows the same position."""
    st.session_state.setdefault(_LAST_CODES, {})[digest] = code

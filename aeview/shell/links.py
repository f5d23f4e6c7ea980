"""Links to the pages of this app, as text: what they may say, and opening them in a session.

A link is a page's address and its query parameters, relative to the app's root: for example
"traverse?model=mnist-bvae-10d-b4". The first page, the latent map, has the root for its address:
"?model=digits-vae-2d".
"""

from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from aecore.errors import DataError
from aeview.shell import contents
from aeview.shown import Shown, address, text
from aeview.streamlit_fixes import run_whole_page, uncut

# Keys in the session state.
WANTED = "wanted_link"
OPENED = "opened_scene"
LEAVING = "leaving"
ASIDE = "own_aside"
GIVEN = "own_given"
OWN_IMAGE = "own_image"
FIRST = "latent_map"
PICTURE = "picture"  # of Your image: a sample


class Chosen(Shown):
    """What the sidebar chooses.

    Attributes:
        data: a data set.
        model: a checkpoint's name.
        label: the class that a conditional model is told.
    """

    data: str = text()
    model: str = text()
    label: str = text(link="class")


EVERYWHERE = Chosen.parameters()


@dataclass(frozen=True, slots=True)
class Link:
    """A page in a state.

    Attributes:
        page: its address, of `contents.pages`.
        parameters: names and values of the address.
    """

    page: str
    parameters: dict[str, str]

    @property
    def text(self) -> str:
        """As it stands behind the app's root."""
        address = "" if self.page == FIRST else self.page
        return f"{address}?{urlencode(self.parameters, safe=',')}" if self.parameters else address

    @property
    def script(self) -> str:
        """The page's file beside the router, as `st.switch_page` wants it."""
        return f"{self.page}.py"


def parse(text: str) -> Link:
    """Read a link.

    Raises:
        DataError: in one sentence, if it names no page or a parameter that the page doesn't read.
    """
    address, _, query = text.partition("?")
    page = address or FIRST
    pages = contents.pages()
    if page not in pages:
        raise DataError(f"the link “{text[:80]}” names no page; the pages are {', '.join(pages)}")
    try:
        pairs = parse_qsl(query, strict_parsing=True, max_num_fields=30) if query else []
    except ValueError:
        raise DataError(
            f"what follows the “?” of the link “{text[:80]}” is not name=value&name=value"
        ) from None
    allowed = (*EVERYWHERE, *pages[page].parameters)
    if wrong := [name for name, _ in pairs if name not in allowed]:
        raise DataError(
            f"the link “{text[:80]}” says “{wrong[0][:40]}”, which the page {page} does not read; "
            f"it reads {', '.join(allowed)}"
        )
    return Link(page, dict(pairs))


def want(link: Link, leaves: bool = True) -> None:
    """Have a link opened by the run that follows; for callbacks, and before a page is switched.

    Args:
        link: the page.
        leaves: whether the scene that was on screen is left.
    """
    st.session_state[WANTED] = link
    if leaves:
        st.session_state.pop(OPENED, None)


def forget_own() -> None:
    """Forget what the user drew, uploaded and set by hand, on every page."""
    for key in (*_own(), *(key for each in Shown.all for key in each.uploads)):
        st.session_state.pop(key, None)


def put_aside() -> None:
    """Keep what the user drew, gave and set by hand for `give_back`."""
    known = {key: st.session_state[key] for key in _own() if key in st.session_state}
    st.session_state[ASIDE] = known


def give_back() -> None:
    """Have what was put aside again, once."""
    aside: dict[str, Any] = st.session_state.pop(ASIDE, {})
    for key, value in aside.items():
        st.session_state[key] = value


def _own() -> list[str]:
    return [key for each in Shown.all for key in each.own]


def button(label: str, link: Link, **looks: Any) -> None:
    """Show a button that opens a link, whatever else the browser asks for meanwhile."""
    st.button(label, on_click=leave_for, args=(link,), **looks)


@uncut
def leave_for(link: Link) -> None:
    """Have the run that follows go to a link's page; for callbacks."""
    st.session_state[LEAVING] = link
    run_whole_page()


def go(link: Link) -> NoReturn:
    """Go to a link's page at once; not for callbacks."""
    want(link)
    st.switch_page(link.script, query_params=link.parameters)


def depart() -> None:
    """Go where a button has asked for: called before anything is drawn."""
    link: Link | None = st.session_state.get(LEAVING)
    if link is None:
        return
    want(link)
    del st.session_state[LEAVING]  # last: a run may be cut short between two lines
    st.switch_page(link.script, query_params=link.parameters)


def is_wanted() -> bool:
    """Whether a link waits to be opened by a full run."""
    return WANTED in st.session_state


def arrive() -> None:
    """Open what is wanted: called once a run, before its first widget."""
    wanted: Link | None = st.session_state.pop(WANTED, None)
    if wanted is None:
        return
    address.begin_anew(
        wanted.parameters,
        [
            name
            for each in Shown.all
            for name in (*each.parameters(), each.component, *each.states)
            if name
        ],
    )
    if PICTURE in wanted.parameters:  # of Your image, or of a lesson's step that shows it
        for key in (GIVEN, OWN_IMAGE):
            st.session_state.pop(key, None)

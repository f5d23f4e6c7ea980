"""The frame around every page: wordmark, spacing, the head with its one sentence."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeview import streamlit_fixes
from aeview.escape import escaped
from aeview.shell import contents, desk
from aeview.shell.contents import Page
from aeview.shown import address

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ASSETS = Path(__file__).parent.parent / "assets"
ICON = ASSETS / "icon.svg"
STYLE = ASSETS / "frame.css"


def style() -> None:
    """Show the wordmark, set the page's spacing."""
    st.logo(str(ASSETS / "wordmark.svg"), size="large", icon_image=str(ICON))
    st.html(STYLE)
    streamlit_fixes.apply()


def head(page: Page) -> DeltaGenerator:
    """Say what the page is and what to do, in one line; returns the place for notices.

    Above it, while a lesson is under way, stands the way back to it.
    """
    contents.lessons().show_bar()
    return title_line(page.address, page.title, page.sentence)


def title_line(page: str, title: str, sentence: str) -> DeltaGenerator:
    """The head alone, with the desk of a page; the page Lessons has its lesson's title there."""
    with st.container(horizontal=True, key="page_head", gap="medium"):
        st.html(
            f'<div class="page-head"><h1>{title}</h1><p>{sentence}</p></div>'
        )  # both are ours, never a user's
        desk.show(page)
    desk.note(page)
    return st.container(key="page_notices")


def chart(figure: "Figure", key: str) -> DeltaGenerator:
    """Show a chart, a figure; returns the place for words at its side, or below it."""
    with subject(key), st.container(key=f"chart_{key}"):
        picture, words = st.columns(2, gap="medium")
    picture.plotly_chart(figure, config={"displayModeBar": False}, key=key)
    return words


def subject(name: str) -> DeltaGenerator:
    """Return the place of a figure that a scene can show alone; the table of pages names it."""
    return st.container(key=f"figure_{name}")


def say_notices(place: DeltaGenerator) -> None:
    """Say what had to be ignored, once; called when the page has read its link."""
    texts = address.take_notices()
    if texts:
        place.info("  \n".join(map(escaped, texts)), icon=":material/link_off:")

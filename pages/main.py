"""The router: the pages, the sidebar, nothing else.

It lies beside the pages, as `app.py` says: where a folder called `pages/` lies beside the main
script, Streamlit 1.67 takes the first visit for an app of its older kind and says "Page not found"
over a deep link.
"""

import streamlit as st

from aeview import pages
from aeview.classroom import entrance
from aeview.shell import desk, frame, links, sidebar

st.set_page_config(
    page_title="Autoencoder Explorer", page_icon=str(frame.ICON), layout="wide",
    initial_sidebar_state="auto",  # on a phone it would lie over the page
)  # fmt: skip
frame.style()
pages.hand_over()

MENU: dict[str, list[st.Page]] = {}
for page in pages.PAGES.values():
    MENU.setdefault(page.section, []).append(
        st.Page(f"{page.address}.py", title=page.title, icon=f":material/{page.icon}:",
                default=page.address == links.FIRST)
    )  # fmt: skip
chosen = st.navigation(MENU)
entrance.admit()  # once the pages are known: a link keeps its page at the door
if not desk.open_scene():
    about = pages.titled(chosen.title)
    sidebar.show(about.first, tells=not about.asks)
    chosen.run()

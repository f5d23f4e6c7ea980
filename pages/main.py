"""The router: the pages, the sidebar, nothing else.

It lies beside the pages, as `app.py` says: where a folder called `pages/` lies beside the main
script, Streamlit 1.67 takes the first visit for an app of its older kind and says "Page not found"
over a deep link.
"""

import streamlit as st

from aeview.classroom import entrance
from aeview.shell import desk, frame, sidebar

st.set_page_config(
    page_title="Autoencoder Explorer", page_icon=str(frame.ICON), layout="wide",
    initial_sidebar_state="auto",  # on a phone it would lie over the page
)  # fmt: skip
frame.style()

MENU = {
    "Explore": {"Latent map": "scatter_plot", "Interpolate": "linear_scale", "Traverse": "tune",
                "Generate": "casino"},
    "Apply": {"Your image": "draw", "Denoise": "grain", "Anomaly": "troubleshoot"},
    "Learn": {
        "Lessons": "school", "Train": "model_training", "Inside": "biotech",
        "Codes at work": "handyman", "Compare": "compare",
    },
}  # fmt: skip


def page(title: str, icon: str) -> st.Page:
    """Describe a page: its file and its address are its title."""
    path = f"{title.lower().replace(' ', '_')}.py"
    return st.Page(path, title=title, icon=f":material/{icon}:", default=title == "Latent map")


chosen = st.navigation({part: [page(*each) for each in MENU[part].items()] for part in MENU})
entrance.admit()  # once the pages are known: a link keeps its page at the door
if not desk.open_scene():
    sidebar.show()
    chosen.run()

"""The router: the pages, the sidebar, nothing else."""

import streamlit as st

from aeview import frame, sidebar

st.set_page_config(
    page_title="Autoencoder Explorer",
    page_icon=str(frame.ICON),
    layout="wide",
    initial_sidebar_state="expanded",
)
frame.style()

page = st.navigation(
    {
        "Explore": [
            st.Page(
                "pages/explore/latent_map.py",
                title="Latent map",
                icon=":material/scatter_plot:",
                default=True,
            ),
            st.Page("pages/explore/generate.py", title="Generate", icon=":material/casino:"),
        ]
    }
)
sidebar.show()
page.run()

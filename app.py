"""The router: the pages, the sidebar, nothing else.

The pages lie in `views/`: where a folder called `pages/` lies beside the main script, Streamlit
1.67 takes the first visit for an app of its older kind and says "Page not found" over a deep link.
"""

import streamlit as st

from aeview import frame, sidebar

st.set_page_config(
    page_title="Autoencoder Explorer",
    page_icon=str(frame.ICON),
    layout="wide",
    initial_sidebar_state="expanded",
)
frame.style()


def page(path: str, title: str, icon: str, default: bool = False) -> st.Page:
    """Describe a page; its address is its title."""
    return st.Page(f"views/{path}.py", title=title, icon=f":material/{icon}:", default=default)


chosen = st.navigation(
    {
        "Explore": [
            page("explore/latent_map", "Latent map", "scatter_plot", default=True),
            page("explore/interpolate", "Interpolate", "linear_scale"),
            page("explore/traverse", "Traverse", "tune"),
            page("explore/generate", "Generate", "casino"),
        ],
        "Apply": [
            page("apply/your_image", "Your image", "draw"),
            page("apply/denoise", "Denoise", "grain"),
            page("apply/anomaly", "Anomaly", "troubleshoot"),
        ],
        "Learn": [page("learn/compare", "Compare", "compare")],
    }
)
sidebar.show()
chosen.run()

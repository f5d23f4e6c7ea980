"""The app as `streamlit run app.py` finds it; the router is `pages/main.py`."""

import streamlit as st

app = st.App("pages/main.py")

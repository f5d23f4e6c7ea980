"""The app as `streamlit run app.py` finds it; the router is `pages/main.py`."""

import streamlit as st

from aeview.classroom import ballots, told
from aeview.work import browser_files as files
from aeview.work import served

routes = [files.route(), told.route(), ballots.route(), served.route()]
app = st.App("pages/main.py", routes=routes)

"""Everything that may import Streamlit: a folder a page, and below them what pages share."""

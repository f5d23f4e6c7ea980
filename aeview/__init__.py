"""Everything shared by the pages that may know Streamlit."""

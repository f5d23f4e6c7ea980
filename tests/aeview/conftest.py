"""What the tests of the pages share."""

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def empty_caches():
    """Streamlit's caches outlive a test; none begins with what another one put there."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()

"""What the tests of the pages share."""

import functools

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(autouse=True, scope="session")
def packages_are_searched_once():
    """Every AppTest looks through all installed packages for components: a third of a second."""
    with pytest.MonkeyPatch.context() as patch:
        search = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", search)
        yield


@pytest.fixture(autouse=True)
def empty_caches():
    """Streamlit's caches outlive a test; none begins with what another one put there."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()

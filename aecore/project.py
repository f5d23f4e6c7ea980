"""Where app, pages, lessons and models lie, which ship but are no packages.

In a checkout that is its root, beside this package; in a wheel, `setup.py` puts them inside it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_project"

INSTALLED = _IN_WHEEL.is_dir()
"""Whether this runs from a wheel, whose files are left as they are."""

FOLDER = _IN_WHEEL if INSTALLED else _PACKAGE.parent
"""Holds `app.py`, `.streamlit/`, `pages/`, `lessons/` and `checkpoints/`."""

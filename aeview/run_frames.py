"""Frames of runs, read once."""

from pathlib import Path

import numpy as np
import streamlit as st

from aecore.runs import frames
from aecore.runs.folder import Run
from aecore.runs.frames import Frame

MOST_FRAMES = 150  # that a replay holds


@st.cache_data(show_spinner=False, max_entries=4000)
def _frame(path: Path, changed: int) -> Frame:
    del changed
    return frames.load(path)


def load(path: Path) -> Frame:
    """Read a frame once."""
    return _frame(path, path.stat().st_mtime_ns)


def fixed(run: Run) -> Frame | None:
    """What all frames of a run have in common; None before its worker wrote it."""
    home = run.path / "frames" / "fixed.safetensors"
    return _frame(home, home.stat().st_mtime_ns) if home.is_file() else None


def sample(run: Run) -> list[Frame]:
    """Frames of a run's epochs, at most 150 of them, first and last always."""
    found = run.frames
    kept = np.linspace(0, len(found) - 1, min(len(found), MOST_FRAMES)).round().astype(int)
    return [load(found[i]) for i in np.unique(kept)]

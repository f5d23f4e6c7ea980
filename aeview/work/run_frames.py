"""Frames of runs, cached for all sessions; read-only."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from aecore.runs import frames
from aecore.runs.folder import Run
from aecore.runs.frames import Frame, homeward

MOST_FRAMES = 150  # that a replay holds


@st.cache_resource(show_spinner=False, max_entries=1000)
def _frame(path: Path, changed: int) -> Frame:
    del changed
    return frames.load(path)


def load(path: Path) -> Frame:
    """Read a frame once."""
    return _frame(path, path.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=200)
def _numbers(path: Path) -> dict[str, dict[str, Any]]:
    del path
    return {}


def history(run: Run) -> list[dict[str, Any]]:
    """The numbers of each epoch so far; of a run under way, only the new ones are read."""
    found, known = run.frames, _numbers(run.path)
    for path in found:
        if path.name not in known:
            known[path.name] = frames.load(path).numbers
    return [known[path.name] for path in found]


def fixed(run: Run) -> Frame | None:
    """What all frames of a run have in common; None before its worker wrote it."""
    home = run.path / "frames" / "fixed.safetensors"
    return _frame(home, home.stat().st_mtime_ns) if home.is_file() else None


def sample(run: Run) -> list[Frame]:
    """Frames of a run's epochs, at most 150, first and last always, turned as the last one is.

    Before them that of the model before its training, where there is one.
    """
    found = run.frames
    chosen = np.linspace(0, len(found) - 1, min(len(found), MOST_FRAMES)).round().astype(int)
    untrained = [run.untrained] if run.untrained.is_file() else []
    return homeward([load(path) for path in [*untrained, *(found[i] for i in np.unique(chosen))]])

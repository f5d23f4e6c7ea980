"""What the browser is sent of a run: its frames, and the images that its map's points show."""

from pathlib import Path

import numpy as np
import streamlit as st

from aecore.export import pack
from aecore.runs.folder import Run
from aecore.runs.frames import Frame
from aeview.theme import CLASS_COLOURS
from aeview.work import run_frames
from aeview.work.payload import STORE


@st.cache_resource(show_spinner=False, max_entries=6)
def replay(name: str, n: int, path: Path, slot: int) -> tuple[bytes, str]:
    """Pack the frames of a run for a replay."""
    run, key = Run(path), f"{name}/{n}"
    fixed = run_frames.fixed(run)
    assert fixed is not None
    return packed(f"replay/{slot}", key, run_frames.sample(run), fixed), key


@st.cache_resource(show_spinner=False, max_entries=6)
def _watched(name: str, slot: int, path: Path) -> bytes | None:
    fixed = run_frames.fixed(Run(path))
    if fixed is None or "watched" not in fixed.arrays:  # a run from before they were kept
        return None
    header = {"store": STORE, "topic": f"train/watched/{slot}", "key": name}
    return pack(header, {"images": fixed.arrays["watched"]})


def watched(run: Run, slot: int) -> bytes | None:
    """Pack the images that the map's points stand for; None before they are there."""
    return None if run_frames.fixed(run) is None else _watched(run.name, slot, run.path)


def packed(topic: str, key: str, shown: list[Frame], fixed: Frame) -> bytes:
    """Put frames and what they have in common into one block."""
    names = shown[0].arrays
    arrays = {name: np.stack([frame.arrays[name] for frame in shown]) for name in names}
    header = {
        "store": STORE, "topic": f"train/{topic}", "key": key,
        "frames": [frame.numbers for frame in shown],
        "palette": list(CLASS_COLOURS), **fixed.numbers,
    }  # fmt: skip
    labels = fixed.arrays["labels"].astype(np.int16)
    return pack(header, arrays | {"labels": labels, "originals": fixed.arrays["originals"]})

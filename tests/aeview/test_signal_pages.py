"""Signals outside the browser: words, files to take along, one's own on the Anomaly page."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from aecore import lines
from aecore.data import heartbeats as hb
from aecore.data.imageset import Axis
from aeview.anomaly import own as anomaly_own
from aeview.anomaly import sets as anomaly_sets
from aeview.interpolate import exports
from aeview.shell import messages


def test_a_signal_says_its_extent_and_its_grid():
    assert messages.signal(140, hb.AXIS) == (
        "Signals of 140 samples, -250 to 445 ms from the R peak, from -1 to 1.5 mV. A square of "
        "the grid: 100 ms by 0.5 mV."
    )
    own = messages.signal(60, Axis(0.0, 1.0, "samples", -2.0, 3.0, ""))
    assert "0 to 59 samples, from -2 to 3 of the training signals, scaled to 0 … 1" in own
    assert "A square of the grid: 10 samples by 1." in own
    assert [messages.ruling(n) for n in (140, 64, 10, 1000)] == [20, 10, 2, 200]


def test_files_hold_lines():
    values = 0.5 + 0.4 * np.sin(np.arange(140) / 20)
    drawn = lines.pictures(np.rint(255 * values).astype(np.uint8)[None, None, None], 200)[0, 0]
    ink = np.clip(drawn.astype(float) - 40, 0, None)
    middle = (ink * (np.arange(200)[:, None] + 0.5)).sum(0) / ink.sum(0)
    want = 200 * (0.06 + 0.88 * (1 - np.interp(np.linspace(0, 139, 200), np.arange(140), values)))
    assert np.abs(middle - want)[2:-2].max() < 2
    picture = np.zeros((3, 1, 28, 28), np.uint8)
    assert lines.pictures(picture) is picture
    signals = np.stack([values, values[::-1], 1 - values]).reshape(3, 1, 1, 140)
    with Image.open(io.BytesIO(exports.animation_gif(signals.astype(np.float32)))) as gif:
        assert gif.size == (exports.GIF, exports.GIF + exports.BAR)
        assert gif.n_frames == exports.n_gif_frames(3)


def test_to_signals_signals_are_strange_and_to_pictures_pictures():
    shape = (1, 1, 140)
    assert anomaly_sets.offered("heartbeats", "all", shape) == ["corrupted", "own"]
    assert anomaly_sets.offered("heartbeats", "only-0", shape) == ["classes", "corrupted", "own"]
    assert "heartbeats" not in anomaly_sets.offered("digits", "all", (1, 28, 28))


@pytest.fixture
def asked(monkeypatch):
    """asked(text) → (what was taken, what was said) when a file with this text is uploaded."""
    checkpoint = SimpleNamespace(
        card=SimpleNamespace(
            data="heartbeats", model=SimpleNamespace(shape=(1, 1, 140)), axis=None, is_table=False
        )
    )

    def ask(text):
        said = []
        file = None if text is None else SimpleNamespace(name="mine.csv", getvalue=text.encode)
        monkeypatch.setattr(st, "file_uploader", lambda *_, **__: file)
        for kind in ("info", "error", "caption"):
            monkeypatch.setattr(st, kind, said.append)
        return anomaly_own.ask(checkpoint), " ".join(said)

    return ask


def test_signals_of_ones_own_are_taken_in_their_own_units(asked):
    taken, said = asked(None)
    assert taken is None
    assert "signals of 140 samples in mV" in said
    values = np.random.default_rng(0).uniform(-1, 1.5, (25, 140))
    values[0, :7] = 9  # beyond what the training signals reach: 0.2 % of all
    table = np.column_stack((np.zeros(25), values))
    taken, said = asked("\n".join(",".join(f"{v:.4f}" for v in row) for row in table))
    assert "25 of 25 signals; 0.2 % of their values lie beyond -1 to 1.5 mV" in said
    assert taken.pixels.shape == (25, 1, 1, 140)
    shown = hb.LOW + taken.pixels[:, 0, 0] / 255 * (hb.HIGH - hb.LOW)
    assert np.abs(shown - np.clip(values, hb.LOW, hb.HIGH)).max() < 0.006
    taken, said = asked("1,2,3\n1,2,4")
    assert taken is None
    assert "have 2 samples, but this model reads 140" in said
    assert "where a number is needed" in asked("1,2,3\n1,2,x")[1]

"""The synthetic heartbeats: the model's own equations, and what a physician would look for."""

import math

import numpy as np
import pytest

from aecore.data import heartbeats as hb
from aecore.data.catalogue import DATASETS, load
from aecore.data.imageset import is_signal

CALM = hb.Person(1.0, 0.03, "normal", np.ones(6), 0.0)


def one_beat(kind):
    """A beat of this kind among its like, in millivolts, at 60 beats a minute, without noise."""
    label = hb.CLASSES.index(kind)
    times, phases = hb.clock(np.ones(6), [hb.KINDS["normal"]] * 6)
    t = np.arange(0, 6, 1 / 400)
    phase = np.interp(t, times, phases)
    voltage = hb.heights(t, phase, np.full(6, label), CALM)
    start = round(np.interp(2 * math.pi * 3, phases, times) * 400) - 2 * hb.BEFORE
    return voltage[start : start + 2 * hb.LENGTH : 2]


def milliseconds(sample):
    return (sample - hb.BEFORE) * 1000 / hb.RATE


def width_ms(beat):
    """How long the beat stays above a tenth of its peak around it."""
    below = np.flatnonzero(beat < beat.max() / 10)
    peak = beat.argmax()
    return (below[below > peak][0] - below[below < peak][-1]) * 1000 / hb.RATE


def test_it_solves_the_three_equations_of_the_paper():
    from scipy.integrate import solve_ivp

    waves, omega, seconds = hb.NORMAL, 2 * math.pi, 4.0
    theta, a, b = (np.array(part) for part in waves)
    gain = hb.millivolts()

    def motion(t, state):
        x, y, z = state
        alpha = 1 - math.hypot(x, y)
        off = (math.atan2(y, x) - theta + math.pi) % (2 * math.pi) - math.pi
        push = -gain * (a * off * np.exp(-(off**2) / (2 * b**2))).sum()
        baseline = hb.WANDER * math.sin(2 * math.pi * hb.BREATHING * t)
        return [alpha * x - omega * y, alpha * y + omega * x, push - (z - baseline)]

    t = np.arange(0, seconds, 1 / 400)
    start = [math.cos(0.2), math.sin(0.2), 0.0]
    solved = solve_ivp(motion, (0, seconds), start, t_eval=t, rtol=1e-6, atol=1e-8, max_step=0.01)
    ours = hb.heights(t, 0.2 + omega * t, np.zeros(5, int), CALM)
    assert np.abs(ours - solved.y[2]).max() < 0.005
    assert np.hypot(*solved.y[:2]) == pytest.approx(1, abs=1e-3)


def test_intervals_have_the_spectrum_of_the_paper():
    draw = np.random.default_rng(0)
    interval = hb.tachogram(4096, 4.0, 0.8, 0.04, draw)
    assert interval.mean() == pytest.approx(0.8)
    assert interval.std() == pytest.approx(0.04)
    power = np.abs(np.fft.rfft(interval - 0.8)) ** 2
    f = np.fft.rfftfreq(4096, 0.25)
    low, high = ((f > 0.05) & (f < 0.15)), ((f > 0.2) & (f < 0.3))
    assert f[low][power[low].argmax()] == pytest.approx(0.1, abs=0.001)
    assert f[high][power[high].argmax()] == pytest.approx(0.25, abs=0.001)
    assert power[low].sum() / power[high].sum() == pytest.approx(0.5, rel=0.05)
    assert power[low | high].sum() / power.sum() > 0.999


def test_a_normal_beat_has_its_waves_where_the_paper_puts_them():
    beat = one_beat("normal")
    assert milliseconds(beat.argmax()) == 0
    assert beat.max() == pytest.approx(1.1, abs=0.15)
    p, t = beat[: hb.BEFORE - 15].argmax(), hb.BEFORE + 20 + beat[hb.BEFORE + 20 :].argmax()
    assert milliseconds(p) == pytest.approx(-1000 / 6, abs=20)
    assert milliseconds(t) == pytest.approx(250, abs=20)
    q, s = beat[: hb.BEFORE].argmin(), hb.BEFORE + beat[hb.BEFORE :].argmin()
    assert -60 < milliseconds(q) < -20
    assert 20 < milliseconds(s) < 60
    assert beat[s] < beat[q] < 0 < beat[p] < beat[t] < beat.max() / 2


def test_arrhythmias_are_what_they_are_called():
    normal = one_beat("normal")
    ventricular, block = one_beat("ventricular premature"), one_beat("bundle branch block")
    assert width_ms(normal) < 90
    assert width_ms(ventricular) > 120  # what a physician calls wide
    assert width_ms(block) > 120
    assert np.ptp(ventricular[:28]) < 0.1 < np.ptp(normal[:28])  # no P wave
    after = slice(hb.BEFORE + 40, hb.BEFORE + 70)
    assert ventricular[after].min() < -0.3  # a T wave against the QRS
    st = slice(hb.BEFORE + 18, hb.BEFORE + 26)
    lift = {name: (one_beat(name) - normal)[st].mean() for name in hb.CLASSES[-2:]}
    assert lift["ST elevation"] > 0.1
    assert lift["ST depression"] < -0.1


def test_premature_beats_come_early_and_a_pause_follows():
    for name in ("atrial premature", "ventricular premature"):
        kinds = [hb.KINDS["normal"]] * 6
        kinds[3] = hb.KINDS[name]
        times, phases = hb.clock(np.full(6, 0.8), kinds)
        peaks = np.interp(2 * math.pi * np.arange(6), phases, times)
        before, after = np.diff(peaks)[2:4]
        assert before == pytest.approx(0.8 * hb.KINDS[name].before)
        assert after == pytest.approx(0.8 * hb.KINDS[name].after)


def test_the_splits_are_fixed_and_hold_every_class():
    parts = [load("heartbeats", split) for split in hb.N_SIGNALS]
    assert [len(part) for part in parts] == list(hb.N_SIGNALS.values())
    assert sum(map(len, parts)) == DATASETS["heartbeats"].n_images
    for part in parts:
        assert part.shape == DATASETS["heartbeats"].shape == (1, 1, 140)
        assert is_signal(part.shape)
        assert part.axis == hb.AXIS
        share = np.bincount(part.labels) / len(part)
        assert 0.4 < share[0] < 0.65
        assert (share[1:] > 0.04).all()
        assert (part.pixels == 0).mean() < 0.001
        peak = part.pixels[part.labels == 0, :, :, :90].argmax(axis=3)  # the next may follow
        assert (abs(peak - hb.BEFORE) <= 1).mean() > 0.99
    assert not (parts[0].pixels[:500] == parts[1].pixels).all(axis=(1, 2, 3)).any()


def test_any_number_from_a_seed():
    pixels, labels = hb.sample(25, 7)
    again, _ = hb.sample(40, 7)
    assert pixels.shape == (25, 1, 1, 140)
    assert labels.shape == (25,)
    assert np.array_equal(pixels, again[:25])
    assert not np.array_equal(pixels, hb.sample(25, 8)[0])

"""Heartbeats made by us: single beats of an electrocardiogram (ECG) with labelled arrhythmias.

The dynamical model of McSharry, Clifford, Tarassenko & Smith, "A dynamical model for generating
synthetic electrocardiogram signals", IEEE Trans. Biomed. Eng. 50(3), 289-294 (2003): a point runs
around the unit circle, once a beat, and five Gaussian waves (P, Q, R, S, T) at fixed angles push
its height z, which is the voltage (eqs. 1-3),

    ẋ = αx − ωy,  ẏ = αy + ωx,  α = 1 − √(x² + y²)
    ż = −Σ_i a_i Δθ_i exp(−Δθ_i² / 2b_i²) − (z − z₀(t)),  Δθ_i = θ − θ_i mod 2π

with a baseline z₀ that follows breathing. The intervals between beats come from a power spectrum
with two Gaussian peaks: Mayer waves at 0.1 Hz and breathing at 0.25 Hz (eqs. 4-6). On the circle
the first two equations are θ̇ = ω and the third is linear, so that it is filtered, not stepped.

Ours, and not in the paper: the arrhythmias (`KINDS`), for which waves are left out, widened or
turned over, and a sixth wave in the ST segment is added; premature beats, for which the rest after
the T wave is cut short; noise of 10 µV. No two splits share a person, and of each person there is
one beat to validate or to test on, so that these are independent draws. No torch.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from aecore.arrays import LabelArray, Pixels, ValueArray
from aecore.data.imageset import Axis, ImageSet

NAME = "heartbeats"
CLASSES = (
    "normal", "atrial premature", "ventricular premature", "bundle branch block",
    "ST elevation", "ST depression",
)  # fmt: skip
N_SIGNALS = {"train": 3000, "val": 500, "test": 1000}
SEEDS = {"train": 1, "val": 2, "test": 3}

LENGTH = 140  # samples of a window, as in ECG5000
BEFORE = 50  # samples of it before the R peak
RATE = 200  # samples a second
FINE = 2  # steps of the model for each sample
LOW, HIGH = -1.0, 1.5  # millivolts: intensity 0 and 1
AXIS = Axis(-1000 * BEFORE / RATE, 1000 / RATE, "ms from the R peak", LOW, HIGH, "mV")

BEATS_EACH = {"train": 10, "val": 1, "test": 1}  # of one person, from one recording
PERIOD = 3  # beats after which the rhythm of single premature ones repeats
SETTLING = 3  # beats before the first that is kept
BREATHING, MAYER = 0.25, 0.1  # Hz: f2 and f1
PEAK_WIDTH = 0.01  # Hz: c1 and c2
BALANCE = 0.5  # σ1² / σ2², low over high frequency
WANDER = 0.15  # mV: A of the baseline z₀ = A sin(2π f2 t)
NOISE = 0.01  # mV
SPREAD = 0.12  # of the height of a wave between people, as a share
REST = (0.72 * math.pi, 1.45 * math.pi)  # phase after the T wave and before the next P wave


Knots = Float[np.ndarray, " knots"]
Sequence = Int[np.ndarray, " beats"]
"""Classes of the beats of a recording, in a row."""


class Beats(NamedTuple):
    """Beats in millivolts, each cut out around its R peak, and their classes."""

    voltage: Float[np.ndarray, "beats time"]
    labels: LabelArray


class Waves(NamedTuple):
    """Five waves of the paper, and one in the ST segment: place (rad), size and width (rad)."""

    theta: tuple[float, ...]
    a: tuple[float, ...]
    b: tuple[float, ...]


THETA = (-math.pi / 3, -math.pi / 12, 0.0, math.pi / 12, math.pi / 4, math.pi / 2)
NORMAL = Waves(THETA, (1.2, -5.0, 30.0, -7.5, 0.0, 0.75), (0.25, 0.1, 0.1, 0.1, 0.35, 0.4))
"""Table I, and an ST wave of no size."""


class Kind(NamedTuple):
    """A class of beats: its waves, and the lengths of the intervals before and after it."""

    waves: Waves
    before: float = 1.0
    after: float = 1.0
    alone: bool = False  # among normal beats; else all beats of a person are of this kind


KINDS: dict[str, Kind] = {
    "normal": Kind(NORMAL),
    "atrial premature": Kind(
        Waves((-1.25, *THETA[1:]), (0.75, *NORMAL.a[1:]), (0.18, *NORMAL.b[1:])),
        before=0.68, after=1.1, alone=True,
    ),
    "ventricular premature": Kind(
        Waves((*THETA[:2], 0.0, 0.75, 1.2, 1.75),
              (0.0, 0.0, 4.0, -1.5, 0.0, -0.95), (0.25, 0.1, 0.29, 0.26, 0.35, 0.4)),
        before=0.7, after=1.3, alone=True,
    ),
    "bundle branch block": Kind(
        Waves((THETA[0], -0.2, 0.0, 0.34, *THETA[4:]),
              (1.2, 2.0, 13.0, 9.0, -0.25, -0.6), (0.25, 0.12, 0.13, 0.16, 0.35, 0.42)),
    ),
    "ST elevation": Kind(Waves(THETA, (*NORMAL.a[:4], 0.65, 0.85), NORMAL.b)),
    "ST depression": Kind(Waves(THETA, (*NORMAL.a[:4], -0.6, 0.35), NORMAL.b)),
}  # fmt: skip


@lru_cache(maxsize=3)
def load(split: str) -> ImageSet:
    """Make a split, once in a process."""
    pixels, labels = sample(N_SIGNALS[split], SEEDS[split], BEATS_EACH[split])
    return ImageSet(NAME, split, pixels, labels, CLASSES, axis=AXIS)


class Signals(NamedTuple):
    """Beats as stored, (n, 1, 1, 140), and their classes."""

    pixels: Pixels
    labels: LabelArray


def sample(n_signals: int, seed: int, beats_each: int = 1) -> Signals:
    """Make any number of beats, half of them normal; more never change the first ones.

    Args:
        n_signals: how many.
        seed: of all that is drawn.
        beats_each: how many come from one person.
    """
    draw = np.random.default_rng(seed)
    n_people = -(-n_signals // beats_each)
    people = [recording(Person.drawn(draw), beats_each, draw) for _ in range(n_people)]
    voltage = np.concatenate([beats for beats, _ in people])[:n_signals]
    labels = np.concatenate([kinds for _, kinds in people])[:n_signals]
    intensity = (voltage - LOW) / (HIGH - LOW)
    pixels = np.rint(255 * np.clip(intensity, 0, 1)).astype(np.uint8)
    return Signals(pixels[:, None, None], labels)


# ---- the rhythm ---------------------------------------------------------------------------------


def spectrum(f: ValueArray) -> ValueArray:
    """S(f) of the intervals, up to a factor: two Gaussian peaks (eq. 6)."""
    low, high = (
        np.exp(-((f - middle) ** 2) / (2 * PEAK_WIDTH**2)) for middle in (MAYER, BREATHING)
    )
    return BALANCE * low + high


def tachogram(
    n_samples: int, rate: float, mean: float, std: float, draw: np.random.Generator
) -> ValueArray:
    """Intervals T(t) in seconds over time, of this mean and deviation, with `spectrum`.

    Amplitudes √S(f) with random phases, transformed back (McSharry 2003, section III).
    """
    amplitude = np.sqrt(spectrum(np.fft.rfftfreq(n_samples, 1 / rate)))
    phase = draw.uniform(0, 2 * math.pi, len(amplitude))
    wave = np.fft.irfft(amplitude * np.exp(1j * phase), n_samples)
    wave -= wave.mean()
    return mean + std * wave / wave.std()


# ---- one person ---------------------------------------------------------------------------------


class Person(NamedTuple):
    """Whose heart it is.

    Attributes:
        interval: mean time between beats, seconds.
        deviation: of the intervals, seconds.
        condition: what all beats are, or what the single ones among normal beats are.
        heights: (6,) factors of the waves' sizes.
        breath: phase of breathing at the start.
    """

    interval: float
    deviation: float
    condition: str
    heights: ValueArray
    breath: float

    @classmethod
    def drawn(cls, draw: np.random.Generator) -> "Person":
        """Draw a person: 50 to 95 beats a minute; one of ten has nothing but normal beats."""
        others = (*CLASSES[1:3], *CLASSES[1:3], *CLASSES)
        return cls(
            60 / draw.uniform(50, 95),
            draw.uniform(0.02, 0.06),
            str(draw.choice(others)),
            np.clip(1 + SPREAD * draw.standard_normal(len(THETA)), 0.6, 1.25),
            draw.uniform(0, 2 * math.pi),
        )


def recording(person: Person, n_kept: int, draw: np.random.Generator) -> Beats:
    """Record a person and cut beats out, from a place of the rhythm that is drawn."""
    first = SETTLING + int(draw.integers(PERIOD))
    n_beats = first + n_kept + 2
    kinds = _sequence(person.condition, n_beats)
    tempo = tachogram(64 * 4, 4.0, person.interval, person.deviation, draw)
    intervals = tempo[(np.arange(n_beats) * person.interval * 4).astype(int)]
    times, phases = clock(intervals, [KINDS[CLASSES[kind]] for kind in kinds])
    t = np.arange(0, times[-1], 1 / (RATE * FINE))
    phase = np.interp(t, times, phases)
    voltage = heights(t, phase, kinds, person)
    peaks = np.interp(2 * math.pi * np.arange(n_beats), phases, times)
    kept = slice(first, first + n_kept)
    starts = np.rint(peaks[kept] * RATE * FINE).astype(int) - BEFORE * FINE
    window = starts[:, None] + FINE * np.arange(LENGTH)
    beats = voltage[window] + NOISE * draw.standard_normal(window.shape)
    return Beats(beats, kinds[kept])


def _sequence(condition: str, n_beats: int) -> Sequence:
    """Classes of the beats in a row: single ones stand at least two apart."""
    kinds = np.zeros(n_beats, dtype=np.int64)
    if KINDS[condition].alone:
        kinds[SETTLING::PERIOD] = CLASSES.index(condition)
    else:
        kinds[:] = CLASSES.index(condition)
    return kinds


class Clock(NamedTuple):
    """Times (s) and the phases (rad) that the point on the circle has reached by then."""

    times: Knots
    phases: Knots


def clock(intervals: ValueArray, kinds: list[Kind]) -> Clock:
    """Times and phases between which the phase goes evenly; beat k's R is at 2πk.

    The interval before beat k is `intervals[k]` long, but for premature beats: for these the rest
    after the T wave is shorter and that after the beat longer.
    """
    phases, lengths = [-2 * math.pi], []
    for k, (interval, kind) in enumerate(zip(intervals, kinds, strict=True)):
        change = kind.before - 1 + (kinds[k - 1].after - 1 if k else 0)
        knots = [2 * math.pi * (k - 1) + at for at in (*REST, 2 * math.pi)]
        shares = np.diff([0.0, *REST, 2 * math.pi]) / (2 * math.pi)
        shares[1] = max(0.02, shares[1] + change)
        phases += knots
        lengths += list(interval * shares)
    return Clock(np.concatenate(([0.0], np.cumsum(lengths))), np.array(phases))


# ---- the voltage --------------------------------------------------------------------------------


def wave_push(phase: ValueArray, kinds: Sequence, person: Person) -> ValueArray:
    """−Σ a_i Δθ_i exp(−Δθ_i² / 2b_i²): each beat's own waves within ±π of its R peak."""
    beat = np.clip(np.rint(phase / (2 * math.pi)).astype(int), 0, len(kinds) - 1)
    table = np.array([KINDS[name].waves for name in CLASSES])  # (kind, 3, wave)
    theta, a, b = table[kinds].transpose(1, 2, 0).astype(np.float32)  # each (wave, beat)
    slower = np.float32(math.sqrt(person.interval))  # waves are shorter in a quick heart
    since = (phase - 2 * math.pi * beat).astype(np.float32)
    push = np.zeros_like(since)
    for place, size, width, height in zip(theta, a, b, person.heights, strict=True):
        off = since - (place / slower)[beat]
        fall = np.exp(off**2 * (-0.5 * (slower / width) ** 2)[beat])
        push += (np.float32(height) * size)[beat] * off * fall
    return -push.astype(np.float64)


def heights(t: ValueArray, phase: ValueArray, kinds: Sequence, person: Person) -> ValueArray:
    """Solve ż = push − (z − z₀) on an even grid of times from z = 0; millivolts.

    z = e^−t ∫ e^s (push + z₀) ds, by the trapezoid rule.
    """
    breath = np.sin(2 * math.pi * BREATHING * t + person.breath)
    force = millivolts() * wave_push(phase, kinds, person) + WANDER * breath
    grown = np.exp(t) * force
    sums = np.concatenate(([0.0], np.cumsum((grown[1:] + grown[:-1]) / 2)))
    return np.exp(-t) * sums * (t[1] - t[0])


@lru_cache(maxsize=1)
def millivolts() -> float:
    """Factor by which z is multiplied, so that the R wave is 1.2 mV high.

    A wave's height is a b² / ω where the pull to the baseline is slow; the paper scales z to
    millivolts in the same way.
    """
    return 1.2 / (NORMAL.a[2] * NORMAL.b[2] ** 2 / (2 * math.pi))

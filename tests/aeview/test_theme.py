"""The colours of classes are seen on both themes, and told apart, also by the colour-blind."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from aecore import styles
from aeview.theme import CLASS_COLOURS, COLOURS

ROOT = Path(__file__).parents[2]
# Machado, Oliveira and Fernandes (2009), severity 1, on linear sRGB.
SEEN = {
    "as they are": np.eye(3),
    "deuteranope": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                             [-0.011820, 0.042940, 0.968881]]),
    "protanope": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                           [-0.003882, -0.048116, 1.051998]]),
}  # fmt: skip


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def srgb(c):
    c = np.clip(c, 0, 1)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def contrast(one, other):
    dark, light = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_every_class_is_seen_on_both_backgrounds():
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
    for scheme in ("light", "dark"):
        background = theme[scheme]["backgroundColor"]
        for colour in CLASS_COLOURS:
            assert contrast(colour, background) >= 3, (colour, background)


@pytest.mark.parametrize(("eye", "least"), [
    ("as they are", 20.3), ("deuteranope", 12.7), ("protanope", 11.6),
])  # fmt: skip
def test_every_two_classes_are_told_apart(eye, least):
    seen = [rgb2lab(srgb(SEEN[eye] @ linear(colour))) for colour in CLASS_COLOURS]
    closest = min(float(deltaE_ciede2000(a, b)) for a, b in combinations(seen, 2))
    assert closest == pytest.approx(least, abs=0.05)


def test_every_colour_that_the_engine_names_has_its_look():
    assert set(COLOURS) == set(styles.COLOURS)

"""Figures that ship with the app, as benchmarks measured them, and those measured here."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from aeview.bounded import Bounded

ASSETS = Path(__file__).parent.parent / "assets"
DENOISING, DETECTORS, CODE_SIZES, SEEDS, BLIND_SPOTS, STYLE = (
    ASSETS / f"{name}.json"
    for name in ("denoising", "detectors", "code_size", "disentanglement", "blind_spots", "style")
)
MOST_SETS = 60


@lru_cache(maxsize=6)
def _read(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


# ---- denoising: every method's curves, `benchmarks/denoising.py` --------------------------------


def denoising(data: str) -> dict[str, Any] | None:
    """The curves of a data set; None where nothing was measured."""
    found: dict[str, Any] | None = _read(DENOISING)["data"].get(data)
    return found or measured_here().get(data)


@st.cache_resource(show_spinner=False)
def measured_here() -> Bounded[str, dict[str, Any]]:
    """Curves of other data sets, measured behind a button."""
    return Bounded(lambda: MOST_SETS)


# ---- detectors of the textbooks, `benchmarks/detectors.py` --------------------------------------


def detectors() -> dict[str, Any]:
    """All of the file."""
    return _read(DETECTORS)


def detectors_of(setting: str) -> list[dict[str, Any]]:
    """Figures of the detectors; empty for a setting that was not measured."""
    found: list[dict[str, Any]] = detectors()["settings"].get(setting, [])
    return found


def autoencoder_of(setting: str) -> float | None:
    """AUROC of the autoencoder that is trained there, by its squared error."""
    found: float | None = detectors()["autoencoder"].get(setting)
    return found


# ---- mutual information gap over seeds, `benchmarks/disentanglement.py` ------------------------


def over_seeds(name: str) -> dict[str, float]:
    """Of a recipe trained from several seeds: "seeds", and the "MIG": median, "from", "to"."""
    rows = {row["variant"]: row for row in _read(SEEDS)["rows"]}
    return rows.get(name, {})


# ---- the class in a code, and as it is asked for, `benchmarks/style.py` ------------------------


def style(name: str) -> dict[str, Any]:
    """The row of a model; empty for one that was not measured."""
    return next((row for row in _read(STYLE)["rows"] if row["model"] == name), {})


# ---- reconstruction error by code size, `benchmarks/code_size.py` -------------------------------


def code_sizes(path: Path = CODE_SIZES) -> dict[str, Any] | None:
    """What the benchmark wrote; None where it is not there."""
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return values if values["rows"] else None
    except (OSError, ValueError, KeyError):
        return None


def errors(measured: dict[str, Any], part: str = "test") -> dict[str, dict[int, float]]:
    """Error of each family by number of units: "train", "val", "test".

    "clipped" is that of PCA's test reconstructions brought to [0, 1].
    """
    found: dict[str, dict[int, float]] = {}
    for row in measured["rows"]:
        if part in row:
            found.setdefault(row["family"], {})[int(row["units"])] = float(row[part])
    return found


# ---- what −ELBO and error do not see, `benchmarks/blind_spots.py` -------------------------------


def blind_spots(question: str) -> dict[str, Any]:
    """All of a question but "strangers": by the name of a data set or a model."""
    found: dict[str, Any] = _read(BLIND_SPOTS)[question]
    return found


def strangers(name: str, images: str) -> dict[str, float]:
    """Mean −ELBO ("elbo") and AUROC of each score ("AUROC mse" …); empty if not measured."""
    rows: list[dict[str, Any]] = _read(BLIND_SPOTS)["strangers"]
    of = (row for row in rows if (row["model"], row["images"]) == (name, images))
    return next(of, {})

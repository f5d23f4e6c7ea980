"""What `benchmarks/denoising.py` measured: every method's curves, and each filter's parameter."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "assets" / "denoising.json"
METRICS = ("psnr", "ssim")


@cache
def measured() -> dict[str, Any]:
    """The benchmark's figures, by data set."""
    values: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["data"]
    return values


def curves(data: str, names: dict[str, str], filters: list[str]) -> dict[str, dict[str, Any]]:
    """The figures of a data set by kind of noise, for the rows that are shown.

    Args:
        data: name of the data set.
        names: checkpoint shown in each row of a network.
        filters: the other rows.
    """
    found = measured().get(data)
    if found is None:
        return {}
    wanted = {"noisy": "noisy", **{name: name for name in filters}, **names}
    return {
        kind: {
            "levels": values["levels"],
            "n": found["n"],
            "rows": {
                row: {figure: values["rows"][name][figure] for figure in METRICS}
                for row, name in wanted.items()
                if name in values["rows"]
            },
        }
        for kind, values in found["kinds"].items()
    }


def words(data: str, names: dict[str, str]) -> str:
    """What stands under the curves."""
    found = measured().get(data)
    if found is None:
        return ""
    known = next(iter(found["kinds"].values()))["rows"]
    absent = [name for name in names.values() if name not in known]
    said = "Shaded: levels the denoising autoencoder was trained on; it is never told the level."
    return said + (f" No curve of {', '.join(absent)}: it was not measured." if absent else "")


def parameter(data: str, kind: str, level: float, name: str) -> float | None:
    """A filter's best parameter at a measured level; None for a data set that was not measured."""
    found = measured().get(data)
    if found is None:
        return None
    values = found["kinds"][kind]
    best: float = values["rows"][name]["parameters"][values["levels"].index(level)]
    return best

"""Reconstruction error on Digits against the number of latent units: PCA, linear, deep, VAE.

All but PCA are trained by gradient descent with one recipe for every size: nothing is chosen by
its result. `--write` keeps the figures where the Compare page
reads them (`aeview/assets/code_size.json`).
"""

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from _report import arguments, machine, show

import aeview
from aecore.evaluation import evaluate
from aecore.models.config import ModelConfig
from aecore.production import Splits, fresh_model, load_splits, run
from aecore.recipes import Recipe, recipe
from aecore.training.config import TrainingConfig

SIZES = (2, 4, 8, 16, 32, 64)
DEEP_EPOCHS = 250
TARGET = Path(aeview.__file__).parent / "assets" / "code_size.json"


def plans() -> dict[str, Recipe]:
    """The recipe of each family; its code size is replaced."""
    pca, ae, vae = (recipe(f"digits-{kind}-16d") for kind in ("pca", "ae", "vae"))
    linear = ModelConfig(
        kind="ae", widths=(), activation="identity", output="identity", likelihood="gaussian"
    )
    steps = TrainingConfig(epochs=300, batch_size=64, learning_rate=5e-3)
    return {
        "pca": pca,
        "linear": Recipe("digits", linear, steps),
        "ae": replace(ae, training=replace(ae.training, epochs=DEEP_EPOCHS)),
        "vae": replace(
            vae,
            model=replace(vae.model, widths=ae.model.widths),
            training=replace(vae.training, epochs=DEEP_EPOCHS),
        ),
    }


def measure(family: str, plan: Recipe, size: int, splits: Splits) -> dict[str, Any]:
    """Train one model and measure it."""
    plan = replace(plan, model=replace(plan.model, code_dim=size))
    model = fresh_model(plan)
    start = time.perf_counter()
    for _ in run(model, splits, plan, "cpu"):
        pass
    seconds = time.perf_counter() - start
    mse = {
        part: float(f"{evaluate(model, getattr(splits, part)).mse:.6g}")
        for part in ("train", "val", "test")
    }
    return {"family": family, "units": size, **mse, "seconds": round(seconds, 1)}


def content(rows: list[dict[str, Any]], splits: Splits) -> dict[str, Any]:
    """What the page reads: where the figures come from, and the figures."""
    return {
        "data": "digits",
        "n": {part: len(getattr(splits, part)) for part in ("train", "val", "test")},
        "command": "python benchmarks/code_size.py --write",
        "machine": machine(),
        "recipes": {
            name: {"model": plan.model.to_json(), "training": plan.training.to_json()}
            for name, plan in plans().items()
        },
        "rows": rows,
    }


def keep(rows: list[dict[str, Any]], splits: Splits) -> None:
    """Write the figures; rows of other families and sizes that were measured before stay."""
    before = json.loads(TARGET.read_text(encoding="utf-8"))["rows"] if TARGET.is_file() else []
    known = {(row["family"], row["units"]): row for row in (*before, *rows)}
    order = list(plans())
    kept = sorted(known.values(), key=lambda row: (order.index(row["family"]), row["units"]))
    text = json.dumps(content(kept, splits), indent=1, ensure_ascii=False)
    TARGET.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Train everything, smallest first, and print a row for each."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {TARGET.name}")
    parser.add_argument("--families", nargs="*", default=list(plans()), choices=list(plans()))
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    options = parser.parse_args()
    splits = load_splits("digits")
    rows: list[dict[str, Any]] = []
    for family in options.families:
        for size in options.sizes:
            rows.append(measure(family, plans()[family], size, splits))
            if options.write:
                keep(rows, splits)
    show(rows, options.json)


if __name__ == "__main__":
    main()

"""Reconstruction error on Digits against the number of latent units: PCA, linear, deep, VAE.

All but PCA are trained by gradient descent, with one recipe for every size. Of 16 units and more
the deep autoencoder is trained with one wide layer, too, instead of two narrowing ones; that with
the lower error on validation images is measured on the test split. `--write` keeps the figures
where the Compare page reads them (`aeview/assets/code_size.json`).
"""

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from _report import arguments, machine, show

import aeview
from aecore.evaluation import evaluate
from aecore.models.base import Autoencoder, ClosedForm
from aecore.models.config import ModelConfig
from aecore.production import Splits, fresh_model, load_splits, run
from aecore.recipes import Recipe, recipe
from aecore.training.config import TrainingConfig

SIZES = (2, 4, 8, 16, 32, 64)
DEEP_EPOCHS = 250
WIDE, WIDE_EPOCHS, WIDE_FROM = (1024,), 120, 16  # layers, epochs, least code size
TARGET = Path(aeview.__file__).parent / "assets" / "code_size.json"


class Curve(NamedTuple):
    """A line of the chart.

    Attributes:
        title: what it is called.
        recipes: what it is chosen from at each size; the second from `WIDE_FROM` units on.
    """

    title: str
    recipes: tuple[Recipe, ...]


def curves() -> dict[str, Curve]:
    """The curve of each family; the code size of its recipes is replaced."""
    pca, ae, vae = (recipe(f"digits-{kind}-16d") for kind in ("pca", "ae", "vae"))
    linear = ModelConfig(
        kind="ae", widths=(), activation="identity", output="identity", likelihood="gaussian"
    )
    steps = TrainingConfig(epochs=300, batch_size=64, learning_rate=5e-3)
    narrowing = replace(ae, training=replace(ae.training, epochs=DEEP_EPOCHS))
    wide = replace(
        ae,
        model=replace(ae.model, widths=WIDE),
        training=replace(ae.training, epochs=WIDE_EPOCHS),
    )
    vae = replace(
        vae,
        model=replace(vae.model, widths=ae.model.widths),
        training=replace(vae.training, epochs=DEEP_EPOCHS),
    )
    return {
        "pca": Curve("PCA", (pca,)),
        "linear": Curve("linear autoencoder", (Recipe("digits", linear, steps),)),
        "ae": Curve("deep autoencoder", (narrowing, wide)),
        "vae": Curve("deep VAE", (vae,)),
    }


def measure(family: str, curve: Curve, size: int, splits: Splits) -> dict[str, Any]:
    """Train a model by each recipe; of the best on validation images say more."""
    start = time.perf_counter()
    recipes = curve.recipes if size >= WIDE_FROM else curve.recipes[:1]
    models = [trained(plan, size, splits) for plan in recipes]
    seconds = time.perf_counter() - start
    tried = [error(model, splits, "val") for model in models]
    best = models[int(np.argmin(tried))]
    row = {"family": family, "units": size, "widths": list(best.config.widths)}
    row |= {part: error(best, splits, part) for part in ("train", "val", "test")}
    if isinstance(best, ClosedForm):
        row["clipped"] = clipped(best, splits)
    return row | {"tried": tried, "seconds": round(seconds, 1)}


def trained(plan: Recipe, size: int, splits: Splits) -> Autoencoder:
    """A model of so many units."""
    plan = replace(plan, model=replace(plan.model, code_dim=size))
    model = fresh_model(plan)
    for _ in run(model, splits, plan, "cpu"):
        pass
    return model


def error(model: Autoencoder, splits: Splits, part: str) -> float:
    """Squared error per pixel over a split."""
    return float(f"{evaluate(model, getattr(splits, part)).mse:.6g}")


@torch.no_grad()
def clipped(model: Autoencoder, splits: Splits) -> float:
    """The same over test images, of reconstructions brought to [0, 1], as they are drawn."""
    images = torch.from_numpy(splits.test.images)
    return float(f"{(model.reconstruct(images).clamp(0, 1) - images).square().mean():.6g}")


def content(rows: list[dict[str, Any]], splits: Splits) -> dict[str, Any]:
    """What the page reads: where the figures come from, and the figures."""
    return {
        "data": "digits",
        "n": {part: len(getattr(splits, part)) for part in ("train", "val", "test")},
        "command": "python benchmarks/code_size.py --write",
        "machine": machine(),
        "titles": {name: curve.title for name, curve in curves().items()},
        "recipes": {
            name: [
                {"model": plan.model.to_json(), "training": plan.training.to_json()}
                for plan in curve.recipes
            ]
            for name, curve in curves().items()
        },
        "rows": rows,
    }


def keep(rows: list[dict[str, Any]], splits: Splits) -> None:
    """Write the figures; rows of other families and sizes that were measured before stay."""
    before = json.loads(TARGET.read_text(encoding="utf-8"))["rows"] if TARGET.is_file() else []
    known = {(row["family"], row["units"]): row for row in (*before, *rows)}
    order = list(curves())
    kept = sorted(known.values(), key=lambda row: (order.index(row["family"]), row["units"]))
    text = json.dumps(content(kept, splits), indent=1, ensure_ascii=False)
    TARGET.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Train everything, smallest first, and print a row for each."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {TARGET.name}")
    parser.add_argument("--families", nargs="*", default=list(curves()), choices=list(curves()))
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    options = parser.parse_args()
    splits = load_splits("digits")
    rows: list[dict[str, Any]] = []
    for family in options.families:
        for size in options.sizes:
            rows.append(measure(family, curves()[family], size, splits))
            if options.write:
                keep(rows, splits)
    show(rows, options.json)


if __name__ == "__main__":
    main()

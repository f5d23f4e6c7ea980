"""Which sprites model is disentangled? Medians over seeds of MIG, DCI, SAP, FactorVAE, InfoMEC.

The variants are the recipes of the shipped models and, of the same layers and length, β-TCVAEs
whose β falls from a multiple of its value; each is trained again from each seed by the same loop.
The figures are on the validation split (5,000 images with combinations of factors that were not
trained on): what is shipped is chosen here, so the test split is left alone. "median seed" is the
one whose MIG is the median, "UDR seed" the one that is most like the others (`aecore.agreement`),
which asks for no factors. Seconds are of CPU time, training alone.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import torch
from _report import arguments, keep, show

from aecore import production
from aecore.agreement import udr
from aecore.arrays import CodeArray
from aecore.data.catalogue import load
from aecore.evaluation import evaluate
from aecore.recipes import Recipe, recipes

TARGET = Path(__file__).parent.parent / "aeview" / "assets" / "disentanglement.json"
RECIPES = ("sprites-vae-10d", "sprites-bvae-10d-b4", "sprites-tcvae-10d-w6")
SHORTER = "sprites-tcvae-10d-w6-short"
FIGURES = (
    "MIG", "D", "C", "I", "SAP", "FactorVAE", "InfoM", "InfoE", "InfoC", "reconstruction", "KL",
    "seconds",
)  # fmt: skip


class Trained(NamedTuple):
    """A variant from a seed: figures, codes and each unit's KL of the validation split."""

    row: dict[str, Any]
    codes: CodeArray
    kl: tuple[float, ...]


def variants() -> dict[str, Recipe]:
    """All that is compared, by name."""
    known = {name: recipes()[name] for name in RECIPES}
    longer = known[RECIPES[-1]]
    shorter = replace(
        longer,
        model=replace(longer.model, beta=0.5),
        training=replace(longer.training, kl_start=4.0, kl_warmup=0.6),
    )
    return known | {SHORTER: shorter}


def measured(name: str, seed: int) -> Trained:
    """Train a variant from a seed and measure it on the validation split."""
    recipe = variants()[name]
    recipe = replace(recipe, training=replace(recipe.training, seed=seed))
    model = production.fresh_model(recipe)
    splits = production.load_splits(recipe.data)
    # The loop measures what it is given after every epoch; a hundred images are enough here.
    splits = replace(splits, val=splits.val.take(np.arange(100)))
    start = time.process_time()
    for _ in production.run(model, splits, recipe, "cpu"):
        pass
    seconds = time.process_time() - start
    images = load(recipe.data, "val")
    got = evaluate(model.to("cpu"), images)
    known = got.disentanglement
    assert known is not None
    scores = (known.mig, *known.dci, known.sap, known.factor_vae, *known.infomec)
    values = (*scores, got.reconstruction, got.kl, seconds)
    row = {"variant": name, "seed": seed} | dict(zip(FIGURES, values, strict=True))
    with torch.no_grad():
        codes = model.encode(torch.from_numpy(images.images)).mean.numpy()
    return Trained(row, codes, got.kl_units)


def medians(runs: list[Trained]) -> Iterator[dict[str, Any]]:
    """Yield one row a variant: medians, the lowest and highest MIG, the seeds to choose."""
    for name in dict.fromkeys(run.row["variant"] for run in runs):
        own = sorted(
            (run for run in runs if run.row["variant"] == name), key=lambda run: run.row["MIG"]
        )
        rows = [run.row for run in own]
        middle = {figure: median(row[figure] for row in rows) for figure in FIGURES}
        span = {"MIG from": rows[0]["MIG"], "to": rows[-1]["MIG"]}
        yield {"variant": name, "seeds": len(own), **middle, **span, **chosen(own)}


def chosen(own: list[Trained]) -> dict[str, Any]:
    """The seed in the middle of runs in the order of their MIG, and the one that UDR prefers."""
    if len(own) == 1:
        return {}
    likeness = udr([run.codes for run in own], [np.array(run.kl) for run in own])
    best = own[int(np.argmax(likeness))].row
    return {
        "median seed": own[(len(own) - 1) // 2].row["seed"],
        "UDR seed": best["seed"],
        "its MIG": best["MIG"],
    }


def main() -> None:
    """Train and measure; a line for each run goes to the error stream as it is done."""
    names = list(variants())
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 0")
    parser.add_argument("--variants", nargs="+", default=names, choices=names)
    parser.add_argument("--write", action="store_true", help=f"keep the MIG in {TARGET.name}")
    options = parser.parse_args()
    torch.set_num_threads(1)
    runs = []
    for seed in range(options.seeds):
        for name in options.variants:
            runs.append(measured(name, seed))
            print(json.dumps(runs[-1].row), file=sys.stderr, flush=True)
    found = list(medians(runs))
    if options.write:
        kept = ("variant", "seeds", "MIG", "MIG from", "to")
        keep(TARGET, {"rows": [{name: row[name] for name in kept} for row in found]})
    show(found, options.json)


if __name__ == "__main__":
    main()

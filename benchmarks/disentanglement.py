"""Which sprites model is disentangled? Median MIG, DCI, SAP and FactorVAE score over seeds.

The variants are the recipes of the shipped models and, with the same training, β-TCVAEs that are
not shipped; each is trained again from each seed by the same loop. The figures are on the
validation split (5,000 images with combinations of factors that were not trained on): what is
shipped is chosen here, so the test split is left alone. Seconds are of CPU time, training alone.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from _report import arguments, keep, show

from aecore import production
from aecore.data.catalogue import load
from aecore.evaluation import evaluate
from aecore.recipes import Recipe, recipes

TARGET = Path(__file__).parent.parent / "aeview" / "assets" / "disentanglement.json"
SHIPPED = ("sprites-vae-10d", "sprites-bvae-10d-b4")
TC_WEIGHTS = {"sprites-tcvae-10d-w4": 4.0, "sprites-tcvae-10d-w6": 6.0}
FIGURES = ("MIG", "D", "C", "I", "SAP", "FactorVAE", "reconstruction", "KL", "seconds")


def variants() -> dict[str, Recipe]:
    """All that is compared, by name."""
    plain = recipes()[SHIPPED[0]]
    weighted = {
        name: replace(plain, model=replace(plain.model, tc_weight=weight))
        for name, weight in TC_WEIGHTS.items()
    }
    return {name: recipes()[name] for name in SHIPPED} | weighted


def measured(name: str, seed: int) -> dict[str, Any]:
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
    got = evaluate(model.to("cpu"), load(recipe.data, "val"))
    known = got.disentanglement
    assert known is not None
    values = (known.mig, *known.dci, known.sap, known.factor_vae, got.reconstruction, got.kl)
    return {"variant": name, "seed": seed} | dict(zip(FIGURES, (*values, seconds), strict=True))


def medians(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield one row a variant: how many seeds, the medians, the lowest and highest MIG."""
    for name in dict.fromkeys(row["variant"] for row in rows):
        own = [row for row in rows if row["variant"] == name]
        mig = [row["MIG"] for row in own]
        middle = {figure: median(row[figure] for row in own) for figure in FIGURES}
        yield {"variant": name, "seeds": len(own), **middle, "MIG from": min(mig), "to": max(mig)}


def main() -> None:
    """Train and measure; a line for each run goes to the error stream as it is done."""
    names = list(variants())
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 0")
    parser.add_argument("--variants", nargs="+", default=names, choices=names)
    parser.add_argument("--write", action="store_true", help=f"keep the MIG in {TARGET.name}")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for seed in range(options.seeds):
        for name in options.variants:
            rows.append(measured(name, seed))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    found = list(medians(rows))
    if options.write:
        kept = ("variant", "seeds", "MIG", "MIG from", "to")
        keep(TARGET, {"rows": [{name: row[name] for name in kept} for row in found]})
    show(found, options.json)


if __name__ == "__main__":
    main()

"""Which sprites model is disentangled? Median MIG, DCI, SAP and FactorVAE score over seeds.

Every variant is a recipe of the shipped models, trained again from each seed by the same loop. The
figures are on the validation split (5,000 images with combinations of factors that were not
trained on) unless `--split test` asks for the other: what is shipped is chosen here, so the test
split is left alone.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
import torch
from _report import arguments, show

from aecore import production
from aecore.data.catalogue import load
from aecore.evaluation import evaluate
from aecore.recipes import recipes

FIGURES = ("MIG", "D", "C", "I", "SAP", "FactorVAE", "reconstruction", "KL", "seconds")


def measured(name: str, seed: int, split: str) -> dict[str, Any]:
    """Train a recipe from a seed and measure it."""
    recipe = recipes()[name]
    recipe = replace(recipe, training=replace(recipe.training, seed=seed))
    model = production.fresh_model(recipe)
    splits = production.load_splits(recipe.data)
    # The loop measures what it is given after every epoch; a hundred images are enough here.
    splits = replace(splits, val=splits.val.take(np.arange(100)))
    start = time.process_time()
    for _ in production.run(model, splits, recipe, "cpu"):
        pass
    seconds = time.process_time() - start
    got = evaluate(model.to("cpu"), load(recipe.data, split))
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
    names = [name for name, recipe in recipes().items() if recipe.data == "sprites"]
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 0")
    parser.add_argument("--variants", nargs="+", default=names, choices=names)
    parser.add_argument("--split", default="val", choices=("val", "test"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for seed in range(options.seeds):
        for name in options.variants:
            rows.append(measured(name, seed, options.split))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    show(list(medians(rows)), options.json)


if __name__ == "__main__":
    main()

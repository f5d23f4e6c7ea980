"""A GAN that draws every class, and one whose critic lags behind: what does one setting change?

The recipe of the shipped model, from several seeds, with its critic as fast as the generator and
at a twentieth of that rate. Fréchet distance of its pictures to all training images, and how many
of the ten classes 1,000 of them show (10 or more of each), as a card has them.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from _report import arguments, show

from aecore import production
from aecore.diagnosis import n_drawn
from aecore.recipes import recipe

NAME = "digits-gan-16d"
RATES, SEEDS = (1.0, 0.05), (0, 1, 2)


def trained(rate: float, seed: int) -> dict[str, Any]:
    """One row: what a model of this critic's rate and this seed draws."""
    plan = recipe(NAME)
    splits = production.load_splits(plan.data)
    model = replace(plan.model, critic_rate=rate)
    model = model.fitted(splits.train.shape, len(splits.train.classes))
    plan = replace(plan, model=model, training=replace(plan.training, seed=seed))
    network = production.fresh_model(plan)
    for _ in production.run(network, splits, plan, "cpu"):
        pass
    with tempfile.TemporaryDirectory() as folder:
        card = production.finish(Path(folder) / "x.safetensors", network, splits, plan, "")
    figures = card.metrics
    return {
        "critic's rate": rate, "seed": seed, "distance": figures["distance"],
        "classes drawn": n_drawn(figures["drawn"]), "of each": str(figures["drawn"]),
    }  # fmt: skip


def main() -> None:
    """Train all, or those of some seeds."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    options = parser.parse_args()
    show([trained(rate, seed) for rate in RATES for seed in options.seeds], options.json)


if __name__ == "__main__":
    main()

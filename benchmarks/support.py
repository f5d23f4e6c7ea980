"""Which measure of support tells codes of images from codes that decode to no image?

The judge is a classifier that never saw a latent space: a decoded picture is ambiguous where it
gives no class one half. Half-way codes between images of different classes, and draws from the
prior (of an autoencoder: from the normal distribution fitted to its codes), that are ambiguous are
to be told from codes of images whose reconstruction is not: AUROC of each measure. `supported` is
the share of ambiguous half-way codes that have a support of 10 % or more, as 9 in 10 images have.
`unused`: how far support moves, in the mean of 200 images, when a unit that a VAE leaves unused is
set to 3 σ.

The measure was chosen on the validation split; `--split test` is for one look at the end.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from _report import arguments, show
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

from aecore import classifier
from aecore.checkpoints import build, read, shipped_folder
from aecore.data.catalogue import load
from aecore.data.imageset import random_sample
from aecore.latents.neighbours import nearest
from aecore.latents.support import Support
from aecore.latents.traversal import units

DATA, FAMILIES, SIZES = ("digits", "mnist", "fashion"), ("ae", "vae"), (2, 16)
MODELS = [f"{data}-{kind}-{n}d" for data in DATA for kind in FAMILIES for n in SIZES]
SUPPORTED, N_IMAGES, N_UNUSED = 0.1, 2000, 200

Codes = np.ndarray
Measure = Callable[
    [Codes, bool], np.ndarray
]  # how strange; True: of training codes left out in turn


class Bench:
    """A model, its judge, and what is to be told apart."""

    def __init__(self, name: str, split: str) -> None:
        self.stored = read(shipped_folder() / f"{name}.safetensors")
        self.model = build(self.stored)
        card = self.stored.card
        self.judge = classifier.load(
            shipped_folder() / "classifiers" / f"{card.data}.safetensors"
        ).network
        data = load(card.data, split)
        data = data.take(random_sample(len(data), N_IMAGES))
        self.training = self.stored.latents.training_codes
        self.images = self.encode(torch.from_numpy(data.images))
        rng = np.random.default_rng(0)
        others = rng.permutation(len(data))
        apart = data.labels != data.labels[others]
        half_way = (self.images + self.images[others])[apart] / 2
        if self.stored.latents.log_var.shape[1]:
            draws = rng.standard_normal(self.images.shape)
        else:
            mean, covariance = self.training.mean(0), np.cov(self.training.T.astype(np.float64))
            draws = rng.multivariate_normal(mean, covariance, len(data))
        draws = draws.astype(np.float32)
        self.sure = self.images[~self.ambiguous(self.images)]
        self.half_way = half_way[self.ambiguous(half_way)]
        self.draws = draws[self.ambiguous(draws)]

    @torch.no_grad()
    def encode(self, images: torch.Tensor) -> Codes:
        """Codes of images."""
        return self.model.encode(images).mean.numpy()

    @torch.no_grad()
    def decode(self, codes: Codes) -> torch.Tensor:
        """Images of codes."""
        return self.model.decode(torch.from_numpy(codes))

    @torch.no_grad()
    def ambiguous(self, codes: Codes) -> np.ndarray:
        """Where the judge gives no class one half."""
        return (self.judge(self.decode(codes)).softmax(1).amax(1) < 0.5).numpy()

    def told(self, measure: Measure) -> dict[str, float]:
        """AUROCs of a measure, and the share of ambiguous half-way codes that it supports."""
        good = measure(self.sure, False)
        bad = {"half-way": measure(self.half_way, False), "draws": measure(self.draws, False)}
        found = {
            name: float(roc_auc_score([0] * len(good) + [1] * len(each), [*good, *each]))
            for name, each in bad.items()
        }
        reference = measure(self.training, True)
        found["supported"] = float((share(reference, bad["half-way"]) >= SUPPORTED).mean())
        unused = [unit.dimension for unit in units(self.stored) if not unit.active]
        codes = self.training[:N_UNUSED]
        before = share(reference, measure(codes, False))
        moves = []
        for unit in unused:
            moved = codes.copy()
            moved[:, unit] = 3
            moves.append(np.abs(share(reference, measure(moved, False)) - before).mean())
        return found | ({"unused": float(np.mean(moves))} if unused else {})


def share(reference: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Conformal p-value."""
    return 1 - np.searchsorted(np.sort(reference), score, side="left") / len(reference)


def measures(bench: Bench) -> dict[str, Measure]:
    """The rivals by name, ours last."""
    training, support = bench.training, Support.of(bench.stored.latents)

    def distance(scale: np.ndarray) -> Measure:
        known = training * scale
        return lambda codes, own: nearest(known, codes * scale, 5, own).distance.mean(axis=1)

    def outlier_factor(codes: Codes, own: bool) -> np.ndarray:
        lof = LocalOutlierFactor(20, novelty=not own).fit(training * support.scale)
        return -lof.negative_outlier_factor_ if own else -lof.score_samples(codes * support.scale)

    def round_trip(codes: Codes, _: bool) -> np.ndarray:
        landing = bench.encode(bench.decode(codes))
        return np.linalg.norm((landing - codes) * support.scale, axis=1)

    def pixels(codes: Codes, own: bool) -> np.ndarray:
        known, seen = (bench.decode(each).flatten(1).numpy() for each in (training, codes))
        return nearest(known, seen, 5, own).distance.mean(axis=1)

    def isolation(codes: Codes, own: bool) -> np.ndarray:
        if not own:
            return support.isolation(codes)
        return support.reference

    return {
        "distance to the 5 nearest": distance(np.ones_like(support.scale)),
        "… weighted by information": distance(support.scale),
        "… of decoded pictures": pixels,
        "round trip": round_trip,
        "local outlier factor": outlier_factor,
        "isolation (ours)": isolation,
    }


def main() -> None:
    """Measure all on each model."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--split", choices=("val", "test"), default="val")
    parser.add_argument("--models", nargs="+", default=MODELS)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for name in options.models:
        bench = Bench(name, options.split)
        found = {what: bench.told(measure) for what, measure in measures(bench).items()}
        rows += [{"model": name, "measure": what} | each for what, each in found.items()]
    for what in dict.fromkeys(row["measure"] for row in rows):
        own = [row for row in rows if row["measure"] == what]
        means = {
            key: float(np.mean([row[key] for row in own if key in row]))
            for key in ("half-way", "draws", "supported", "unused")
            if any(key in row for row in own)
        }
        rows.append({"model": "mean", "measure": what} | means)
    show(rows, options.json)


if __name__ == "__main__":
    main()

"""What the checkpoint of a generator carries: draws of N(0, I), and what its pictures show.

A model without an encoder has no codes of images.
"""

from typing import Any, NamedTuple

import numpy as np

from aecore.checkpoints import LatentTable
from aecore.classifier import Classifier
from aecore.latents.encoding import n_rows
from aecore.latents.quality import classes_seen, judge_of, n_of_each_class, sample_quality
from aecore.latents.sampling import draw, prior
from aecore.models.base import Autoencoder

UNKNOWN = ("class unknown",)  # of all draws, where no classifier is shipped
ABSENT = ("mse", "reconstruction", "kl", "negative_elbo", "active_units")  # figures of images


class Drawn(NamedTuple):
    """Draws of one model.

    Attributes:
        latents: up to 2,000 draws in the place of codes of images; `index` counts them.
        classes: what their labels mean, which the shipped classifier has found in the pictures.
        metrics: for the card: how many pictures of 1,000 show each class (`drawn`), and the
            Fréchet distance to all training images (`distance`); figures of images are None.
    """

    latents: LatentTable
    classes: tuple[str, ...]
    metrics: dict[str, Any]


def drawn(model: Autoencoder, data: str, classes: tuple[str, ...], seed: int = 0) -> Drawn:
    """Draw what a checkpoint carries, and measure the pictures.

    Args:
        model: whose weights are rounded to what is stored.
        data: name of the data set that it has learnt.
        classes: of that set.
        seed: of the draws.
    """
    judge, d = judge_of(data), model.config.code_dim
    codes = draw(prior(np.zeros((0, d), np.float32)), n_rows(d), seed)
    codes = codes.astype(np.float16).astype(np.float32)  # what is decoded is what is stored
    n = len(codes)
    labels = np.zeros(n, np.int64) if judge is None else classes_seen(model, codes, judge)
    nothing = np.zeros(n, np.float32)
    table = LatentTable(
        split=np.zeros(n, np.int64),
        index=np.arange(n),
        labels=labels,
        codes=codes,
        log_var=np.zeros((n, 0), np.float32),
        error=nothing,
        kl=nothing,
    )
    return Drawn(table, classes if judge else UNKNOWN, _metrics(model, judge, seed))


def _metrics(model: Autoencoder, judge: Classifier | None, seed: int) -> dict[str, Any]:
    found: dict[str, Any] = {"split": "drawn", "n": 0, "kl_units": [], **dict.fromkeys(ABSENT)}
    if judge is None:
        return found
    counts = n_of_each_class(model, judge, seed)
    source = prior(np.zeros((0, model.config.code_dim), np.float32))
    distance = sample_quality(model, source, judge, seed).distance
    told = {"drawn": counts.tolist(), "distance": float(f"{distance:.6g}")}
    return found | {"n": int(counts.sum())} | told

"""What do −ELBO and the squared error of the shipped models not see?

Lessons 8 and 9 read what `--write` keeps (`aeview/assets/blind_spots.json`), so that they have
figures of MNIST and Fashion-MNIST where these sets are not at hand. All are of whole test splits,
with the scores of the page Anomaly.

- grey: the images' own entropy in nats, which no cross-entropy falls below
- strangers: images that a VAE has not learnt; mean −ELBO in nats, and each score's AUROC
- detail: rank correlation of the squared error with the image's total variation, and with its ink
- classes: lowest and highest share that is flagged of a class, with one threshold for all and with
  one for each
- uphill: mean cosine between the way from a noisy image to another and the gradient of log p,
  where p is a kernel density on the training images as wide as the noise; the share of images that
  are denser behind the denoiser than before it; unclipped: the same of noise that leaves [0, 1]
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _report import arguments, keep, show
from scipy.stats import spearmanr

from aecore.anomaly.classes import by_nearest_codes
from aecore.anomaly.scores import score, scores
from aecore.anomaly.strangers import corrupted
from aecore.anomaly.threshold import DEFAULT_RATE, conformal_threshold, thresholds_by_class
from aecore.arrays import ValueArray
from aecore.checkpoints import build, find, read
from aecore.corruption import CORRUPTIONS
from aecore.data.catalogue import load
from aecore.metrics import auroc
from aecore.models.base import Autoencoder
from aecore.seeding import stream
from aecore.types import Images

TARGET = Path(__file__).parent.parent / "aeview" / "assets" / "blind_spots.json"
SETS = ("digits", "mnist", "fashion_mnist")
DETAILED = ("digits-ae-16d", "digits-vae-16d", "mnist-ae-16d", "mnist-vae-16d", "fashion-ae-16d",
            "fashion-vae-16d")  # fmt: skip
CLASSED = ("mnist-ae-16d",)
DENOISER = "digits-dae-784d"
LEVELS = (0.2, 0.4, 0.6)  # σ of the noise
JUDGED = ("mse", "surprise", "elbo")
FADED = 0.5  # what faded images are multiplied by
MASKED = 0.05  # share of the pixels that are made black


def images(data: str, split: str = "test") -> Images:
    """All images of a split, intensity in [0, 1]."""
    return torch.from_numpy(load(data, split).images)


def model(name: str) -> Autoencoder:
    """A shipped model."""
    return build(read(find(name))).eval()


# ---- likelihood ---------------------------------------------------------------------------------


def entropy(x: Images) -> float:
    """Mean of −Σ x·log x + (1 − x)·log(1 − x) over the pixels of an image."""
    each = torch.special.entr(x.double()) + torch.special.entr(1 - x.double())
    return each.flatten(1).sum(1).mean().item()


def masked(x: Images) -> Images:
    """Digits with one pixel in twenty made black, as on the page Anomaly."""
    pixels = np.rint(x.numpy() * 255).astype(np.uint8)
    return torch.from_numpy(corrupted(pixels, "masking", MASKED).astype(np.float32) / 255)


STRANGERS: dict[tuple[str, str], Callable[[], Images]] = {
    ("fashion-vae-16d", "mnist"): lambda: images("mnist"),
    ("fashion-vae-16d", "faded"): lambda: FADED * images("mnist"),
    ("digits-vae-16d", "rounded"): lambda: images("digits").round(),
    ("digits-vae-16d", "masked"): lambda: masked(images("digits")),
}


def strangers() -> Iterator[dict[str, Any]]:
    """Yield a line for the test images of each VAE, and one for each kind of strangers."""
    for name in dict.fromkeys(name for name, _ in STRANGERS):
        judge, data = model(name), read(find(name)).card.data
        normal = scores(JUDGED, judge, images(data))
        yield {"model": name, "images": "own", "elbo": normal["elbo"].mean()}
        for (known, kind), make in STRANGERS.items():
            if known == name:
                odd = scores(JUDGED, judge, make())
                areas = {f"AUROC {of}": auroc(normal[of], odd[of]) for of in JUDGED}
                yield {"model": name, "images": kind, "elbo": odd["elbo"].mean()} | areas


# ---- squared error ------------------------------------------------------------------------------


def variation(x: Images) -> ValueArray:
    """Σ of the differences between neighbouring pixels: how much line and edge an image has."""
    across, down = (x.diff(dim=dim).abs().flatten(1).sum(1) for dim in (3, 2))
    return (across + down).numpy()


def detail(name: str) -> dict[str, float]:
    """Spearman's rank correlation of the squared error with total variation, and with ink."""
    x = images(read(find(name)).card.data)
    error = score("mse", model(name), x)
    against = {"variation": variation(x), "ink": x.flatten(1).sum(1).numpy()}
    return {what: float(spearmanr(error, value).statistic) for what, value in against.items()}


def classes(name: str) -> dict[str, tuple[float, float]]:
    """Lowest and highest share of a class that is flagged, by the rule of the threshold."""
    judge, data = model(name), read(find(name)).card.data
    told = by_nearest_codes(judge, load(data, "train"))
    held, test = images(data, "val"), images(data)
    known, new = score("mse", judge, held), score("mse", judge, test)
    one = conformal_threshold(known, DEFAULT_RATE)
    each = thresholds_by_class(
        lambda own: conformal_threshold(own, DEFAULT_RATE), known, told(held), 10
    )
    labels = load(data, "test").labels
    found = {}
    for rule, flagged in (("conformal", new > one), ("by_class", new > each[told(test)])):
        shares = [float(flagged[labels == label].mean()) for label in range(10)]
        found[rule] = (min(shares), max(shares))
    return found


# ---- the denoiser's way -------------------------------------------------------------------------


def density(x: Images, known: Images, width: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Log p up to a constant and its gradient, of a kernel density of this width on images."""
    flat, centres = x.flatten(1).double(), known.flatten(1).double()
    near = -torch.cdist(flat, centres).square() / (2 * width**2)
    return near.logsumexp(1), (near.softmax(1) @ centres - flat) / width**2


def uphill(level: float, clipped: bool = True) -> dict[str, float]:
    """Mean cosines with the gradient, and the share of images that gain density.

    Clipped to [0, 1] is the noise that the denoiser was trained on.
    """
    known, clean = images("digits", "train"), images("digits")
    draws = stream(0, "uphill")
    if clipped:
        noisy = CORRUPTIONS["gaussian"](clean, level, draws)
    else:
        noisy = clean + level * torch.empty_like(clean).normal_(generator=draws)
    restored = model(DENOISER).reconstruct(noisy)
    before, gradient = density(noisy, known, level)
    ways = {"residual": restored, "clean": clean, "mean": known.mean(0, keepdim=True)}
    found = {
        way: torch.cosine_similarity((to - noisy).flatten(1).double(), gradient).mean().item()
        for way, to in ways.items()
    }
    denser = density(restored, known, level)[0] > before
    return found | {"denser": denser.double().mean().item()}


# ---- all of it ----------------------------------------------------------------------------------


@torch.no_grad()
def measured() -> dict[str, Any]:
    """Everything, by question, to five digits."""
    return {
        "grey": {data: entropy(images(data)) for data in SETS},
        "strangers": list(strangers()),
        "detail": {name: detail(name) for name in DETAILED},
        "classes": {name: classes(name) for name in CLASSED},
        "uphill": {DENOISER: {f"{level:g}": uphill(level) for level in LEVELS}},
        "unclipped": {DENOISER: {f"{level:g}": uphill(level, False) for level in LEVELS}},
    }


def lines(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the lines of a table."""
    for question, of in found.items():
        if question == "strangers":
            yield from ({"question": question, **row} for row in of)
            continue
        for subject, value in of.items():
            yield {"question": question, "model": subject, "value": value}


def main() -> None:
    """Measure, and keep it where the lessons read it."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep it in {TARGET.name}")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = json.loads(
        json.dumps(measured(), default=float), parse_float=lambda x: float(f"{float(x):.5g}")
    )
    if options.write:
        keep(TARGET, found)
    show(list(lines(found)), options.json)


if __name__ == "__main__":
    main()

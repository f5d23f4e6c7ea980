"""Does a code still say the class? And is what is asked for what comes?

For each conditional VAE, and a VAE of the same set beside it: how many test images a linear
classifier (logistic regression) tells right from their codes, trained on the codes of up to
10,000 training images, each under its own class; the share of 2,000 draws from the prior, each
class asked for as often, that our classifier takes for that class, and their Fréchet distance;
the share of 500 test images whose code, drawn as each of ten classes, is taken for that class.
Lesson 11 reads what `--write` keeps.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _report import arguments, keep, show

from aecore import checkpoints, frechet, noise
from aecore.classifier import features, load
from aecore.data.catalogue import load as images_of
from aecore.data.imageset import ImageSet, random_sample
from aecore.models.base import Autoencoder
from aecore.probe import Features, Labels, accuracy

MODELS = (
    ("digits-cvae-2d", "digits-vae-2d"),
    ("mnist-cvae-8d", "mnist-bvae-10d-b1"),
    ("fashion-cvae-8d", "fashion-vae-16d"),
)
N, N_PROBED, N_SWAPPED = 2000, 10_000, 500
TEMPERATURES = (1.0, 0.8)
TARGET = Path(__file__).parent.parent / "aeview" / "assets" / "style.json"


@torch.no_grad()
def codes(model: Autoencoder, data: ImageSet) -> np.ndarray:
    """Posterior means, each under its own class."""
    return model.told(data.labels).encode(torch.from_numpy(data.images)).mean.numpy()


@torch.no_grad()
def row(name: str) -> dict[str, Any]:
    """All figures of a model; those of a class that is asked for only where it is told one."""
    stored = checkpoints.read(checkpoints.find(name))
    model, card = checkpoints.build(stored), stored.card
    train, test = (images_of(card.data, part) for part in ("train", "test"))
    train = train.take(random_sample(len(train), min(N_PROBED, len(train))))
    both = Features(codes(model, train), codes(model, test))
    read = accuracy(both, Labels(train.labels, test.labels))
    found: dict[str, Any] = {"model": name, "class from the code": read}
    if not card.model.n_classes:
        return found
    judge, k = load(checkpoints.classifier_file(card.data)), card.model.n_classes
    asked = np.arange(N) % k
    draws = noise.normal(0, "codes", N, card.model.code_dim)
    for temperature in TEMPERATURES:
        drawn = torch.from_numpy((temperature * draws).astype(np.float32))
        images = model.told(asked).decode(drawn)
        seen = judge.network(images).argmax(1).numpy()
        near = frechet.moments(features(judge.network, images))
        found[f"agree, T = {temperature:g}"] = float((seen == asked).mean())
        found[f"Fréchet, T = {temperature:g}"] = frechet.distance(near, judge.train)
    some = test.take(random_sample(len(test), min(N_SWAPPED, len(test))))
    styles = torch.from_numpy(codes(model, some))
    agree = [
        (judge.network(model.told(np.array([c])).decode(styles)).argmax(1) == c).float().mean()
        for c in range(k)
    ]
    return found | {"an image as each class": float(torch.stack(agree).mean())}


def main() -> None:
    """Measure every conditional model that ships, each beside a VAE that is told nothing."""
    parser = arguments((__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep it in {TARGET.name}")
    options = parser.parse_args()
    rows = [row(name) for pair in MODELS for name in pair]
    if options.write:
        rounded = json.loads(json.dumps(rows), parse_float=lambda x: float(f"{float(x):.4g}"))
        keep(TARGET, {"rows": rounded})
    show(rows, options.json)


if __name__ == "__main__":
    main()

"""Photographed test digits: how many come back as normal, and among their own class?

The photographs are those of the tests: paper, light, blur, rotation, perspective, pens, ruled and
squared sheets, 300 to 4,000 pixels, both polarities. Beside them the same digits untouched, and
strangers by the same pens and camera: printed letters and Fashion-MNIST's garments, as strokes.
"""

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _report import arguments, show
from PIL import Image, ImageDraw, ImageFont

from aecore import checkpoints
from aecore.data.catalogue import load
from aecore.scoring import Scorer

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "aecore" / "pictures"))
photographs: Any = import_module("photographs")  # the tests', not this file

N_NEIGHBOURS = 5
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZabdefghkmnpqrtuwxyz"  # none that is drawn as a digit is


def row(scorer: Scorer, pictures: list[bytes], labels: list[str], what: str) -> dict[str, Any]:
    """Score pictures: shares that are within the 5 % threshold, and near their own class."""
    scored = [scorer.score(content) for content in pictures]
    normal = [each.verdict == "scored" and not each.anomalous for each in scored]
    pairs = zip(scored, labels, strict=True)
    own = [label in each.neighbour_labels[:N_NEIGHBOURS] for each, label in pairs]
    return {
        "what": what,
        "n": len(scored),
        "within the 5 % threshold": float(np.mean(normal)),
        "own class among the 5 nearest": float(np.mean(own)) if any(labels) else "",
    }


def letter(draw: np.random.Generator) -> np.ndarray:
    """A printed letter, its longer side 20 of 28 pixels, in [0, 1]."""
    page = Image.new("L", (400, 400))
    chosen = LETTERS[draw.integers(len(LETTERS))]
    ImageDraw.Draw(page).text((60, 40), chosen, 255, ImageFont.load_default(240))
    ink = page.crop(page.getbbox())
    ink.thumbnail((20, 20), Image.Resampling.BOX)
    made = Image.new("L", (28, 28))
    made.paste(ink, ((28 - ink.width) // 2, (28 - ink.height) // 2))
    return np.asarray(made, np.float32) / 255


def photographed(image: np.ndarray, place: int, key: tuple[int, int]) -> bytes:
    """Photograph an image in [0, 1]; of each four one is chalk on a blackboard."""
    draw = np.random.default_rng(key)
    how = photographs.scene(draw, dark_ink=place % 4 != 3)
    return photographs.photograph([image], how, draw)


def strangers(scorer: Scorer, options: Any) -> list[dict[str, Any]]:
    """Score photographs of what is no digit: a share within the threshold that should be small."""
    draw = np.random.default_rng(options.seed)
    garments = load("fashion_mnist", "test").images[: options.digits, 0]
    drawn: dict[str, Iterable[np.ndarray]] = {
        "letters, photographed": [letter(draw) for _ in garments],
        "garments, photographed": garments,
    }
    rows = []
    for what, images in drawn.items():
        taken = [photographed(image, i, (options.seed, i)) for i, image in enumerate(images)]
        rows.append(row(scorer, taken, [""] * len(taken), what))
    return rows


def main() -> None:
    """Draw digits of the test set and print both rows, and strangers' below."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--model", default="mnist-ae-16d", help="a checkpoint of MNIST")
    parser.add_argument("--digits", type=int, default=300, help="how many")
    parser.add_argument("--seed", type=int, default=2, help="draws digits and photographs")
    options = parser.parse_args()
    torch.set_num_threads(1)
    scorer = Scorer(checkpoints.read(checkpoints.find(options.model)))
    test = load("mnist", "test")
    chosen = np.random.default_rng(options.seed).choice(len(test), options.digits, replace=False)
    taken, plain = [], []
    for place, index in enumerate(chosen):
        taken.append(photographed(test.images[index, 0], place, (options.seed, int(index))))
        plain.append(photographs.encoded(Image.fromarray(test.pixels[index, 0]), "PNG"))
    labels = [test.classes[test.labels[index]] for index in chosen]
    rows = [row(scorer, taken, labels, "photographed"), row(scorer, plain, labels, "untouched")]
    show([*rows, *strangers(scorer, options)], options.json)


if __name__ == "__main__":
    main()

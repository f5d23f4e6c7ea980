"""Photographed test digits: how many come back as normal, and among their own class?

The photographs are those of the tests: paper, light, blur, rotation, perspective, pens, ruled and
squared sheets, 300 to 4,000 pixels, both polarities. Beside them the same digits untouched.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _report import arguments, show
from PIL import Image

from aecore import checkpoints
from aecore.data.catalogue import load
from aecore.scoring import Scorer

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "aecore" / "pictures"))
import photographs

N_NEIGHBOURS = 5


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
        "own class among the 5 nearest": float(np.mean(own)),
    }


def main() -> None:
    """Draw digits of the test set and print both rows."""
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
        draw = np.random.default_rng((options.seed, int(index)))
        how = photographs.scene(draw, dark_ink=place % 4 != 3)
        taken.append(photographs.photograph([test.images[index, 0]], how, draw))
        plain.append(photographs.encoded(Image.fromarray(test.pixels[index, 0]), "PNG"))
    labels = [test.classes[test.labels[index]] for index in chosen]
    rows = [row(scorer, taken, labels, "photographed"), row(scorer, plain, labels, "untouched")]
    show(rows, options.json)


if __name__ == "__main__":
    main()

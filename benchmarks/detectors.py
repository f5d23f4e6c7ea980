"""The detectors of the textbooks on the Anomaly page's first choices: AUROC, precision, seconds.

The autoencoder that the page trains on the table is measured beside them.

`--write` keeps the figures where the page reads them (`aeview/assets/detectors.json`), so that it
can show them at once. The page measures any other choice behind a button, by the same code.
"""

import json
import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from typing import Any

from _report import arguments, machine, show

from aecore.anomaly.detectors import DETECTORS, measure
from aecore.anomaly.strangers import corrupted
from aecore.data.catalogue import load
from aecore.noise import KINDS
from aeview.anomaly.rivals import Split, split_of
from aeview.anomaly.rows import EXAMPLE, example_auroc, example_split
from aeview.anomaly.sets import CORRUPTED, Choice, setting_of
from aeview.anomaly.shown import Question
from aeview.work.shipped import DETECTORS as SHIPPED

FIRST_KIND = Question().damage


def first_images() -> Split:
    """Digits against damaged digits: what the page shows first."""
    train, test = load("digits", "train"), load("digits", "test")
    spoilt = corrupted(test.pixels, FIRST_KIND, KINDS[FIRST_KIND].first)
    return split_of(train.pixels, test.pixels, spoilt)


def main() -> None:
    """Measure all on both first choices."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {SHIPPED.name}")
    options = parser.parse_args()
    choice = Choice("all", CORRUPTED, FIRST_KIND, KINDS[FIRST_KIND].first)
    settings = {setting_of("digits", choice): first_images(), EXAMPLE: example_split()}
    found: dict[str, list[dict[str, Any]]] = {}
    for setting, split in settings.items():
        measured = [measure(name, *split)._asdict() for name in DETECTORS]
        found[setting] = [
            {k: v if isinstance(v, str) else float(f"{v:.4g}") for k, v in row.items()}
            for row in measured
        ]
    if options.write:
        values = {
            "command": "python benchmarks/detectors.py --write",
            "machine": machine(),
            "settings": found,
            "autoencoder": {EXAMPLE: float(f"{example_auroc():.4g}")},
        }
        text = json.dumps(values, indent=1, ensure_ascii=False)
        SHIPPED.write_text(text + "\n", encoding="utf-8")
    rows = [{"setting": s, **row} for s, several in found.items() for row in several]
    show(rows, options.json)


if __name__ == "__main__":
    main()

"""New pictures: how near to real ones, how varied, of the class that was asked for, how fast?

Every sampler on every model of 16 units. Fréchet distance, precision and recall (Kynkäänniemi et
al. 2019, k = 3) are in the features of our own classifier: 2,000 samples against all training
images, and against 2,000 test images; of the digits, which have 355, 5 times 355 samples.
Agreement is the share of samples that the classifier takes for the class that was asked for. A
picture's milliseconds are those of drawing its code by the browser's own code in Node.js. Means of
three seeds.
"""

import json
import shutil
import subprocess
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from _report import arguments, show

from aecore import checkpoints
from aecore.classifier import Classifier, load
from aecore.data.catalogue import load as images_of
from aecore.export import flow_parts, pack
from aecore.flows.files import of_checkpoint
from aecore.flows.flow import Flow
from aecore.latents.measures import MEASURES
from aecore.latents.quality import real_features, sample_quality
from aecore.latents.sampling import SAMPLERS, Source
from aecore.models.base import Autoencoder

MODELS = (
    *(f"{data}-{kind}-16d" for data in ("digits", "mnist", "fashion") for kind in ("ae", "vae")),
    "digits-cvae-2d", "mnist-cvae-8d", "fashion-cvae-8d",
    "digits-gan-16d", "mnist-gan-16d",
)  # fmt: skip
GUIDANCES = (1.0, 1.1, 1.5, 2.0)
SEEDS, TIMED = 3, 40


class Evenly(Flow):
    """A flow that is asked for each class as often, instead of one at random for each code."""

    def labels(self, uniforms: np.ndarray) -> np.ndarray:
        """0, 1, … in turn."""
        return np.arange(len(uniforms)) % self.n_classes


def sources(name: str) -> dict[str, Source]:
    """All that a model's codes can be drawn from; a flow with several guidances."""
    path = checkpoints.find(name)
    stored = checkpoints.read(path)
    table = stored.latents
    found: dict[str, Source] = {
        each.title: each(table.training_codes, table.training_spreads)
        for each in SAMPLERS.values()
        if not each.learnt and (stored.card.encodes or not each.fitted)
    }
    if flow := of_checkpoint(path, stored):
        found |= {f"latent flow, guidance {w:g}": flow.ask(guidance=w) for w in GUIDANCES}
        own = {each.name: getattr(flow, each.name) for each in fields(flow)}
        found["latent flow, each class as often"] = Evenly(**own)
    return found


def measured(
    model: Autoencoder, source: Source, judge: Classifier, real: np.ndarray
) -> dict[str, Any]:
    """Means over the seeds, of what the page Generate says."""
    found = [asdict(sample_quality(model, source, judge, seed, real)) for seed in range(SEEDS)]
    values = {name: [each[name] for each in found] for name in MEASURES}
    return {name: "" if None in each else float(np.mean(each)) for name, each in values.items()}


def milliseconds(flow: Flow) -> float:
    """The 95th percentile of drawing one code in plain JavaScript."""
    program = shutil.which("node")
    if program is None:
        return float("nan")
    with tempfile.NamedTemporaryFile() as block:
        block.write(pack(*flow_parts(flow)))
        block.flush()
        words = [program, str(Path(__file__).with_name("drawing.mjs")), block.name, str(TIMED)]
        asked = json.dumps(
            {"label": 0, "guidance": flow.asked.guidance, "steps": flow.asked.steps}
        )
        return float(
            subprocess.run([*words, asked], capture_output=True, text=True, check=True).stdout
        )


def rows_of(name: str) -> list[dict[str, Any]]:
    """One row for each sampler of a model."""
    stored = checkpoints.read(checkpoints.find(name))
    model, data = checkpoints.build(stored), stored.card.data
    judge = load(checkpoints.classifier_file(data))
    real = real_features(judge, images_of(data, "test"))
    rows = []
    for title, source in sources(name).items():
        ms = milliseconds(source) if isinstance(source, Flow) else ""
        found = measured(model, source, judge, real)
        rows.append({"model": name, "codes from": title, **found, "ms a picture, p95": ms})
    return rows


def main() -> None:
    """Measure all models of the table, or those that are named."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--models", nargs="+", default=MODELS, help="names; all of the table")
    options = parser.parse_args()
    show([row for name in options.models for row in rows_of(name)], options.json)


if __name__ == "__main__":
    main()

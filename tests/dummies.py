"""One entry more in each of the engine's tables, as a contributor would add it.

`python -m tests.dummies run app.py` is `streamlit run app.py` with all of them in place.
"""

import gzip
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from aecore import checkpoints, production
from aecore.anomaly import detectors, scores
from aecore.compression import CODECS, Codec
from aecore.data.catalogue import DATASETS, Dataset
from aecore.data.imageset import SPLITS, ImageSet
from aecore.denoising import FILTERS, Filter
from aecore.latents.paths import PATHS, Way, linear
from aecore.latents.projection import PROJECTIONS, Description, Projection
from aecore.latents.sampling import SAMPLERS, Sampler, gaussian
from aecore.models.ae import AE
from aecore.models.config import ModelConfig
from aecore.models.family import MODELS, Family
from aecore.noise import KINDS, Kind
from aecore.recipes import Recipe
from aecore.styles import LineStyle
from aecore.training.config import TrainingConfig
from tests import cards

NAME = "dummy"
CHECKPOINT = "digits-dummy-16d"  # of the dummy family
SET = "blots-ae-2d"  # of the dummy data set
OBLONG = "blots-dummy-4d"  # of both; convolutions that can't halve its images evenly
SHAPE = (3, 20, 28)
GENERATOR = "digits-gan-16d"  # it has no encoder


class DummyAE(AE):
    """A family."""


@dataclass
class DummyPlane(Projection):
    """A map that is not linear: the first two units, their cube roots."""

    title = "Dummy plane"
    words = "the dummy plane two units, bent"
    points: np.ndarray = field(init=False, repr=False)
    rest: np.ndarray = field(init=False, repr=False)

    def fit(self, codes):
        self.rest = codes.mean(axis=0)
        self.points = self.transform(codes)
        return self

    def transform(self, codes):
        return np.cbrt(codes[:, :2]).astype(np.float32)

    def inverse(self, points):
        codes = np.repeat(self.rest[None], len(points), axis=0)
        codes[:, :2] = points**3
        return codes.astype(np.float32)

    def describe(self):
        return Description(("bent z1", "bent z2"), "Nothing is straight.", "")


def blots(split):
    """A data set: images of two kinds, in colour and wider than high."""
    pixels = np.random.default_rng(0).integers(0, 256, (60, *SHAPE), dtype=np.uint8)
    pixels[::2, :, :, :14] //= 4
    return ImageSet("blots", split, pixels, np.arange(60) % 2, ("left", "right"))


def dimmed(images, level, draws):
    """A corruption."""
    del draws
    return images * (1 - level)


def darkness(seen, _reference=None):
    """A score."""
    return 1 - seen.images.flatten(1).mean(1)


def _no_fit(rows, seed):
    del rows, seed
    return detectors.Fitted(lambda x: np.asarray(x.sum(axis=1), dtype=np.float64))


ENTRIES = (
    (MODELS, NAME, Family(where="tests.dummies:DummyAE", title="dummy autoencoder")),
    (PROJECTIONS, NAME, DummyPlane),
    (DATASETS, "blots", Dataset(title="Dummy blots", classes=("left", "right"), licence="MIT",
                                n_images=180, shape=SHAPE, make=blots)),
    (SAMPLERS, NAME, Sampler(title="dummy Gaussian", words="Dummy codes", fit=gaussian)),
    (PATHS, NAME, Way(title="Dummy way", words="Straight on.", style=LineStyle("teal"),
                      go=lambda a, b, t, _: linear(a, b, t))),
    (KINDS, NAME, Kind(title="Dummy dusk", level="share of the light", low=0.1, high=0.9, step=0.4,
                       draws="uniform", count="pixel", axis="share", first=0.5,
                       change="tests.dummies:dimmed")),
    (FILTERS, NAME, Filter(title="Dummy filter", means="nothing", parameters=(1.0,), short="x {}",
                           restore=lambda image, _: image)),
    (scores.SCORES, NAME, scores.Score(title="dummy darkness", words="How dark it is.", unit="",
                                       of=darkness, compared=True, of_rows=True)),
    (detectors.DETECTORS, NAME, detectors.Detector("Dummy detector", "no settings", _no_fit)),
    (CODECS, NAME, Codec(title="Dummy zip", kind="dummy", lossless=True,
                         write=lambda picture: gzip.compress(picture.tobytes(), 1, mtime=0),
                         read=CODECS["gzip"].read)),
)  # fmt: skip


def add(put=dict.__setitem__):
    """Add every entry with `put`(table, name, entry)."""
    for entry in ENTRIES:
        put(*entry)


def write_checkpoints(folder):
    """A model of the dummy family, one of the dummy data set, and some to stand beside them."""
    shipped = checkpoints.shipped_folder()
    for name in ("digits-vae-2d", "digits-ae-2d", "digits-ae-16d", GENERATOR):
        cards.rewrite(shipped / f"{name}.safetensors", dict, folder / f"{name}.safetensors")
    for new, old, change in (
        (CHECKPOINT, "digits-ae-16d", lambda card: card["model"].update(kind=NAME)),
    ):
        cards.rewrite(shipped / f"{old}.safetensors", change, folder / f"{new}.safetensors")
    (folder / f"{SET}.safetensors").write_bytes(oblong(code_dim=2))
    path = folder / f"{OBLONG}.safetensors"
    path.write_bytes(oblong(code_dim=4, body="conv", channels=(4, 8, 8)))
    cards.rewrite(path, lambda card: card["model"].update(kind=NAME))


@cache
def oblong(**model):
    """The file of an autoencoder of the dummy data set, hardly trained."""
    splits = production.Splits(*map(blots, SPLITS))
    config = ModelConfig(**{"kind": "ae", "shape": SHAPE, "widths": (16,)} | model)
    recipe = Recipe("blots", config, TrainingConfig(epochs=3, batch_size=20))
    fresh = production.fresh_model(recipe)
    for _ in production.run(fresh, splits, recipe, "cpu"):
        pass
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.safetensors"
        production.finish(path, fresh, splits, recipe, "made by a test")
        return path.read_bytes()


if __name__ == "__main__":
    from streamlit.web.cli import main

    add()
    main()

"""How good decoded random codes are, in the features and by the answers of our own classifier."""

from typing import Any

import numpy as np
import torch

from aecore import classifier_files, frechet, noise
from aecore.arrays import CodeArray, LabelArray, ValueArray
from aecore.classifier import N_REAL, Classifier, features, load
from aecore.coverage import coverage
from aecore.data.catalogue import DATASETS
from aecore.data.imageset import ImageSet, random_sample
from aecore.flows.flow import Flow
from aecore.latents.measures import SampleQuality
from aecore.latents.sampling import Source, draw, prior
from aecore.models.base import Autoencoder

AROUND = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)
N_AROUND = 400
N_DRAWN = 1000


def real_features(classifier: Classifier, test: ImageSet) -> CodeArray:
    """Features of the test images that samples are compared with: 2,000 or all there are."""
    some = test.take(random_sample(len(test), N_REAL))
    return features(classifier.network, torch.from_numpy(some.images))


@torch.no_grad()
def sample_quality(
    model: Autoencoder,
    source: Source,
    classifier: Classifier,
    seed: int = 0,
    real: CodeArray | None = None,
) -> SampleQuality:
    """Decode codes from a source and compare them with real images.

    A distance estimated from n images is too large by an amount that depends on n. Therefore each
    repeat takes exactly as many images as the floor does (real against real), and where these are
    few the mean over several repeats is given: 2,000 images in all. Precision and recall compare
    with as many test images.

    Args:
        model: decodes.
        source: where codes come from; a flow with classes, or a model that is told them, is asked
            for one at random for each draw.
        classifier: gives the features, and judges.
        seed: of the draws.
        real: `real_features`; without them there is no precision and no recall.
    """
    n = min(classifier.real.n, N_REAL)
    repeats = max(1, N_REAL // n)
    codes = torch.from_numpy(draw(source, n * repeats, seed))
    asked = _asked(model, source, noise.component(seed, n * repeats))
    images = (model if asked is None else model.told(asked)).decode(codes)
    parts = np.split(features(classifier.network, images), repeats)
    near = [frechet.distance(frechet.moments(part), classifier.train) for part in parts]
    covered = [None, None] if real is None else np.mean([coverage(real, p) for p in parts], axis=0)
    agreement = None
    if asked is not None:
        agreement = float((classifier.network(images).argmax(1).numpy() == asked).mean())
    precision, recall = (None if each is None else float(each) for each in covered)
    return SampleQuality(
        float(np.mean(near)), float(np.std(near)), n, repeats, precision, recall, agreement
    )


def _asked(model: Autoencoder, source: Source, uniforms: ValueArray) -> LabelArray | None:
    """The class that each draw is asked for; None where none can be."""
    if isinstance(source, Flow) and source.n_classes:
        return source.labels(uniforms)
    n = model.config.n_classes
    return noise.classes(uniforms, n) if n else None


def judge_of(data: str) -> Classifier | None:
    """Load the classifier that is shipped for a data set; None where there is none."""
    file = classifier_files.find(data)
    return load(file) if file else None


@torch.no_grad()
def classes_seen(model: Autoencoder, codes: CodeArray, classifier: Classifier) -> LabelArray:
    """Return the class that the classifier takes the picture of each code for."""
    place = next(model.parameters()).device
    pictures = model.decode(torch.from_numpy(codes).to(place))
    return classifier.network(pictures).argmax(1).cpu().numpy()


def n_of_each_class(model: Autoencoder, classifier: Classifier, seed: int = 0) -> LabelArray:
    """Return how many of 1,000 pictures of draws of N(0, I) are taken for each class.

    A generator whose pictures show few of the classes has collapsed ("mode collapse", Goodfellow
    et al. 2014, section 6).
    """
    codes = draw(prior(np.zeros((0, model.config.code_dim), np.float32)), N_DRAWN, seed)
    seen = classes_seen(model, codes, classifier)
    return np.bincount(seen, minlength=len(DATASETS[classifier.data].classes))


def flow_quality(model: Autoencoder, flow: Flow, data: str, seed: int = 0) -> dict[str, Any]:
    """The figures of a flow's card; empty for a data set that no classifier is shipped for."""
    judge = judge_of(data)
    if judge is None:
        return {}
    found = sample_quality(model, flow, judge, seed)
    return {
        "distance": found.distance,
        "n": found.n * found.repeats,
        "agreement": found.agreement,
    }


@torch.no_grad()
def around(
    model: Autoencoder,
    codes: CodeArray,
    labels: LabelArray,
    classifier: Classifier,
    seed: int = 0,
) -> tuple[tuple[float, float], ...]:
    """Levels of noise on codes, and the Fréchet distance of what is decoded from them.

    z + σ·s ⊙ ε, with s the standard deviations of the codes and the same ε at every level.

    Args:
        model: decodes.
        codes: of images, (n, d); at most 400 of them, evenly spaced, are taken.
        labels: their classes, for a model that is told them.
        classifier: gives the features and the training images' moments.
        seed: of ε.
    """
    rows = np.linspace(0, len(codes) - 1, min(N_AROUND, len(codes))).astype(int)
    some, told = codes[rows], model.told(labels[rows])
    step = codes.std(axis=0) * noise.normal(seed, "neighbourhood", *some.shape)

    def at(level: float) -> float:
        codes_there = torch.from_numpy((some + level * step).astype(np.float32))
        found = features(classifier.network, told.decode(codes_there))
        return frechet.distance(frechet.moments(found), classifier.train)

    return tuple((level, at(level)) for level in AROUND)

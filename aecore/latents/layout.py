"""A t-SNE layout of images, for a training to begin with."""

import hashlib

import numpy as np

from aecore.arrays import PlanePoints
from aecore.data.imageset import ImageSet
from aecore.latents import stored_maps
from aecore.latents.projection import TSNE

N_COMPONENTS = 30
N_EARLY, N_ITERATIONS = 250, 400  # as shipped models began with


def tsne_layout(data: ImageSet, seed: int) -> PlanePoints:
    """Lay out a split's images by t-SNE of their first 30 principal components.

    It takes minutes for 55,000 images, and is kept on disk for the next time.

    Returns:
        (n, 2) places in t-SNE's own units.

    Raises:
        ValueError: for fewer than 90 images, too few for a perplexity of 30.
    """
    tsne = TSNE(seed=seed, early_iterations=N_EARLY, n_iterations=N_ITERATIONS)
    components = _components(data.images.reshape(len(data), -1))
    digest = "pixels " + hashlib.sha256(data.pixels.tobytes()).hexdigest()
    known = stored_maps.stored(tsne, components, digest)
    return (known or stored_maps.compute(tsne, components, digest)).points


def _components(pixels: np.ndarray) -> np.ndarray:
    centred = pixels - pixels.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return centred @ vectors[:, ::-1][:, :N_COMPONENTS]

"""The class that an image counts to where no label is at hand: that of the nearest training codes.

For thresholds by class. Held-out, test and new images are all told by it, also where a label is
known: only so does what holds for the held-out images of a class hold for new ones (Vovk et al.
2005: a Mondrian taxonomy may use the image, but not a label that a new one lacks).
"""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int

from aecore.anomaly import n_reference
from aecore.arrays import CodeArray, LabelArray
from aecore.configs import require
from aecore.data.imageset import ImageSet, random_sample
from aecore.latents.neighbours import nearest
from aecore.models.base import Autoencoder
from aecore.types import Images

N_NEIGHBOURS = 5
BATCH = 500


def by_nearest_codes(model: Autoencoder, train: ImageSet) -> Callable[[Images], LabelArray]:
    """Return what tells the class of images: that of most of their 5 nearest training codes.

    Among equals it is the class of the nearest. Of `train` `n_reference` are taken at random.

    Raises:
        ValueError: for no training images.
    """
    require(len(train) > 0, "train", "empty", "at least one image")
    known = train.take(random_sample(len(train), n_reference(train.shape)))
    codes = _codes(model, torch.from_numpy(known.images))
    return lambda images: _vote(known.labels, codes, _codes(model, images))


def _vote(
    labels: LabelArray, known: CodeArray, codes: Float[np.ndarray, "m code"]
) -> Int[np.ndarray, " m"]:
    near = labels[nearest(known, codes, N_NEIGHBOURS).rows]
    votes = (near[:, :, None] == np.arange(labels.max() + 1)).sum(axis=1).astype(float)
    votes[np.arange(len(near)), near[:, 0]] += 0.5
    return votes.argmax(axis=1)


@torch.no_grad()
def _codes(model: Autoencoder, images: Images) -> CodeArray:
    parts = [model.encode(batch).mean for batch in torch.split(images, BATCH)]
    return torch.cat(parts).double().cpu().numpy()

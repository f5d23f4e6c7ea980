"""A probe: how much a code says of the class, as a linear classifier finds out.

Logistic regression on frozen features, trained with few labels (Alain & Bengio 2017, "linear
classifier probes"), and the same on PCA codes of as many numbers and on the raw pixels.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import IndexArray, LabelArray
from aecore.data.imageset import ImageSet, random_sample

Rows = Float[np.ndarray, "n k"]
N_LABELS = (50, 500, 5000)
N_DRAWS = 3
MOST_STEPS = 300
N_TRAIN = 10_000
N_NUMBERS = 20_000_000  # pixels of all training images together: of large images there are fewer
N_TEST = 1000


class Features(NamedTuple):
    """One way to describe images: rows to train on, rows to measure on."""

    train: Rows
    test: Rows


class Labels(NamedTuple):
    """Class numbers of the same rows."""

    train: LabelArray
    test: LabelArray


class Score(NamedTuple):
    """Accuracy of one way to describe images.

    Attributes:
        features: its name.
        n_labels: how many labelled images the classifier saw.
        accuracies: share of held-out images told right, one for each draw of labels.
    """

    features: str
    n_labels: int
    accuracies: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over the draws."""
        return float(np.mean(self.accuracies))

    @property
    def std(self) -> float:
        """Standard deviation over the draws (n − 1)."""
        return float(np.std(self.accuracies, ddof=1)) if len(self.accuracies) > 1 else 0.0


def samples(train: ImageSet, test: ImageSet) -> tuple[ImageSet, ImageSet]:
    """Images that codes are put to work on: at most 10,000 for training, 1,000 to measure on.

    Raises:
        ValueError: if there are too few.
    """
    if len(train) < 2 or not len(test):
        raise ValueError("there are too few images to measure on; two to train on and one to test")
    n_train = min(N_TRAIN, N_NUMBERS // train.pixels[0].size)
    return (
        train.take(random_sample(len(train), n_train)),
        test.take(random_sample(len(test), N_TEST)),
    )


def pixels(train: ImageSet, test: ImageSet) -> Features:
    """Images described by their pixels."""
    return Features(*(part.images.reshape(len(part), -1) for part in (train, test)))


def beside(codes: Features, plain: Features) -> dict[str, Features]:
    """Codes, PCA codes of as many numbers, and the pixels themselves."""
    return {"code": codes, "pca": pca_codes(plain, codes.train.shape[1]), "pixels": plain}


def sizes(n_train: int) -> tuple[int, ...]:
    """50, 500 and 5,000 labels; where there are fewer images, as many as there are."""
    return tuple(dict.fromkeys(min(n, n_train) for n in N_LABELS))


def draw_evenly(labels: LabelArray, n: int, seed: int) -> IndexArray:
    """Positions of n rows, as many of each class as there are, in a random order.

    Raises:
        ValueError: for more rows than there are.
    """
    if not 1 <= n <= len(labels):
        raise ValueError(f"n is {n}, but must be 1 to {len(labels)}, the number of images")
    draw = np.random.default_rng(seed)
    shuffled = draw.permutation(len(labels))
    place = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = shuffled[labels[shuffled] == label]
        place[members] = np.arange(len(members))
    return shuffled[np.argsort(place[shuffled], kind="stable")][:n]


def accuracy(features: Features, labels: Labels) -> float:
    """Train on the first rows, return the share of the second ones that is told right.

    Features are centred and divided by one number, their overall standard deviation, so that
    the customary penalty (C = 1) means the same for all of them.

    Raises:
        ValueError: where the training rows are of one class only.
    """
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels.train)) < 2:
        raise ValueError("all labelled images are of one class; a probe needs two or more")
    mean = features.train.mean(axis=0)
    scale = float(features.train.std()) or 1.0
    train, test = ((part - mean) / scale for part in features)
    model = LogisticRegression(C=1.0, max_iter=MOST_STEPS, tol=1e-3)
    model.fit(train, labels.train)
    return float((model.predict(test) == labels.test).mean())


def pca_codes(pixels: Features, k: int) -> Features:
    """The first k principal components, fitted without labels on the training rows."""
    from sklearn.decomposition import PCA

    k = min(k, *pixels.train.shape)
    few = 4 * k < min(pixels.train.shape)
    solver = "randomized" if few else "auto"
    fitted = PCA(k, svd_solver=solver, random_state=0).fit(pixels.train.astype(np.float64))
    return Features(*(fitted.transform(part) for part in pixels))


def probe(features: Mapping[str, Features], labels: Labels, seed: int = 0) -> Iterator[Score]:
    """Measure each description with 50, 500 and 5,000 labels, drawn three times.

    All descriptions are given the same images. Fewer draws where there is nothing to choose.
    """
    n_train = len(labels.train)
    for n in sizes(n_train):
        n_draws = N_DRAWS if n < n_train else 1
        rows = [draw_evenly(labels.train, n, seed + i) for i in range(n_draws)]
        for name, both in features.items():
            found = tuple(
                accuracy(Features(both.train[r], both.test), Labels(labels.train[r], labels.test))
                for r in rows
            )
            yield Score(name, n, found)

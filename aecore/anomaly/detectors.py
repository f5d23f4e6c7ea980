"""The detectors that textbooks name, on rows of pixels, as scikit-learn has them. No autoencoder.

Each is used with customary settings and none is tuned. A new one: a line in `DETECTORS`.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import ValueArray
from aecore.configs import require
from aecore.metrics import auroc, average_precision

N_NEIGHBOURS = 5
LOF_NEIGHBOURS = 20
N_COMPONENTS = 32
OUTLIERS = 0.05  # expected among the training rows (one-class SVM)
N_TREES = 200

Rows = Float[np.ndarray, "_ d"]


class Fitted(NamedTuple):
    """A detector that has seen normal rows: higher scores are more anomalous."""

    score: Callable[[Rows], ValueArray]


class Detector(NamedTuple):
    """A detector from the textbooks.

    Attributes:
        title: for the screen.
        words: its settings.
        fit: (normal rows, seed) → what scores.
        draws: whether the seed changes anything.
    """

    title: str
    words: str
    fit: Callable[[Rows, int], Fitted]
    draws: bool = False


class Result(NamedTuple):
    """What a detector is worth on one split.

    Attributes:
        name: in `DETECTORS`.
        auroc, average_precision: 0 to 1.
        fit_s, score_s: seconds for the training rows and for all test rows.
    """

    name: str
    auroc: float
    average_precision: float
    fit_s: float
    score_s: float


def _isolation_forest(rows: Rows, seed: int) -> Fitted:
    from sklearn.ensemble import IsolationForest

    model = IsolationForest(n_estimators=N_TREES, random_state=seed).fit(rows)
    return Fitted(lambda x: _floats(-model.score_samples(x)))


def _one_class_svm(rows: Rows, seed: int) -> Fitted:
    from sklearn.svm import OneClassSVM

    del seed
    model = OneClassSVM(nu=OUTLIERS, gamma="scale").fit(rows)
    return Fitted(lambda x: _floats(-model.score_samples(x)))


def _elliptic_envelope(rows: Rows, seed: int) -> Fitted:
    from sklearn.covariance import EllipticEnvelope

    components = _pca(rows)
    varying = components.explained_variance_ > 1e-9 * components.explained_variance_[0]

    def project(x: Rows) -> Float[np.ndarray, "_ varying"]:
        return _floats(components.transform(x)[:, varying])

    model = EllipticEnvelope(random_state=seed).fit(project(rows))
    return Fitted(lambda x: _floats(model.mahalanobis(project(x))))


def _local_outlier_factor(rows: Rows, seed: int) -> Fitted:
    from sklearn.neighbors import LocalOutlierFactor

    del seed
    n = min(LOF_NEIGHBOURS, len(rows) - 1)
    model = LocalOutlierFactor(n_neighbors=n, novelty=True).fit(rows)
    return Fitted(lambda x: _floats(-model.score_samples(x)))


def _pca_error(rows: Rows, seed: int) -> Fitted:
    del seed
    # With as many components as columns nothing but rounding would be left as the error.
    model = _pca(rows, most=max(1, rows.shape[1] // 2))

    def score(x: Rows) -> ValueArray:
        return _floats(np.square(x - model.inverse_transform(model.transform(x))).mean(axis=1))

    return Fitted(score)


def _neighbours(rows: Rows, seed: int) -> Fitted:
    from sklearn.neighbors import NearestNeighbors

    del seed
    model = NearestNeighbors(n_neighbors=min(N_NEIGHBOURS, len(rows))).fit(rows)
    return Fitted(lambda x: _floats(model.kneighbors(x)[0].mean(axis=1)))


DETECTORS: dict[str, Detector] = {
    "isolation_forest": Detector(
        "Isolation Forest", f"{N_TREES} trees", _isolation_forest, draws=True
    ),
    "one_class_svm": Detector(
        "One-Class SVM", f"RBF kernel, ν = {OUTLIERS}, γ = scale", _one_class_svm
    ),
    "elliptic_envelope": Detector(
        "Elliptic Envelope",
        f"robust covariance of at most {N_COMPONENTS} principal components",
        _elliptic_envelope,
        draws=True,
    ),
    "lof": Detector("Local Outlier Factor", f"{LOF_NEIGHBOURS} neighbours", _local_outlier_factor),
    "pca": Detector(
        "PCA reconstruction",
        f"at most {N_COMPONENTS} principal components, and at most half as many as columns",
        _pca_error,
    ),
    "knn": Detector("k-NN distance", f"mean distance to {N_NEIGHBOURS} neighbours", _neighbours),
}


def measure(name: str, train: Rows, normal: Rows, strange: Rows, seed: int = 0) -> Result:
    """Fit a detector on normal rows and measure it on others.

    Raises:
        ValueError: for an unknown name, or fewer than 10 training rows.
    """
    require(name in DETECTORS, "detector", name, f"one of {', '.join(DETECTORS)}")
    require(len(train) >= 10, "train", f"{len(train)} rows", "10 or more")
    start = time.perf_counter()
    fitted = DETECTORS[name].fit(train, seed)
    between = time.perf_counter()
    good, bad = fitted.score(normal), fitted.score(strange)
    end = time.perf_counter()
    figures = auroc(good, bad), average_precision(good, bad)
    return Result(name, *figures, between - start, end - between)


def measure_all(
    train: Rows, normal: Rows, strange: Rows, *, report: Callable[[int, int], object]
) -> dict[str, Result]:
    """Measure every detector, in the order of `DETECTORS`.

    Args:
        train: normal rows to fit on.
        normal: normal rows to measure on.
        strange: strange rows to measure on.
        report: called with (detectors done, detectors in all) before each.
    """
    found = {}
    for done, name in enumerate(DETECTORS):
        report(done, len(DETECTORS))
        found[name] = measure(name, train, normal, strange)
    return found


def _pca(rows: Rows, most: int = N_COMPONENTS) -> Any:
    from sklearn.decomposition import PCA

    n = min(N_COMPONENTS, most, rows.shape[1], len(rows) // 4)
    return PCA(n, svd_solver="full").fit(rows)


def _floats(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)

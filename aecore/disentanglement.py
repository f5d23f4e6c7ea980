"""How well latent units stand for known factors: MIG, DCI, SAP, FactorVAE score and InfoMEC.

Pure functions of codes (posterior means, n × units) and factors (n × k), as in disentanglement_lib
(Locatello et al., "Challenging Common Assumptions in the Unsupervised Learning of Disentangled
Representations", 2019) unless a function says otherwise. All lie in [0, 1], higher is better. Made
for about 10,000 rows: with few rows mutual information is overestimated.
"""

import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from aecore.arrays import CodeArray, FactorArray
from aecore.metrics import ACTIVE_VARIANCE

N_BINS = 20
N_NEIGHBOURS = 10
LEAST_RANGE = 1 / 20
N_ITERATIONS = 100
TRAIN_SHARE = 2 / 3
N_TREES = 20
N_VOTES = (10_000, 5_000)
ROWS_PER_VOTE = 64
FOLLOWS = 0.15
CLEARLY = 0.1

Table = Float[np.ndarray, "unit factor"]


class DCI(NamedTuple):
    """Disentanglement, completeness and informativeness of Eastwood & Williams (2018)."""

    disentanglement: float
    completeness: float
    informativeness: float


class InfoMEC(NamedTuple):
    """Modularity, explicitness and compactness of Hsu et al. (2023)."""

    modularity: float
    explicitness: float
    compactness: float


@dataclass(frozen=True, slots=True)
class Disentanglement:
    """All figures of one code.

    Attributes:
        mig: mutual information gap.
        dci: three figures.
        sap: separated attribute predictability.
        factor_vae: FactorVAE score; 1/k is chance.
        infomec: three figures.
        unit_factors: the factor that each unit follows, or None.
        unit_information: I(unit; factor) / H(factor), units × factors.
        factor_names: of the columns.
    """

    mig: float
    dci: DCI
    sap: float
    factor_vae: float
    infomec: InfoMEC
    unit_factors: tuple[str | None, ...]
    unit_information: tuple[tuple[float, ...], ...]
    factor_names: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, `dci` and `infomec` as objects."""
        return {
            "mig": self.mig,
            "dci": self.dci._asdict(),
            "sap": self.sap,
            "factor_vae": self.factor_vae,
            "infomec": self.infomec._asdict(),
            "unit_factors": self.unit_factors,
            "unit_information": self.unit_information,
            "factor_names": self.factor_names,
        }


def measure(
    codes: CodeArray,
    factors: FactorArray,
    names: tuple[str, ...],
    categorical: tuple[str, ...] = (),
    seed: int = 0,
) -> Disentanglement:
    """Compute everything; the seed splits rows for DCI and SAP, draws votes and breaks ties."""
    information = normalised_information(codes, factors)
    return Disentanglement(
        mig=mig(codes, factors),
        dci=dci(codes, factors, seed),
        sap=sap(codes, factors, tuple(name in categorical for name in names), seed),
        factor_vae=factor_vae(codes, factors, seed),
        infomec=infomec(codes, factors, seed),
        unit_factors=followed(information, names, codes.var(axis=0) > ACTIVE_VARIANCE),
        unit_information=tuple(tuple(row) for row in information.tolist()),
        factor_names=names,
    )


# ---- mutual information ------------------------------------------------------------------------


def discretise(codes: CodeArray) -> Int[np.ndarray, "n unit"]:
    """Put each unit into 20 bins of equal width between its smallest and largest value."""
    low, high = codes.min(axis=0), codes.max(axis=0)
    share = (codes - low) / np.where(high > low, high - low, 1)
    return np.minimum((share * N_BINS).astype(np.int64), N_BINS - 1)


def mutual_information(codes: CodeArray, factors: FactorArray) -> Table:
    """I(unit; factor) in nats, of the discretised units."""
    binned = discretise(codes)
    return np.array([[_information(unit, factor) for factor in factors.T] for unit in binned.T])


def _information(unit: np.ndarray, factor: np.ndarray) -> float:
    joint = np.zeros((unit.max() + 1, factor.max() + 1))
    np.add.at(joint, (unit, factor), 1 / len(unit))
    independent = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    some = joint > 0
    return float((joint[some] * np.log(joint[some] / independent[some])).sum())


def entropy(factors: FactorArray) -> Float[np.ndarray, " factor"]:
    """H(factor) in nats."""
    return np.array([_information(factor, factor) for factor in factors.T])


def normalised_information(codes: CodeArray, factors: FactorArray) -> Table:
    """I(unit; factor) / H(factor), in [0, 1]."""
    return mutual_information(codes, factors) / np.maximum(entropy(factors), 1e-12)


def mig(codes: CodeArray, factors: FactorArray) -> float:
    """Mutual information gap: mean over factors of (largest − second) I(unit; factor) / H(factor).

    Chen, Li, Grosse & Duvenaud (2018), eq. 6. A single unit has no second: 0 stands for it.
    """
    return _mean_gap(normalised_information(codes, factors))


def _mean_gap(scores: Table) -> float:
    ordered = np.sort(np.vstack((scores, np.zeros((1, scores.shape[1])))), axis=0)
    return float((ordered[-1] - ordered[-2]).mean())


def followed(
    information: Table, names: tuple[str, ...], active: Bool[np.ndarray, " unit"]
) -> tuple[str | None, ...]:
    """Name the factor that each unit follows.

    An active unit follows the factor of which it knows the largest share, if that is 15 % at least
    and 10 points more than it knows of any other factor; else None. (The mean of a collapsed unit
    still trembles with the image, and mutual information does not mind how little.)
    """
    ordered = np.sort(information, axis=1)
    clear = (ordered[:, -1] >= FOLLOWS) & (ordered[:, -1] - ordered[:, -2] >= CLEARLY) & active
    best = information.argmax(axis=1)
    return tuple(names[b] if c else None for b, c in zip(best, clear, strict=True))


# ---- predictability ----------------------------------------------------------------------------


def _halves(n_rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(n_rows)
    cut = round(TRAIN_SHARE * n_rows)
    return order[:cut], order[cut:]


def dci(codes: CodeArray, factors: FactorArray, seed: int = 0) -> DCI:
    """Disentanglement, completeness, informativeness (Eastwood & Williams 2018).

    A forest predicts each factor from all units on two thirds of the rows; its importances are
    the paper's R. Random forests as in the paper, not the gradient boosting of
    disentanglement_lib, which takes minutes. Informativeness is the accuracy on the last third, as
    in disentanglement_lib.
    """
    from sklearn.ensemble import RandomForestClassifier

    train, test = _halves(len(codes), seed)
    importance, accuracy = [], []
    for factor in factors.T:
        forest = RandomForestClassifier(
            N_TREES, min_samples_leaf=5, max_features=None, random_state=seed
        )
        forest.fit(codes[train], factor[train])
        importance.append(forest.feature_importances_)
        accuracy.append(forest.score(codes[test], factor[test]))
    table = np.stack(importance, axis=1)
    return DCI(_purity(table), _purity(table.T), float(np.mean(accuracy)))


def _purity(importance: Float[np.ndarray, "row column"]) -> float:
    """Mean over rows, weighted by their importance, of 1 − entropy in units of log(columns)."""
    weight = importance.sum(axis=1)
    if weight.sum() == 0 or importance.shape[1] == 1:
        return float(weight.sum() > 0)
    share = importance / np.maximum(weight, 1e-12)[:, None]
    disorder = -(share * np.log(np.maximum(share, 1e-12))).sum(axis=1)
    return float(((1 - disorder / np.log(importance.shape[1])) * weight).sum() / weight.sum())


def sap(
    codes: CodeArray, factors: FactorArray, categorical: tuple[bool, ...], seed: int = 0
) -> float:
    """Separated attribute predictability: mean gap between the two best units for a factor.

    Kumar, Sattigeri & Balakrishnan (2018), section 3: for a factor with an order R² of the linear
    regression on one unit (disentanglement_lib's `continuous_factors`); for a categorical one the
    balanced accuracy of thresholds on one unit, held out. Chance is 1/c with c values, so a
    perfect code scores 1 on a factor with an order and 1 − 1/c on a categorical one.
    """
    scores = np.stack(
        [
            _thresholds(codes, factor, seed) if no_order else _r_squared(codes, factor)
            for factor, no_order in zip(factors.T, categorical, strict=True)
        ],
        axis=1,
    )
    return _mean_gap(scores)


def _r_squared(codes: CodeArray, factor: np.ndarray) -> np.ndarray:
    centred, target = codes - codes.mean(axis=0), factor - factor.mean()
    covariance = (centred * target[:, None]).mean(axis=0)
    return covariance**2 / np.maximum(centred.var(axis=0) * target.var(), 1e-12)


def _thresholds(codes: CodeArray, factor: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.metrics import recall_score
    from sklearn.tree import DecisionTreeClassifier

    train, test = _halves(len(codes), seed)
    n_values, held_out = len(np.unique(factor)), np.unique(factor[test])
    scores = []
    for unit in codes.T:
        tree = DecisionTreeClassifier(
            max_leaf_nodes=max(2, n_values), class_weight="balanced", random_state=seed
        )
        tree.fit(unit[train, None], factor[train])
        told = tree.predict(unit[test, None])
        scores.append(recall_score(factor[test], told, labels=held_out, average="macro"))
    return np.array(scores)


# ---- FactorVAE ---------------------------------------------------------------------------------


def factor_vae(codes: CodeArray, factors: FactorArray, seed: int = 0) -> float:
    """Accuracy of a majority vote on which factor was held fixed; chance is about 1/k.

    Kim & Mnih, "Disentangling by Factorising" (2018), section 4: fix one factor at a random value,
    take 64 images, and the unit with the smallest variance (relative to all images) casts a vote.
    The images are rows that share the value, drawn with replacement: on rows that sample all
    combinations evenly this is the same as drawing new ones. Units whose variance is 0.01 or less
    count as collapsed and are left out; without any other the score is 0.
    """
    draw = np.random.default_rng(seed)
    spread = codes.var(axis=0)
    active = spread > ACTIVE_VARIANCE
    if not active.any():
        return 0.0
    scaled = codes[:, active] / np.sqrt(spread[active])
    n_votes = sum(N_VOTES)
    fixed = draw.integers(factors.shape[1], size=n_votes)
    winners = np.empty(n_votes, np.int64)
    for k, factor in enumerate(factors.T):
        winners[fixed == k] = _winners(scaled, factor, int((fixed == k).sum()), draw)
    votes = np.zeros((scaled.shape[1], factors.shape[1]))
    np.add.at(votes, (winners[: N_VOTES[0]], fixed[: N_VOTES[0]]), 1)
    return float((votes.argmax(axis=1)[winners[N_VOTES[0] :]] == fixed[N_VOTES[0] :]).mean())


def _winners(
    scaled: CodeArray, factor: np.ndarray, n_votes: int, draw: np.random.Generator
) -> np.ndarray:
    """Draw so many batches with this factor fixed; return the unit of least variance in each."""
    order = np.argsort(factor, kind="stable")
    values, starts, counts = np.unique(factor[order], return_index=True, return_counts=True)
    chosen = draw.integers(len(values), size=n_votes)
    place = draw.random((n_votes, ROWS_PER_VOTE)) * counts[chosen, None]
    rows = order[starts[chosen, None] + place.astype(np.int64)]
    return np.concatenate(
        [scaled[part].var(axis=1).argmin(axis=1) for part in np.array_split(rows, 16)]
    )


# ---- InfoMEC -----------------------------------------------------------------------------------


def infomec(codes: CodeArray, factors: FactorArray, seed: int = 0) -> InfoMEC:
    """Modularity, explicitness and compactness by information.

    Hsu, Dorrell, Whittington, Wu & Finn, "Disentanglement via Latent Quantization" (2023).
    Modularity: how much of what a unit tells is of one factor. Compactness: how much of what is
    told of a factor one unit tells. Explicitness: how well a linear classifier reads the factors
    off the code. I(unit; factor) is estimated from the 10 nearest neighbours (Ross 2014), without
    MIG's bins; a unit whose range is at most 1/20 of the widest is left out of the first and the
    last.
    """
    spread = np.ptp(codes, axis=0)
    wide = spread > LEAST_RANGE * spread.max()
    if not wide.any():
        return InfoMEC(0.0, 0.0, 0.0)
    told = _neighbour_information(codes[:, wide], factors, seed)
    return InfoMEC(_concentration(told), _explicitness(codes, factors), _concentration(told.T))


def _neighbour_information(codes: CodeArray, factors: FactorArray, seed: int) -> Table:
    """I(unit; factor) / H(factor); the seed breaks ties between codes that are the same."""
    from sklearn.feature_selection import mutual_info_classif

    told = [
        mutual_info_classif(
            codes, factor, discrete_features=False, n_neighbors=N_NEIGHBOURS, random_state=seed
        )
        for factor in factors.T
    ]
    return np.stack(told, axis=1) / np.maximum(entropy(factors), 1e-12)


def _concentration(told: Float[np.ndarray, "row column"]) -> float:
    """Mean share of a row's largest entry in its sum: 0 if all are the same, 1 for one alone."""
    n = told.shape[1]
    total = told.sum(axis=1)
    share = np.where(total > 0, told.max(axis=1) / np.maximum(total, 1e-12), 1 / n)
    return float((share.mean() - 1 / n) / (1 - 1 / n)) if n > 1 else float(total.sum() > 0)


def _explicitness(codes: CodeArray, factors: FactorArray) -> float:
    """Mean share of log(values) that logistic regression on all units takes away, on these rows.

    Without a penalty and with balanced classes, as in the paper's code.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    scaled = (codes - codes.mean(axis=0)) / np.maximum(codes.std(axis=0), 1e-12)
    shares = []
    for factor in factors.T:
        n_values = len(np.unique(factor))
        if n_values == 1:
            shares.append(0.0)
            continue
        classifier = LogisticRegression(C=np.inf, class_weight="balanced", max_iter=N_ITERATIONS)
        with warnings.catch_warnings():  # a perfect code has no best weights, only larger ones
            warnings.simplefilter("ignore", ConvergenceWarning)
            classifier.fit(scaled, factor)
        shares.append(1 - log_loss(factor, classifier.predict_proba(scaled)) / np.log(n_values))
    return max(0.0, float(np.mean(shares)))

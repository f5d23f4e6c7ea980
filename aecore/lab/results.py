"""What the facade answers with: arrays by name, and a look at them in a notebook."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from aecore.activations import Activity
from aecore.anomaly.threshold import RULES, thresholds_by_class
from aecore.arrays import CodeArray, ImageArray, LabelArray, PlanePoints, ValueArray
from aecore.checkpoints import LatentTable
from aecore.configs import require
from aecore.lab.given import Values
from aecore.latents.projection import Description, Projection
from aecore.latents.traversal import Unit
from aecore.latents.units import unit_name
from aecore.metrics import auroc, average_precision
from aecore.sheet import inline, sheet


@dataclass(frozen=True, slots=True)
class Map:
    """Codes laid out on a plane.

    Attributes:
        points: where the images lie, (n, 2).
        codes: theirs, (n, d).
        labels: theirs, as class numbers.
        classes: what the class numbers mean.
        projection: what laid them out.
        table: the rows as the engine has them: split, place in it, reconstruction error, KL.
    """

    points: PlanePoints
    codes: CodeArray
    labels: LabelArray
    classes: tuple[str, ...]
    projection: Projection
    table: LatentTable

    def transform(self, codes: Values) -> PlanePoints:
        """Place codes, also such as were never seen."""
        return self.projection.transform(np.atleast_2d(np.asarray(codes, np.float32)))

    def inverse(self, points: Values) -> CodeArray:
        """Give each place a code."""
        places = np.atleast_2d(np.asarray(points, np.float32))
        return self.projection.inverse(places).astype(np.float32)

    def describe(self) -> Description:
        """Say what is exact about it and what is not."""
        return self.projection.describe()


class Nearest(NamedTuple):
    """Of each code the nearest training images, nearest first.

    Attributes:
        rows: among the lab's `codes`, (n, k).
        distance: Euclidean, between codes, (n, k).
        labels: names of their classes.
    """

    rows: np.ndarray
    distance: np.ndarray
    labels: tuple[tuple[str, ...], ...]


class Traversal(NamedTuple):
    """Units pulled from one end of their range to the other, one at a time.

    Attributes:
        units: the units, in the order of the rows.
        steps: in σ of each unit, (n,).
        codes: (units, n, d).
        images: (units, n, channels, height, width).
        support: of the code that they are pulled from, 0 to 1.
    """

    units: tuple[Unit, ...]
    steps: ValueArray
    codes: Float[np.ndarray, "units n d"]
    images: Float[np.ndarray, "units n channels height width"]
    support: float

    def _repr_html_(self) -> str:
        names = ", ".join(unit_name(unit.dimension) for unit in self.units)
        words = f"{names} from {self.steps[0]:g} to {self.steps[-1]:g} σ"
        return inline(sheet(np.concatenate(self.images), columns=len(self.steps)), words)


class Directions(NamedTuple):
    """Two sheets of pictures around a code: along local directions, and along two units.

    Attributes:
        local: the steps along which the picture changes most here, (2, d).
        units: the two that are used most.
        axes: steps along them, as long, (2, d).
        multiples: of the steps, from one end of a sheet to the other, (n,).
        codes: (2, n, n, d), the local sheet first; its first step goes right, its second upwards.
        images: (2, n, n, channels, height, width).
        support: of each code, (2, n, n), 0 to 1.
        change: root mean square difference of each sheet's images from the one in the middle,
            mean over the others; intensity runs from 0 to 1.
    """

    local: Float[np.ndarray, "2 code"]
    units: tuple[Unit, ...]
    axes: Float[np.ndarray, "2 code"]
    multiples: ValueArray
    codes: Float[np.ndarray, "2 n n code"]
    images: Float[np.ndarray, "2 n n channels height width"]
    support: Float[np.ndarray, "2 n n"]
    change: tuple[float, float]

    def _repr_html_(self) -> str:
        """The local sheet, left, and that along the units."""
        rows = np.concatenate([self.images[0], self.images[1]], axis=1)
        names = ", ".join(unit_name(unit.dimension) for unit in self.units)
        words = f"local directions: change {self.change[0]:.3f}; {names}: {self.change[1]:.3f}"
        return inline(sheet(np.concatenate(rows), columns=2 * len(self.multiples)), words)


class Samples(NamedTuple):
    """New images.

    Attributes:
        images: (n, channels, height, width).
        codes: that they were decoded from, (n, d).
        support: of each code, 0 to 1.
    """

    images: ImageArray
    codes: CodeArray
    support: ValueArray

    def _repr_html_(self) -> str:
        return inline(sheet(self.images), f"mean support {self.support.mean():.0%}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """How strange images are; higher is more anomalous.

    Attributes:
        images: what was scored, (n, channels, height, width).
        scores: of each image.
        threshold: above it at most 5 % of new images of the model's own source lie, as its rule
            guarantees (`Judging.score`); None where unknown.
        percentiles: share of the held-out normal images that score lower, 0 to 1; None likewise.
        files: of files what is known of each, those that can't be read included.
    """

    images: ImageArray
    scores: ValueArray
    threshold: float | None = None
    percentiles: ValueArray | None = None
    files: tuple[Any, ...] = ()

    @property
    def anomalous(self) -> Bool[np.ndarray, " n"] | None:
        """Which scores are above the threshold; None where there is none."""
        return None if self.threshold is None else self.scores > self.threshold

    def _repr_html_(self) -> str:
        limit = "unknown" if self.threshold is None else f"{self.threshold:.4f}"
        if not len(self.scores):
            return "<p>nothing was scored</p>"
        strangest = np.argsort(-self.scores, kind="stable")
        said = f"scores {self.scores.max():.4f} to {self.scores.min():.4f}, threshold {limit}"
        return inline(sheet(self.images[strangest]), f"the strangest first: {said}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Scores of normal and of strange images; higher is more anomalous.

    Attributes:
        score: name of the score.
        held_out: scores of normal images that thresholds are chosen on.
        normal, strange: scores of the test images of both sides.
        normal_images, strange_images: these images.
        labels: classes of the normal test images.
        held_out_classes, normal_classes, strange_classes: the class that each image counts to
            where a threshold is by class: of most of its 5 nearest training codes, not its label.
        n_classes: how many classes there are.
    """

    score: str
    held_out: Float[np.ndarray, " k"]
    normal: ValueArray
    strange: Float[np.ndarray, " m"]
    normal_images: ImageArray
    strange_images: Float[np.ndarray, "m channels height width"]
    labels: LabelArray
    held_out_classes: Int[np.ndarray, " k"]
    normal_classes: LabelArray
    strange_classes: Int[np.ndarray, " m"]
    n_classes: int

    def threshold(self, rule: str = "conformal", value: float | None = None) -> float:
        """Choose a threshold by a rule of `anomaly.threshold.RULES`, with the rule's own number.

        Raises:
            ValueError: for an unknown rule, one that gives a threshold for each class
                (`thresholds`), or a number that it can't take.
        """
        single = [name for name, each in RULES.items() if not each.by_class]
        require(rule not in RULES or rule in single, "rule", rule, f"one of {', '.join(single)}")
        return float(self.thresholds(rule, value)[0])

    def thresholds(
        self, rule: str = "by_class", value: float | None = None
    ) -> Float[np.ndarray, " classes"]:
        """Choose a threshold for each class; of a rule that knows no classes all are the same.

        It is inf for a class with too few held-out images: none of its images is flagged.

        Raises:
            ValueError: for an unknown rule, or a number that it can't take.
        """
        require(rule in RULES, "rule", rule, f"one of {', '.join(RULES)}")
        chosen = RULES[rule]
        number = chosen.default if value is None else value
        if not chosen.by_class:
            return np.full(self.n_classes, chosen.of(self.held_out, number, self.strange))
        return thresholds_by_class(
            lambda own: chosen.of(own, number, self.strange), self.held_out,
            self.held_out_classes, self.n_classes,
        )  # fmt: skip

    def flagged(self, rule: str = "conformal", value: float | None = None) -> "Flagged":
        """Say which images of both sides a rule flags.

        Raises:
            ValueError: as `thresholds`.
        """
        limits = self.thresholds(rule, value)
        return Flagged(
            self.normal > limits[self.normal_classes], self.strange > limits[self.strange_classes]
        )

    @property
    def auroc(self) -> float:
        """Area under the ROC curve, 0 to 1."""
        return auroc(self.normal, self.strange)

    @property
    def average_precision(self) -> float:
        """Average precision of the strange ones, 0 to 1."""
        return average_precision(self.normal, self.strange)

    @property
    def strangest(self) -> ImageArray:
        """The strange images, those with the highest scores first."""
        return self.strange_images[np.argsort(-self.strange)]

    def _repr_html_(self) -> str:
        return inline(sheet(self.strangest[:20]), f"{self.score}: AUROC {self.auroc:.3f}")


class Flagged(NamedTuple):
    """Which normal and which strange images are above their threshold."""

    normal: Bool[np.ndarray, " n"]
    strange: Bool[np.ndarray, " m"]


class LayerOutput(NamedTuple):
    """What leaves a layer: its name, and values with the images as the first axis."""

    name: str
    values: np.ndarray


class Units(NamedTuple):
    """What the units of a code do over images.

    Attributes:
        images: (n, channels, height, width).
        codes: theirs, (n, d).
        activity: how often and how strongly each unit speaks, and for which images.
        sparseness: of each code, 0 to 1.
    """

    images: ImageArray
    codes: CodeArray
    activity: Activity
    sparseness: ValueArray

    def excite(self, unit: int) -> ImageArray:
        """Return the images that excite a unit most, the strongest first; −1 for the busiest."""
        chosen = int(self.activity.std.argmax()) if unit < 0 else unit
        return self.images[self.activity.most[chosen]]


class Filled(NamedTuple):
    """Hidden pixels filled in.

    Attributes:
        hidden: which pixels were, (n, channels, height, width).
        seen: the images as the model was given them.
        images: by the way they were filled in: "model", "pca" and "mean".
        errors: of each way the squared error over the hidden pixels of each image.
    """

    hidden: Bool[np.ndarray, "n channels height width"]
    seen: ImageArray
    images: dict[str, ImageArray]
    errors: dict[str, ValueArray]


class Packing(NamedTuple):
    """One way to pack images, each in a file of its own.

    Attributes:
        title: of the format; "code" for the model's own.
        n_bytes: of an image, mean.
        psnr: mean, decibels; of lossless ones 100.
        images: as they come out.
    """

    title: str
    n_bytes: float
    psnr: float
    images: ImageArray

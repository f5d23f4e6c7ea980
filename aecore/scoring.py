"""A picture's score by a checkpoint alone: what the command line prints and the page shows.

The score is the squared error per pixel of the reconstruction; threshold and percentile come from
the held-out normal images that the checkpoint carries, neighbours from its training codes. No
data set has to be on the machine.
"""

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from aecore.anomaly.guarantees import BAND, DELTA, conformal_rank, realised
from aecore.anomaly.threshold import DEFAULT_RATE, guaranteed_threshold, percentile
from aecore.checkpoints import Card, Stored, build
from aecore.data.catalogue import DATASETS
from aecore.data.pictures import Picture, Preparation, Switches, open_picture, prepare
from aecore.data.pictures.frame import STRETCHED
from aecore.data.pictures.sources import Source
from aecore.errors import DataError
from aecore.files import csv_cell
from aecore.latents.position import N_NEIGHBOURS
from aecore.models.config import NO_ENCODER

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder

COLUMNS = (
    "file", "verdict", "steps", "score", "percentile", "threshold", "anomalous",
    "neighbour_labels", "error",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredImage:
    """What a model makes of one picture.

    Attributes:
        file: its name.
        verdict: of the preparation; "unreadable" where there is an error.
        steps: what was done to the picture, in order.
        score: squared error per pixel, intensity² in [0, 1]; higher is more anomalous.
        percentile: share of the held-out normal images that score lower, 0 to 1.
        threshold: above it at most 5 % of new images of the model's own source lie, as its rule
            guarantees (`threshold`).
        anomalous: whether the score is above it.
        neighbour_labels: classes of the 8 nearest stored training images by code, nearest first.
        error: the sentence, where the file could not be read.
        preparation: how the image was made; None where there is an error.
        neighbours: rows of the checkpoint's stored codes, nearest first.

    What was not scored has None for score and percentile.
    """

    file: str
    verdict: str = "unreadable"
    steps: tuple[str, ...] = ()
    score: float | None = None
    percentile: float | None = None
    threshold: float | None = None
    anomalous: bool | None = None
    neighbour_labels: tuple[str, ...] = ()
    error: str | None = None
    preparation: Preparation | None = field(default=None, compare=False, repr=False)
    neighbours: tuple[int, ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the columns as plain JSON values."""
        values = {name: getattr(self, name) for name in COLUMNS}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


class Scorer:
    """Scores pictures by one checkpoint, with the threshold of a rule in `GUARANTEED`.

    Raises:
        ValueError: for a model without an encoder.
    """

    def __init__(
        self, stored: Stored, model: "Autoencoder | None" = None, rule: str = "conformal"
    ) -> None:
        if not stored.card.encodes:
            raise ValueError(NO_ENCODER)
        self.threshold = threshold(stored, rule)
        self.stored = stored
        self.model = model or build(stored)

    def prepare(self, picture: Picture, switches: Switches | None = None) -> Preparation:
        """Make a picture ready as this model's data set wants it."""
        return prepared(self.stored.card, picture, switches)

    def score(
        self, content: bytes, name: str = "The picture", switches: Switches | None = None
    ) -> ScoredImage:
        """Open, prepare and score a picture; what can't be read is said, not raised."""
        try:
            return self.judge(self.prepare(open_picture(content, name), switches), name)
        except DataError as error:
            return ScoredImage(file=name, error=str(error))

    def score_source(self, source: Source) -> list[ScoredImage]:
        """Score one of several files; of several drawings on it each, too, below it."""
        if source.error:
            return [ScoredImage(file=source.name, error=source.error)]
        scored = self.score(source.content, source.name)
        return [scored, *self.score_drawings(scored)]

    def score_drawings(self, sheet: ScoredImage) -> list[ScoredImage]:
        """Score each of several drawings on a sheet, in reading order; else nothing."""
        crops = sheet.preparation.crops if sheet.preparation else ()
        names = (f"{sheet.file}, drawing {i + 1} of {len(crops)}" for i in range(len(crops)))
        return [
            self.judge(self.prepare(crop), name) for crop, name in zip(crops, names, strict=True)
        ]

    def judge(self, preparation: Preparation, name: str) -> ScoredImage:
        """Score a prepared image, unless its verdict is that there is nothing to score."""
        steps = tuple(step.words for step in preparation.steps if step.applied)
        made = ScoredImage(
            file=name,
            verdict=preparation.verdict,
            steps=steps,
            threshold=self.threshold,
            preparation=preparation,
        )
        return self._scored(made, preparation) if preparation.to_score else made

    def _scored(self, made: ScoredImage, preparation: Preparation) -> ScoredImage:
        import torch

        from aecore.anomaly.scores import DEFAULT, score

        images = torch.from_numpy(preparation.image[None])
        value = float(score(DEFAULT, self.model, images)[0])
        normal, limit = self.stored.calibration, self.threshold
        rows = self._neighbours(images)
        labels, classes = self.stored.latents.labels[rows], self.stored.card.classes
        return replace(
            made,
            score=value,
            percentile=percentile(normal, value) if len(normal) else None,
            anomalous=None if limit is None else value > limit,
            neighbour_labels=tuple(classes[label] for label in labels),
            neighbours=tuple(map(int, rows)),
        )

    def _neighbours(self, images: Any) -> np.ndarray:
        import torch

        from aecore.latents.neighbours import nearest

        with torch.no_grad():
            codes = self.model.encode(images).mean.numpy()
        latents = self.stored.latents
        training = np.flatnonzero(latents.split == 0)
        if not len(training):
            return training
        return training[nearest(latents.codes[training], codes, N_NEIGHBOURS).rows[0]]


def threshold(stored: Stored, rule: str = "conformal") -> float | None:
    """Return the threshold for 5 % false alarms; None where too few normal images are known.

    Args:
        stored: a checkpoint with its calibration.
        rule: "conformal": at most 5 % of new images of the same source are above it, on average
            over sets of held-out images; "pac": for this very set, but for 5 % of such sets.
            Thresholds by class need the data set (`lab.detect`): a checkpoint keeps scores alone.

    Raises:
        ValueError: for another rule.
    """
    return guaranteed_threshold(stored.calibration, rule)


def guarantee(stored: Stored, rule: str = "conformal") -> str:
    """Say in a sentence or two what the threshold of a rule guarantees, and what not."""
    n, limit = len(stored.calibration), threshold(stored, rule)
    many = stored.card.things.many
    if limit is None:
        return unjudged(n, many, rule)
    said = f"Threshold {limit:.5f}: at most {DEFAULT_RATE:.0%} of new {many} of the same source"
    if rule == "pac":
        return (
            f"{said} are above it, for these very {n:,} held-out ones, unless they are among the "
            f"{DELTA:.0%} of such sets that mislead (PAC)."
        )
    band = realised(n, conformal_rank(n, DEFAULT_RATE), DEFAULT_RATE)
    return (
        f"{said} are above it on average over sets of {n:,} held-out ones; "
        f"{band.low:.1%} to {band.high:.1%} for {BAND:.0%} of such sets."
    )


def unjudged(n: int, many: str, rule: str = "conformal") -> str:
    """Say why n held-out normal ones, too few for a rule, allow no verdict."""
    said = f"No verdict: the threshold for {DEFAULT_RATE:.0%} false alarms is "
    if rule == "pac":
        least = math.ceil(math.log(DELTA) / math.log(1 - DEFAULT_RATE))
        said += f"at best the largest score of {least} held-out normal {many}, and {n} are kept"
    else:
        least = math.ceil(1 / DEFAULT_RATE - 1e-9) - 1
        said += (
            f"the ⌈(n + 1)(1 − {DEFAULT_RATE:g})⌉-th smallest score of n held-out normal {many}, "
            f"and of the {n} kept there is no {conformal_rank(n, DEFAULT_RATE)}-th"
        )
    return (
        f"{said}. It takes {least}: train on {10 * least} normal {many} or more, of which a tenth "
        "is held out."
    )


def prepared(card: Card, picture: Picture, switches: Switches | None = None) -> Preparation:
    """Make a picture ready as a model's data set wants it; it takes no torch."""
    known = DATASETS.get(card.data)
    usual = _usual(card)
    chosen = replace(usual, **_changed(switches)) if switches else usual
    shape = card.model.shape
    if known is None:
        return prepare(picture, shape, False, chosen)
    return prepare(picture, shape, known.handwriting, chosen, known.hand)


def _usual(card: Card) -> Switches:
    """How pictures of a data set are cut: a user's own set was not cropped or inverted either."""
    if card.data not in DATASETS:
        crop = STRETCHED if card.training.fit == STRETCHED else "whole"
        return Switches(crop=crop, polarity="bright ink")
    known = DATASETS[card.data]
    return Switches(crop=known.crop, polarity=known.polarity)


def _changed(switches: Switches) -> dict[str, str]:
    return {name: value for name, value in switches.to_json().items() if value != "auto"}


def to_csv(rows: Iterable[ScoredImage]) -> str:
    """Return scored images as CSV with the columns of the JSON, numbers to their last digit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(value) for value in row.to_json().values()])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return csv_cell("; ".join(value))
    if isinstance(value, bool):
        return str(value).lower()
    return csv_cell(value) if isinstance(value, str) else repr(value)

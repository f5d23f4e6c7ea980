"""What can be asked of images: spoil and restore them, and how strange they are."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aecore.anomaly import learnt, n_reference, n_shown
from aecore.arrays import ImageArray, Pixels, ValueArray
from aecore.configs import require
from aecore.data.imageset import SPLITS, ImageSet, is_signal, random_sample
from aecore.denoising import FILTERS, Fitted
from aecore.lab import given
from aecore.lab.base import Base
from aecore.lab.given import Values
from aecore.lab.results import Detection, Scored

if TYPE_CHECKING:
    from torch import Tensor

    from aecore.anomaly.parts import Parts
    from aecore.anomaly.scores import Reference
    from aecore.models.base import Autoencoder

Files = str | Path | list[str] | list[Path]


class Judging(Base):
    """Noise on images, noise off images, and strange ones among them."""

    def spoil(
        self, images: Values, kind: str, level: float, *, seed: int = 0, first: int = 0
    ) -> ImageArray:
        """Spoil images by the numbers of a seed, the same ones as on the pages.

        Args:
            images: intensity in [0, 1].
            kind: "gaussian", "salt_and_pepper", "masking" or "patches".
            level: of the noise, as `noise.KINDS` counts it; 0 changes nothing.
            seed: of the draws.
            first: place of the first image in its row; each place has draws of its own.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-dae-784d")
            >>> lab.spoil(lab.images("test-0"), "gaussian", 0.3, seed=4).shape
            (1, 1, 28, 28)
        """
        import torch

        from aecore.corruption import corruption

        clean = torch.from_numpy(given.images(images, self.shape))
        return corruption(kind).seeded(clean, level, seed, first).numpy()

    def denoise(self, images: Values) -> ImageArray:
        """Take noise off by the model's reconstruction; images' intensity is in [0, 1].

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-dae-784d")
            >>> clean = lab.data("test", 20).images
            >>> noisy = lab.spoil(clean, "gaussian", 0.5)
            >>> before, after = (aecore.quality(x, clean) for x in (noisy, lab.denoise(noisy)))
            >>> bool(after.psnr.mean() > 3 + before.psnr.mean())
            True
        """
        return self.reconstruct(images)

    def filter(self, name: str, kind: str, level: float) -> Fitted:
        """Fit a classical filter to a kind and level of noise; it takes spoilt images.

        Args:
            name: in `denoising.FILTERS`, or "wiener", the best linear filter.
            kind: a name in `noise.KINDS`.
            level: of the noise.

        Raises:
            ValueError: for an unknown name, listing the known ones.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-dae-784d")
            >>> clean = lab.data("test", 20).images
            >>> noisy = lab.spoil(clean, "gaussian", 0.5)
            >>> blurred = lab.filter("blur", "gaussian", 0.5)(noisy)
            >>> before, after = (aecore.quality(x, clean) for x in (noisy, blurred))
            >>> bool(after.psnr.mean() > 3 + before.psnr.mean())
            True
        """
        from aecore.trials import N_TUNE, WIENER, Spoilt, fit, pair

        require(name in (WIENER, *FILTERS), "filter", name, f"{WIENER}, {', '.join(FILTERS)}")
        val = pair("val", self.data("val", N_TUNE).images, kind, level)
        return fit(name, Spoilt(self.data("train").pixels, kind, level), val)

    def score(self, what: Values | Files, score: str = "mse", rule: str = "conformal") -> Scored:
        """Say how strange images are, or pictures of any size in files; higher is stranger.

        Args:
            what: an array, or paths of pictures, folders and .zip files; of a model of signals or
                of rows a .csv. Pictures are prepared as on the page *Your image*.
            score: of an array, a name in `anomaly.scores.SCORES`; files are scored by "mse".
            rule: of the threshold at 5 % false alarms: "conformal" (on average over sets of
                held-out images) or "pac" (for this model's very set, but for 5 % of such sets).

        Raises:
            ValueError: for images that do not fit, an unknown rule, or a score that this model
                can't give.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-ae-16d")
            >>> judged = lab.score(lab.images("test-0", "test-1"))
            >>> judged.scores.shape, judged.threshold > 0, judged.anomalous.shape
            ((2,), True, (2,))
        """
        if isinstance(what, (str, Path)):
            return self._of_files([Path(what)], rule)
        if len(what) and isinstance(what[0], (str, Path)):
            return self._of_files([Path(each) for each in what], rule)
        images = given.images(what, self.shape)
        return self._judged(images, self._scores(score, images), rule, calibrated=score == "mse")

    def _scores(self, name: str, images: ImageArray) -> ValueArray:
        import torch

        from aecore.anomaly.scores import SCORES, score

        require(name in SCORES, "score", name, f"one of {', '.join(SCORES)}")
        known = None
        if SCORES[name].needs_reference:
            train = self.data("train")
            known = _reference(self.model, train.take(train.places_of(self.card.training.only)))
        return score(name, self.model, torch.from_numpy(images), known)

    def _judged(
        self, images: ImageArray, scores: ValueArray, rule: str, *, calibrated: bool = True
    ) -> Scored:
        from aecore.anomaly.threshold import percentile
        from aecore.scoring import threshold

        normal, limit = self.stored.calibration, threshold(self.stored, rule)
        if not calibrated or not len(normal):
            return Scored(images=images, scores=scores)
        shares = np.array([percentile(normal, float(value)) for value in scores], np.float32)
        return Scored(images=images, scores=scores, threshold=limit, percentiles=shares)

    def _of_files(self, paths: list[Path], rule: str) -> Scored:
        from dataclasses import replace

        if is_signal(self.shape):
            from aecore.anomaly.rows import read, score_rows

            require(len(paths) == 1, "the number of files", len(paths), "1 of rows or signals")
            content, name = paths[0].read_bytes(), paths[0].name
            images = given.images(read(content, name, self.card), self.shape)
            rows = score_rows(self.stored, content, name, self.model, rule)
            values = np.array([row.score for row in rows], np.float32)
            return replace(self._judged(images, values, rule), files=tuple(rows))
        from aecore.data.pictures.sources import from_path
        from aecore.scoring import Scorer

        scorer = Scorer(self.stored, self.model, rule)
        sources = (source for path in paths for source in from_path(path))
        found = [row for source in sources for row in scorer.score_source(source)]
        scored = [(each.score, each.preparation) for each in found if each.score is not None]
        pictures = [made.image for _, made in scored if made is not None]
        images = np.stack(pictures) if pictures else np.zeros((0, *self.shape), np.float32)
        values = np.array([value for value, _ in scored], np.float32)
        return replace(self._judged(images, values, rule), files=tuple(found))

    def detect(
        self,
        strange: str | Values = "corrupted",
        *,
        normal: str = "",
        score: str = "mse",
        kind: str = "patches",
        level: float = 0.3,
    ) -> Detection:
        """Score normal test images and strange ones, as the page *Anomaly* does.

        Args:
            strange: "corrupted" (by `kind` and `level`), "photographs", "classes" (those that are
                not normal), another data set's name or path, or images.
            normal: "all", "only-K" or "without-K", classes counted from 0; what the model has
                learnt unless said. For anything else a small model is trained first.
            score: a name in `anomaly.scores.SCORES`; "mse" where the model can't give it.
            kind: how images are spoilt, a name in `noise.KINDS`.
            level: of it.

        Raises:
            ValueError: for a choice that there is not.

        Example:
            >>> import aecore
            >>> found = aecore.open("digits-ae-16d").detect("photographs")
            >>> found.auroc > 0.9
            True
            >>> bool(found.flagged("conformal", 5.0).normal.mean() < 0.15)
            True
        """
        from aecore.anomaly.classes import by_nearest_codes
        from aecore.anomaly.oneclass import VAE, train_normal
        from aecore.anomaly.parts import normal_parts
        from aecore.anomaly.scores import DEFAULT, applicable
        from aecore.anomaly.scores import score as scored

        train, val, test = map(self.data, SPLITS)
        own = learnt(self.card)
        normal = normal or own
        parts = normal_parts((train, val, test), normal, whole=normal == own)
        model = self.model if normal == own else train_normal(parts.train, VAE)
        pixels = self._strange(strange, parts, normal, kind, level)
        name = score if score in applicable(model) else DEFAULT
        known = _reference(model, parts.train)
        groups = [_tensor(each) for each in (parts.held_out.pixels, parts.test.pixels, pixels)]
        values = [scored(name, model, group, known) for group in groups]
        near = list(map(by_nearest_codes(model, parts.train), groups))
        return Detection(
            score=name,
            held_out=values[0],
            normal=values[1],
            strange=values[2],
            normal_images=parts.test.images,
            strange_images=pixels.astype(np.float32) / 255,
            labels=parts.test.labels,
            held_out_classes=near[0],
            normal_classes=near[1],
            strange_classes=near[2],
            n_classes=len(parts.test.classes),
        )

    def _strange(
        self, strange: str | Values, parts: "Parts", normal: str, kind: str, level: float
    ) -> Pixels:
        from aecore.anomaly import strangers

        if not isinstance(strange, str):
            return np.rint(255 * given.images(strange, self.shape)).astype(np.uint8)
        if strange == "corrupted":
            return strangers.corrupted(parts.test.pixels, kind, level)
        if strange == "photographs":
            return strangers.photographs(self.shape)
        if strange == "classes":
            test = self.data("test")
            kept = strangers.normal_classes(normal, len(test.classes))
            rest = tuple(c for c in range(len(test.classes)) if c not in kept)
            require(bool(rest), "strange", strange, "anything else where every class is normal")
            others = test.take(strangers.rows_of(test.labels, rest))
            return others.take(random_sample(len(others), n_shown(self.shape))).pixels
        from aecore.data import catalogue

        others = catalogue.load(strange, "test", side=self.shape[1:])
        others = others.take(random_sample(len(others), n_shown(self.shape)))
        return strangers.fitted(others, self.shape).pixels


def _reference(model: "Autoencoder", train: ImageSet) -> "Reference":
    from aecore.anomaly.scores import reference

    chosen = train.take(random_sample(len(train), n_reference(train.shape)))
    return reference(model, _tensor(chosen.pixels))


def _tensor(pixels: Pixels) -> "Tensor":
    import torch

    return torch.from_numpy(pixels.astype(np.float32) / 255)

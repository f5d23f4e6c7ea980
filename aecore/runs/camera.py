"""Takes the frames of a training."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from aecore.arrays import CodeArray, PlanePoints
from aecore.latents.projection import PCA
from aecore.latents.quality import judge_of, n_of_each_class
from aecore.losses import kl_to_standard_normal
from aecore.metrics import active_units
from aecore.models.adversarial import AdversarialAE
from aecore.models.masked import HIDDEN, MaskedAE
from aecore.runs.frames import Frame
from aecore.seeding import stream
from aecore.training.loop import MeanTerms, Training

N_SHOWN = 10  # images that are reconstructed
N_SAMPLES = 16
N_DRAWN = 60  # of a model without an encoder, of which there is nothing else to see


class Camera:
    """Takes frames of one training.

    One or two units are laid out as they are, in the plane of the finished model's own map. Of
    more units the principal components are, turned so that each frame morphs out of the one
    before; how far it was turned is told, so that a replay can be turned back to the plane of the
    finished model (`frames.homeward`).
    """

    def __init__(self, training: Training, seed: int, before: PlanePoints | None = None) -> None:
        self.training = training
        n_samples = N_SAMPLES if training.model.encodes else N_DRAWN
        self.noise = torch.empty(n_samples, training.model.config.code_dim).normal_(
            generator=stream(seed, "samples")
        )
        self.judge = None if training.model.encodes else judge_of(training.data.name)
        self.labels = np.arange(n_samples) % max(1, training.model.config.n_classes)
        self.before = before

    @torch.no_grad()
    def take(
        self, train: MeanTerms | None = None, val: MeanTerms | None = None, speed: float = 0.0
    ) -> Frame:
        """Encode the watched images, decode ten of them and samples from the prior.

        Without an encoder there are samples alone, and after an epoch the classes they show.
        """
        training = self.training
        training.model.eval()
        model = training.telling
        if not model.encodes:
            return self._drawn(train, val, speed)
        posterior = model.encode(training.watched)
        codes = posterior.mean.float().cpu().numpy()
        points = plane(codes)
        turn = turned(points, self.before) if codes.shape[1] > 2 else np.eye(2)
        self.before = points @ turn
        arrays = {
            "points": self.before.astype(np.float16),
            "samples": _bytes(
                model.told(self.labels).decode(self.noise.to(posterior.mean.device))
            ),
            **self._rebuilt(posterior.mean[:N_SHOWN]),
        }
        if posterior.log_var is not None:
            kl = kl_to_standard_normal(posterior.mean, posterior.log_var).float().mean(0)
            arrays["kl_units"] = kl.cpu().numpy()
        numbers = self._numbers(train, val, speed) | {
            "objective": {
                "train": train and model.objective(*train),
                "val": val and model.objective(*val),
            },
            "active": active_units(codes),
            "turn": turn.tolist(),
        }
        if isinstance(model, AdversarialAE):
            numbers["critic"] = model.critic_accuracy(posterior.mean, stream(0, "critic"))
        return Frame(arrays, numbers)

    def _numbers(
        self, train: MeanTerms | None, val: MeanTerms | None, speed: float
    ) -> dict[str, Any]:
        training = self.training
        return {
            "epoch": training.done,
            "share": training.share,
            "n_epochs": training.n_epochs,
            "train": train and train._asdict(),
            "val": val and val._asdict(),
            "images_per_s": speed,
        }

    def _drawn(self, train: MeanTerms | None, val: MeanTerms | None, speed: float) -> Frame:
        model, place = self.training.model, self.training.place.torch
        arrays = {
            "points": np.zeros((0, 2), np.float16),
            "samples": _bytes(model.decode(self.noise.to(place))),
        }
        numbers = self._numbers(train, val, speed)
        if val and self.judge:
            judge = self.judge._replace(network=self.judge.network.to(place))
            numbers["drawn"] = n_of_each_class(model, judge).tolist()
        return Frame(arrays, numbers)

    def _rebuilt(self, codes: torch.Tensor) -> dict[str, np.ndarray]:
        """Reconstructions; of a masked model what it is shown, its output, and both put together.

        The composite keeps the pixels that were shown and takes the hidden ones from the output.
        """
        model, images = self.training.model, self.training.watched[:N_SHOWN]
        if not isinstance(model, MaskedAE):
            told = model.told(self.training.labels[:N_SHOWN])
            return {"reconstructions": _bytes(told.decode(codes))}
        hidden = model.mask(images, stream(0, "mask", images.device))
        spoilt = torch.where(hidden, HIDDEN, images)
        output = model.reconstruct(spoilt)
        found = {
            "reconstructions": output,
            "spoilt": spoilt,
            "composite": torch.where(hidden, output, images),
        }
        return {name: _bytes(pixels) for name, pixels in found.items()}


def plane(codes: CodeArray) -> PlanePoints:
    """Lay codes out: two units as they are, one on a line, more by their principal components.

    It is the map that a saved model opens with, fitted on these codes alone.
    """
    d = codes.shape[1]
    if d == 1:
        return np.pad(codes, ((0, 0), (0, 1)))
    if d == 2:
        return codes
    if not np.isfinite(codes).all():  # a run that diverged has no directions
        return codes[:, :2]
    return PCA().fit(codes).points


def turned(
    points: Float[np.ndarray, "n 2"], before: Float[np.ndarray, "n 2"] | None
) -> Float[np.ndarray, "2 2"]:
    """Return the turn or reflection that lays points on those before (Schönemann 1966)."""
    if before is None or not (np.isfinite(points).all() and np.isfinite(before).all()):
        return np.eye(2)
    from scipy.linalg import orthogonal_procrustes

    return orthogonal_procrustes(points - points.mean(axis=0), before - before.mean(axis=0))[0]


def _bytes(images: torch.Tensor) -> np.ndarray:
    return (255 * images.float().clamp(0, 1)).round().byte().cpu().numpy()

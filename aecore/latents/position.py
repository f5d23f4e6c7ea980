"""What can be said of one place in latent space.

`aeview/browser/net/position.js` says the same in the browser; `constants` is sent to it.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray, PlanePoints
from aecore.checkpoints import LatentTable
from aecore.latents.neighbours import Neighbours, nearest
from aecore.latents.projection import Linear, Projection
from aecore.latents.support import Support, words
from aecore.noise import normal
from aecore.sheet import inline, sheet

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder

N_NEIGHBOURS = 8
N_DRAWS = 12
ELLIPSE_POINTS = 48
ELLIPSE_SIGMAS = 2
SEED = 0


def constants() -> dict[str, int]:
    """What the browser needs to explain a code alike."""
    return {
        "neighbours": N_NEIGHBOURS,
        "draws": N_DRAWS,
        "ellipse_points": ELLIPSE_POINTS,
        "ellipse_sigmas": ELLIPSE_SIGMAS,
        "seed": SEED,
    }


class PosteriorView(NamedTuple):
    """q(z|x) of one image as it is shown.

    Attributes:
        row: the image's row in the table.
        images: a dozen draws, decoded as the image's own class where the model is told one,
            (12, channels, height, width) in [0, 1].
        places: where the draws lie on the map, (12, 2).
        ellipse: outline of μ ± 2σ on a linear map, (48, 2), else None.
    """

    row: int
    images: Float[np.ndarray, "n channels height width"]
    places: PlanePoints
    ellipse: PlanePoints | None


class Position(NamedTuple):
    """One code explained.

    Attributes:
        image: its decoded image (channels, height, width) in [0, 1].
        support: share of training codes that are at least as isolated, 0 to 1.
        landing: where the decoded image is encoded to, on the map; None without an encoder.
        landing_distance: ‖E(D(z)) − z‖ in latent space; None likewise.
        neighbours: rows of the nearest training images, and distances in latent space.
        posterior: of the nearest training image; None for a plain autoencoder.
    """

    image: Float[np.ndarray, "channels height width"]
    support: float
    landing: Float[np.ndarray, " 2"] | None
    landing_distance: float | None
    neighbours: Neighbours
    posterior: PosteriorView | None

    def _repr_html_(self) -> str:
        """A look at it in a notebook: the image, then draws of the posterior."""
        draws = () if self.posterior is None else self.posterior.images
        page = sheet(np.stack([self.image, *draws]), columns=1 + N_DRAWS)
        return inline(page, f"{words(self.support)}: {self.support:.0%}")


class Surroundings(NamedTuple):
    """What a code is explained against."""

    model: "Autoencoder"
    table: LatentTable
    projection: Projection
    support: Support


def explain(code: Float[np.ndarray, " code"], around: Surroundings, seed: int = SEED) -> Position:
    """Decode a code and say how far it can be trusted; the seed draws the posterior."""
    codes = code[None].astype(np.float32)
    decoded = _decoded(codes, around.model)
    landing = _landing(decoded, around)
    rows = np.flatnonzero(around.table.split == 0)
    near = nearest(around.table.codes[rows], codes, N_NEIGHBOURS)
    neighbours = Neighbours(rows[near.rows[0]][None], near.distance)
    return Position(
        image=decoded[0],
        support=float(around.support.share(codes)[0]),
        landing=None if landing is None else around.projection.transform(landing)[0],
        landing_distance=None if landing is None else float(np.linalg.norm(landing - codes)),
        neighbours=neighbours,
        posterior=_posterior(int(neighbours.rows[0, 0]), around, seed),
    )


def _decoded(
    codes: CodeArray, model: "Autoencoder", label: int | None = None
) -> Float[np.ndarray, "n c h w"]:
    """The pictures of codes; of a class, where one is given and the model is told one."""
    import torch

    told = model if label is None else model.told(np.array([label]))
    with torch.no_grad():
        return told.decode(torch.from_numpy(codes)).numpy()


def _landing(images: Float[np.ndarray, "n c h w"], around: Surroundings) -> CodeArray | None:
    import torch

    if not around.model.encodes:
        return None
    with torch.no_grad():
        return around.model.encode(torch.from_numpy(images)).mean.numpy()


def _posterior(row: int, around: Surroundings, seed: int) -> PosteriorView | None:
    mean, log_var = around.table.codes[row], around.table.log_var[row]
    if not len(log_var):
        return None
    std = np.exp(0.5 * log_var)
    draws = (mean + std * normal(seed, "posterior", N_DRAWS, len(mean))).astype(np.float32)
    places = around.projection.transform(draws)
    images = _decoded(draws, around.model, int(around.table.labels[row]))
    return PosteriorView(row, images, places, _ellipse(mean, std, around))


def _ellipse(mean: np.ndarray, std: np.ndarray, around: Surroundings) -> PlanePoints | None:
    """Outline of the projected normal distribution: covariance C = basisᵀ·diag(σ²)·basis.

    A circle times √C = (C + s·I) / √(tr C + 2s) with s = √det C, the one root that is symmetric.
    """
    projection = around.projection
    if not isinstance(projection, Linear):
        return None
    basis = projection.basis.astype(np.float64)
    covariance = (basis * std[:, None] ** 2).T @ basis
    s = np.sqrt(max(np.linalg.det(covariance), 0))
    root = (covariance + s * np.eye(2)) / max(np.sqrt(np.trace(covariance) + 2 * s), 1e-12)
    angles = np.linspace(0, 2 * np.pi, ELLIPSE_POINTS, endpoint=False)
    circle = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    centre = projection.transform(_one(mean))
    return (centre + ELLIPSE_SIGMAS * circle @ root).astype(np.float32)


def _one(code: np.ndarray) -> CodeArray:
    return code[None].astype(np.float32)

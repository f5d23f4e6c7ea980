"""What can be said of one place in latent space."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from aecore.arrays import CodeArray, PlanePoints
from aecore.checkpoints import LatentTable
from aecore.latents.neighbours import Neighbours, nearest
from aecore.latents.projection import Linear, Projection
from aecore.latents.support import Support, words
from aecore.models.base import Autoencoder
from aecore.seeding import stream
from aecore.sheet import inline, sheet
from aecore.types import Images

N_NEIGHBOURS = 8
N_DRAWS = 12
ELLIPSE_POINTS = 48
ELLIPSE_SIGMAS = 2.0


class PosteriorView(NamedTuple):
    """q(z|x) of one image as it is shown.

    Attributes:
        row: the image's row in the table.
        images: a dozen draws, decoded, (12, channels, height, width) in [0, 1].
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
        support: share of training codes at least as far from their neighbours, 0 to 1.
        landing: where the decoded image is encoded to, on the map.
        landing_distance: ‖E(D(z)) − z‖ in latent space.
        neighbours: rows of the nearest training images, and distances in latent space.
        posterior: of the nearest training image; None for a plain autoencoder.
    """

    image: Float[np.ndarray, "channels height width"]
    support: float
    landing: Float[np.ndarray, " 2"]
    landing_distance: float
    neighbours: Neighbours
    posterior: PosteriorView | None

    def _repr_html_(self) -> str:
        """A look at it in a notebook: the image, then draws of the posterior."""
        draws = () if self.posterior is None else self.posterior.images
        page = sheet(np.stack([self.image, *draws]), columns=1 + N_DRAWS)
        return inline(page, f"{words(self.support)}: {self.support:.0%}")


class Surroundings(NamedTuple):
    """What a code is explained against."""

    model: Autoencoder
    table: LatentTable
    projection: Projection
    support: Support


@torch.no_grad()
def explain(code: Float[np.ndarray, " code"], around: Surroundings, seed: int = 0) -> Position:
    """Decode a code and say how far it can be trusted; the seed draws the posterior."""
    codes = code[None].astype(np.float32)
    decoded = around.model.decode(torch.from_numpy(codes))
    landing = around.model.encode(decoded).mean.numpy()
    rows = np.flatnonzero(around.table.split == 0)
    near = nearest(around.table.codes[rows], codes, N_NEIGHBOURS)
    neighbours = Neighbours(rows[near.rows[0]][None], near.distance)
    return Position(
        image=decoded[0].numpy(),
        support=float(around.support.share(codes)[0]),
        landing=around.projection.transform(landing)[0],
        landing_distance=float(np.linalg.norm(landing - codes)),
        neighbours=neighbours,
        posterior=_posterior(int(neighbours.rows[0, 0]), around, seed),
    )


def _posterior(row: int, around: Surroundings, seed: int) -> PosteriorView | None:
    mean, log_var = around.table.codes[row], around.table.log_var[row]
    if not len(log_var):
        return None
    std = np.exp(0.5 * log_var)
    noise = torch.empty(N_DRAWS, len(mean)).normal_(generator=stream(seed, f"posterior {row}"))
    draws = (mean + std * noise.numpy()).astype(np.float32)
    images: Images = around.model.decode(torch.from_numpy(draws))
    return PosteriorView(
        row, images.numpy(), around.projection.transform(draws), _ellipse(mean, std, around)
    )


def _ellipse(mean: np.ndarray, std: np.ndarray, around: Surroundings) -> PlanePoints | None:
    """Outline of the projected normal distribution: covariance basisᵀ·diag(σ²)·basis."""
    projection = around.projection
    if not isinstance(projection, Linear):
        return None
    covariance = (projection.basis * std[:, None] ** 2).T @ projection.basis
    values, vectors = np.linalg.eigh(covariance.astype(np.float64))
    angles = np.linspace(0, 2 * np.pi, ELLIPSE_POINTS, endpoint=False)
    circle = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    shape = circle * ELLIPSE_SIGMAS * np.sqrt(np.maximum(values, 0))
    centre = projection.transform(_one(mean))
    return (centre + shape @ vectors.T).astype(np.float32)


def _one(code: np.ndarray) -> CodeArray:
    return code[None].astype(np.float32)

"""Names of the tensors that cross modules: shape, meaning and range."""

from jaxtyping import Float, Int
from torch import Tensor

Images = Float[Tensor, "n channels height width"]
"""Intensity in [0, 1], ink bright on dark."""

Codes = Float[Tensor, "n code"]
"""Latent codes z."""

Classes = Int[Tensor, " n"]
"""Class numbers, an index into the data set's `classes`."""

Nats = Float[Tensor, " n"]
"""A likelihood, divergence or loss for each image, in nats, summed over pixels or units."""

UnitNats = Float[Tensor, "n code"]
"""A divergence for each image and latent unit, in nats."""

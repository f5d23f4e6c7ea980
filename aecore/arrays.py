"""Names of the numpy arrays that cross modules: shape, meaning and range.

The parts of the engine that the first page needs (cards, stored codes, projections, support)
work on numpy alone, so that a page can be drawn before torch has been imported. `types` names
the tensors of the other parts.
"""

import numpy as np
from jaxtyping import Float, Int, UInt8

Pixels = UInt8[np.ndarray, "n channels height width"]
"""Images as stored: intensity 0 to 255, ink bright on dark."""

ImageArray = Float[np.ndarray, "n channels height width"]
"""Images: intensity in [0, 1], ink bright on dark."""

CodeArray = Float[np.ndarray, "n code"]
"""Latent codes; for a VAE the mean of the posterior."""

PlanePoints = Float[np.ndarray, "n 2"]
"""Positions on the map."""

LabelArray = Int[np.ndarray, " n"]
"""Class numbers, an index into the data set's `classes`."""

FactorArray = Int[np.ndarray, "n factor"]
"""Known factors of each image: a position among the factor's values, from 0."""

IndexArray = Int[np.ndarray, " m"]
"""Positions in a split."""

ValueArray = Float[np.ndarray, " n"]
"""One number for each image or point; the name beside it says the unit."""

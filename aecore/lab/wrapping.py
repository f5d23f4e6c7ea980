"""Two functions, opened as a lab: nothing is written, and they run where they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from aecore.arrays import LabelArray
from aecore.configs import require
from aecore.data.imageset import SPLITS, ImageSet, random_sample
from aecore.lab.lab import Lab

if TYPE_CHECKING:
    from aecore.foreign.matching import Way
    from aecore.foreign.wrapping import Function, Wrapped


class WrappedLab(Lab):
    """Two functions and the images they were given.

    Attributes:
        way: how images enter and leave them.
    """

    def __init__(self, name: str, wrapped: "Wrapped") -> None:
        super().__init__(name, wrapped.stored)
        self.__dict__["model"] = wrapped.model  # in the place of what would be built
        self.sets, self.way = wrapped.sets, wrapped.way

    def data(self, split: str = "test", n: int | None = None) -> ImageSet:
        """Return a split of the images, or a random sample of n of it."""
        require(split in SPLITS, "split", split, f"one of {', '.join(SPLITS)}")
        found = self.sets[split]
        return found if n is None else found.take(random_sample(len(found), n))

    def train(self, data: str = "", **settings: Any) -> NoReturn:
        """Refuse: its settings are not known.

        Raises:
            ValueError: always.
        """
        del data, settings
        raise ValueError("a wrapped model can't be trained here; train one by aecore.train(…)")


def wrap(
    encoder: "Function",
    decoder: "Function",
    images: np.ndarray,
    labels: Sequence[Any] | LabelArray | None = None,
    *,
    name: str = "wrapped",
    way: "Way | None" = None,
) -> WrappedLab:
    """Open any two functions or `torch.nn.Module`s as a lab.

    How they want images is found on 64 of them: channels first, last or flat; [0, 1], [−1, 1] or
    standardised; out as intensity, logits or as they enter. `lab.way` says what was found.

    Args:
        encoder: from a batch of images to codes of any shape, which are laid in a row; to (mean,
            log σ², …) or to a normal distribution of a posterior. Modules and their methods are
            given tensors, other functions float32 arrays.
        decoder: from codes, in the encoder's shape, to images.
        images: bytes or intensity in [0, 1], (n, channels, height, width), (n, height, width) or
            rows (n, d); 20 or more, which are split into train, val and test and kept as bytes.
        labels: class names or numbers, (n,).
        name: of the lab and its images.
        way: how images enter and leave, where that is known.

    Raises:
        ForeignModelError: where they can't be fed such images.
        ValueError: for images or labels that do not fit.

    Example:
        >>> import aecore
        >>> pixels = aecore.load_data("digits", "test").pixels[:60]
        >>> shrink = lambda x: x[:, :, ::4, ::4]
        >>> grow = lambda z: z.repeat(4, axis=2).repeat(4, axis=3)
        >>> lab = aecore.wrap(shrink, grow, pixels)
        >>> lab.codes.shape[1], lab.way.layout, lab.map("pca").points.shape[1]
        (49, 'channels first', 2)
    """
    from aecore.foreign import wrapping

    return WrappedLab(
        Path(name).name, wrapping.wrap(encoder, decoder, wrapping.split(images, labels, name), way)
    )

"""Where the batches of an epoch come from: the device's memory, or a set that is streamed."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from aecore.arrays import PlanePoints
from aecore.configs import require
from aecore.data.imageset import ImageSet
from aecore.data.streamed import StreamedSet
from aecore.devices import Device
from aecore.processes import Team
from aecore.training.layout import to_codes


class Batch(NamedTuple):
    """Images of one step.

    Attributes:
        pixels: uint8 (n, channels, height, width), on the device.
        places: (n, 2) of a layout that is learnt, else None.
        labels: class numbers (n,), on the device; None of a streamed set.
    """

    pixels: Tensor
    places: Tensor | None
    labels: Tensor | None


class Feed:
    """This process's share of the training split, in batches that all processes fill together.

    Args:
        data: the training split.
        batch_size: images of one step, of all processes together.
        place: where the batches are wanted.
        team: the processes.
        layout: (n, 2) place of each image, for a set in memory.

    Raises:
        ValueError: for a batch that can't be shared out evenly, or too few images for all.
    """

    def __init__(
        self,
        data: ImageSet | StreamedSet,
        batch_size: int,
        place: Device,
        team: Team,
        layout: PlanePoints | None = None,
    ) -> None:
        require(
            batch_size % team.size == 0,
            "batch_size",
            batch_size,
            f"a multiple of the {team.size} processes",
        )
        require(len(data) >= team.size, "the training split", len(data), "an image a process")
        self.n_batches = max(1, len(data) // batch_size)
        self.batch_size, self.size = min(batch_size, len(data)), batch_size // team.size
        self.place = place.torch
        self.streamed = (
            data.shared(team.rank, team.size) if isinstance(data, StreamedSet) else None
        )
        if isinstance(data, ImageSet):
            self.part = team.part(self.batch_size)
            self.pixels = torch.from_numpy(data.pixels).to(place.torch)
            self.labels = torch.from_numpy(data.labels.astype(np.int64)).to(place.torch)
            self.places = None if layout is None else to_codes(layout).to(place.torch)

    def batches(self, draw: torch.Generator) -> Iterator[Batch]:
        """Yield an epoch in a new order; a last incomplete batch is left out.

        Of a set in memory all processes draw the one order, so that the images of a step are
        those that one process alone would take; of a streamed one each reads its own part.
        """
        if self.streamed is not None:
            return self._stream(draw)
        order = torch.randperm(len(self.pixels), generator=draw, device=self.place)
        steps = torch.split(order, self.batch_size)[: self.n_batches]
        parts = (step[self.part] for step in steps)
        return (
            Batch(
                self.pixels[part],
                None if self.places is None else self.places[part],
                self.labels[part],
            )
            for part in parts
        )

    def _stream(self, draw: torch.Generator) -> Iterator[Batch]:
        assert self.streamed is not None

        def permutation(n: int) -> np.ndarray:
            return torch.randperm(n, generator=draw, device=self.place).cpu().numpy()

        for pixels in self.streamed.batches(self.size, self.n_batches, permutation):
            yield Batch(torch.from_numpy(pixels).to(self.place), None, None)

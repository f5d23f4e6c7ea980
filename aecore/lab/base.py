"""An opened checkpoint: its codes, its data set, encode and decode. Torch waits for the model."""

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aecore.arrays import CodeArray, ImageArray, Pixels
from aecore.checkpoints import Card, Stored
from aecore.data.imageset import SPLITS, ImageSet, random_sample
from aecore.errors import DataError
from aecore.lab import given
from aecore.lab.given import Values
from aecore.lab.results import Nearest
from aecore.latents.neighbours import nearest
from aecore.latents.support import Support

if TYPE_CHECKING:
    from torch import Tensor

    from aecore.models.base import Autoencoder
    from aecore.training.loop import EpochReport

BATCH = 500
INSTALL = 'pip install -e ".[notebook]"'
N_NEIGHBOURS = 8


class Base:
    """A checkpoint, opened.

    Attributes:
        name: of the checkpoint.
        stored: what is in it, as numpy.
        history: a report of each epoch, where it was trained here.
        path: of its file; None where nothing is kept.
    """

    def __init__(
        self,
        name: str,
        stored: Stored,
        history: Sequence["EpochReport"] = (),
        path: Path | None = None,
    ) -> None:
        self.name, self.stored, self.history = name, stored, tuple(history)
        self.path = path

    def __repr__(self) -> str:
        model = self.card.model
        return f"Lab({self.name}: {model.kind} of {self.card.data}, {model.code_dim} units)"

    @property
    def card(self) -> Card:
        """How the model was made and how good it is on images it never saw."""
        return self.stored.card

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of its images."""
        channels, height, width = self.card.model.shape
        return channels, height, width

    @property
    def codes(self) -> CodeArray:
        """The codes that the checkpoint carries, (n, d)."""
        return self.stored.latents.codes

    @property
    def labels(self) -> tuple[str, ...]:
        """The class of each of these codes."""
        return tuple(self.card.classes[label] for label in self.stored.latents.labels)

    @cached_property
    def model(self) -> "Autoencoder":
        """The torch model, ready to use."""
        from aecore.checkpoints import build

        return build(self.stored)

    @cached_property
    def support(self) -> Support:
        """How well codes are supported by the training images."""
        return Support.of(self.stored.latents)

    @property
    def explorer(self) -> Any:
        """The latent map in a notebook, which decodes under the cursor: a widget.

        Its traits `code`, `pin` and `selection` follow what is clicked and selected there, and
        the map follows them (`aeview.shell.notebook.Explorer`).

        Raises:
            ValueError: where anywidget isn't installed.
        """
        self._explorer = self._explorer.connected()
        return self._explorer

    @cached_property
    def _explorer(self) -> Any:
        try:
            view = import_module("aeview.pages")  # which lies above the engine
            return view.explorer(self.name, self.stored)
        except ModuleNotFoundError as error:
            if error.name != "anywidget":
                raise
            raise ValueError(f"the map in a notebook needs anywidget: {INSTALL}") from None

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the explorer where it can be; `_repr_html_` is for elsewhere."""
        if not find_spec("anywidget"):
            return None
        shown, about = self.explorer._repr_mimebundle_(**options)
        return shown | {"text/plain": repr(self)}, about

    # ---- images -----------------------------------------------------------------------------

    def data(self, split: str = "test", n: int | None = None) -> ImageSet:
        """Return a split of the data set it was trained on, or a random sample of n images.

        Example:
            >>> import aecore
            >>> aecore.open("digits-vae-2d").data("val", 10).images.shape
            (10, 1, 28, 28)
        """
        from aecore.data import catalogue

        side, fit = self.shape[1:], self.card.training.fit
        found = catalogue.load(self.card.data, split, side=side, fit=fit)
        return found if n is None else found.take(random_sample(len(found), n))

    def _sample_of(self, split: str, n: int) -> ImageSet:
        """Return a random sample of a split; where its set is not here, of what ships of it."""
        from aecore import originals

        try:
            return self.data(split, n)
        except DataError:
            found = originals.part(self.card.data, split)
            if found is None:
                raise
            return found.take(random_sample(len(found), n))

    def images(self, *which: str | int) -> ImageArray:
        """Return original images by their names, or by the rows of `codes`.

        Of MNIST and Fashion-MNIST those of the shipped models' codes are always here.

        Raises:
            DataError: if the data set is not there and the images don't come with the models.
            ValueError: for what is no name like test-12, or no row.

        Example:
            >>> import aecore
            >>> aecore.open("digits-vae-2d").images("test-12", 0).shape
            (2, 1, 28, 28)
        """
        places = [self._place(each) for each in which]
        return self._pixels(places).astype(np.float32) / np.float32(255)

    def _pixels(self, places: list[tuple[str, int]]) -> Pixels:
        """The set's images; of a set that is not here those that come with the models."""
        from aecore import originals

        try:
            splits = {split: self.data(split) for split in {name for name, _ in places}}
        except DataError:
            numbers = np.array([(SPLITS.index(split), index) for split, index in places]).T
            found = originals.at(self.card.data, *numbers)
            if found is None:
                raise
            return found
        for split, index in places:
            if not 0 <= index < len(splits[split]):
                raise ValueError(
                    f"there is no image {split}-{index}: {split} has {len(splits[split])}, from 0"
                )
        return np.stack([splits[split].pixels[index] for split, index in places])

    def _place(self, which: str | int) -> tuple[str, int]:
        if isinstance(which, int):
            if not self.card.encodes:
                raise ValueError(
                    f"row {which} is a draw of N(0, I), and no image of the data set; decode its "
                    "code, or name an image like train-12"
                )
            table = self.stored.latents
            if not 0 <= which < len(table):
                raise ValueError(f"there is no row {which}: choose 0 to {len(table) - 1}")
            return SPLITS[table.split[which]], int(table.index[which])
        split, _, index = which.partition("-")
        if split not in SPLITS or not index.isdecimal():
            raise ValueError(f"{which!r} names no image; one is called {SPLITS[0]}-12 or so")
        return split, int(index)

    def unpack(self, text: str) -> ImageArray:
        """Return images from a text of pixels, as Copy as Python writes it."""
        return given.unpack(text, self.shape)

    # ---- encode and decode ------------------------------------------------------------------

    def encode(self, images: Values) -> CodeArray:
        """Return the code of each image; of a VAE the mean of its posterior.

        Args:
            images: (n, channels, height, width), intensity in [0, 1], or bytes.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-vae-2d")
            >>> lab.encode(lab.images("test-0", "test-1")).shape
            (2, 2)
        """
        checked = given.images(images, self.shape)
        return self._batches(lambda part: self.model.encode(part).mean, checked)

    def decode(self, codes: Values) -> ImageArray:
        """Return the image of each code, intensity in [0, 1].

        Example:
            >>> import aecore
            >>> aecore.open("digits-vae-2d").decode([0.5, -1]).shape
            (1, 1, 28, 28)
        """
        return self._batches(self.model.decode, given.codes(codes, self.card.model.code_dim))

    def reconstruct(self, images: Values) -> ImageArray:
        """Encode images and decode their codes."""
        return self._batches(self.model.reconstruct, given.images(images, self.shape))

    def nearest(self, codes: Values, n: int = N_NEIGHBOURS) -> Nearest:
        """Find the training images with the nearest codes.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-vae-2d")
            >>> lab.nearest(lab.codes[7], 3).distance.shape
            (1, 3)
        """
        table = self.stored.latents
        training = np.flatnonzero(table.split == 0)
        found = nearest(table.codes[training], given.codes(codes, table.codes.shape[1]), n)
        rows = training[found.rows]
        names = tuple(tuple(self.labels[row] for row in near) for near in rows)
        return Nearest(rows, found.distance, names)

    def _batches(self, function: Callable[["Tensor"], "Tensor"], rows: np.ndarray) -> np.ndarray:
        import torch

        with torch.no_grad():
            parts = [function(part).numpy() for part in torch.split(torch.from_numpy(rows), BATCH)]
        return np.concatenate(parts)

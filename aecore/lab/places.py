"""What can be asked of places in latent space: maps, ways, units, samples."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aecore import noise
from aecore.arrays import CodeArray, ImageArray, LabelArray
from aecore.checkpoints import LatentTable
from aecore.configs import require
from aecore.data.imageset import SPLITS
from aecore.errors import CheckpointError
from aecore.flows.flow import ANY, Flow
from aecore.lab import given
from aecore.lab.base import Base
from aecore.lab.given import Code, Values
from aecore.lab.results import Directions, Map, Samples, Traversal
from aecore.latents.directions import local_directions, sheet_of, unit_steps
from aecore.latents.paths import DataGraph
from aecore.latents.projection import LINE, PROJECTIONS, TSNE, Projection, projection_class
from aecore.latents.sampling import SAMPLERS, Source, draw
from aecore.latents.strips import Bench, Strip, looks, strips, telling_pair
from aecore.latents.traversal import Unit, units

if TYPE_CHECKING:
    from aecore.classifier import Classifier
    from aecore.latents.counterfactual import Counterfactual
    from aecore.latents.position import Position

REACH = 3.0  # σ to which a unit is pulled, either way
ALL_MAPS = (*PROJECTIONS, LINE)


class Places(Base):
    """Maps of codes, ways between them, and new ones."""

    def map(
        self,
        projection: str = "",
        *,
        n: int | None = None,
        perplexity: int = 30,
        units: tuple[int, int] = (0, 1),
    ) -> Map:
        """Lay out codes on a plane.

        Args:
            projection: "pca", "axes", "tsne", or "line" for one unit; the latent plane itself of
                two units, PCA of more, unless said.
            n: a random sample of so many images of all splits, encoded now; without it the codes
                that the checkpoint carries.
            perplexity: of t-SNE, which takes seconds the first time and is kept on disk.
            units: of "axes", counted from 0.

        Raises:
            ValueError: for an unknown projection, or settings that do not fit.

        Example:
            >>> import aecore
            >>> plane = aecore.open("digits-vae-16d").map("pca")
            >>> plane.points.shape[1], plane.inverse([0.5, 1]).shape
            (2, (1, 16))
            >>> plane.describe().approximate
            'A click fixes 2 of 16 coordinates; the others are filled in as chosen.'
        """
        name = projection or {1: "line", 2: "axes"}.get(self.card.model.code_dim, "pca")
        require(name in ALL_MAPS, "projection", name, f"one of {', '.join(ALL_MAPS)}")
        table = self.stored.latents if n is None else self._sample_table(n)
        plane = self._plane(name, table, perplexity, units)
        return Map(plane.points, table.codes, table.labels, self.card.classes, plane, table)

    def _plane(
        self, name: str, table: LatentTable, perplexity: int, units: tuple[int, int]
    ) -> Projection:
        made = projection_class(name)
        settings = {"perplexity": perplexity, "units": units}
        plane = made(**{each: settings[each] for each in made.settings})
        if not isinstance(plane, TSNE):
            return plane.fit(table.codes)
        from aecore.latents import stored_maps

        digest = self.stored.digest
        known = stored_maps.stored(plane, table.codes, digest)
        return known or stored_maps.compute(plane, table.codes, digest)

    def _sample_table(self, n: int) -> LatentTable:
        from aecore.latents.encoding import encode_across, join

        require(n >= 2, "n", n, "2 or more")
        return join(list(encode_across(self.model, map(self.data, SPLITS), n)))

    def explain(self, code: Values, on: Map | None = None, *, seed: int = 0) -> "Position":
        """Say how far a code can be trusted.

        Its image, its support, where the image lands when it is encoded again, the nearest
        training images, and draws of the posterior of the nearest.

        Args:
            code: d numbers.
            on: the map that places are given on; the one that `map()` returns unless said.
            seed: of the draws.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-vae-2d")
            >>> position = lab.explain([0.5, -1.25])
            >>> position.image.shape, position.neighbours.rows.shape, 0 < position.support <= 1
            ((1, 28, 28), (1, 8), True)
        """
        from aecore.latents.position import Surroundings, explain

        plane = on or self.map()
        around = Surroundings(self.model, plane.table, plane.projection, self.support)
        return explain(given.code(code, self.card.model.code_dim), around, seed)

    def counterfactual(
        self, start: Values, label: int | str, on: Map | None = None, *, n: int = 11
    ) -> "Counterfactual":
        """Find the least change after which an image is seen as another class.

        Args:
            start: an image (channels, height, width), or its code, d numbers.
            label: the class that it is to be seen as, by name or number.
            on: the map whose training images the search may begin at; the checkpoint's codes
                unless said.
            n: frames of the way, both ends among them.

        Raises:
            ValueError: for an unknown class, a start that does not fit, or where no training
                image of the class is near that is seen as it and supported.
            CheckpointError: where no classifier ships for the data set.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-vae-16d")
            >>> found = lab.counterfactual(lab.images("test-0")[0], "9")
            >>> found.images.shape, bool(found.probability[-1] >= 0.5 > found.probability[0])
            ((11, 1, 28, 28), True)
            >>> found.support[-1] >= 0.1
            np.True_
        """
        from aecore.latents.counterfactual import Bench, find

        wanted, code = self._class(label), self._start(start)
        table = self.stored.latents if on is None else on.table
        bench = Bench(self.model, self.classifier.network, table, self.support)
        found = find(code, wanted, bench, n)
        if found is None:
            name = self.card.classes[wanted]
            raise ValueError(f"no near image of class {name} is seen as {name} and supported")
        return found

    def _start(self, start: Values) -> Code:
        """A code, or the code of an image."""
        d, values = self.card.model.code_dim, np.asarray(start)
        is_code = values.size == d and values.ndim <= 2
        return given.code(values if is_code else self.encode(values), d)

    @cached_property
    def classifier(self) -> "Classifier":
        """Our classifier of the data set's images.

        Raises:
            CheckpointError: where none ships for it.
        """
        from aecore import classifier_files
        from aecore.classifier import load

        file = classifier_files.find(self.card.data)
        if file is None:
            raise CheckpointError(f"no classifier ships for {self.card.data}")
        return load(file)

    def interpolate(self, a: Values, b: Values, path: str = "linear", n: int = 11) -> Strip:
        """Go from one code to another along one path, in n frames.

        Args:
            a: where it begins, d numbers.
            b: where it ends.
            path: "linear", "slerp", "data" (over the training codes) or "fade" (of the pixels).
            n: frames, both ends among them.

        Raises:
            ValueError: for an unknown path, fewer than two frames, or codes that do not fit.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-vae-2d")
            >>> way = lab.interpolate(lab.codes[0], lab.codes[1], path="slerp", n=5)
            >>> way.images.shape, 0 <= way.stray <= 1
            ((5, 1, 28, 28), True)
        """
        known = looks(encodes=self.card.encodes)
        require(path in known, "path", path, f"one of {', '.join(known)}")
        return self.paths(a, b, n)[path]

    def paths(self, a: Values, b: Values, n: int = 11) -> dict[str, Strip]:
        """Go from one code to another along every path, and by cross-fade.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-vae-2d")
            >>> list(lab.paths(lab.codes[0], lab.codes[1]))
            ['linear', 'slerp', 'data', 'fade']
        """
        d = self.card.model.code_dim
        bench = Bench(self.model, self._graph, self.support)
        return strips(bench, given.code(a, d), given.code(b, d), n)

    @cached_property
    def _graph(self) -> DataGraph:
        return DataGraph(self.stored.latents.training_codes)

    def telling_pair(self) -> CodeArray:
        """Return two stored codes that show what a path is about: far from the data between them.

        Example:
            >>> import aecore
            >>> aecore.open("digits-vae-2d").telling_pair().shape
            (2, 2)
        """
        table = self.stored.latents
        return table.codes[list(telling_pair(table.codes, table.labels, self.support))]

    def traverse(
        self, code: Values, unit: int | None = None, *, n: int = 11, most: int | None = None
    ) -> Traversal:
        """Pull at units of a code, from −3 to 3 σ.

        Args:
            code: d numbers.
            unit: counted from 0; without it every unit, the most used first.
            n: steps.
            most: units at most.

        Raises:
            ValueError: for a unit that there is not, or a code that does not fit.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-vae-16d")
            >>> lab.traverse(lab.codes[0], unit=3, n=5).images.shape
            (1, 5, 1, 28, 28)
        """
        start = given.code(code, self.card.model.code_dim)
        chosen = self._units(unit)[:most]
        steps = np.linspace(-REACH, REACH, n)
        codes = np.tile(start, (len(chosen), n, 1))
        for row, each in zip(codes, chosen, strict=True):
            row[:, each.dimension] = each.centre + each.sigma * steps
        images = self.decode(codes.reshape(-1, len(start))).reshape(len(chosen), n, *self.shape)
        return Traversal(chosen, steps, codes, images, float(self.support.share(start[None])[0]))

    def _units(self, unit: int | None) -> tuple[Unit, ...]:
        known = units(self.stored)
        if unit is None:
            return tuple(known)
        require(0 <= unit < len(known), "unit", unit, f"0 to {len(known) - 1}")
        return tuple(each for each in known if each.dimension == unit)

    def directions(self, code: Values, *, step: float = 1.0, n: int = 5) -> Directions:
        """Go from a code where the picture changes most here, and as far along two units.

        Args:
            code: d numbers, 2 or more.
            step: from picture to picture, in standard deviations of the 16 nearest training codes.
            n: pictures on each side of a sheet, an odd number.

        Raises:
            ValueError: for a code that does not fit, or a number out of range.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-ae-16d")
            >>> around = lab.directions(lab.codes[0])
            >>> around.images.shape, around.support[0].mean() > around.support[1].mean()
            ((2, 5, 5, 1, 28, 28), np.True_)
        """
        start = given.code(code, self.card.model.code_dim)
        require(len(start) >= 2, "units", len(start), "2 or more")
        require(step > 0, "step", step, "above 0")
        require(n % 2 == 1 and n > 1, "n", n, "3, 5 or another odd number")
        local = local_directions(self.decode, self.support, start)
        pair = self._units(None)[: len(local)]
        axes = unit_steps(pair, self.support, local)
        multiples = step * (np.arange(n) - n // 2)
        codes = np.stack([sheet_of(start, steps, multiples) for steps in (local, axes)])
        flat = codes.reshape(-1, len(start))
        images = self.decode(flat)
        apart = np.sqrt(np.square(images - self.decode(start)).mean(axis=(1, 2, 3)))
        first, second = apart.reshape(2, -1).sum(axis=1) / (n * n - 1)
        share = self.support.share(flat).reshape(2, n, n)
        return Directions(
            local, pair, axes, multiples, codes, images.reshape(2, n, n, *self.shape), share,
            (float(first), float(second)),
        )  # fmt: skip

    def sample(
        self,
        n: int = 16,
        source: str | Source = "prior",
        *,
        seed: int = 0,
        temperature: float = 1.0,
        label: int | str | None = None,
    ) -> Samples:
        """Make new images: draw codes and decode them.

        Args:
            n: how many.
            source: "prior"; "gaussian" or "mixture", fitted to the training codes; "aggregate",
                the posterior of a training image chosen at random; "flow", the latent flow that
                `python -m aecore flow NAME` made; or `lab.flow.ask(7, guidance=2, steps=10)`.
            seed: the same seed draws the same noise for every model.
            temperature: 0 gives the means, 1 the distribution itself.
            label: the class that is asked for, by name or number: of "flow", or of a conditional
                model; without it each draw is of any class.

        Raises:
            ValueError: for an unknown source or class, or a number out of range.
            CheckpointError: if there is no flow, or it is of other weights.

        Example:
            >>> import aecore
            >>> made = aecore.open("digits-vae-2d").sample(9, source="mixture", seed=5)
            >>> made.images.shape, made.support.shape
            ((9, 1, 28, 28), (9,))
            >>> sevens = aecore.open("digits-ae-16d").sample(4, "flow", label="7")
            >>> sevens.codes.shape
            (4, 16)
        """
        require(n >= 1, "n", n, "1 or more")
        chosen = self._source(source, label) if isinstance(source, str) else source
        codes = draw(chosen, n, seed, temperature)
        n_classes, uniforms = self.card.model.n_classes, noise.component(seed, n)
        if not n_classes:
            images = self.decode(codes)
        elif isinstance(chosen, Flow):
            images = self._as(codes, chosen.labels(uniforms))
        elif label is None:
            images = self._as(codes, noise.classes(uniforms, n_classes))
        else:
            images = self._as(codes, np.full(n, self._class(label)))
        return Samples(images, codes, self.support.share(codes))

    def _as(self, codes: CodeArray, labels: LabelArray) -> ImageArray:
        """Decode codes, a conditional model told the class of each."""
        import torch

        with torch.no_grad():
            return self.model.told(labels).decode(torch.from_numpy(codes)).numpy()

    def as_class(self, codes: Values, label: int | str, own: Values | None = None) -> ImageArray:
        """Draw images anew as another class: back to the noise they come from, and forward again.

        Args:
            codes: of the images, (n, d).
            label: the class that they are to be of, by name or number.
            own: the number of each image's own class; without it the way back knows none.

        Returns:
            Images (n, channels, height, width), intensity in [0, 1].

        Raises:
            ValueError: for an unknown class, or codes that do not fit.
            CheckpointError: if there is no flow, or it is of other weights.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-ae-16d")
            >>> lab.as_class(lab.codes[:3], "9").shape
            (3, 1, 28, 28)
        """
        flow, some = self.flow, given.codes(codes, self.card.model.code_dim)
        known = np.full(len(some), ANY) if own is None else np.asarray(own, np.int64)
        noise = flow.back(flow.standard(some), known)
        wanted = np.full(len(some), self._class(label))
        return self.decode(flow.codes(flow.path(noise, wanted)[-1]))

    def _source(self, name: str, label: int | str | None) -> Source:
        require(name in SAMPLERS, "source", name, f"one of {', '.join(SAMPLERS)}")
        if SAMPLERS[name].learnt:
            return self.flow.ask(ANY if label is None else self._class(label))
        asks = label is None or self.card.model.n_classes > 0
        require(asks, "label", label, f"left out: {name} can't be asked for one")
        table = self.stored.latents
        return SAMPLERS[name](table.training_codes, table.training_spreads)

    @cached_property
    def flow(self) -> Flow:
        """The latent flow of this model.

        Raises:
            CheckpointError: if there is none, or it is of other weights.
        """
        from aecore.flows import files

        checkpoint = self.path or Path(self.name)
        known = files.found(checkpoint, self.stored)
        return files.load(known or files.file_of(checkpoint), self.stored)[0]

    def _class(self, label: int | str) -> int:
        return given.label(label, self.card.classes)

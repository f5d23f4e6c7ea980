"""What can be asked of places in latent space: maps, ways, units, samples."""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from aecore.arrays import CodeArray
from aecore.checkpoints import LatentTable
from aecore.configs import require
from aecore.data.imageset import SPLITS
from aecore.lab import given
from aecore.lab.base import Base
from aecore.lab.given import Values
from aecore.lab.results import Map, Samples, Traversal
from aecore.latents.paths import DataGraph
from aecore.latents.projection import LINE, PROJECTIONS, TSNE, Projection, projection_class
from aecore.latents.sampling import SAMPLERS, draw
from aecore.latents.strips import Bench, Strip, looks, strips, telling_pair
from aecore.latents.traversal import Unit, units

if TYPE_CHECKING:
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
        require(path in looks(), "path", path, f"one of {', '.join(looks())}")
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

    def sample(
        self, n: int = 16, source: str = "prior", *, seed: int = 0, temperature: float = 1.0
    ) -> Samples:
        """Make new images: draw codes and decode them.

        Args:
            n: how many.
            source: "prior"; "gaussian" or "mixture", fitted to the training codes; or
                "aggregate", the posterior of a training image chosen at random.
            seed: the same seed draws the same noise for every model.
            temperature: 0 gives the means, 1 the distribution itself.

        Raises:
            ValueError: for an unknown source, or a seed or temperature out of range.

        Example:
            >>> import aecore
            >>> made = aecore.open("digits-vae-2d").sample(9, source="mixture", seed=5)
            >>> made.images.shape, made.support.shape
            ((9, 1, 28, 28), (9,))
        """
        require(source in SAMPLERS, "source", source, f"one of {', '.join(SAMPLERS)}")
        require(n >= 1, "n", n, "1 or more")
        table = self.stored.latents
        fitted = SAMPLERS[source](table.training_codes, table.training_spreads)
        codes = draw(fitted, n, seed, temperature)
        return Samples(self.decode(codes), codes, self.support.share(codes))

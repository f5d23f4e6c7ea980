"""What can be learnt from a model: its layers and units, what its codes are good for."""

from functools import cached_property

import numpy as np

from aecore import activations, compression, inpainting, probe, search
from aecore.arrays import ImageArray
from aecore.configs import require
from aecore.data.imageset import ImageSet, random_sample
from aecore.lab import given
from aecore.lab.given import Values
from aecore.lab.judging import Judging
from aecore.lab.places import Places
from aecore.lab.results import Filled, LayerOutput, Packing, Units
from aecore.metrics import psnr
from aecore.probe import Features, Labels

UNKNOWN = 0.5  # intensity of a hidden pixel, as the model is given it


class Learning(Places, Judging):
    """Layers, units, missing pixels, and codes at work."""

    def layers(self, images: Values) -> tuple[LayerOutput, ...]:
        """Return what leaves every layer of encoder and decoder; activations are layers, too.

        The decoder begins with the code: of a VAE the mean of the posterior.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-ae-2d")
            >>> lab.layers(lab.images("test-0"))[0].values.shape[0]
            1
        """
        import torch

        from aecore.models.networks import trace

        values = torch.from_numpy(given.images(images, self.shape))
        starts = (
            (self.model.encoder, values),
            (self.model.decoder, self.model.encode(values).mean),
        )
        outputs = []
        for network, values in starts:
            left = trace(network, values)[1:]
            outputs += [
                LayerOutput(type(layer).__name__, each.numpy())
                for layer, each in zip(network, left, strict=True)
            ]
        return tuple(outputs)

    def units(self, split: str = "val") -> Units:
        """Say what each unit does over up to 2,000 images of a split.

        Example:
            >>> import aecore
            >>> found = aecore.open("digits-sparse-1024d").units()
            >>> found.excite(3).shape, found.codes.shape[1]
            ((9, 1, 28, 28), 1024)
        """
        images = self.data(split, activations.N_IMAGES).images
        codes = self.encode(images)
        found = activations.activity(codes), activations.population_sparseness(codes)
        return Units(images, codes, *found)

    def fill(self, images: Values, ratio: float = 0.5, *, seed: int = 0) -> Filled:
        """Hide a share of the 4×4 patches and fill them in by the model, by PCA and by the mean.

        Example:
            >>> import aecore
            >>> lab = aecore.open("digits-masked-16d")
            >>> filled = lab.fill(lab.images("test-0"), 0.25, seed=2)
            >>> list(filled.images), int(filled.hidden.sum())
            (['model', 'pca', 'mean'], 192)
        """
        whole = given.images(images, self.shape)
        require(0 < ratio < 1, "ratio", ratio, "between 0 and 1")
        hidden = inpainting.hide(len(whole), self.shape, ratio, seed)
        seen = np.where(hidden, np.float32(UNKNOWN), whole)
        fit = inpainting.fit_pca(self._sample_of("train", activations.N_IMAGES).images)
        made: dict[str, ImageArray] = {
            "model": np.where(hidden, self.reconstruct(seen), whole),
            "pca": fit(whole, hidden),
            "mean": inpainting.mean_fill(whole, hidden, fit.mean).astype(np.float32),
        }
        errors = {name: inpainting.hidden_mse(each, whole, hidden) for name, each in made.items()}
        return Filled(hidden, seen, made, errors)

    # ---- codes at work ----------------------------------------------------------------------

    @cached_property
    def _examples(self) -> tuple[ImageSet, ImageSet]:
        return probe.samples(self.data("train"), self.data("test"))

    @cached_property
    def _example_codes(self) -> Features:
        return Features(*(self.encode(part.images) for part in self._examples))

    @property
    def _example_labels(self) -> Labels:
        train, test = self._examples
        return Labels(train.labels, test.labels)

    def probe(self) -> tuple[probe.Score, ...]:
        """Train a linear classifier on codes, PCA codes and pixels, with few labels."""
        ways = probe.beside(self._example_codes, probe.pixels(*self._examples))
        return tuple(probe.probe(ways, self._example_labels))

    def search(self) -> search.Search:
        """Measure the search for images of a query's class, by code and by pixels.

        Raises:
            ValueError: for fewer than ten training images.
        """
        pixels = probe.pixels(*self._examples)
        found = search.compare(self._example_codes, pixels, self._example_labels)
        if found is None:
            raise ValueError(f"there are fewer than {search.N_FOUND} images to search among")
        return found

    def compress(self) -> tuple[Packing, ...]:
        """Pack up to 100 test images as codes of a byte a unit, and as file formats do.

        Raises:
            ValueError: for images that have neither one nor three channels.
        """
        require(compression.fits(self.shape), "channels", self.shape[0], "1 or 3")
        test = self._examples[1]
        pixels = test.pixels[random_sample(len(test), compression.N_PACKED)]
        scale = compression.Quantiser.fit(self._example_codes.train)
        packed = {"code": compression.by_code(self.model, scale, pixels)} | {
            codec.title: compression.alone(codec, pixels) for codec in compression.CODECS.values()
        }
        clean = pixels / np.float32(255)
        return tuple(
            Packing(title, float(made.n_bytes.mean()), float(psnr(out, clean).mean()), out)
            for title, made in packed.items()
            if (out := made.pixels / np.float32(255)) is not None
        )

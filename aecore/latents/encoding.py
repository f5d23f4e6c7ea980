"""From images to a table of codes."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch

from aecore.arrays import IndexArray
from aecore.checkpoints import LatentTable
from aecore.data.imageset import SPLITS, ImageSet, random_sample
from aecore.data.streamed import StreamedSet
from aecore.losses import kl_to_standard_normal
from aecore.metrics import mse_per_pixel
from aecore.models.base import Autoencoder

N_STORED = 2000
N_NUMBERS = 400_000  # that a table of codes may hold: 800 kB
BATCH = 1000


@torch.no_grad()
def encode(model: Autoencoder, data: ImageSet) -> LatentTable:
    """Encode every image of a split."""
    return join(list(encode_batches(model, data)))


@torch.no_grad()
def encode_batches(model: Autoencoder, data: ImageSet) -> Iterator[LatentTable]:
    """Encode a split in batches of 1,000, so that progress can be shown."""
    for start in range(0, len(data), BATCH):
        index = np.arange(start, min(start + BATCH, len(data)))
        yield _encode(model, data.take(index), index)


def encode_across(
    model: Autoencoder, splits: Iterable[ImageSet], n_images: int
) -> Iterator[LatentTable]:
    """Encode a random sample of all splits together, in batches, in their order."""
    splits = tuple(splits)
    chosen = random_sample(sum(map(len, splits)), n_images)
    start = 0
    for part in splits:
        index = chosen[(chosen >= start) & (chosen < start + len(part))] - start
        for encoded in encode_batches(model, part.take(index)):
            yield encoded.at(index[encoded.index])
        start += len(part)


def _encode(model: Autoencoder, data: ImageSet, index: np.ndarray) -> LatentTable:
    images = torch.from_numpy(data.images)
    model = model.told(data.labels)
    posterior = model.encode(images)
    kl = torch.zeros(len(data), 1)
    log_var = torch.zeros(len(data), 0)
    if posterior.log_var is not None:
        kl = kl_to_standard_normal(posterior.mean, posterior.log_var)
        log_var = posterior.log_var
    return LatentTable(
        split=np.full(len(data), SPLITS.index(data.split), dtype=np.int64),
        index=index,
        labels=data.labels,
        codes=posterior.mean.numpy(),
        log_var=log_var.numpy(),
        error=mse_per_pixel(model.decode(posterior.mean).numpy(), data.images),
        kl=kl.sum(1).numpy(),
    )


def n_rows(d: int) -> int:
    """How many codes of so many units a checkpoint carries at most."""
    return min(N_STORED, N_NUMBERS // d)


def encode_sample(
    model: Autoencoder,
    splits: tuple[ImageSet | StreamedSet, ImageSet, ImageSet],
    learnt: IndexArray | None = None,
    *,
    held_out: bool = True,
) -> LatentTable:
    """Encode what a checkpoint carries: a small set whole, else 2,000 training images.

    Of codes of more than 200 units there are fewer rows, so that the file stays small.

    Args:
        model: that encodes.
        splits: train, validation and test.
        learnt: positions of the training images that the model has seen; None for all.
        held_out: whether a small set's held-out images are encoded, too.
    """
    n_most = n_rows(model.config.code_dim)
    seen = np.arange(len(splits[0])) if learnt is None else learnt
    if held_out and sum(len(split) for split in splits) <= n_most:
        train = encode(model, splits[0].take(seen)).at(seen)
        return join([train, *(encode(model, split) for split in splits[1:])])
    chosen = seen[random_sample(len(seen), N_STORED)]
    chosen = chosen[random_sample(len(chosen), n_most)]  # images that other models carry, too
    return encode(model, splits[0].take(chosen)).at(chosen)


def join(tables: list[LatentTable]) -> LatentTable:
    """Put tables one below the other."""
    columns = LatentTable.__dataclass_fields__
    return LatentTable(*(np.concatenate([getattr(t, name) for t in tables]) for name in columns))

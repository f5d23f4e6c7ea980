"""One seed, many independent named streams of random numbers.

The same seed gives the same bytes on the same kind of processor with as many threads. Uniform
draws are the same everywhere. Sums of floats are not: AVX2, AVX-512 and AMX, or another number of
threads, add in another order and round differently in the last bit, and a training amplifies
that: a model trained elsewhere is as good, not equal.
"""

import hashlib
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def stream(seed: int, name: str, device: torch.device | str = "cpu") -> torch.Generator:
    """Return a generator that depends on the seed and the name alone.

    Drawing more numbers from one stream ("batches") never changes another ("noise").
    """
    generator = torch.Generator(device=device)
    generator.manual_seed(_number(seed, name))
    return generator


class Shared(torch.Generator):
    """A stream that all processes of a team draw alike, for the images of all of them.

    Each keeps the numbers of its own images, so that an image gets the same numbers however many
    processes there are. `normal` and `uniform` do so; whoever draws otherwise asks `span`.

    Attributes:
        part: which of so many images are this process's own.
        n: how many images all processes together have in hand.
    """

    part: Callable[[int], slice]
    n: int


def shared(
    seed: int, name: str, device: torch.device | str, part: Callable[[int], slice], n: int = 0
) -> Shared:
    """Return the numbers of `stream`, shared out among processes."""
    generator = Shared(device=device)
    generator.manual_seed(_number(seed, name))
    generator.part, generator.n = part, n
    return generator


def span(n: int, generator: torch.Generator) -> tuple[int, slice]:
    """For how many images to draw, and which of these are the n in hand."""
    if isinstance(generator, Shared):
        own = generator.part(generator.n)
        if own.stop - own.start == n:
            return generator.n, own
    return n, slice(0, n)


def normal(shape: Sequence[int], generator: torch.Generator) -> Tensor:
    """Draw from N(0, 1), on the generator's device; the first axis is that of the images."""
    n, own = span(shape[0], generator)
    whole = torch.empty(n, *shape[1:], device=generator.device)
    return whole.normal_(generator=generator)[own]


def uniform(shape: Sequence[int], generator: torch.Generator) -> Tensor:
    """Draw from U(0, 1), on the generator's device; the first axis is that of the images."""
    n, own = span(shape[0], generator)
    whole = torch.empty(n, *shape[1:], device=generator.device)
    return whole.uniform_(generator=generator)[own]


def _number(seed: int, name: str) -> int:
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "little") & (2**63 - 1)

"""One seed, many independent named streams of random numbers.

The same seed gives the same bytes on the same kind of processor with as many threads. Uniform
draws are the same everywhere. Sums of floats are not: AVX2, AVX-512 and AMX, or another number of
threads, add in another order and round differently in the last bit, and a training amplifies
that: a model trained elsewhere is as good, not equal.
"""

import hashlib

import torch


def stream(seed: int, name: str, device: torch.device | str = "cpu") -> torch.Generator:
    """Return a generator that depends on the seed and the name alone.

    Drawing more numbers from one stream ("batches") never changes another ("noise").
    """
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    generator = torch.Generator(device=device)
    generator.manual_seed(int.from_bytes(digest[:8], "little") & (2**63 - 1))
    return generator

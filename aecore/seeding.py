"""One seed, many independent named streams of random numbers."""

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

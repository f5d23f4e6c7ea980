"""Where the arithmetic runs: the only place that asks for CUDA, MPS or the CPU's bf16 units."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from aecore.configs import require

CHOICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True, slots=True)
class Device:
    """A device and the precision that pays on it.

    Attributes:
        torch: the device.
        bf16: whether matrix products run in bfloat16 (weights and losses stay float32).
        reason: a few words for the log.
    """

    torch: torch.device
    bf16: bool
    reason: str

    def autocast(self) -> AbstractContextManager[object]:
        """Return the context in which forward passes run."""
        if not self.bf16:
            return nullcontext()
        return torch.autocast(self.torch.type, torch.bfloat16)


def choose(name: str = "auto") -> Device:
    """Choose a device: CUDA, else MPS, else the CPU.

    bfloat16 is used on CUDA and on CPUs with AMX or AVX512-BF16, which have units for it.

    Raises:
        ValueError: for an unknown name, or a device this machine does not have.
    """
    require(name in CHOICES, "device", name, f"one of {', '.join(CHOICES)}")
    if name == "cuda" or (name == "auto" and torch.cuda.is_available()):
        if not torch.cuda.is_available():
            raise ValueError("device is 'cuda', but torch finds no CUDA device here; use 'auto'")
        return Device(torch.device("cuda"), True, "CUDA, bf16")
    if name == "mps" or (name == "auto" and torch.backends.mps.is_available()):
        if not torch.backends.mps.is_available():
            raise ValueError("device is 'mps', but torch finds no MPS device here; use 'auto'")
        return Device(torch.device("mps"), False, "MPS, float32")
    unit = _cpu_bf16_unit()
    return Device(torch.device("cpu"), unit is not None, f"CPU, {unit or 'float32'}")


def available() -> tuple[str, ...]:
    """The devices of this machine that can be chosen by name, the CPU first."""
    found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return ("cpu", *(name for name, here in found.items() if here))


def _cpu_bf16_unit() -> str | None:
    # torch names these privately; without them (another build) float32 is always right.
    probes = {"_is_amx_tile_supported": "bf16 (AMX)", "_is_avx512_bf16_supported": "bf16 (AVX512)"}
    for probe, unit in probes.items():
        if getattr(torch.cpu, probe, bool)():
            return unit
    return None

"""How a latent flow is made, in numbers. No torch."""

from dataclasses import dataclass
from typing import Any

from aecore.configs import Config, setting

FEW = 5000  # codes, fewer than which a large network would learn by heart


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowConfig(Config):
    """Settings of a flow's network and of its training."""

    width: int = setting(256, low=1, high=4096, place="form", help="Units of each hidden layer.")
    depth: int = setting(4, low=1, high=12, place="form", help="Hidden layers.")
    steps: int = setting(
        12_000, low=1, high=10_000_000, place="form", help="Steps of the optimiser."
    )
    batch_size: int = setting(512, low=1, high=65_536, help="Codes for each step.")
    learning_rate: float = setting(
        2e-3, above=0, high=1, format="%.4g", help="Highest rate; it falls along a cosine."
    )
    # Ho & Salimans (2022): what guidance needs is a velocity that knows no class
    unlabelled: float = setting(
        0.1, low=0, below=1, help="Share of the codes whose class is not told."
    )
    seed: int = setting(0, low=0, help="Of weights, batches and noise.")

    def __post_init__(self) -> None:
        """Check what can be given on the command line."""
        self.check_settings()

    @classmethod
    def suited(cls, n_codes: int, **said: Any) -> "FlowConfig":
        """What suits so many codes, where nothing else is said.

        Chosen by the loss of the validation codes of the digits (1,264 to learn from).
        """
        small = {"width": 128, "depth": 3, "steps": 3000, "batch_size": 256}
        return cls(**((small if n_codes < FEW else {}) | said))

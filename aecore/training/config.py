"""How a model is trained, in numbers. No torch."""

from dataclasses import dataclass

from aecore.configs import Config, require, setting
from aecore.data.pictures.frame import FITS, PADDED
from aecore.noise import KINDS


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingConfig(Config):
    """Settings of the training loop.

    The form shows them in this order.
    """

    only: tuple[str, ...] = setting(
        (),
        title="Learn",
        place="form",
        help="What is normal to the model: rows of the other classes are strange to it, on the "
        "Anomaly page and on the map.",
    )
    # how a user's own images are brought to their size; the others have theirs
    fit: str = setting(
        PADDED,
        choices=FITS,
        place="command line",
        help="What is done to own images of other proportions.",
    )
    epochs: int = setting(
        20, low=1, high=10_000, place="form", help="Passes over the training images."
    )
    batch_size: int = setting(
        256, low=1, high=65_536, place="form", beside="epochs", help="Images for each step."
    )
    # dense autoencoders with sigmoid activations only
    rbm_epochs: int = setting(
        0,
        title="RBM passes",
        low=0,
        high=10_000,
        place="form",
        only_for={"family": ("rbm",)},
        help="Passes of each restricted Boltzmann machine that the weights start from, layer by "
        "layer, before the first epoch; 0 starts from random weights.",
    )
    # each image meets one of them, a name that stands twice twice as often
    noise: tuple[str, ...] = setting(
        (),
        choices=KINDS,
        place="form",
        only_for={"kind": ("dae",)},
        help="How the images are spoilt that the model is shown.",
    )
    noise_levels: tuple[float, ...] = setting(
        (),
        title="Highest level",
        above=0,
        high=1,
        place="form",
        only_for={"kind": ("dae",)},
        help="The highest level; each image's own lies between 0 and this.",
    )
    # of the one-cycle schedule (Smith & Topin 2018)
    learning_rate: float = setting(
        3e-3,
        above=0,
        high=1,
        step=1e-3,
        format="%.5f",
        help="Highest learning rate of the one-cycle schedule.",
    )
    # weights, batches, codes, jitter and noise draw from streams named after it
    seed: int = setting(
        0,
        low=0,
        high=2**31 - 1,
        help="The same seed gives the same model, to the last bit on the same kind of processor "
        "with as many threads.",
    )
    # the rate stands at its highest until the loss stops improving (see `stopping`)
    patience: int = setting(
        0,
        unit="epochs",
        low=0,
        high=10_000,
        help="Ends when the validation loss has not improved for so many epochs, and keeps the "
        "best weights; 0 trains to the end.",
    )
    # Sønderby et al. (2016)
    kl_warmup: float = setting(
        0.0,
        title="β warm-up",
        low=0,
        high=1,
        step=0.05,
        slider=True,
        only_for={"kind": ("vae",)},
        help="Share of the training in which β rises from 0.",
    )
    # above 1 units come into use one after another, as with the rising capacity of Burgess et
    # al. (2018)
    kl_start: float = setting(
        0.0,
        low=0,
        high=100,
        place="command line",
        only_for={"kind": ("vae",)},
        help="Multiple of β that the warm-up starts from, where there is one; above 1 β falls.",
    )
    weight_decay: float = setting(
        0.0,
        low=0,
        high=1,
        place="command line",
        help="Decoupled weight decay (Loshchilov & Hutter 2019).",
    )
    jitter: float = setting(
        0.0,
        low=0,
        high=3,
        place="command line",
        help="Strength of small random affine changes to the training images; 1 means a standard "
        "deviation of 6° of rotation and shear, 6 % of scale and 1 pixel of shift.",
    )
    layout_epochs: int = setting(
        0,
        low=0,
        high=10_000,
        place="command line",
        help="Passes before the training in which both networks learn a t-SNE layout of the "
        "training images (two latent units only).",
    )
    # it narrows the part of the amortisation gap that comes from images the encoder never saw
    # (Cremer, Li & Duvenaud 2018)
    refine_epochs: int = setting(
        0,
        low=0,
        high=10_000,
        place="command line",
        help="Passes after the training in which the decoder stands still and the encoder goes "
        "on, on images of which most are jittered.",
    )
    refine_jitter: float = setting(
        0.4, low=0, high=3, place="command line", help="Strength of the jitter in these passes."
    )

    def __post_init__(self) -> None:
        """Check every setting against what is allowed."""
        self.check_settings()
        require(
            len(self.noise) == len(self.noise_levels),
            "noise_levels",
            self.noise_levels,
            f"one number for each of {len(self.noise)} kinds",
        )

    @property
    def trained_levels(self) -> dict[str, float]:
        """The highest level of each kind of noise that the images were spoilt with."""
        pairs = sorted(zip(self.noise, self.noise_levels, strict=True), key=lambda each: each[1])
        return dict(pairs)

    @property
    def total_epochs(self) -> int:
        """Passes over the training split at most, those before and after the training included."""
        return self.layout_epochs + self.epochs + self.refine_epochs

    def kl_weight(self, progress: float) -> float:
        """Multiple of β that applies when this share of the training is done."""
        if progress >= self.kl_warmup:
            return 1.0
        return self.kl_start + (1 - self.kl_start) * progress / self.kl_warmup

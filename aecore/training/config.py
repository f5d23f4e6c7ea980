"""How a model is trained, in numbers. No torch."""

from dataclasses import dataclass

from aecore.configs import Config, require
from aecore.noise import KINDS


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingConfig(Config):
    """Settings of the training loop.

    Attributes:
        epochs: passes over the training split; with `patience` the most there may be.
        patience: passes without a better validation loss after which the rate falls and the
            training ends with the best weights; 0 takes all `epochs` and the last weights.
        batch_size: images for each step.
        learning_rate: highest rate of the one-cycle schedule (Smith & Topin 2018); with `patience`
            the rate is held there until the loss stops improving (see `stopping`).
        weight_decay: decoupled weight decay (Loshchilov & Hutter 2019).
        kl_warmup: share of the training in which the weight of the KL term rises from 0 to β
            (Sønderby et al. 2016).
        jitter: strength of small random affine changes to the training images; 1 means a standard
            deviation of 6° of rotation and shear, 6 % of scale and 1 pixel of shift.
        rbm_epochs: passes of each restricted Boltzmann machine from which the weights start; 0
            starts from random ones (dense autoencoders with sigmoid activations only).
        layout_epochs: passes before the training in which both networks learn a t-SNE layout of
            the training images (two latent units only).
        refine_epochs: passes after the training in which the decoder stands still and the encoder
            goes on, on images of which most are jittered. It narrows the part of the amortisation
            gap that comes from images it never saw (Cremer, Li & Duvenaud 2018).
        refine_jitter: strength of the jitter in these passes.
        noise: ways to spoil the images that a denoising autoencoder is shown, names of
            `noise.KINDS`; each image meets one of them, a name that stands twice twice as often.
        noise_levels: highest level of each way; an image's own is uniform between 0 and that.
        only: names of the classes that are learnt and validated on, so that the others are strange
            to the model; all where none is named.
        seed: the one seed; weights, batches, codes, jitter and noise draw from streams named
            after it.
    """

    epochs: int = 20
    patience: int = 0
    batch_size: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 0.0
    kl_warmup: float = 0.0
    jitter: float = 0.0
    rbm_epochs: int = 0
    layout_epochs: int = 0
    refine_epochs: int = 0
    refine_jitter: float = 0.4
    noise: tuple[str, ...] = ()
    noise_levels: tuple[float, ...] = ()
    only: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        """Check every setting against what is allowed."""
        require(1 <= self.epochs <= 10_000, "epochs", self.epochs, "1 to 10,000")
        require(0 <= self.patience <= 10_000, "patience", self.patience, "0 to 10,000")
        require(1 <= self.batch_size <= 65_536, "batch_size", self.batch_size, "1 to 65,536")
        require(
            0 < self.learning_rate <= 1, "learning_rate", self.learning_rate, "above 0, up to 1"
        )
        require(0 <= self.weight_decay <= 1, "weight_decay", self.weight_decay, "0 to 1")
        require(0 <= self.kl_warmup <= 1, "kl_warmup", self.kl_warmup, "0 to 1")
        require(0 <= self.jitter <= 3, "jitter", self.jitter, "0 to 3")
        for name in ("rbm_epochs", "layout_epochs", "refine_epochs"):
            require(0 <= getattr(self, name) <= 10_000, name, getattr(self, name), "0 to 10,000")
        require(0 <= self.refine_jitter <= 3, "refine_jitter", self.refine_jitter, "0 to 3")
        self._check_noise()
        require(0 <= self.seed < 2**31, "seed", self.seed, "0 to 2,147,483,647")

    def _check_noise(self) -> None:
        for name in self.noise:
            require(name in KINDS, "noise", name, f"one of {', '.join(KINDS)}")
        require(
            len(self.noise) == len(self.noise_levels),
            "noise_levels", self.noise_levels, f"one number for each of {len(self.noise)} kinds",
        )  # fmt: skip
        require(
            all(0 < level <= 1 for level in self.noise_levels),
            "noise_levels", self.noise_levels, "above 0, up to 1",
        )  # fmt: skip

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
        """Share of β that applies when this share of the training is done."""
        return 1.0 if progress >= self.kl_warmup else progress / self.kl_warmup

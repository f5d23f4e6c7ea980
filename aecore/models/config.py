"""What a model is, in numbers: enough to build it again. No torch."""

from dataclasses import dataclass

from aecore.configs import Config, require
from aecore.models.bodies import BODIES, Shape, Size
from aecore.models.layers import ACTIVATIONS, Activation, Layer

LIKELIHOODS = ("bernoulli", "gaussian", "calibrated")
OUTPUTS = ("sigmoid", "identity")
PENALTIES = ("l1", "weighted", "kl")
SIGNAL_STD = 0.05  # a fit `noise_std` of signals: curves are told more exactly than pictures


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelConfig(Config):
    """A model's family, size and objective.

    Attributes:
        kind: an entry of `models.MODELS`.
        shape: (channels, height, width) of the images.
        code_dim: number of latent units d.
        body: an entry of `bodies.BODIES`; `bodies.Size` says what the sizes mean to each.
        widths: units of the linear layers, outermost first.
        channels: feature maps of each halving, outermost first (all but dense).
        activation: function between the layers.
        output: what turns the last layer into intensities: "sigmoid", or "identity" for the linear
            autoencoder (Gaussian likelihood only).
        likelihood: "bernoulli" (cross-entropy), "gaussian" (squared error) or "calibrated"
            (Gaussian with the variance that suits each image best: log of the squared error).
        noise_std: standard deviation of a pixel under the Gaussian likelihood, the least one
            under the calibrated.
        beta: weight of the KL term (VAE only). Higgins et al. (2017) show β normalised,
            β·d / number of pixels, beside it.
        tc_weight: weight of the total correlation within the KL term (VAE only): the β of
            β-TCVAE (Chen et al. 2018); 1 leaves the KL term as it is.
        free_bits: nats of each latent unit that cost nothing (VAE only).
        sparsity: weight λ of the penalty on the code (sparse autoencoder only).
        penalty: one of `PENALTIES`.
        mask_ratio: share of the patches that a masked autoencoder is not shown in training.
        mask_spread: how far an image's share may be from `mask_ratio`, either way: each draws its
            own, so that one model fills in little and much.
        adversarial: weight λ of the critic's term (adversarial autoencoder only).
    """

    kind: str
    shape: Shape = (1, 28, 28)
    code_dim: int = 2
    body: str = "dense"
    widths: tuple[int, ...] = (512, 256, 128)
    channels: tuple[int, ...] = (32, 64)
    activation: str = "silu"
    output: str = "sigmoid"
    likelihood: str = "bernoulli"
    noise_std: float = 0.25
    beta: float = 1.0
    tc_weight: float = 1.0
    free_bits: float = 0.0
    sparsity: float = 1.0
    penalty: str = "l1"
    mask_ratio: float = 0.5
    mask_spread: float = 0.0
    adversarial: float = 10.0

    def __post_init__(self) -> None:
        """Check every setting against what is allowed."""
        require(1 <= self.code_dim <= 1024, "code_dim", self.code_dim, "1 to 1024")
        require(self.body in BODIES, "body", self.body, f"one of {', '.join(BODIES)}")
        require(
            self.activation in ACTIVATIONS,
            "activation", self.activation, f"one of {', '.join(ACTIVATIONS)}",
        )  # fmt: skip
        require(
            self.likelihood in LIKELIHOODS,
            "likelihood", self.likelihood, f"one of {', '.join(LIKELIHOODS)}",
        )  # fmt: skip
        require(self.output in OUTPUTS, "output", self.output, f"one of {', '.join(OUTPUTS)}")
        require(
            self.output == "sigmoid" or self.likelihood != "bernoulli",
            "output", self.output, "'sigmoid' where the likelihood is 'bernoulli'",
        )  # fmt: skip
        require(self.noise_std > 0, "noise_std", self.noise_std, "above 0")
        require(0 <= self.beta <= 1000, "beta", self.beta, "0 to 1000")
        require(0 <= self.tc_weight <= 1000, "tc_weight", self.tc_weight, "0 to 1000")
        require(self.free_bits >= 0, "free_bits", self.free_bits, "0 or more")
        require(self.sparsity >= 0, "sparsity", self.sparsity, "0 or more")
        require(
            self.penalty in PENALTIES, "penalty", self.penalty, f"one of {', '.join(PENALTIES)}"
        )
        require(0 < self.mask_ratio < 1, "mask_ratio", self.mask_ratio, "between 0 and 1")
        widest = min(self.mask_ratio, 1 - self.mask_ratio)
        require(
            0 <= self.mask_spread < widest,
            "mask_spread", self.mask_spread, f"0 or more and below {widest:g} at this mask_ratio",
        )  # fmt: skip
        require(0 <= self.adversarial <= 1000, "adversarial", self.adversarial, "0 to 1000")
        sizes = (*self.shape, *self.widths, *self.channels)
        require(all(n >= 1 for n in sizes), "a size", sizes, "1 or more everywhere")

    @property
    def beta_normalised(self) -> float:
        """β·d / number of pixels, comparable between image and code sizes."""
        channels, height, width = self.shape
        return self.beta * self.code_dim / (channels * height * width)

    def encoder(self, n_out: int) -> tuple[Layer, ...]:
        """Layers from an image to `n_out` numbers."""
        return BODIES[self.body].encoder(self._size, n_out)

    def decoder(self) -> tuple[Layer, ...]:
        """Layers from a code to the mean image; the last one is the output function."""
        return (*BODIES[self.body].decoder(self._size, self.code_dim), Activation(self.output))

    @property
    def _size(self) -> Size:
        return Size(self.shape, self.channels, self.widths, self.activation)

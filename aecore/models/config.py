"""What a model is, in numbers: enough to build it again. No torch."""

from dataclasses import dataclass, replace

from aecore.configs import Config, require, setting
from aecore.models.bodies import BODIES, Size
from aecore.models.layers import ACTIVATIONS, Activation, Layer

LIKELIHOODS = {
    "bernoulli": "cross-entropy",
    "gaussian": "squared error",
    "calibrated": "log of the squared error",
}
OUTPUTS = ("sigmoid", "identity")
PENALTIES = {
    "l1": "λ Σ |z|",
    "weighted": "λ Σ (k/d)·|z_k|",
    "kl": "λ Σ KL(ρ ‖ ρ̂_k)",
    "top_k": "TopK: the largest alone",
}
NO_ENCODER = (
    "a GAN has no encoder, so that it has no code of an image and can't rebuild one; choose a "
    "model of another kind"
)
LARGEST = 65_536  # nodes of a layer
SIGNAL_STD = 0.05  # a fit `noise_std` of signals: curves are told more exactly than pictures


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelConfig(Config):
    """A model's family, size and objective.

    The form shows the settings in this order.
    """

    kind: str = setting(
        place="command line", option="--model", help="The family of models: see the recipes."
    )
    shape: tuple[int, int, int] = setting(
        (1, 28, 28), place="neither", low=1, help="Channels, height and width of the images."
    )
    n_classes: int = setting(
        0, place="neither", low=0, help="Classes of the data that the model is told; 0 for none."
    )
    code_dim: int = setting(
        2,
        title="Code size",
        option="--latent-dim",
        low=1,
        high=1024,
        place="form",
        width=2,
        help="Code size: how many numbers an image is squeezed into.",
    )
    body: str = setting(
        "dense",
        choices=BODIES,
        place="form",
        offered={"dense": "dense", "conv": "convolutional"},
        help="Dense layers see all pixels at once, convolutions one patch after another.",
    )
    widths: tuple[int, ...] = setting(
        (512, 256, 128),
        title="Nodes per layer",
        low=1,
        high=LARGEST,
        place="form",
        beside="body",
        help="Nodes of each hidden layer from the image inwards, as many as layers are wanted; "
        "the decoder mirrors them.",
    )
    activation: str = setting(
        "silu",
        choices=ACTIVATIONS,
        place="form",
        offered={n: n for n in ("silu", *ACTIVATIONS) if n != "identity"},
        help="The function between the layers.",
    )
    channels: tuple[int, ...] = setting(
        (32, 64),
        title="Feature maps",
        low=1,
        high=LARGEST,
        place="form",
        only_for={"body": ("conv", "spatial", "residual")},
        help="Feature maps of each halving of the picture, outermost first.",
    )
    output: str = setting(
        "sigmoid",
        choices=OUTPUTS,
        place="command line",
        help="What turns the last layer into intensities; identity for the linear autoencoder "
        "(Gaussian likelihood only).",
    )
    # calibrated: Gaussian with each image's best variance, the log of the squared error
    likelihood: str = setting(
        "bernoulli",
        title="Loss",
        choices=LIKELIHOODS,
        place="form",
        beside="code_dim",
        width=3,
        offered={"bernoulli": "cross-entropy", "gaussian": "squared error (MSE)"},
        help="Cross-entropy takes intensities for probabilities; squared error for distances.",
    )
    noise_std: float = setting(
        0.25,
        above=0,
        place="command line",
        help="Standard deviation of a pixel under the Gaussian likelihood, the least one under "
        "the calibrated.",
    )
    # Higgins et al. (2017), who show it normalised
    beta: float = setting(
        1.0,
        title="β",
        low=0,
        high=1000,
        step=0.5,
        place="form",
        only_for={"kind": ("vae", "conditional")},
        help="Weight of the KL term: more of it pulls codes to the prior and blurs the pictures.",
    )
    # the β of β-TCVAE (Chen et al. 2018)
    tc_weight: float = setting(
        1.0,
        low=0,
        high=1000,
        place="command line",
        only_for={"kind": ("vae", "conditional")},
        help="Weight of the total correlation within the KL term; 1 leaves it as it is.",
    )
    free_bits: float = setting(
        0.0,
        low=0,
        place="command line",
        only_for={"kind": ("vae", "conditional")},
        help="Nats of each latent unit that cost nothing.",
    )
    penalty: str = setting(
        "l1",
        choices=PENALTIES,
        offered=PENALTIES,
        place="form",
        only_for={"kind": ("sparse",)},
        help="What a unit that speaks costs. KL: each unit's mean over the images shall be 0.05. "
        "TopK: so many units speak for an image; λ draws what each unit is given to mean 0 and "
        "variance 1, so that few are silent for all images.",
    )
    sparsity: float = setting(
        1.0,
        title="λ",
        low=0,
        step=0.5,
        place="form",
        beside="penalty",
        only_for={"kind": ("sparse",)},
        help="Weight of the penalty: more of it lets fewer units speak for an image.",
    )
    n_active: int = setting(
        20,
        title="Units that speak",
        low=1,
        high=1024,
        place="form",
        only_for={"kind": ("sparse",), "penalty": ("top_k",)},
        help="How many units speak for an image with TopK; the others are exactly 0.",
    )
    mask_ratio: float = setting(
        0.5,
        title="Mask ratio",
        above=0,
        below=1,
        step=0.05,
        slider=True,
        place="form",
        only_for={"kind": ("masked",)},
        help="Share of the 4×4 patches that the model is not shown, and has to fill in.",
    )
    mask_spread: float = setting(
        0.0,
        low=0,
        place="command line",
        only_for={"kind": ("masked",)},
        help="How far an image's share may be from the mask ratio, either way: each draws its "
        "own, so that one model fills in little and much.",
    )
    adversarial: float = setting(
        10.0,
        title="λ",
        low=0,
        high=1000,
        step=1,
        place="form",
        only_for={"kind": ("adversarial",)},
        help="Weight of the discriminator, which tells codes of images from draws of the prior.",
    )
    r1: float = setting(
        1.0,
        title="R1, γ",
        low=0,
        high=1000,
        step=0.5,
        place="form",
        only_for={"kind": ("gan",)},
        help="Weight of the critic's R1 penalty: how steep its verdict may be around images. "
        "0 leaves it out.",
    )
    # two rates: Heusel et al. (2017)
    critic_rate: float = setting(
        1.0,
        title="Critic's rate",
        above=0,
        high=10,
        step=0.1,
        place="form",
        beside="r1",
        only_for={"kind": ("gan",)},
        help="The critic's learning rate as a multiple of the generator's. Far below 1 the critic "
        "lags behind, and the generator draws the few pictures that pass just now: mode collapse.",
    )

    def __post_init__(self) -> None:
        """Check every setting against what is allowed, and those that depend on each other."""
        self.check_settings()
        require(
            self.output == "sigmoid" or self.likelihood != "bernoulli",
            "output",
            self.output,
            "'sigmoid' where the likelihood is 'bernoulli'",
        )
        if self.kind == "sparse" and self.penalty == "top_k":
            most = f"at most the {self.code_dim} units of the code"
            require(self.n_active <= self.code_dim, "n_active", self.n_active, most)
        widest = min(self.mask_ratio, 1 - self.mask_ratio)
        require(
            0 <= self.mask_spread < widest,
            "mask_spread",
            self.mask_spread,
            f"0 or more and below {widest:g} at this mask_ratio",
        )

    @property
    def beta_normalised(self) -> float:
        """β·d / number of pixels, comparable between image and code sizes."""
        channels, height, width = self.shape
        return self.beta * self.code_dim / (channels * height * width)

    def fitted(self, shape: tuple[int, int, int], n_classes: int) -> "ModelConfig":
        """The same for images of this shape, and so many classes where the model is told them."""
        told = n_classes if self.kind == "conditional" else 0
        return replace(self, shape=shape, n_classes=told)

    def encoder(self, n_out: int) -> tuple[Layer, ...]:
        """Layers from an image to `n_out` numbers."""
        return BODIES[self.body].encoder(self._size, n_out)

    def critic(self) -> tuple[Layer, ...]:
        """Layers from an image to a critic's verdict: one number, or of some bodies a map."""
        return self.encoder(BODIES[self.body].least(self._size))

    def decoder(self) -> tuple[Layer, ...]:
        """Layers from a code to the mean image; the last one is the output function."""
        return (*BODIES[self.body].decoder(self._size, self.code_dim), Activation(self.output))

    @property
    def _size(self) -> Size:
        return Size(self.shape, self.channels, self.widths, self.activation)

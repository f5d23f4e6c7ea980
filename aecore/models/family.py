"""The table of model families. A new one: a file beside this and an entry in `MODELS`.

The table itself needs no torch: a family's class is imported when a model is built.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aecore.configs import require
from aecore.lazy import imported
from aecore.models.bodies import BODIES
from aecore.models.config import ModelConfig
from aecore.styles import DASHED, LineStyle

if TYPE_CHECKING:
    import torch

    import aecore.models.base


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What is known of a family without building a model.

    Attributes:
        where: its class, as "module:name".
        title: for the screen, as it stands within a sentence.
        style: of its line where methods are compared.
        variant: its name under a config's settings, where that is another one.
        layers: how it is built, where the config's body does not say.
        closed_form: whether one call of `fit` sets its weights (`base.ClosedForm`).
        posterior: whether its encoder says how sure it is, so that it has a KL term and a β.
        reconstruction: the title of the first term of its loss.
        regulariser: the title of what its loss adds to that, where it adds anything.
        encodes: whether it has an encoder.
    """

    where: str
    title: str
    style: LineStyle = DASHED
    variant: Callable[[ModelConfig], str] | None = None
    layers: str = ""
    closed_form: bool = False
    posterior: bool = False
    reconstruction: str = "reconstruction, nats"
    regulariser: str = ""
    encodes: bool = True

    @property
    def heading(self) -> str:
        """The title as it stands alone."""
        return self.title[:1].upper() + self.title[1:]

    def named(self, config: ModelConfig) -> str:
        """What a model of these settings is called."""
        return self.title if self.variant is None else self.variant(config)


def _vae(config: ModelConfig) -> str:
    if config.tc_weight != 1:
        return f"β-TCVAE, β = {config.tc_weight:g}"
    return f"β-VAE, β = {config.beta:g}" if config.beta != 1 else "VAE"


MODELS: dict[str, Family] = {
    "pca": Family(
        where="aecore.models.pca:PCA", title="PCA", style=LineStyle("teal", (7, 3)),
        layers="one linear layer each way", closed_form=True,
    ),
    "ae": Family(
        where="aecore.models.ae:AE", title="autoencoder", style=LineStyle("orange", (7, 3))
    ),
    "vae": Family(
        where="aecore.models.vae:VAE", title="VAE", style=LineStyle("crimson", (7, 3)),
        variant=_vae, posterior=True, regulariser="KL, nats",
    ),
    "conditional": Family(
        where="aecore.models.conditional:ConditionalVAE", title="conditional VAE",
        style=LineStyle("pink"), posterior=True, regulariser="KL, nats",
    ),
    "sparse": Family(
        where="aecore.models.sparse:SparseAE", title="sparse autoencoder",
        style=LineStyle("olive", (7, 3)), regulariser="penalty on the code",
    ),
    "dae": Family(
        where="aecore.models.dae:DAE", title="denoising autoencoder", style=LineStyle("blue")
    ),
    "masked": Family(
        where="aecore.models.masked:MaskedAE", title="masked autoencoder",
        style=LineStyle("pink", (7, 3)),
    ),
    "gan": Family(
        where="aecore.models.gan:GAN", title="GAN", style=LineStyle("violet"),
        reconstruction="generator's loss, nats", regulariser="critic's loss, nats", encodes=False,
    ),
    "adversarial": Family(
        where="aecore.models.adversarial:AdversarialAE", title="adversarial autoencoder",
        style=LineStyle("violet", (7, 3)), regulariser="discriminator's loss, nats",
    ),
}  # fmt: skip


def family_of(kind: str) -> Family:
    """What is known of a kind; of one that a file from elsewhere names, its name alone."""
    return MODELS.get(kind) or Family(where="", title=kind)


def create(config: ModelConfig, generator: "torch.Generator") -> "aecore.models.base.Autoencoder":
    """Build a model with fresh weights drawn from the generator.

    Raises:
        ValueError: for a kind that is not in `MODELS`, or sizes that do not fit the images.
    """
    from aecore.models.networks import initialise

    model = model_class(config.kind).from_config(config)
    initialise(model, generator, BODIES[model.config.body].scale)
    return model


def model_class(kind: Any) -> "type[aecore.models.base.Autoencoder]":
    """Look a family's class up.

    Raises:
        ValueError: for an unknown name, listing the known ones.
    """
    require(kind in MODELS, "model", kind, f"one of {', '.join(MODELS)}")
    return imported(MODELS[kind].where)

"""What a training may begin with: for each family settings that work. No torch.

A preset is a model family, or one of its textbook kinds, with the settings it begins with and
those it does not ask for. A family without a preset begins with the usual ones.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A way to begin.

    Attributes:
        title: for the screen.
        kind: the model family, an entry of `models.family.MODELS`.
        starts: what settings begin with, where that is neither `USUAL` nor the default.
        fixed: settings that are given, and not asked for.
        asks: the only settings that are asked for; all that apply where none is named.
        steps: of the optimiser after which a training may end: of a large data set they take
            fewer epochs than it starts with. 0: as many epochs of every set.
    """

    title: str
    kind: str
    starts: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    steps: int = 0

    def begins(self, usual: Mapping[str, Any], n_rows: int) -> dict[str, Any]:
        """Return what settings begin with.

        Args:
            usual: of the data set, with `epochs` and `batch_size`.
            n_rows: of its training split; 0 where that is not known.

        Example:
            >>> [PRESETS["gan"].begins(USUAL, n)["epochs"] for n in (1_000, 10_000, 100_000)]
            [150, 39, 10]
        """
        found = {**usual, **self.starts}
        if self.steps and n_rows:
            needed = math.ceil(self.steps / max(1, n_rows // found["batch_size"]))
            found["epochs"] = max(usual["epochs"], min(found["epochs"], needed))
        return found


USUAL = {"widths": (256, 128), "epochs": 10, "batch_size": 64}
_LINEAR = {
    "body": "dense",
    "widths": (),
    "activation": "identity",
    "output": "identity",
    "likelihood": "gaussian",
}
PRESETS: dict[str, Preset] = {
    "vae": Preset(title="VAE, β-VAE", kind="vae", starts={"learning_rate": 5e-3}),
    "conditional": Preset(
        title="conditional VAE", kind="conditional", starts={"learning_rate": 5e-3}
    ),
    "ae": Preset(title="autoencoder", kind="ae"),
    "linear": Preset(
        title="linear autoencoder", kind="ae", fixed=_LINEAR, starts={"learning_rate": 1e-2}
    ),
    "stacked": Preset(
        title="stacked autoencoder (784–400–200–100–50–2)", kind="ae", fixed={"body": "dense"},
        starts={"widths": (400, 200, 100, 50), "likelihood": "gaussian"},
    ),
    "sparse": Preset(
        title="sparse autoencoder", kind="sparse",
        starts={"code_dim": 32, "likelihood": "gaussian", "penalty": "kl", "sparsity": 10.0},
    ),
    "dae": Preset(title="denoising autoencoder", kind="dae", starts={"code_dim": 32}),
    "masked": Preset(title="masked autoencoder", kind="masked", starts={"code_dim": 16}),
    "adversarial": Preset(
        title="adversarial autoencoder", kind="adversarial", starts={"likelihood": "gaussian"}
    ),
    "gan": Preset(
        title="GAN", kind="gan", starts={"code_dim": 16, "epochs": 150, "learning_rate": 2e-3},
        steps=6000,
        asks=("code_dim", "body", "widths", "activation", "channels", "r1", "critic_rate", "only",
              "epochs", "batch_size", "learning_rate", "seed"),
    ),
    "rbm": Preset(
        title="deep autoencoder, pre-trained with RBMs", kind="ae",
        fixed={"body": "dense", "activation": "sigmoid"},
        starts={"widths": (256, 128, 64), "likelihood": "gaussian", "rbm_epochs": 20,
                "learning_rate": 1e-2},
    ),
    "pca": Preset(
        title="PCA (closed form)", kind="pca", fixed=_LINEAR | {"epochs": 1},
        asks=("code_dim", "only"),
    ),
}  # fmt: skip


def presets() -> dict[str, Preset]:
    """Return the table, with every model family that has no preset of its own."""
    from aecore.models.family import MODELS

    known = {preset.kind for preset in PRESETS.values()}
    others = [kind for kind in MODELS if kind not in known]
    titles = {kind: getattr(MODELS[kind], "title", kind) for kind in others}
    return PRESETS | {kind: Preset(title=titles[kind], kind=kind) for kind in others}

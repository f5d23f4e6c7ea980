"""The conditional VAE: both networks are told the class, so that the code need not say it."""

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from aecore.arrays import LabelArray
from aecore.configs import require
from aecore.models.base import Posterior
from aecore.models.config import ModelConfig
from aecore.models.layers import Layer, first_linear
from aecore.models.vae import LOG_VAR_RANGE, VAE
from aecore.types import Classes, Codes, Images


class ConditionalVAE(VAE):
    """Sohn, Lee & Yan (2015), with the prior N(0, I) for every class.

    −E_q[log p(x|z,y)] + β·KL(q(z|x,y) || N(0, I)): the class y is one-hot and stands beside the
    numbers that the first linear layer of each network is given. Its weights there are a table of
    one row a class, which is added to what the layer gives (`tables.encoder`, `tables.decoder`).

    Until `told` its labels, the model answers as if there were no class: with the tables' zero.
    `aecore.checkpoints.told` puts a class's row into the layer's bias, which makes of it a VAE of
    that class for whoever knows nothing of classes.
    """

    def __init__(
        self, config: ModelConfig, encoder: tuple[Layer, ...], decoder: tuple[Layer, ...]
    ) -> None:
        require(config.n_classes >= 2, "n_classes", config.n_classes, "2 or more to be told")
        super().__init__(config, encoder, decoder)
        found = {name: first_linear(layers) for name, layers in self.layers.items()}
        self.at = {name: place for name, (place, _) in found.items()}
        self.tables = nn.ParameterDict(
            {name: torch.zeros(config.n_classes, width) for name, (_, width) in found.items()}
        )
        self.labels: Tensor | None = None

    def told(self, labels: Classes | LabelArray) -> "ConditionalVAE":
        """Return the same weights as they answer about images of these classes."""
        same = copy.copy(self)
        here = self.tables["decoder"].device
        same.labels = torch.as_tensor(labels, dtype=torch.long, device=here)
        return same

    def encode(self, images: Images) -> Posterior:
        """Return mean and log-variance of q(z|x,y)."""
        mean, log_var = self._through("encoder", self.encoder, images).float().chunk(2, dim=1)
        return Posterior(mean, log_var.clamp(*LOG_VAR_RANGE))

    def before_output(self, codes: Codes) -> Tensor:
        """Return what the decoder's output function gets for each code, under its class."""
        return self._through("decoder", list(self.decoder)[:-1], codes)

    def _through(self, name: str, network: Iterable[nn.Module], numbers: Tensor) -> Tensor:
        for place, layer in enumerate(network):
            numbers = layer(numbers)
            if self.labels is not None and place == self.at[name]:
                numbers = numbers + self.tables[name][self.labels]
        return numbers

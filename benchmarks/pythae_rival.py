"""pythae's trainer on the 784-400-20 VAE, for training_speed.py; runs where pythae is installed.

Arguments: an .npz of `train` and `test` (uint8 images), epochs, and where one is meant the device.
Prints one JSON line an epoch: seconds so far without measuring, and −ELBO of the test images in
nats. Knows nothing of aecore.
"""

import json
import sys
import tempfile
import time

import numpy as np
import torch
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from torch import nn


class Encoder(BaseEncoder):
    """784-400-2×20 with ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mean, self.log_var = nn.Linear(400, 20), nn.Linear(400, 20)

    def forward(self, x: torch.Tensor) -> ModelOutput:
        """Return mean and log-variance."""
        h = torch.relu(self.hidden(x.reshape(-1, 784)))
        return ModelOutput(embedding=self.mean(h), log_covariance=self.log_var(h))


class Decoder(BaseDecoder):
    """20-400-784 with ReLU and a sigmoid."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))

    def forward(self, z: torch.Tensor) -> ModelOutput:
        """Return the mean image."""
        return ModelOutput(reconstruction=torch.sigmoid(self.layers(z)).reshape(-1, 1, 28, 28))


@torch.no_grad()
def held_out(model: VAE, test: torch.Tensor) -> float:
    """Mean −ELBO in nats, one sampled code."""
    q = model.encoder(test)
    z = q.embedding + torch.randn_like(q.embedding) * torch.exp(0.5 * q.log_covariance)
    y = model.decoder(z).reconstruction
    bce = nn.functional.binary_cross_entropy(y, test, reduction="sum")
    kl = -0.5 * torch.sum(1 + q.log_covariance - q.embedding**2 - q.log_covariance.exp())
    return float(bce + kl) / len(test)


def main() -> None:
    """Train for so many epochs."""
    path, n_epochs = sys.argv[1], int(sys.argv[2])
    device = sys.argv[3] if len(sys.argv) > 3 else "cpu"
    start, cpu_start = time.perf_counter(), time.process_time()
    with np.load(path) as file:
        train, test = (torch.from_numpy(file[name]).float() / 255 for name in ("train", "test"))
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=20, reconstruction_loss="bce")
    model = VAE(config, encoder=Encoder(), decoder=Decoder())
    settings = BaseTrainerConfig(
        output_dir=tempfile.mkdtemp(),
        num_epochs=n_epochs,
        learning_rate=1e-3,
        per_device_train_batch_size=128,
        no_cuda=device == "cpu",
        optimizer_cls="Adam",
    )
    data = BaseDataset(train, torch.zeros(len(train)))
    trainer = BaseTrainer(model=model, train_dataset=data, training_config=settings)
    trainer.prepare_training()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu_start
    for epoch in range(1, n_epochs + 1):
        start, cpu_start = time.perf_counter(), time.process_time()
        trainer.train_step(epoch)
        seconds += time.perf_counter() - start
        cpu += time.process_time() - cpu_start
        model.eval()
        told = {"seconds": seconds, "cpu": cpu, "loss": held_out(model, test.to(device))}
        print(json.dumps(told), flush=True)
        model.train()


if __name__ == "__main__":
    main()

"""Do VAEs that others have published open with one command, and run in the browser as they do?

Eleven architectures after their papers and repositories, in plain torch, each trained briefly and
exported as ONNX the way its users would: channels first or last or flat, [0, 1] or [−1, 1],
intensity or logits out, a posterior or a draw of it. Then `aecore open ENCODER DECODER --data …`
with nothing said of any of that. `seconds` is that command's work by the clock, `CPU seconds` of
the processor; Δ pixel is the browser's own decoder, under Node.js, against onnxruntime on 32 codes
of images; `decode` is its median.
"""

import json
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from _published import (
    Drawing,
    antixk_decoder,
    antixk_encoder,
    cvae_decoder,
    cvae_encoder,
    dense,
    disent_decoder,
    disent_encoder,
    heads,
    keras_decoder,
    keras_encoder,
    pythae_conv_decoder,
    pythae_conv_encoder,
    resnet_decoder,
    resnet_encoder,
    signal_decoder,
    signal_encoder,
    tiny_decoder,
    tiny_encoder,
)
from _report import arguments, show
from torch import Tensor, nn
from torch.nn import functional

from aecore.checkpoints import read
from aecore.data.catalogue import load
from aecore.errors import ForeignModelError
from aecore.export import n_products, network_bytes
from aecore.foreign.opening import open_onnx

N_CODES = 32
N_TRAINING = 2000
N_COLOURED = 400  # in a set of somebody's own


@dataclass(frozen=True, kw_only=True)
class Published:
    """An architecture.

    Attributes:
        title: whose it is.
        data: a data set, or "colours-32" or "colours-64", which are made here.
        encoder, decoder: made anew; the encoder gives (mean, log σ²).
        enter: from images (n, c, h, w) in [0, 1] to what the encoder takes.
        loss: of what the decoder gives, and images.
        steps, batch: of the training.
        beta: weight of the KL term in it.
        draw: whether the file's encoder gives a draw, as z.
    """

    title: str
    data: str
    encoder: Callable[[], nn.Module]
    decoder: Callable[[], nn.Module]
    enter: Callable[[Tensor], Tensor] = lambda x: x
    loss: Callable[[Tensor, Tensor], Tensor] = lambda y, x: (y - x).square().sum()
    steps: int = 150
    batch: int = 64
    beta: float = 0.1
    draw: bool = False


def bce(y: Tensor, x: Tensor) -> Tensor:
    """Cross-entropy of intensities."""
    return functional.binary_cross_entropy(y.reshape(x.shape), x, reduction="sum")


def channels_last(x: Tensor) -> Tensor:
    """As TensorFlow has pictures."""
    return x.permute(0, 2, 3, 1)


def minus_one_to_one(x: Tensor) -> Tensor:
    """Intensity from −1 to 1."""
    return 2 * x - 1


PUBLISHED = (
    Published(
        title="pytorch/examples, 784-400-20", data="mnist", enter=lambda x: x.flatten(1), loss=bce,
        encoder=lambda: heads(dense(784, 400), 400, 20),
        decoder=lambda: dense(20, 400, 784, end=nn.Sigmoid()),
    ),
    Published(
        title="keras.io, convolutional, a draw out", data="mnist", enter=channels_last, loss=bce,
        encoder=keras_encoder, decoder=keras_decoder, draw=True,
    ),
    Published(
        title="AntixK/PyTorch-VAE, vanilla", data="colours-64", enter=minus_one_to_one,
        loss=lambda y, x: (y - x).square().sum(), encoder=antixk_encoder, decoder=antixk_decoder,
        steps=60, batch=32,
    ),
    Published(
        title="Lightning Bolts, ResNet-18", data="colours-32", encoder=resnet_encoder,
        decoder=resnet_decoder, steps=25, batch=16,
    ),
    Published(
        title="disent, 64×64", data="colours-64", encoder=disent_encoder, decoder=disent_decoder,
        steps=80, batch=32,
    ),
    Published(
        title="pythae, MLP", data="mnist",
        encoder=lambda: heads(nn.Sequential(nn.Flatten(), *dense(784, 512)), 512, 16),
        decoder=lambda: nn.Sequential(
            *dense(16, 512, 784, end=nn.Sigmoid()), nn.Unflatten(1, (1, 28, 28))
        ),
    ),
    Published(
        title="pythae, convolutional", data="digits", encoder=pythae_conv_encoder,
        decoder=pythae_conv_decoder, steps=25, batch=32,
    ),
    Published(
        title="TensorFlow's tutorial, logits out", data="mnist", enter=channels_last,
        loss=lambda y, x: functional.binary_cross_entropy_with_logits(y, x, reduction="sum"),
        encoder=cvae_encoder, decoder=cvae_decoder,
    ),
    Published(
        title="TAESD-like, codes of 4×8×8", data="colours-32", encoder=tiny_encoder,
        decoder=tiny_decoder, steps=60, batch=32,
    ),
    Published(
        title="1-D convolutions, signals", data="heartbeats", enter=lambda x: x[:, :, 0], loss=bce,
        encoder=signal_encoder, decoder=signal_decoder,
    ),
    Published(
        title="MLP of a table", data="cells", enter=lambda x: x.flatten(1),
        encoder=lambda: heads(dense(30, 32), 32, 4),
        decoder=lambda: dense(4, 32, 30, end=nn.Identity()), steps=300, beta=1e-4,
    ),
)  # fmt: skip


def colours(side: int, folder: Path) -> Path:
    """Sprites in eight colours, as somebody's own .npz."""
    path = folder / f"colours-{side}.npz"
    if not path.exists():
        found = load("sprites", "train")
        draw = np.random.default_rng(0)
        chosen = draw.choice(len(found), N_COLOURED, replace=False)
        tint = draw.integers(1, 8, N_COLOURED)
        mixed = np.stack([(tint >> k & 1) * 0.8 + 0.2 for k in range(3)], axis=1)
        grey = found.pixels[chosen, 0].repeat(side // 32, 1).repeat(side // 32, 2)
        images = np.rint(grey[..., None] * mixed[:, None, None]).astype(np.uint8)
        np.savez(path, images=images, labels=tint)
    return path


def trained(one: Published, data: str) -> tuple[nn.Module, nn.Module]:
    """Both halves, trained for as many steps as make a reconstruction one can tell."""
    found = load(data, "train", side=int(one.data[-2:]) if "colours" in one.data else 28)
    images = torch.from_numpy(found.images[:N_TRAINING])
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng():
        torch.default_generator.manual_seed(0)
        encoder, decoder = one.encoder(), one.decoder()
    weights = [*encoder.parameters(), *decoder.parameters()]
    optimiser = torch.optim.Adam(weights, 2e-3 if one.steps > 100 else 1e-3)
    for _ in range(one.steps):
        x = one.enter(images[torch.randint(len(images), (one.batch,), generator=generator)])
        made = encoder(x)
        if isinstance(made, tuple):
            mean, log_var = made
            noise = torch.empty_like(mean).normal_(generator=generator)
            z = mean + torch.exp(0.5 * log_var) * noise
            kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum()
        else:
            z, kl = made, torch.zeros(())
        loss = (one.loss(decoder(z), x) + one.beta * kl) / one.batch
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return encoder.eval(), decoder.eval()


def exported(one: Published, data: str, folder: Path) -> tuple[Path, Path]:
    """Two files, as torch writes them."""
    encoder, decoder = trained(one, data)
    side = int(one.data[-2:]) if "colours" in one.data else 28
    x = one.enter(torch.from_numpy(load(data, "test", side=side).images[:2]))
    with torch.no_grad():
        made = encoder(x)
    z = made[0] if isinstance(made, tuple) else made
    names = ["z"] if one.draw or not isinstance(made, tuple) else ["mu", "log_var"]
    halves = (
        (Drawing(encoder) if one.draw else encoder, x, "image", names),
        (decoder, z, "z", ["reconstruction"]),
    )
    paths = folder / "encoder.onnx", folder / "decoder.onnx"
    for path, (module, given, name, outputs) in zip(paths, halves, strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module.eval(), (given,), path, input_names=[name], output_names=outputs,
                dynamic_axes={name: {0: "n"}}, dynamo=False,
            )  # fmt: skip
    return paths


def measured(one: Published, folder: Path) -> dict[str, Any]:
    """One row."""
    data = str(colours(int(one.data[-2:]), folder)) if "colours" in one.data else one.data
    own = folder / one.title.replace("/", "-")
    own.mkdir()
    encoder, decoder = exported(one, data, own)
    start, busy = time.perf_counter(), time.process_time()
    try:
        opened = open_onnx(encoder, decoder, data, own / "opened.safetensors")
    except ForeignModelError as error:
        return {"model": one.title, "data": one.data, "what happened": str(error)}
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    stored, made = read(opened.path), opened.converted
    codes, kind = stored.latents.codes[:N_CODES], made.model.config.kind
    session = onnxruntime.InferenceSession(str(decoder), providers=["CPUExecutionProvider"])
    shaped = codes.reshape(len(codes), *made.code_shape)
    raw = session.run(None, {session.get_inputs()[0].name: shaped})[0]
    layout = "channels last" if "last" in made.layout else "channels first"
    theirs = made.way._replace(layout=layout).leave(raw, stored.card.model.shape)
    block = own / "block"
    block.write_bytes(network_bytes(stored))
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, str(Path(__file__).with_suffix(".mjs")), str(block)],
        input=json.dumps(codes.tolist()), capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    ours = np.array(told["images"]).reshape(theirs.shape)
    return {
        "model": one.title,
        "data": one.data,
        "what happened": "decodes in the browser",
        "found": f"{kind}, {codes.shape[1]} units; {made.way.words(made.layout)}",
        "seconds": seconds,
        "CPU seconds": busy,
        "Δ pixel": float(np.abs(ours - theirs).max()),
        "decode, ms": told["ms"],
        "products, M": n_products(stored.card.decoder, (codes.shape[1],)) / 1e6,
        "weights, MB": sum(w.nbytes for w in stored.weights.values()) / 1e6,
    }


def main() -> None:
    """Train, export, open and compare all."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", default="", help="those whose title has this in it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = [one for one in PUBLISHED if options.only in one.title]
        show([measured(one, Path(folder)) for one in chosen], options.json)


if __name__ == "__main__":
    main()

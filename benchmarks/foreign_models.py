"""Do VAEs that others have published open with one command, and run in the browser as they do?

Eleven architectures after their papers and repositories, in plain torch, each trained briefly and
exported the way its users would: channels first or last or flat, [0, 1] or [−1, 1], intensity or
logits out, a posterior or a draw of it. As two ONNX files, or with `--form` as one ONNX file or
one .pt2 of torch.export with both halves and a draw between them. Then `aecore open FILE … --data
…` with nothing said of any of that. `seconds` is that command's work by the clock, `CPU seconds`
of the processor; Δ pixel is the browser's own decoder, under Node.js, against onnxruntime (of a
.pt2 PyTorch's own operators) on up to 32 codes of images; `decode` is its median.

With `--untrained` the networks are as they were drawn, eight random images enter, and nothing is
measured on the data: minutes less, and the same question of the file. There Δ pixel is a share of
the largest intensity where that is above 1, and `spread` the standard deviation of a pixel over
the eight that are rebuilt. With `--export` the other
way round: every shipped model as ONNX, against torch.
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
import torch
from _published import (
    Drawing,
    Whole,
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

from aecore.checkpoints import SUFFIX, read, shipped_folder
from aecore.data.catalogue import load
from aecore.errors import ForeignModelError
from aecore.export import n_products, network_bytes
from aecore.foreign.opening import convert, decoded_elsewhere, difference, open_onnx
from aecore.foreign.writing import export

SHAPES = {
    "mnist": (1, 28, 28), "digits": (1, 28, 28), "heartbeats": (1, 1, 140), "cells": (1, 1, 30),
}  # fmt: skip
FORMS = ("onnx", "whole", "pt2")
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


def exported(one: Published, data: str, folder: Path, form: str) -> tuple[Path, Path | None]:
    """One file or two, as torch writes them."""
    encoder, decoder = trained(one, data)
    side = int(one.data[-2:]) if "colours" in one.data else 28
    x = one.enter(torch.from_numpy(load(data, "test", side=side).images[:2]))
    return written(one, encoder, decoder, x, folder, form)


def written(
    one: Published, encoder: nn.Module, decoder: nn.Module, x: Tensor, folder: Path, form: str
) -> tuple[Path, Path | None]:
    """Two networks as files."""
    if form == "pt2":
        sizes = ({0: torch.export.Dim("n", min=1)},)
        program = torch.export.export(Whole(encoder, decoder).eval(), (x,), dynamic_shapes=sizes)
        torch.export.save(program, folder / "vae.pt2")
        return folder / "vae.pt2", None
    if form == "whole":
        write_onnx(Whole(encoder, decoder), folder / "vae.onnx", x, "image", None)
        return folder / "vae.onnx", None
    with torch.no_grad():
        made = encoder(x)
    z = made[0] if isinstance(made, tuple) else made
    names = ["z"] if one.draw or not isinstance(made, tuple) else ["mu", "log_var"]
    paths = folder / "encoder.onnx", folder / "decoder.onnx"
    write_onnx(Drawing(encoder) if one.draw else encoder, paths[0], x, "image", names)
    write_onnx(decoder, paths[1], z, "z", ["reconstruction"])
    return paths


def write_onnx(
    module: nn.Module, path: Path, given: Tensor, name: str, outputs: list[str] | None
) -> None:
    """As PyTorch does, for any number of images."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(), (given,), path, input_names=[name], output_names=outputs,
            dynamic_axes={name: {0: "n"}}, dynamo=False,
        )  # fmt: skip


def measured(one: Published, folder: Path, form: str) -> dict[str, Any]:
    """One row."""
    data = str(colours(int(one.data[-2:]), folder)) if "colours" in one.data else one.data
    own = folder / one.title.replace("/", "-")
    own.mkdir()
    encoder, decoder = exported(one, data, own, form)
    start, busy = time.perf_counter(), time.process_time()
    try:
        opened = open_onnx(encoder, decoder, data, own / "opened.safetensors")
    except ForeignModelError as error:
        return {"model": one.title, "data": one.data, "what happened": str(error)}
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    stored, made = read(opened.path), opened.converted
    codes, kind = stored.latents.codes[:N_CODES], made.model.config.kind
    theirs = decoded_elsewhere(made, codes)
    block = own / "block"
    block.write_bytes(network_bytes(stored))
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, str(Path(__file__).with_suffix(".mjs")), str(block)],
        input=json.dumps(codes[: len(theirs)].tolist()), capture_output=True, text=True,
        check=True,
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


def untrained(one: Published, folder: Path, form: str) -> dict[str, Any]:
    """One row of networks as they were drawn."""
    own = folder / one.title.replace("/", "-")
    own.mkdir()
    shape = SHAPES.get(one.data) or (3, int(one.data[-2:]), int(one.data[-2:]))
    images = np.random.default_rng(0).random((8, *shape)).astype(np.float32)
    with torch.random.fork_rng():
        torch.default_generator.manual_seed(0)
        encoder, decoder = woken(one.encoder()), woken(one.decoder())
        x = one.enter(torch.from_numpy(images[:2]))
        files = written(one, encoder, decoder, x, own, form)
    made = convert(*files, images)
    with torch.no_grad():
        rebuilt = made.model.reconstruct(torch.from_numpy(images)).numpy()
    apart = difference(made, images)
    share = None if apart is None else apart / max(1.0, float(np.abs(rebuilt).max()))
    units = "×".join(map(str, made.code_shape))
    return {
        "model": one.title, "kind": made.model.config.kind, "units": units,
        "layout": made.layout, "cut at": made.files[0].code, "Δ pixel": share,
        "spread": float(rebuilt.std(axis=0).mean()),
    }  # fmt: skip


@torch.no_grad()
def woken(network: nn.Module) -> nn.Module:
    """With weights as large as He, Zhang, Ren & Sun have them, and norms that do something."""
    for name, numbers in (*network.named_parameters(), *network.named_buffers()):
        if name.endswith("running_mean"):
            numbers.normal_(0, 0.5)
        elif name.endswith("running_var"):
            numbers.uniform_(0.5, 2)
        elif numbers.ndim > 1:
            numbers.mul_(6**0.5)
    return network.eval()


def shipped(only: str, folder: Path) -> list[dict[str, Any]]:
    """Every shipped model written as ONNX; |Δ| is onnxruntime's from torch, as `export` has it."""
    rows: list[dict[str, Any]] = []
    worst = 0.0
    for path in sorted(shipped_folder().glob(f"*{SUFFIX}")):
        if only in path.stem:
            start = time.perf_counter()
            made = export(read(path), folder, path.stem)
            differences = {f"|Δ| {each.part}": each.difference for each in made}
            rows.append({
                "model": path.stem, **differences, "MB": sum(each.n_bytes for each in made) / 1e6,
                "seconds": time.perf_counter() - start,
            })  # fmt: skip
            for each in made:
                each.path.unlink()
                worst = max(worst, each.difference)
    return [*rows, {"model": f"largest of {len(rows)}", "|Δ| both": worst}]


def main() -> None:
    """Train, export, open and compare all."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--only", default="", help="those whose title or name has this in it")
    parser.add_argument("--form", choices=FORMS, default=FORMS[0], help="two ONNX files, or one")
    parser.add_argument("--untrained", action="store_true", help="without training and data")
    parser.add_argument("--export", action="store_true", help="the shipped models, as ONNX")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.export:
            show(shipped(options.only, Path(folder)), options.json)
            return
        chosen = [one for one in PUBLISHED if options.only in one.title]
        row = untrained if options.untrained else measured
        show([row(one, Path(folder), options.form) for one in chosen], options.json)


if __name__ == "__main__":
    main()

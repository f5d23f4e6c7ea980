"""`open`: a model that was trained elsewhere, as one of ours."""

import argparse
from pathlib import Path
from typing import Any

from aecore.checkpoints import SUFFIX, own_folder
from aecore.configs import require


def add_open(commands: Any) -> None:
    """Add `open`."""
    opening = commands.add_parser(
        "open",
        help="bring a VAE or autoencoder that was trained elsewhere: .onnx, .pt2, .safetensors",
    )
    opening.add_argument(
        "encoder", type=Path, metavar="FILE",
        help="from images to codes, or the whole: an .onnx, a .pt2 of torch.export, or "
        ".safetensors with --layers",
    )  # fmt: skip
    opening.add_argument(
        "decoder", type=Path, nargs="?", metavar="DECODER",
        help="from codes to images, where it is a file of its own",
    )  # fmt: skip
    opening.add_argument("--data", required=True, help="a data set, or a folder, .zip, .npz, .csv")
    opening.add_argument("--name", help="what the app calls it; default: the last file's name")
    opening.add_argument("--out", type=Path, help="the file; default: among your own models")
    opening.add_argument("--side", help="own images: what the encoder takes unless said")
    opening.add_argument(
        "--reading", type=int, default=1, help="which reading of the files, where it names several"
    )
    opening.add_argument(
        "--layers", type=Path, metavar="TABLE.JSON",
        help="what is done with the weights of a .safetensors (docs/command-line.md)",
    )  # fmt: skip
    opening.add_argument(
        "--code", metavar="NAME", help="the tensor at which one file is cut; found unless said"
    )
    opening.add_argument("--mean", metavar="NAME", help="the tensor that is the mean, or the code")
    opening.add_argument("--log-var", metavar="NAME", help="the tensor that is log σ²")
    opening.set_defaults(run=_open)


def _open(options: argparse.Namespace) -> None:
    from aecore.foreign.formats import Asked
    from aecore.foreign.opening import compared, open_onnx
    from aecore.foreign.posteriors import Choice

    asked = Asked(
        Choice(options.mean, options.log_var), options.code, options.layers, options.reading - 1
    )
    opened = open_onnx(
        options.encoder, options.decoder, options.data, _out(options), options.side, asked
    )
    for sentence in (*opened.converted.words(), *compared(opened.converted, opened.difference)):
        print(sentence)
    for number, reading in enumerate(opened.converted.readings, 1):
        if number != options.reading:
            error = f"MSE {reading.match.mse:.5f}"
            print(f"Another reading (--reading {number}): {reading.words()}, {error}.")
    print(f"{opened.path}: the app lists it as {opened.path.stem}.")


def _out(options: argparse.Namespace) -> Path:
    if options.out:
        return Path(options.out)
    name = options.name or (options.decoder or options.encoder).stem
    require(Path(name).name == name and name[:1] != ".", "--name", name, "a name without folders")
    home = own_folder()
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{name}{SUFFIX}"
    require(not path.exists(), "--name", name, "one that no model of yours has")
    return path

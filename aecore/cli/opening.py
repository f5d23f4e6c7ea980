"""`open`: a model that was trained elsewhere, as one of ours."""

import argparse
from pathlib import Path
from typing import Any

from aecore.checkpoints import SUFFIX
from aecore.configs import require


def add_open(commands: Any) -> None:
    """Add `open`."""
    opening = commands.add_parser(
        "open", help="bring a VAE or autoencoder that was trained elsewhere, as ONNX"
    )
    opening.add_argument("encoder", type=Path, help="from images to codes, an .onnx file")
    opening.add_argument("decoder", type=Path, help="from codes to images, an .onnx file")
    opening.add_argument("--data", required=True, help="a data set, or a folder, .zip, .npz, .csv")
    opening.add_argument("--name", help="what the app calls it; default: the decoder's name")
    opening.add_argument("--out", type=Path, help="the file; default: among your own models")
    opening.add_argument("--side", type=int, help="own images: what the encoder takes unless said")
    opening.add_argument(
        "--reading", type=int, default=1, help="which reading of the files, where it names several"
    )
    opening.set_defaults(run=_open)


def _open(options: argparse.Namespace) -> None:
    from aecore.foreign.opening import compared, open_onnx

    opened = open_onnx(
        options.encoder, options.decoder, options.data, _out(options), options.side,
        options.reading - 1,
    )  # fmt: skip
    for sentence in opened.converted.words():
        print(sentence)
    print(compared(opened.difference))
    for number, reading in enumerate(opened.converted.readings, 1):
        if number != options.reading:
            error = f"MSE {reading.match.mse:.5f}"
            print(f"Another reading (--reading {number}): {reading.words()}, {error}.")
    print(f"{opened.path}: the app lists it as {opened.path.stem}.")


def _out(options: argparse.Namespace) -> Path:
    from aecore.runs.folder import folder

    if options.out:
        return Path(options.out)
    name = options.name or options.decoder.stem
    require(Path(name).name == name and name[:1] != ".", "--name", name, "a name without folders")
    home = folder().parent / "models"
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{name}{SUFFIX}"
    require(not path.exists(), "--name", name, "one that no model of yours has")
    return path

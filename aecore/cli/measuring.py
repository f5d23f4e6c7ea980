"""`evaluate`, `calibrate` and `export`: what is done with a finished model."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from aecore import checkpoints
from aecore.data.catalogue import load
from aecore.diagnosis import diagnose
from aecore.errors import DataError

STORED = ("reconstruction_se", "iw_nll", "iw_nll_se", "iw_gap", "iw_samples", "iw_n")
INFOMEC = "infomec"  # of data sets whose factors are known


def add_evaluate(commands: Any) -> None:
    """Add `evaluate`."""
    evaluation = commands.add_parser("evaluate", help="measure a checkpoint on the test split")
    evaluation.add_argument("checkpoint", help="a file, or the name of a listed checkpoint")
    evaluation.add_argument("--json", action="store_true", help="machine-readable")
    evaluation.add_argument("--seed", type=int, default=0, help="draws the sampled codes")
    evaluation.add_argument(
        "--iw-samples",
        type=int,
        default=0,
        metavar="K",
        help="importance-weighted NLL with K codes",
    )
    evaluation.add_argument(
        "--store",
        action="store_true",
        help="put standard errors, the importance-weighted NLL and InfoMEC into the checkpoint",
    )
    evaluation.add_argument("--data-dir", type=Path, help="folder of the data sets")
    evaluation.set_defaults(run=_evaluate)


def add_calibrate(commands: Any) -> None:
    """Add `calibrate`."""
    scoring = commands.add_parser(
        "calibrate", help="store the scores of held-out normal images in checkpoints"
    )
    scoring.add_argument("checkpoints", nargs="+", help="files, or names of listed checkpoints")
    scoring.add_argument("--data-dir", type=Path, help="folder of the data sets")
    scoring.set_defaults(run=_calibrate)


def add_export(commands: Any) -> None:
    """Add `export`."""
    export = commands.add_parser(
        "export", help="write a model as the browser's network, or as ONNX"
    )
    export.add_argument("checkpoint", help="a file, or the name of a listed checkpoint")
    export.add_argument(
        "--onnx", action="store_true", help="encoder, decoder and both as ONNX, checked"
    )
    export.add_argument(
        "--out", type=Path,
        help="default: the checkpoint's name with .net; of --onnx the folder, default this one",
    )  # fmt: skip
    export.set_defaults(run=_export)


def _evaluate(options: argparse.Namespace) -> None:
    from aecore.evaluation import evaluate

    path = checkpoints.find(options.checkpoint)
    model, card = checkpoints.load(path)
    side = card.model.shape[1:]
    data = load(card.data, "test", options.data_dir, side, card.training.fit)
    data = data.take(data.places_of(card.training.only))
    figures = evaluate(model, data, options.seed, options.iw_samples).to_json()
    if options.store:
        names = STORED if options.iw_samples else STORED[:1]
        stored = {name: figures[name] for name in (*names, INFOMEC) if name in figures}
        checkpoints.add_metrics(path, stored)
    if options.json:
        print(json.dumps({"checkpoint": path.name, **figures}))
        return
    table = Table("figure", "value", title=f"{path.name} on {card.data} {figures['split']}")
    for name, value in figures.items():
        if value is not None and name != "split":
            table.add_row(name, _words(value))
    Console().print(table)
    if found := diagnose(replace(card, metrics=card.metrics | figures)):
        Console().print(str(found), highlight=False, markup=False)


def _calibrate(options: argparse.Namespace) -> None:
    from aecore.anomaly.calibration import calibrate
    from aecore.scoring import guarantee

    for path in map(checkpoints.find, options.checkpoints):
        model, card = checkpoints.load(path)
        held_out = load(
            card.data, "val", options.data_dir, card.model.shape[1:], card.training.fit
        )
        held_out = held_out.take(held_out.places_of(card.training.only))
        scores = calibrate(model, held_out)
        checkpoints.add_calibration(path, scores)
        print(f"{path.name}: {guarantee(checkpoints.read(path))}")


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(v)}" for name, v in value.items())
    if isinstance(value, list):
        between = "\n" if any(isinstance(v, list) for v in value) else ", "
        return between.join(map(_words, value))
    return "–" if value is None else str(value)


def _export(options: argparse.Namespace) -> None:
    from aecore.export import network_bytes

    path = checkpoints.find(options.checkpoint)
    if options.onnx:
        _export_onnx(path, options.out or Path())
        return
    out = options.out or Path(f"{path.stem}.net")
    content = network_bytes(checkpoints.read(path))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise DataError(f"{out} can't be written: {error.strerror}") from None
    Console().print(f"{out}: {len(content):,} bytes, encoder and decoder for the browser")


def _export_onnx(path: Path, folder: Path) -> None:
    from aecore.foreign.writing import export

    for made in export(checkpoints.read(path), folder, path.stem):
        print(
            f"{made.path}: {made.n_bytes:,} bytes; onnxruntime and torch differ by at most "
            f"{made.difference:.1e}"
        )

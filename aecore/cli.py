"""`python -m aecore list | data | train | evaluate | export`: the only module that prints."""

import argparse
import json
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from aecore import checkpoints
from aecore.configs import Config
from aecore.data.catalogue import DATASETS, dataset, download, load, present
from aecore.data.own import SIDES
from aecore.errors import DataError, TrainingError
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe, recipe, recipes
from aecore.training.config import TrainingConfig

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder
    from aecore.production import Splits

FLAGS = {"kind": "--model", "code_dim": "--latent-dim"}
FROM_DATA = ("shape",)

# Two busy threads on contended cores collapse where OpenMP spins; this has to be set before torch.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 is success, 2 a mistake that one sentence explains."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, TrainingError) as error:
        Console(stderr=True).print(f"aecore: {error}", style="red", highlight=False)
        return 2
    except KeyboardInterrupt:
        Console(stderr=True).print("aecore: stopped; nothing was written")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aecore", description="Autoencoder Explorer's engine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="data sets and checkpoints with their figures")
    listing.add_argument("--json", action="store_true", help="machine-readable")
    listing.add_argument("--markdown", action="store_true", help="the table of checkpoints/README")
    listing.set_defaults(run=_list)
    _add_data(commands)
    _add_train(commands)
    _add_classifier(commands)
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
    evaluation.add_argument("--data-dir", type=Path, help="folder of the data sets")
    evaluation.set_defaults(run=_evaluate)
    _add_calibrate(commands)
    export = commands.add_parser("export", help="write a model as the browser's network")
    export.add_argument("checkpoint", help="a file, or the name of a listed checkpoint")
    export.add_argument("--out", type=Path, help="default: the checkpoint's name with .net")
    export.set_defaults(run=_export)
    return parser


def _add_data(commands: Any) -> None:
    data = commands.add_parser("data", help="fetch a data set").add_subparsers(
        required=True, metavar="ACTION"
    )
    fetching = data.add_parser("fetch", help="download a data set into the user's cache")
    fetching.add_argument("name", help=", ".join(name for name in DATASETS))
    fetching.add_argument("--data-dir", type=Path, help="folder to download into")
    fetching.set_defaults(run=_fetch)


def _add_train(commands: Any) -> None:
    training = commands.add_parser("train", help="train a model and save it as a checkpoint")
    training.add_argument("--recipe", help="a shipped model's recipe; flags beside it override it")
    training.add_argument("--data", help=f"{', '.join(DATASETS)}, or a folder, .zip or .npz")
    training.add_argument("--side", type=int, default=28, help=f"own images: one of {SIDES}")
    training.add_argument("--out", type=Path, help="default with --recipe: checkpoints/NAME")
    training.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    training.add_argument("--data-dir", type=Path, help="folder of the data sets")
    for config in (ModelConfig, TrainingConfig):
        _add_flags(training, config)
    training.set_defaults(run=_train)


def _add_classifier(commands: Any) -> None:
    making = commands.add_parser(
        "classifier", help="train the classifier in whose features samples are compared"
    )
    making.add_argument("--data", required=True, help="a built-in data set")
    making.add_argument("--out", type=Path, help="default: checkpoints/classifiers/DATA")
    making.add_argument("--epochs", type=int, help="other than the recipe's")
    making.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    making.add_argument("--data-dir", type=Path, help="folder of the data sets")
    making.set_defaults(run=_classifier)


def _add_calibrate(commands: Any) -> None:
    scoring = commands.add_parser(
        "calibrate", help="store the scores of held-out normal images in checkpoints"
    )
    scoring.add_argument("checkpoints", nargs="+", help="files, or names of listed checkpoints")
    scoring.add_argument("--data-dir", type=Path, help="folder of the data sets")
    scoring.set_defaults(run=_calibrate)


def _flag(name: str) -> str:
    return FLAGS.get(name, f"--{name.replace('_', '-')}")


def _add_flags(parser: argparse.ArgumentParser, config: type[Config]) -> None:
    for field in fields(config):  # type: ignore[arg-type]  # subclasses are dataclasses
        if field.name in FROM_DATA:
            continue
        several = get_origin(field.type) is tuple
        kind = get_args(field.type)[0] if several else field.type
        parser.add_argument(
            _flag(field.name),
            dest=field.name,
            type=kind if kind in (int, float) else str,
            nargs="*" if several else None,
            metavar=field.name.upper(),
            help="see the recipes" if field.name == "kind" else f"default {field.default}",
        )


def _given(options: argparse.Namespace, config: type[Config]) -> dict[str, Any]:
    names = [f.name for f in fields(config) if f.name not in FROM_DATA]  # type: ignore[arg-type]  # subclasses are dataclasses
    values = {name: getattr(options, name) for name in names}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if value is not None
    }


def _list(options: argparse.Namespace) -> None:
    entries = checkpoints.available()
    if options.json:
        rows = [
            {"name": e.name, "path": str(e.path), "problem": e.problem}
            | ({"data": e.card.data, "metrics": e.card.metrics} if e.card else {})
            for e in entries
        ]
        print(json.dumps({"data": {n: present(n) for n in DATASETS}, "checkpoints": rows}))
        return
    if options.markdown:
        print(markdown(entries))
        return
    console = Console()
    console.print(_data_table())
    console.print(_checkpoint_table(entries))


def _data_table() -> Table:
    table = Table("data set", "classes", "on this machine", "licence", title="Data sets")
    for name, info in DATASETS.items():
        state = "yes" if present(name) else f"no: python -m aecore data fetch {name}"
        table.add_row(name, str(len(info.classes)), state, info.licence)
    return table


def _checkpoint_table(entries: list[checkpoints.Entry]) -> Table:
    columns = ("n", "MSE/pixel", "reconstr.", "KL", "−ELBO", "active", "MIG")
    table = Table(title="Checkpoints (test split; reconstruction, KL and −ELBO in nats an image)")
    table.add_column("checkpoint", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    for entry in entries:
        if entry.card is None:
            table.add_row(entry.name, entry.problem)
            continue
        metrics = entry.card.metrics
        table.add_row(entry.name, *_figures(metrics), _share(metrics.get("mig")))
    return table


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def markdown(entries: list[checkpoints.Entry]) -> str:
    """Return the shipped models' test figures and commands as a Markdown table."""
    lines = [
        "| model | data | n | MSE per pixel | reconstruction | KL | −ELBO | active units | seed |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for entry in entries:
        if entry.card is None:
            continue
        cells = (entry.name, entry.card.data, *_figures(entry.card.metrics))
        lines.append(f"| {' | '.join(cells)} | {entry.card.training.seed} |")
    return "\n".join((*lines, *_disentangled(entries)))


def _disentangled(entries: list[checkpoints.Entry]) -> list[str]:
    """A second table, of the models whose data set's factors are known."""
    lines = [
        "",
        "| model | MIG | D | C | I | SAP | FactorVAE | units follow |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for entry in entries:
        if entry.card and "mig" in (metrics := entry.card.metrics):
            figures = (metrics["mig"], *metrics["dci"].values(), metrics["sap"])
            cells = map(_share, (*figures, metrics["factor_vae"]))
            units = ", ".join(name or "–" for name in metrics["unit_factors"])
            lines.append(f"| {entry.name} | {' | '.join(cells)} | {units} |")
    return lines if len(lines) > 3 else []


def _figures(metrics: dict[str, Any]) -> tuple[str, ...]:
    def nats(name: str) -> str:
        return "–" if metrics[name] is None else f"{metrics[name]:.2f}"

    active = str(metrics["active_units"])
    terms = (nats("reconstruction"), nats("kl"), nats("negative_elbo"))
    return (f"{metrics['n']:,}", f"{metrics['mse']:.5f}", *terms, active)


def _fetch(options: argparse.Namespace) -> None:
    info = dataset(options.name)
    console = Console()
    if present(options.name, options.data_dir):
        console.print(f"{info.title} is already here")
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(info.title, total=info.n_bytes)
        folder = download(
            options.name, options.data_dir, lambda done, _: bar.update(task, completed=done)
        )
    console.print(f"{info.title} is in {folder}")


def _data(name: str) -> str:
    """A built-in set's name, or the full path of the user's own, so that it is found again."""
    own = name not in DATASETS and Path(name).exists()
    return str(Path(name).resolve()) if own else name


def _recipe(options: argparse.Namespace) -> Recipe:
    base = recipe(options.recipe) if options.recipe else None
    given, trained = _given(options, ModelConfig), _given(options, TrainingConfig)
    if base is not None:
        return Recipe(
            _data(options.data) if options.data else base.data,
            replace(base.model, **given),
            replace(base.training, **trained),
        )
    if not options.data or "kind" not in given:
        raise ValueError(
            f"--data and --model, or --recipe (one of {', '.join(recipes())}), is needed"
        )
    return Recipe(_data(options.data), ModelConfig(**given), TrainingConfig(**trained))


def _output(options: argparse.Namespace) -> Path:
    if options.out is None and not options.recipe:
        raise ValueError("--out is needed: the file to write, for example model.safetensors")
    out: Path = options.out or checkpoints.shipped_folder() / f"{options.recipe}.safetensors"
    if out.suffix != checkpoints.SUFFIX:
        raise ValueError(f"--out is {str(out)!r}, but must end in {checkpoints.SUFFIX}")
    if not out.parent.is_dir():
        raise ValueError(f"--out is in {str(out.parent)!r}, which is not a folder; make it first")
    return out


def _train(options: argparse.Namespace) -> None:
    from aecore import production

    out, plan = _output(options), _recipe(options)
    splits = production.load_splits(plan.data, options.data_dir, options.side)
    plan = replace(plan, model=replace(plan.model, shape=splits.train.shape))
    model = production.fresh_model(plan)
    console = Console()
    n_parameters = sum(weight.numel() for weight in model.parameters())
    console.print(f"{plan.data}: {len(splits.train):,} images; {n_parameters:,} parameters")
    kept = _run_with_bar(console, model, splits, plan, options.device)
    figures = production.finish(out, model, splits, plan, _command(options))
    checkpoints.register(out)
    summary = ", ".join(
        f"{label} {value}"
        for label, value in zip(
            ("n", "MSE/pixel", "reconstruction", "KL", "−ELBO", "active units"),
            _figures(figures.to_json()),
            strict=True,
        )
    )
    console.print(f"{out}: {summary} (test split)", highlight=False)
    if kept is not None:
        raise kept


def _classifier(options: argparse.Namespace) -> None:
    from aecore import classifier
    from aecore.data.imageset import SPLITS

    dataset(options.data)
    config = classifier.CLASSIFIERS.get(options.data, classifier.ClassifierConfig())
    config = replace(config, epochs=config.epochs if options.epochs is None else options.epochs)
    out = options.out or checkpoints.classifier_file(options.data)
    if not out.parent.is_dir():
        raise ValueError(f"--out is in {str(out.parent)!r}, which is not a folder; make it first")
    data, val, test = (load(options.data, split, options.data_dir) for split in SPLITS)
    network, layers = classifier.fresh(data, config)
    console = Console()
    with Progress(TextColumn("epoch"), BarColumn(), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=config.epochs)
        for _ in classifier.train(network, data, config, options.device):
            bar.advance(task)
    made = classifier.finish(network, layers, (data, val, test))
    flags = [] if options.epochs is None else ["--epochs", str(options.epochs)]
    words = ["python", "-m", "aecore", "classifier", "--data", options.data, *flags]
    classifier.save(out, made, config, shlex.join(words))
    console.print(
        f"{out}: accuracy {made.accuracy.val:.4f} (validation), {made.accuracy.test:.4f} (test); "
        f"Fréchet distance of {made.real.n:,} test images to {made.train.n:,} training images "
        f"{made.floor:.3f}",
        highlight=False,
    )


def _run_with_bar(
    console: Console, model: "Autoencoder", splits: "Splits", plan: Recipe, device: str
) -> TrainingError | None:
    """Train with a progress bar; a diverged run returns its error and keeps its last weights."""
    from aecore import production

    columns = (
        TextColumn("epoch {task.completed:.0f}/{task.total:.0f}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    done = 0
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=plan.training.total_epochs)
        try:
            for report in production.run(model, splits, plan, device):
                done = report.epoch
                words = (
                    f"val reconstruction {report.val.reconstruction:.2f} "
                    f"KL {report.val.regulariser:.2f}  {report.images_per_s:,.0f} images/s"
                )
                bar.update(task, advance=1, total=report.n_epochs, description=words)
        except TrainingError as error:
            if done == 0:
                raise
            return error
    return None


def _command(options: argparse.Namespace) -> str:
    """The command that makes the same model again, without the places of this machine."""
    words = ["python", "-m", "aecore", "train"]
    for name in ("recipe", "data"):
        if value := getattr(options, name):
            words += [f"--{name}", value]
    if options.side != SIDES[0]:
        words += ["--side", str(options.side)]
    for config in (ModelConfig, TrainingConfig):
        for name, value in _given(options, config).items():
            values = map(str, value) if isinstance(value, tuple) else [str(value)]
            words += [_flag(name), *values]
    return shlex.join(words)


def _evaluate(options: argparse.Namespace) -> None:
    from aecore.evaluation import evaluate

    path = checkpoints.find(options.checkpoint)
    model, card = checkpoints.load(path)
    side = card.model.shape[-1]
    data = load(card.data, "test", options.data_dir, side)
    figures = evaluate(model, data, options.seed, options.iw_samples).to_json()
    if options.json:
        print(json.dumps({"checkpoint": path.name, **figures}))
        return
    table = Table("figure", "value", title=f"{path.name} on {card.data} {figures['split']}")
    for name, value in figures.items():
        if value is not None and name != "split":
            table.add_row(name, _words(value))
    Console().print(table)


def _calibrate(options: argparse.Namespace) -> None:
    from aecore.anomaly.calibration import calibrate
    from aecore.anomaly.threshold import DEFAULT_RATE, conformal_threshold

    for path in map(checkpoints.find, options.checkpoints):
        model, card = checkpoints.load(path)
        held_out = load(card.data, "val", options.data_dir, card.model.shape[-1])
        scores = calibrate(model, held_out)
        checkpoints.add_calibration(path, scores)
        limit = conformal_threshold(scores)
        print(
            f"{path.name}: MSE per pixel of {len(scores):,} held-out images, "
            f"{DEFAULT_RATE:.0%} are above {limit:.5f}"
        )


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
    out = options.out or Path(f"{path.stem}.net")
    content = network_bytes(checkpoints.read(path))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise DataError(f"{out} can't be written: {error.strerror}") from None
    Console().print(f"{out}: {len(content):,} bytes, encoder and decoder for the browser")


if __name__ == "__main__":
    sys.exit(main())

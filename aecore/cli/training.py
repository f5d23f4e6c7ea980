"""`train` and `classifier`: make a model and write it."""

import argparse
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from aecore import checkpoints
from aecore.cli.flags import add_flags, given
from aecore.cli.listing import figures
from aecore.data.catalogue import DATASETS, dataset, load
from aecore.data.own import SIDES
from aecore.errors import TrainingError
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe, flag, recipe, recipes
from aecore.training.config import TrainingConfig

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder
    from aecore.production import Splits


def add_train(commands: Any) -> None:
    """Add `train`."""
    training = commands.add_parser("train", help="train a model and save it as a checkpoint")
    training.add_argument("--recipe", help="a shipped model's recipe; flags beside it override it")
    training.add_argument("--data", help=f"{', '.join(DATASETS)}, or a folder, .zip or .npz")
    training.add_argument("--side", type=int, default=28, help=f"own images: one of {SIDES}")
    training.add_argument("--out", type=Path, help="default with --recipe: checkpoints/NAME")
    training.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    training.add_argument("--data-dir", type=Path, help="folder of the data sets")
    for config in (ModelConfig, TrainingConfig):
        add_flags(training, config)
    training.set_defaults(run=_train)


def add_classifier(commands: Any) -> None:
    """Add `classifier`."""
    making = commands.add_parser(
        "classifier", help="train the classifier in whose features samples are compared"
    )
    making.add_argument("--data", required=True, help="a built-in data set")
    making.add_argument("--out", type=Path, help="default: checkpoints/classifiers/DATA")
    making.add_argument("--epochs", type=int, help="other than the recipe's")
    making.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    making.add_argument("--data-dir", type=Path, help="folder of the data sets")
    making.set_defaults(run=_classifier)


def _data(name: str) -> str:
    """A built-in set's name, or the full path of the user's own, so that it is found again."""
    own = name not in DATASETS and Path(name).exists()
    return str(Path(name).resolve()) if own else name


def _recipe(options: argparse.Namespace) -> Recipe:
    base = recipe(options.recipe) if options.recipe else None
    shape, trained = given(options, ModelConfig), given(options, TrainingConfig)
    if base is not None:
        return Recipe(
            _data(options.data) if options.data else base.data,
            replace(base.model, **shape),
            replace(base.training, **trained),
        )
    if not options.data or "kind" not in shape:
        raise ValueError(
            f"--data and --model, or --recipe (one of {', '.join(recipes())}), is needed"
        )
    return Recipe(_data(options.data), ModelConfig(**shape), TrainingConfig(**trained))


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
    measured = production.finish(out, model, splits, plan, _command(options))
    checkpoints.register(out)
    summary = ", ".join(
        f"{label} {value}"
        for label, value in zip(
            ("n", "MSE/pixel", "reconstruction", "KL", "−ELBO", "active units"),
            figures(measured.to_json()),
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
        for name, value in given(options, config).items():
            values = map(str, value) if isinstance(value, tuple) else [str(value)]
            words += [flag(name), *values]
    return shlex.join(words)

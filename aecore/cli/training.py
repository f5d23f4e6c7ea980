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
from aecore.cli.keeping import Keeper, load_snapshot, terminable
from aecore.cli.listing import FIGURES, NONE, drawn, figures
from aecore.configs import flags, settings
from aecore.data import own
from aecore.data.catalogue import DATASETS, dataset, full_name, holds_table, load
from aecore.data.imageset import ImageSet, things
from aecore.data.pictures.sizes import ALLOWED, Side
from aecore.data.series import WINDOW, is_series
from aecore.data.streamed import WINDOW_BYTES
from aecore.diagnosis import diagnose
from aecore.errors import TrainingError
from aecore.models.config import ModelConfig
from aecore.models.family import family_of
from aecore.recipes import Recipe, recipe, recipes, sized, suited
from aecore.training.config import TrainingConfig
from aecore.training.suited import NAMES

if TYPE_CHECKING:
    from aecore.data.streamed import StreamedSet
    from aecore.production import Splits
    from aecore.training.loop import Training


def add_train(commands: Any) -> None:
    """Add `train`."""
    training = commands.add_parser("train", help="train a model and save it as a checkpoint")
    training.add_argument("--recipe", help="a shipped model's recipe; flags beside it override it")
    training.add_argument("--data", help=f"{', '.join(DATASETS)}, or a folder, .zip, .npz or .csv")
    training.add_argument(
        "--side",
        help="own images: 32 for squares, 48x32 for width x height, each "
        f"{ALLOWED}; what suits them unless said",
    )
    training.add_argument(WINDOW.flag, type=WINDOW.kind, help=_window_help())
    training.add_argument(
        "--out",
        type=Path,
        help="default with --recipe: checkpoints/NAME, or where this is "
        "installed without the repository NAME among your own models",
    )
    training.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    training.add_argument(
        "--resume", action="store_true", help="resume a training that was stopped"
    )
    training.add_argument(
        "--stream",
        action="store_true",
        help="own images: read them while training (a set too large for memory always is)",
    )
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


def _window_help() -> str:
    return f"{WINDOW.help} ({WINDOW.allowed}, default {WINDOW.default})"


def _side(options: argparse.Namespace, data: str) -> Side | None:
    """The side of own images, or the samples in a window of an own series."""
    series = data not in DATASETS and is_series(Path(data))
    if options.window is not None and not series:
        raise ValueError(
            f"--window is given, but {data} is no long series: a column of times and one of values"
        )
    side: Side | None = options.window if series else options.side
    return side


def _recipe(options: argparse.Namespace) -> Recipe:
    base = recipe(options.recipe) if options.recipe else None
    shape, trained = given(options, ModelConfig), given(options, TrainingConfig)
    if base is not None:
        return Recipe(
            full_name(options.data) if options.data else base.data,
            replace(base.model, **shape),
            replace(base.training, **trained),
        )
    if not options.data or "kind" not in shape:
        raise ValueError(
            f"--data and --model, or --recipe (one of {', '.join(recipes())}), is needed"
        )
    return Recipe(full_name(options.data), ModelConfig(**shape), TrainingConfig(**trained))


def _suited(plan: Recipe, options: argparse.Namespace, train: "ImageSet | StreamedSet") -> Recipe:
    """The plan for data of this shape; of a table what was not said suits its rows."""
    plan = replace(plan, model=plan.model.fitted(train.shape, len(train.classes)))
    if options.recipe:
        return plan
    said = given(options, ModelConfig) | given(options, TrainingConfig)
    return suited(plan, said, len(train))


def _output(options: argparse.Namespace) -> Path:
    if options.out is None and not options.recipe:
        raise ValueError("--out is needed: the file to write, for example model.safetensors")
    out: Path = options.out or checkpoints.made_folder() / f"{options.recipe}{checkpoints.SUFFIX}"
    if out.parent == checkpoints.own_folder():
        out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix != checkpoints.SUFFIX:
        raise ValueError(f"--out is {str(out)!r}, but must end in {checkpoints.SUFFIX}")
    if not out.parent.is_dir():
        raise ValueError(f"--out is in {str(out.parent)!r}, which is not a folder; make it first")
    return out


def _train(options: argparse.Namespace) -> None:
    from aecore import processes, production

    out, plan = _output(options), _recipe(options)
    console = Console(quiet=not processes.expected().leads)
    snapshot = load_snapshot(out, console, resume=options.resume)
    side = _side(options, plan.data)
    splits = production.load_splits(
        plan.data, options.data_dir, side, options.stream, plan.training.fit
    )
    plan = _suited(plan, options, splits.train)
    model = production.fresh_model(plan)
    n_parameters = sum(weight.numel() for weight in model.parameters())
    where = () if options.out else (f"no --out is given: the model goes to {out}",)
    for sentence in (*where, *_assumed(plan.data, side), *splits.train.notes):
        console.print(sentence, highlight=False)
    n, axis = len(production.learnt(splits, plan.training).train), splits.test.axis
    words = things(splits.test.shape, table=axis is not None and bool(axis.names))
    said = f"{n:,} {words.many}; {n_parameters:,} parameters"
    console.print(f"{plan.data}: {said}", highlight=False)
    with processes.joined() as team, terminable():
        training = production.run(model, splits, plan, options.device, snapshot)
        console.print(_place(training, splits), highlight=False)
        keeper = Keeper(out, training, console)
        failed = _guarded(console, training, keeper, words.many)
    if not team.leads:
        return
    if training.best_epoch:
        console.print(
            f"ended after {training.done} epochs; the weights are those of the best, epoch "
            f"{training.best_epoch}",
            highlight=False,
        )
    streamed = not isinstance(splits.train, ImageSet)
    command = _command(options, plan, team.size, streamed=streamed)
    card = production.finish(out, model, splits, plan, command, training.n_steps)
    keeper.remove()
    checkpoints.register(out)
    summary = ", ".join(
        f"{label.replace('pixel', words.part)} {value}"
        for label, value in zip(FIGURES, figures(card.metrics), strict=True)
        if value != NONE
    )
    measured = f"{summary} (test split)" if card.encodes else drawn(card.metrics)
    console.print(f"{out}: {measured}", highlight=False)
    if found := diagnose(card):
        console.print(str(found), highlight=False, markup=False)
    if failed is not None:
        raise failed


def _assumed(data: str, side: Side | None) -> tuple[str, ...]:
    """What was assumed of a user's own text file."""
    return () if data in DATASETS else own.words(Path(data), side)


def _place(training: "Training", splits: "Splits") -> str:
    """Where and how it is trained, for the log."""
    words = [f"on {training.place.reason}"]
    if training.team.size > 1:
        words.append(f"{training.team.size} processes")
    if not isinstance(splits.train, ImageSet):
        words.append(f"streamed, shuffled in windows of {WINDOW_BYTES // 2**20} MB")
    if training.done:
        words.append(f"going on after epoch {training.done} of {training.n_epochs}")
    return "; ".join(words)


def _guarded(
    console: Console, training: "Training", keeper: Keeper, many: str
) -> TrainingError | None:
    """Train; what ends it early says how to resume.

    Raises:
        KeyboardInterrupt: with that sentence, if the user stops it.
        TrainingError: with that sentence, if another process is lost.
    """
    from aecore import processes

    try:
        return _run_with_bar(console, training, keeper, many)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(keeper.last_words()) from None
    except RuntimeError as error:
        if isinstance(error, TrainingError) or not processes.lost(error):
            raise
        raise TrainingError(
            f"process {training.team.rank} of {training.team.size} lost another, which ended or "
            f"was silent for ten minutes: {keeper.last_words()}"
        ) from None


def _classifier(options: argparse.Namespace) -> None:
    from aecore import classifier
    from aecore.data.imageset import SPLITS

    dataset(options.data)
    config = classifier.CLASSIFIERS.get(options.data, classifier.ClassifierConfig())
    config = replace(config, epochs=config.epochs if options.epochs is None else options.epochs)
    out = options.out or checkpoints.unpacked(checkpoints.classifier_file(options.data))
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
    console: Console, training: "Training", keeper: Keeper, many: str
) -> TrainingError | None:
    """Train `many` with a bar; a diverged run returns its error and keeps its last weights."""
    columns = (
        TextColumn("epoch {task.completed:.0f}/{task.total:.0f}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    family = family_of(training.model.config.kind)
    titles = family.reconstruction, family.regulariser
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=training.n_epochs, completed=training.done)
        try:
            for report in training:
                keeper.keep()
                terms = ", ".join(
                    f"{title.partition(',')[0]} {value:.2f}"
                    for title, value in zip(titles, report.val, strict=True)
                    if title
                )
                words = f"val {terms}  {report.images_per_s:,.0f} {many}/s"
                bar.update(task, advance=1, total=report.n_epochs, description=words)
        except TrainingError as error:
            if training.done == 0:
                raise
            return error
    return None


def _command(
    options: argparse.Namespace, plan: Recipe, n_processes: int = 1, *, streamed: bool = False
) -> str:
    """The command that makes the same model again, without the places of this machine."""
    words = ["python", "-m", "aecore", "train"]
    if n_processes > 1:
        words[:1] = ["torchrun", "--nproc-per-node", str(n_processes)]
    for name in ("recipe", "data"):
        if value := getattr(options, name):
            words += [f"--{name}", value]
    words += sized(plan)
    words += ["--stream"] if streamed else []
    pinned = () if options.recipe or not holds_table(plan.data) else NAMES
    for config, made in ((ModelConfig, plan.model), (TrainingConfig, plan.training)):
        own = {each.name: getattr(made, each.name) for each in settings(config)}
        said = given(options, config)
        words += flags(config, said | {name: own[name] for name in pinned if name in own})
    return shlex.join(words)

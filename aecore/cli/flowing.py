"""`flow`: learn how a model's codes are distributed, and keep it beside the checkpoint."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from aecore import checkpoints
from aecore.cli.flags import add_flags, given
from aecore.configs import flags
from aecore.flows.config import FlowConfig

if TYPE_CHECKING:
    from aecore.flows.training import FlowReport


def add_flow(commands: Any) -> None:
    """Add `flow`."""
    making = commands.add_parser(
        "flow", help="learn where a model's codes lie, so that new ones can be asked for by class"
    )
    making.add_argument("checkpoint", help="a file, or the name of a listed checkpoint")
    making.add_argument("--out", type=Path, help="default: beside the checkpoint, as NAME.flow")
    making.add_argument(
        "--no-classes",
        action="store_true",
        help="learn without the classes, though there are some",
    )
    making.add_argument("--data-dir", type=Path, help="folder of the data sets")
    add_flags(making, FlowConfig)
    making.set_defaults(run=_flow)


def _flow(options: argparse.Namespace) -> None:
    from aecore import flowing
    from aecore.flows import files

    path = checkpoints.find(options.checkpoint)
    out = options.out or checkpoints.unpacked(files.file_of(path))
    if not out.parent.is_dir():
        raise ValueError(f"--out is in {str(out.parent)!r}, which is not a folder; make it first")
    said = given(options, FlowConfig)
    words = ["python", "-m", "aecore", "flow", path.stem]
    words += ["--no-classes"] if options.no_classes else []
    words += flags(FlowConfig, said)
    plan = flowing.Plan(
        checkpoint=path, out=out, said=said, classes=not options.no_classes,
        command=shlex.join(words), data_dir=options.data_dir,
    )  # fmt: skip
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("encoding", total=None)

        def tell(_: object, now: "FlowReport") -> None:
            said = f"step {now.step:,} of {now.n_steps:,}, squared error of the velocity"
            words = f"{said} {now.loss:.3f}"
            bar.update(task, completed=now.step, total=now.n_steps, description=words)

        made = flowing.make(plan, tell)
    size = f"{out}: {out.stat().st_size:,} bytes{_words(made.metrics)}"
    console.print(size, highlight=False, soft_wrap=True)


def _words(judged: dict[str, Any]) -> str:
    if not judged:
        return "; no classifier is shipped for this data set, so nothing is measured"
    said = f"; Fréchet distance {judged['distance']:.2f} of {judged['n']:,} samples"
    if judged["agreement"] is None:
        return said
    return f"{said}, {judged['agreement']:.1%} of them the class that was asked for"

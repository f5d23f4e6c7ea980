"""`list`, `data fetch` and `data originals`: what is on this machine, and how good it is."""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from aecore import checkpoints, originals
from aecore.data.catalogue import DATASETS, dataset, download, present
from aecore.diagnosis import n_drawn
from aecore.disentanglement import InfoMEC

FIGURES = (
    "n", "MSE per pixel", "reconstruction", "KL", "−ELBO", "−log p(x) ≤", "active units",
)  # fmt: skip
NONE = "–"


def add_list(commands: Any) -> None:
    """Add `list`."""
    listing = commands.add_parser("list", help="data sets and checkpoints with their figures")
    listing.add_argument("--json", action="store_true", help="machine-readable")
    listing.add_argument(
        "--markdown", action="store_true", help="the tables of checkpoints/README: what ships"
    )
    listing.set_defaults(run=_list)


def add_data(commands: Any) -> None:
    """Add `data fetch` and `data originals`."""
    data = commands.add_parser(
        "data", help="fetch a data set; keep images of stored codes"
    ).add_subparsers(required=True, metavar="ACTION")
    fetching = data.add_parser("fetch", help="download a data set into the user's cache")
    fetching.add_argument("name", help=", ".join(name for name in DATASETS))
    fetching.add_argument("--data-dir", type=Path, help="folder to download into")
    fetching.set_defaults(run=_fetch)
    keeping = data.add_parser(
        "originals", help="write the images of the shipped models' stored codes beside these"
    )
    keeping.add_argument("name", help=", ".join(n for n in DATASETS if DATASETS[n].files))
    keeping.add_argument("--data-dir", type=Path, help="folder with the data set")
    keeping.set_defaults(run=_originals)


def _list(options: argparse.Namespace) -> None:
    if options.markdown:
        print(markdown(checkpoints.shipped()))
        return
    entries = checkpoints.available()
    if options.json:
        rows = [
            {"name": e.name, "path": str(e.path), "problem": e.problem}
            | ({"data": e.card.data, "metrics": e.card.metrics} if e.card else {})
            for e in entries
        ]
        print(json.dumps({"data": {n: present(n) for n in DATASETS}, "checkpoints": rows}))
        return
    console = Console()
    if not console.is_terminal:  # a file or a pipe has room for whole figures
        console.width = 200
    console.print(_data_table())
    console.print(_checkpoint_table(entries))


def _data_table() -> Table:
    table = Table("data set", "classes", "on this machine", "licence", title="Data sets")
    for name, info in DATASETS.items():
        state = "yes" if present(name) else f"no: python -m aecore data fetch {name}"
        table.add_row(name, str(len(info.classes)), state, info.licence)
    return table


def _checkpoint_table(entries: list[checkpoints.Entry]) -> Table:
    columns = (*FIGURES, "MIG")
    table = Table(title="Checkpoints (test split; reconstruction, KL and −ELBO in nats an image)")
    table.add_column("checkpoint", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    for entry in entries:
        if entry.card is None:
            table.add_row(entry.name, entry.problem)
            continue
        metrics = entry.card.metrics
        table.add_row(entry.name, *figures(metrics), _share(metrics.get("mig")))
    return table


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def markdown(entries: list[checkpoints.Entry]) -> str:
    """Return the shipped models' test figures and commands as a Markdown table."""
    heads = ("model", "data", *FIGURES, "seed")
    lines = [f"| {' | '.join(heads)} |", f"|{len(heads) * '---|'}"]
    for entry in entries:
        if entry.card is None:
            continue
        cells = (entry.name, entry.card.data, *figures(entry.card.metrics))
        lines.append(f"| {' | '.join(cells)} | {entry.card.training.seed} |")
    return "\n".join((*lines, *_disentangled(entries)))


def _disentangled(entries: list[checkpoints.Entry]) -> list[str]:
    """A second table, of the models whose data set's factors are known."""
    lines = [
        "",
        "| model | MIG | D | C | I | SAP | FactorVAE | InfoM | InfoE | InfoC | units follow |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for entry in entries:
        if entry.card and "mig" in (metrics := entry.card.metrics):
            figures = (metrics["mig"], *metrics["dci"].values(), metrics["sap"])
            mec = metrics.get("infomec", dict.fromkeys(InfoMEC._fields)).values()
            cells = map(_share, (*figures, metrics["factor_vae"], *mec))
            units = ", ".join(name or "–" for name in metrics["unit_factors"])
            lines.append(f"| {entry.name} | {' | '.join(cells)} | {units} |")
    return lines if len(lines) > 3 else []


def drawn(metrics: dict[str, Any]) -> str:
    """Say what a model without an encoder draws; empty where nothing is known of that."""
    if "drawn" not in metrics:
        return ""
    n, most = n_drawn(metrics["drawn"]), len(metrics["drawn"])
    return f"Fréchet distance {metrics['distance']:.1f}, {n} of {most} classes drawn"


def figures(metrics: dict[str, Any]) -> tuple[str, ...]:
    """Return a card's test figures as the cells of a table.

    Nats have the standard error over the images where it is known. Of a model without a prior
    there are no active units: their variance has no scale to be small on.
    """

    def nats(name: str) -> str:
        value, error = metrics.get(name), metrics.get(f"{name}_se")
        if value is None:
            return NONE
        return f"{value:.1f} ± {error:.1f}" if error else f"{value:.1f}"

    mse = NONE if metrics["mse"] is None else f"{metrics['mse']:.5f}"
    active = NONE if metrics["kl"] is None else str(metrics["active_units"])
    terms = map(nats, ("reconstruction", "kl", "negative_elbo", "iw_nll"))
    return (f"{metrics['n']:,}", mse, *terms, active)


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


def _originals(options: argparse.Namespace) -> None:
    path = originals.store(options.name, options.data_dir)
    kilobytes = path.stat().st_size / 1000
    print(f"{path}: {originals.count(options.name):,} images, {kilobytes:.0f} kB")

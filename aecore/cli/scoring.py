"""`score`: pictures from anywhere, judged by one checkpoint."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from aecore import checkpoints
from aecore.anomaly.threshold import GUARANTEED
from aecore.cli import prepared
from aecore.data.imageset import is_signal
from aecore.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aecore.data.pictures.sources import Source
    from aecore.scoring import ScoredImage


def add_score(commands: Any) -> None:
    """Add `score`."""
    scoring = commands.add_parser("score", help="how strange pictures are to a model")
    scoring.add_argument(
        "images",
        nargs="+",
        type=Path,
        metavar="IMAGE",
        help="pictures, folders, .zip files, or a .csv whose rows are pixels; for a model of rows "
        "or signals one .csv, of which a long series is cut into windows",
    )
    scoring.add_argument(
        "--checkpoint", required=True, help="a file, or the name of a listed checkpoint"
    )
    scoring.add_argument(
        "--rule",
        default="conformal",
        choices=tuple(GUARANTEED),
        help="of the threshold at 5 %% false alarms: on average over sets of held-out images "
        "(conformal, the default), or for this model's very set, but for 5 %% of such sets (pac)",
    )
    form = scoring.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a list, one object an image")
    form.add_argument("--csv", action="store_true", help="the same as a table")
    scoring.add_argument(
        "--save-prepared",
        type=Path,
        metavar="FOLDER",
        help="write the pictures as the model sees them",
    )
    scoring.set_defaults(run=_score)


def _score(options: argparse.Namespace) -> int:
    from aecore.scoring import Scorer, guarantee, to_csv

    stored = checkpoints.read(checkpoints.find(options.checkpoint))
    if is_signal(stored.card.model.shape):
        if options.save_prepared:
            raise ValueError(
                f"--save-prepared is for pictures; {options.checkpoint} reads "
                f"{stored.card.things.many}"
            )
        return _score_rows(options, stored)
    scorer = Scorer(stored, rule=options.rule)
    sources = (source for path in options.images for source in _sources(path))
    rows = [row for source in sources for row in scorer.score_source(source)]
    if options.save_prepared:
        n = prepared.save(rows, options.save_prepared)
        said = f"{n:,} pictures as the model sees them: {options.save_prepared}"
        Console(stderr=True).print(said, highlight=False)
    if options.json:
        print(json.dumps([row.to_json() for row in rows], indent=1, ensure_ascii=False))
    elif options.csv:
        sys.stdout.write(to_csv(rows))
    else:
        Console().print(_table(rows, len(scorer.stored.calibration)))
        Console().print(guarantee(stored, options.rule), highlight=False)
    _say_unjudged(options, stored)
    for row in rows:
        if row.error:
            Console(stderr=True).print(f"aecore: {row.error}", style="red", highlight=False)
    return 1 if any(row.error for row in rows) else 0


def _sources(path: Path) -> "Iterator[Source]":
    """Pictures of a path; rows of pixels are pictures, too."""
    from aecore.data import pixel_table
    from aecore.data.pictures.sources import from_path

    if not pixel_table.is_pixel_table(path):
        return from_path(path)
    return pixel_table.sources(path.read_bytes(), path.name)


def _say_unjudged(options: argparse.Namespace, stored: checkpoints.Stored) -> None:
    """Beside a list for programs say on stderr why it holds no verdict."""
    from aecore.scoring import guarantee, threshold

    if (options.csv or options.json) and threshold(stored, options.rule) is None:
        words = guarantee(stored, options.rule)
        Console(stderr=True).print(f"aecore: {words}", style="yellow", highlight=False)


def _score_rows(options: argparse.Namespace, stored: checkpoints.Stored) -> int:
    """Rows of a table, or signals, instead of pictures; of one file."""
    from aecore.anomaly.rows import score_rows, to_csv
    from aecore.scoring import guarantee

    if len(options.images) > 1:
        raise ValueError(f"{len(options.images)} files were given; give one of rows or signals")
    path = options.images[0]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from None
    scored = score_rows(stored, content, path.name, rule=options.rule)
    if options.json:
        print(json.dumps([row._asdict() for row in scored], indent=1, ensure_ascii=False))
    elif options.csv:
        sys.stdout.write(to_csv(scored))
    else:
        many = stored.card.things.many
        normal = f"{len(stored.calibration):,} held-out normal {many}"
        table = Table(title=f"Squared error, beside {normal}; the strangest first")
        for column in ("row", "score", "percentile", "anomalous", "farthest off"):
            table.add_column(column, overflow="fold")
        for row in sorted(scored, key=lambda each: -each.score):
            share = "–" if row.percentile is None else f"{row.percentile:.1%}"
            told = "–" if row.anomalous is None else ("yes" if row.anomalous else "no")
            style = "yellow" if row.anomalous else None
            table.add_row(str(row.row), f"{row.score:.5f}", share, told, row.farthest, style=style)
        Console().print(table)
        Console().print(guarantee(stored, options.rule), highlight=False)
    _say_unjudged(options, stored)
    return 0


def _table(rows: list["ScoredImage"], n_normal: int) -> Table:
    table = Table(title=f"Squared error per pixel, beside {n_normal:,} held-out normal images")
    for column in ("file", "verdict", "score", "percentile", "anomalous", "nearest"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row.file, row.verdict, *_numbers(row), style=_style(row))
    return table


def _numbers(row: "ScoredImage") -> tuple[str, str, str, str]:
    score = "–" if row.score is None else f"{row.score:.5f}"
    percentile = "–" if row.percentile is None else f"{row.percentile:.1%}"
    anomalous = "–" if row.anomalous is None else ("yes" if row.anomalous else "no")
    return score, percentile, anomalous, " ".join(row.neighbour_labels)


def _style(row: "ScoredImage") -> str | None:
    return "red" if row.error else "yellow" if row.anomalous else None

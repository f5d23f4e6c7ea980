"""What the benchmarks share: arguments, the machine, a table or JSON."""

import argparse
import json
import os
import platform
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser that knows --json."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    return parser


def machine() -> dict[str, Any]:
    """Name the processor, its cores and the versions that matter."""
    import torch

    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.split(":")[1].strip() for line in text.splitlines() if "model name" in line]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def show(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print the rows, each a dict; a key that a row lacks stays empty there."""
    if as_json:
        print(json.dumps({"machine": machine(), "rows": rows}))
        return
    print(", ".join(f"{k} {v}" for k, v in machine().items()))
    columns = list(dict.fromkeys(key for row in rows for key in row))
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(_cell(row.get(c)) for c in columns) + " |")


def keep(target: Path, found: dict[str, Any]) -> None:
    """Write what was measured where the app reads it, with the command that did."""
    text = json.dumps({"command": shlex.join(["python", *sys.argv]), **found}, indent=1)
    target.write_text(text + "\n", encoding="utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)

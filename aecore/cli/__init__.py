"""`python -m aecore list | data | train | evaluate | score | …`: the only package that prints."""

import argparse
import os
from collections.abc import Sequence

from rich.console import Console

from aecore.cli.flowing import add_flow
from aecore.cli.listing import add_data, add_list, markdown
from aecore.cli.measuring import add_calibrate, add_evaluate, add_export
from aecore.cli.opening import add_open
from aecore.cli.saving import add_page
from aecore.cli.scoring import add_score
from aecore.cli.serving import add_app, add_class
from aecore.cli.training import add_classifier, add_train
from aecore.errors import TrainingError

__all__ = ["main", "markdown"]

COMMANDS = (
    add_list, add_data, add_train, add_classifier, add_evaluate, add_calibrate, add_score,
    add_export, add_open, add_page, add_app, add_class, add_flow,
)  # fmt: skip

# Two busy threads on contended cores collapse where OpenMP spins; this has to be set before torch.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    0 is success, 1 that some of several files could not be used, 2 a mistake that one sentence
    explains.
    """
    options = _parser().parse_args(arguments)
    try:
        code = options.run(options)
    except (ValueError, TrainingError) as error:
        # Of the processes on one machine, which all make the same mistake, one says it.
        alike = isinstance(error, ValueError) and os.environ.get("LOCAL_RANK", "0") != "0"
        Console(stderr=True, quiet=alike).print(f"aecore: {error}", style="red", highlight=False)
        return 2
    except KeyboardInterrupt as stop:
        quiet = os.environ.get("RANK", "0") != "0"
        said = str(stop) or "stopped; nothing was written"
        Console(stderr=True, quiet=quiet).print(f"aecore: {said}", highlight=False)
        return 130
    return code or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aecore", description="Autoencoder Explorer's engine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in COMMANDS:
        add(commands)
    return parser

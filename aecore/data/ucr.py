"""The archive's other kind of file, .ts: facts that begin with @, then a signal a line.

Bagnall et al., "The UEA multivariate time series classification archive" (2018), as sktime and
aeon write it: samples and classes are parted by colons. Read is one variable without time stamps.
"""

from aecore.errors import DataError

SUFFIX = ".ts"
DATA = "@data"
SAVE = "save it as CSV, a signal a row, its class first"


def rows(text: str, name: str) -> tuple[list[list[str]], int | None]:
    """Return the cells of each signal, and where in them its class is: last, or None.

    Raises:
        DataError: in one sentence, for time stamps, several variables, or a file without data.
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith(("#", "%"))]
    at = next((i for i, line in enumerate(lines) if line.lower() == DATA), None)
    if at is None or at + 1 == len(lines):
        raise DataError(f"{name} has no line {DATA} with signals below it; {SAVE}")
    facts = {key.lower(): said.lower() for key, _, said in (x.partition(" ") for x in lines[:at])}
    if facts.get("@timestamps", "").strip() == "true":
        raise DataError(f"{name} has a time stamp at every sample; {SAVE}")
    labelled = facts.get("@classlabel", facts.get("@targetlabel", "")).strip().startswith("true")
    signals = [line.split(":") for line in lines[at + 1 :]]
    n_variables = max(map(len, signals)) - labelled
    if n_variables != 1:
        raise DataError(f"{name} has {n_variables} variables; save one of them as CSV")
    return [_row(line, labelled) for line in signals], -1 if labelled else None


def _row(line: list[str], labelled: bool) -> list[str]:
    cells = [cell.strip() for cell in line[0].split(",")]
    return [*cells, line[-1].strip()] if labelled else cells

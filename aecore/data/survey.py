"""What a user's own images are, before a model learns them: counts, sizes, classes; no pixels."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from aecore.data import npz, own
from aecore.data.imageset import class_order
from aecore.data.pictures import facts, places
from aecore.data.pictures.facts import Facts, classes_said
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import Side
from aecore.data.shards import Shards
from aecore.errors import DataError

Report = Callable[[int, int], None]


class Survey(NamedTuple):
    """What was found, and the classes."""

    facts: Facts
    classes: tuple[str, ...]

    def said(self, side: Side, fit: str = PADDED) -> str:
        """Say it as a training does."""
        return f"{self.facts.said(side, fit)} {classes_said(self.classes)}"


def survey(path: Path, report: Report | None = None) -> Survey:
    """Read every picture of a folder or .zip, of .npz files what their heads say.

    Args:
        path: where they are.
        report: called with how many pictures were read, and of how many.

    Raises:
        DataError: in one sentence, for what can't be learnt.
    """
    shards = [path] if npz.is_npz(path) else npz.shards(path)
    if shards:
        source = Shards(shards, None, PADDED)
        found, classes = source.facts, source.classes
    else:
        found, classes = _pictures(path, report)
    if found.n < own.MIN_IMAGES:
        raise DataError(own.too_few(path, found.n, found.left_out_said))
    return Survey(found, classes)


def _pictures(path: Path, report: Report | None) -> tuple[Facts, tuple[str, ...]]:
    total = sum(1 for _ in places.names(path)) if report else 0
    found, names, whole = Facts(), set(), places.set_name(path)
    for name, _ in facts.read(path, found):
        names.add(places.class_of(name, whole))
        if report:
            report(found.n, total)
    return found, class_order(sorted(names))[0]

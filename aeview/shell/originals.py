"""Why the images of a model's data set can't be looked at, and what mends it: said here alone.

Also what a data set is called: on the screen, and in the address.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from aecore.checkpoints import Card
from aecore.data.catalogue import DATASETS
from aeview.classroom import access
from aeview.classroom.access import Act
from aeview.work import cache

NOT_HERE = "The {things} are not on this machine; "
DOWNLOAD = "download them in the sidebar."
ASK = "the teacher can download them (sidebar)."
CLOSED = (
    "The {things} lie outside the folders that this class server opens (“--folder”, or "
    "AECORE_ROOTS, when it is started); "
)
LET = "let the class see them in the sidebar."
START_AGAIN = "start it again with their folder."
ASK_TO_LET = "the teacher can let the class see them (sidebar)."
GONE = "The {things} no longer lie where the model was trained on them{place}; put them back."


def title(data: str) -> str:
    """The data set's name for the screen."""
    return DATASETS[data].title if data in DATASETS else Path(data).name


def why(card: Card) -> str:
    """Why a model's own images can't be looked at; empty where they can be."""
    data = card.data
    if cache.has_originals(data):
        return ""
    things = f"{card.things.many} of {title(data)}"
    if data in DATASETS:
        return NOT_HERE.format(things=things) + (DOWNLOAD if access.may(Act.DOWNLOAD) else ASK)
    if access.may_open(data):
        place = f" ({data})" if access.teacher() else ""
        return GONE.format(things=things, place=place)
    return CLOSED.format(things=things) + _mend(data)


def _mend(data: str) -> str:
    if not access.teacher():
        return ASK_TO_LET
    return LET if access.may_be_opened(data) else START_AGAIN


def codes(names: Iterable[str]) -> dict[str, str]:
    """How data sets are written in an address: no path of the server, and no two alike."""
    found: dict[str, str] = {}
    taken = set(DATASETS)
    for name in names:
        code = name if name in DATASETS else Path(name).name
        if name not in DATASETS and (code in taken or not code):
            code = f"{code}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
        taken.add(code)
        found[name] = code
    return found

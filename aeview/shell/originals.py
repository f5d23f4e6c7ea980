"""Why the images of a model's data set can't be looked at, and what mends it: said here alone.

Also which of them come with the models and whose they are, and what a data set is called: on the
screen, and in the address.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from aecore import originals as shipped_originals
from aecore.checkpoints import Card, Stored
from aecore.data.catalogue import DATASETS
from aeview.classroom import access
from aeview.classroom.access import Act
from aeview.work import cache

NOT_HERE = "The {things} are not on this machine; "
A_FEW = "Of the {all:,} {things} only {few:,} training images are on this machine; "
IN_SIDEBAR, BELOW = "in the sidebar", "below"  # where the button is
DOWNLOAD = "download them all {place}."
ASK = "the teacher can download them all (sidebar)."
WITH_MODELS = (
    "{few:,} of the {all:,} {title} images come with the models: those of their stored codes. "
    "Test images, Anomaly, more points and training need them all."
)
OF_DATA = "Data: {title}, {licence}."
SHIPPED = " {few:,} of its training images come with the models, as they are in the set."
WITHOUT = (
    "The models work without the original {title} images; with them you see the originals beside "
    "the reconstructions."
)
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


def why(card: Card, place: str = IN_SIDEBAR) -> str:
    """Why a model's data set can't be looked at as a whole; empty where it can be.

    Args:
        card: of the model.
        place: where the button is that downloads it.
    """
    data = card.data
    if cache.has_set(data):
        return ""
    things = f"{card.things.many} of {title(data)}"
    if data in DATASETS:
        few = shipped_originals.count(data)
        said = A_FEW.format(few=few, all=DATASETS[data].n_images, things=things)
        said = said if few else NOT_HERE.format(things=things)
        mend = DOWNLOAD.format(place=place) if access.may(Act.DOWNLOAD) else ASK
        return said + mend
    if access.may_open(data):
        place = f" ({data})" if access.teacher() else ""
        return GONE.format(things=things, place=place)
    return CLOSED.format(things=things) + _mend(data)


def to_download(checkpoint: Stored | None, data: str) -> str:
    """What a data set adds that can be downloaded, beside what is here of a model's images."""
    name, few = title(data), shipped_originals.count(data)
    if few and (checkpoint is None or cache.has_originals(checkpoint)):
        return WITH_MODELS.format(few=few, all=DATASETS[data].n_images, title=name)
    return WITHOUT.format(title=name)


def licence(data: str) -> str:
    """Whose a built-in data set is, and how much of it comes with the models."""
    few, known = shipped_originals.count(data), DATASETS[data]
    said = OF_DATA.format(title=known.title, licence=known.licence)
    return said + (SHIPPED.format(few=few) if few else "")


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

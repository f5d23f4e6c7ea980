"""One's own models, saved or brought: their folder and names; renamed, deleted, had back."""

import unicodedata
from collections.abc import Callable
from itertools import count
from pathlib import Path

from aecore import checkpoints
from aecore.errors import DataError
from aecore.files import whole
from aecore.limits import limits
from aeview.classroom import access

LONGEST_NAME = 60
KEPT_BY_WINDOWS = (
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{p}{i}" for p in ("com", "lpt") for i in range(10)),
)


def free_path(name: str) -> Path:
    """Where a model of this name will lie.

    Raises:
        ValueError: for a name that can't be a file's, or is taken.
    """
    stem = model_name(name)
    path = checkpoints.own_folder() / f"{stem}{checkpoints.SUFFIX}"
    if path.exists() or stem.casefold() in taken():
        raise ValueError(f"There is a model called {stem} already; choose another name.")
    return path


def add(name: str, write: Callable[[Path], object]) -> Path:
    """Have a checkpoint written under a name, whole or not at all, and list it.

    Args:
        name: of the model.
        write: is called with where to.

    Raises:
        ValueError: for a name that can't be a file's, or is taken; for too many models.
    """
    home, path = checkpoints.own_folder(), free_path(name)
    if len(list(home.glob(f"*{checkpoints.SUFFIX}"))) >= limits().saved_models:
        raise ValueError(
            f"There are {limits().saved_models} saved models, as many as may be; delete some in "
            f"{home.name}."
        )
    home.mkdir(parents=True, exist_ok=True)
    with whole(path) as unfinished:
        write(unfinished)
    checkpoints.register(path)
    return path


def free_name(stem: str) -> str:
    """The first of "stem", "stem-2" … that no model has."""
    used = taken()
    return next(name for i in count(1) if (name := stem if i == 1 else f"{stem}-{i}") not in used)


def taken() -> set[str]:
    """Names of all models, their case folded."""
    return {entry.name.casefold() for entry in checkpoints.available()}


def deletable(path: Path) -> bool:
    """Whether a model was saved here by somebody, and this session may delete it."""
    return path.parent == checkpoints.own_folder() and access.may(access.Act.DELETE)


def delete_model(path: Path) -> None:
    """Take a saved model out of the list; its file is kept aside until a newer one of its name.

    Raises:
        Refused: if this session may not, or it is not one that was saved here.
    """
    access.demand(access.Act.DELETE)
    if path.parent != checkpoints.own_folder():
        raise access.Refused("Only models that were saved or brought here can be deleted.")
    if not path.is_file():
        return  # somebody was quicker
    deleted = path.parent / "deleted"
    try:
        deleted.mkdir(exist_ok=True)
        path.replace(deleted / path.name)
    except OSError as error:
        raise DataError(f"the model can't be deleted: {error.strerror or error}") from None


def can_be_restored(name: str) -> bool:
    """Whether a deleted model can be had back."""
    return (checkpoints.own_folder() / "deleted" / f"{name}{checkpoints.SUFFIX}").is_file()


def restore_model(name: str) -> None:
    """Put a deleted model back into the list.

    Raises:
        Refused: if this session may not.
        ValueError: if its name is taken meanwhile, or it can't be put back.
    """
    access.demand(access.Act.DELETE)
    path = free_path(name)
    try:
        (path.parent / "deleted" / path.name).replace(path)
    except OSError as error:
        raise DataError(f"the model can't be put back: {error.strerror or error}") from None
    checkpoints.register(path)


def rename_model(path: Path, name: str) -> Path:
    """Give a saved model another name; returns where it lies then.

    Raises:
        Refused: if this session may not, or it is not one that was saved here.
        ValueError: for a name that can't be a file's, or is taken; where it can't be done.
    """
    access.demand(access.Act.RENAME)
    if path.parent != checkpoints.own_folder():
        raise access.Refused("Only models that were saved or brought here can be renamed.")
    target = free_path(name)
    try:
        path.rename(target)
    except OSError as error:
        raise DataError(f"the model can't be renamed: {error.strerror or error}") from None
    checkpoints.register(target)
    return target


def model_name(name: str) -> str:
    """Return the name of a file that a user may make.

    Letters of any script and digits, composed alike, and - _ . within: nothing that leaves the
    folder, hides the file, or reads as Markdown.

    Raises:
        ValueError: for any other name.
    """
    stem = unicodedata.normalize("NFKC", name.strip())
    known = all(c.isalnum() or c in "-_." for c in stem)
    if not stem or not known or not stem[0].isalnum() or not stem[-1].isalnum() or ".." in stem:
        raise ValueError("A name has letters, digits, - and _, for example my-vae.")
    if len(stem.encode()) > LONGEST_NAME:
        raise ValueError(f"The name is too long; it may have {LONGEST_NAME} letters.")
    if stem.split(".")[0].lower() in KEPT_BY_WINDOWS:
        raise ValueError(f"{stem} is a name that Windows keeps for itself; choose another.")
    return stem

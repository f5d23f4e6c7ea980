"""Where checkpoints lie: the shipped folder, and the list of the user's own elsewhere."""

import os
from pathlib import Path

from filelock import FileLock

from aecore import project
from aecore.files import whole

SUFFIX = ".safetensors"


def shipped_folder() -> Path:
    """The `checkpoints/` that ship, or $AECORE_CHECKPOINTS."""
    named = os.environ.get("AECORE_CHECKPOINTS")
    return Path(named) if named else project.FOLDER / "checkpoints"


def own_folder() -> Path:
    """One's own models that were given a name here: beside the list of all of them."""
    return registry_file().parent / "models"


def made_folder() -> Path:
    """Where a recipe's model is written: the shipped folder, or one's own where that is packed."""
    return own_folder() if _packed(shipped_folder()) else shipped_folder()


def unpacked(path: Path) -> Path:
    """Return a path that is written to because none was given.

    Raises:
        ValueError: for one inside an installed package.
    """
    if _packed(path):
        raise ValueError(
            f"{path} belongs to the installed package, which is left as it is: give --out, or "
            "work in a checkout of the repository"
        )
    return path


def _packed(path: Path) -> bool:
    return project.INSTALLED and path.resolve().is_relative_to(project.FOLDER)


def classifier_file(data: str) -> Path:
    """Where the classifier of a data set is kept: below, so that `available` does not list it."""
    return shipped_folder() / "classifiers" / f"{Path(data).name}{SUFFIX}"


def originals_file(data: str) -> Path:
    """Where the images of a data set's stored codes are kept, below the shipped checkpoints."""
    return shipped_folder() / "originals" / f"{Path(data).name}.npz"


def registry_file() -> Path:
    """The list of checkpoints this user trained outside `checkpoints/` ($AECORE_HOME moves it)."""
    import platformdirs

    named = os.environ.get("AECORE_HOME")
    home = Path(named) if named else Path(platformdirs.user_data_dir("autoencoder-explorer"))
    return home / "checkpoints.txt"


def register(path: Path) -> None:
    """Remember a checkpoint outside `checkpoints/`, so that the app lists it."""
    registry = registry_file()
    if path.resolve() in registered() or path.resolve().parent == shipped_folder().resolve():
        return
    registry.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(registry.with_suffix(".lock")):  # two servers may race
        lines = [str(p) for p in (*registered(), path.resolve())]
        with whole(registry) as unfinished:
            unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")


def registered() -> list[Path]:
    """Return the user's own checkpoints, whether they still exist or not."""
    registry = registry_file()
    if not registry.is_file():
        return []
    return [Path(line) for line in registry.read_text(encoding="utf-8").splitlines() if line]

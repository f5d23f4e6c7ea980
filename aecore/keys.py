"""The teacher's key: chosen, or made once and stored where only the server's user reads it."""

import os
import secrets
from pathlib import Path

from aecore.errors import DataError
from aecore.shelf import registry_file

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another


def teacher_key() -> str:
    """The key: `AECORE_TEACHER_KEY`, else one that was made once and is stored in the home folder.

    Raises:
        DataError: if it can be neither read nor stored.
    """
    named = os.environ.get("AECORE_TEACHER_KEY", "").strip()
    return named or _stored_key()


def _stored_key() -> str:
    path = registry_file().parent / "teacher.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            _make_key(path)
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise DataError(
            f"the teacher's key can't be stored in {path} ({error.strerror or error}): set "
            "AECORE_TEACHER_KEY"
        ) from None


def _make_key(path: Path) -> None:
    """Make the file readable for its owner alone; if two servers race, one wins."""
    words = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)]
    hidden = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write("-".join(words))
    try:
        os.link(hidden, path)
    except FileExistsError:
        return
    finally:
        hidden.unlink(missing_ok=True)

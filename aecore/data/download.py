"""Files from public mirrors into the user's cache, by pooch: checksum, progress, retry.

A file that is complete is never fetched twice, so an interrupted download is resumed by
running the same command.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from aecore.errors import DataError

Progress = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all) of the whole set."""

ATTEMPTS_PER_MIRROR = 2


class RemoteFile(NamedTuple):
    """A file's name, its SHA-256 and its size in bytes."""

    name: str
    sha256: str
    size: int


def folders(override: Path | None = None) -> tuple[Path, ...]:
    """Folders in which data sets are looked for, the first one first.

    They are `override` (--data-dir), $AECORE_DATA_DIR and the user's cache; downloads go there.
    """
    named = os.environ.get("AECORE_DATA_DIR")
    given = [override] if override else []
    return (*given, *([Path(named)] if named else []), cache_folder() / "data")


def cache_folder() -> Path:
    """Where this user's downloads and computed maps are kept ($AECORE_CACHE_DIR overrides it)."""
    import platformdirs

    named = os.environ.get("AECORE_CACHE_DIR")
    return Path(named) if named else Path(platformdirs.user_cache_dir("autoencoder-explorer"))


def find(folder: str, files: tuple[RemoteFile, ...], override: Path | None = None) -> Path | None:
    """Return the first place in which all files of a set lie, or None."""
    for place in folders(override):
        if all((place / folder / file.name).is_file() for file in files):
            return place / folder
    return None


def fetch(
    target: Path,
    files: tuple[RemoteFile, ...],
    mirrors: tuple[str, ...],
    progress: Progress | None = None,
) -> Path:
    """Download what is missing in `target`, trying the mirrors in turn.

    Raises:
        DataError: in one sentence, for no network, a wrong checksum or a folder that can't be
            written to.
    """
    report = progress or _silent
    total = sum(file.size for file in files)
    done = 0
    for file in files:
        _fetch_file(target, file, mirrors, partial(_add, report, done, total))
        done += file.size
        report(done, total)
    return target


def _add(report: Progress, before: int, total: int, done: int) -> None:
    report(before + done, total)


def _silent(done: int, total: int) -> None:
    del done, total


def _fetch_file(
    target: Path, file: RemoteFile, mirrors: tuple[str, ...], report: Callable[[int], None]
) -> None:
    reasons = []
    for mirror in mirrors:
        try:
            _retrieve(target, file, mirror, report)
        except PermissionError as error:
            raise DataError(_unwritable(target, error)) from None
        except ValueError:
            reasons.append(f"{mirror} sent a file with a wrong checksum")
        except OSError as error:  # requests' exceptions are OSErrors too
            if isinstance(error, FileExistsError | NotADirectoryError):
                raise DataError(_unwritable(target, error)) from None
            reasons.append(f"{mirror} can't be reached ({type(error).__name__})")
        else:
            return
    raise DataError(
        f"{file.name} could not be downloaded: {'; '.join(reasons)}. Check the network and run it "
        f"again, or put the file into {target}"
    )


def _unwritable(target: Path, error: OSError) -> str:
    return (
        f"{target} can't be written to ({type(error).__name__}); free it, or "
        "name another folder in AECORE_CACHE_DIR"
    )


def _retrieve(target: Path, file: RemoteFile, mirror: str, report: Callable[[int], None]) -> None:
    import logging

    import pooch

    pooch.get_logger().setLevel(logging.ERROR)
    store = pooch.create(
        path=target,
        base_url=mirror,
        registry={file.name: f"sha256:{file.sha256}"},
        retry_if_failed=ATTEMPTS_PER_MIRROR - 1,
    )
    downloader = pooch.HTTPDownloader(progressbar=_Bar(report, file.size), timeout=20)
    store.fetch(file.name, downloader=downloader)


class _Bar:
    """The four members pooch asks of a progress bar; pooch counts whole chunks, so we cap."""

    def __init__(self, report: Callable[[int], None], size: int) -> None:
        self.total = size
        self._size = size
        self._done = 0
        self._report = report

    def update(self, n_bytes: int) -> None:
        self._done = min(self._done + n_bytes, self._size)
        self._report(self._done)

    def reset(self) -> None:
        """Pooch resets to 100 % at the end; there is nothing to go back to."""

    def close(self) -> None:
        pass

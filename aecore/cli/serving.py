"""`app` and `class`: start the app, for oneself or for a class on this network.

Wherever it is started, Streamlit reads the `.streamlit/config.toml` beside the app, after that of
the working directory: so the same settings hold in a checkout and in a wheel.
"""

import argparse
import os
import socket
import subprocess  # nosec B404  # Streamlit itself, and never through a shell
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from aecore import project
from aecore.configs import require
from aecore.errors import DataError
from aecore.keys import teacher_key
from aecore.limits import limits
from aecore.network import local_address

EVERY = "0.0.0.0"  # nosec B104  # a class has to reach it, and class mode is on then
APP = project.FOLDER / "app.py"
NO_PREFIX = "\0"  # of an option: they are Streamlit's, and argparse takes none for its own


def add_app(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command: its options are those of `streamlit run`, `--help` among them."""
    form = commands.add_parser(
        "app",
        help="start the app on this computer; options are those of `streamlit run`",
        prefix_chars=NO_PREFIX,
        add_help=False,
    )
    form.add_argument("options", nargs=argparse.REMAINDER)
    form.set_defaults(run=start)


def start(options: argparse.Namespace) -> int:
    """Become what `streamlit run app.py` starts in a checkout."""
    return _become_streamlit(options.options)


def add_class(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    form = commands.add_parser(
        "class",
        help="start the app for a class on this network",
        description="Serves the app to everyone on this network in class mode: students train and "
        "look, the teacher's key opens the rest (SECURITY.md). Ctrl-C ends it.",
    )
    form.add_argument("--port", type=int, default=8501, help="where the browsers find it")
    form.add_argument("--address", default=EVERY, help="of this computer; default: all it has")
    form.add_argument("--code", default="", help="join code; without one everyone may come in")
    form.add_argument(
        "--folder",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="where data sets of your own lie: the class may see them, the teacher train on them; "
        "may be given several times (besides AECORE_ROOTS)",
    )
    form.set_defaults(run=serve)


def serve(options: argparse.Namespace) -> int:
    """Say where the class finds the server, and become it: what ends this command ends it."""
    require(1 <= options.port <= 65535, "--port", options.port, "1 to 65535")
    code = options.code or os.environ.get("AECORE_JOIN_CODE", "")
    key = teacher_key()
    said = f"?join={code}" if code else ""
    everywhere = options.address == EVERY
    place = (local_address() or socket.gethostname()) if everywhere else options.address
    print(f"  The class opens     http://{place}:{options.port}/{said}")
    print(f"  The join code is    {code or '(none: everyone on the network may come in)'}")
    print(f"  The teacher's key   {key}")
    print(f"  Room for            {limits(in_class=True).sessions} at once (aecore/limits.toml)")
    print("  To stop it, press Ctrl-C.", flush=True)
    environment = {
        "AECORE_CLASS": "1",
        "AECORE_TEACHER_KEY": key,
        "AECORE_JOIN_CODE": code,
        "AECORE_ROOTS": _roots(options.folder),
        # Each click is answered in a new thread; more pools would double what a session costs.
        "MALLOC_ARENA_MAX": "2",
        # Streamlit's own addresses lack the join code; what it warns of is said all the same.
        "STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE": "true",
        "STREAMLIT_LOGGER_LEVEL": "warning",
    }
    flags = (  # beside their values
        "--server.headless", "true",
        "--server.address", options.address, "--server.port", str(options.port),
    )  # fmt: skip
    return _become_streamlit(flags, **environment)


def _become_streamlit(options: Sequence[str], **environment: str) -> int:
    """Run the app; a `random.py` in the working directory is not taken for Python's own."""
    command = (sys.executable, "-m", "streamlit", "run", str(APP), *options)
    return become(command, os.environ | {"PYTHONSAFEPATH": "1"} | environment)


def become(command: tuple[str, ...], environment: Mapping[str, str]) -> int:
    """Put a command in this process's place, so that a signal reaches it, and none is left behind.

    On Windows, which has neither, run it and wait for it.
    """
    if os.name != "nt":
        os.execvpe(command[0], command, environment)  # nosec B606  # a list, no shell
    return subprocess.call(command, env=environment)  # nosec B603  # a list, no shell


def _roots(folders: list[Path]) -> str:
    """Add folders to those that AECORE_ROOTS names.

    Raises:
        DataError: for one that is not there.
    """
    if missing := [str(each) for each in folders if not each.exists()]:
        raise DataError(f"--folder {missing[0]} is not there; name a folder that is")
    named = [str(each.resolve()) for each in folders]
    return os.pathsep.join([*filter(None, [os.environ.get("AECORE_ROOTS", "")]), *named])

"""Who may do what: alone on one's own computer everything; in class mode what is one's own.

In class mode (`AECORE_CLASS=1`, or an address that others can reach) students are let in, by a
join code where there is one (`AECORE_JOIN_CODE`), and what touches others needs the teacher's key
(`AECORE_TEACHER_KEY`, or one that is made at the first start and printed). Each act asks here at
the moment it is done, so that a hidden button is never what protects it. How much of everything
there may be is `aecore.limits`; how the page asks for the codes is `aeview.classroom.entrance`.
"""

import hashlib
import hmac
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

import streamlit as st

from aecore.checkpoints import available, registry_file
from aecore.data.catalogue import DATASETS
from aecore.data.download import cache_folder
from aecore.errors import DataError
from aecore.files import whole
from aecore.keys import teacher_key
from aecore.limits import asked_for_class, limits
from aecore.network import loopback
from aecore.runs.folder import Run, runs
from aecore.shelf import registered
from aeview.bounded import Bounded
from aeview.streamlit_fixes import bound_uploads

# Keys in the session state.
SESSION = "session_token"
PASS = "pass_token"  # nosec B105  # a key's name
SETTLED = "pass_settled"
MINUTE = 60.0
MOST_RUNS = 5000  # whose owners are known; of the others the teacher alone may steer
MOST_ADDRESSES = 5000  # whose wrong guesses are counted


class Act(StrEnum):
    """What needs the teacher in class mode, in the words of the sentence that refuses it."""

    DELETE = "Deleting"
    RENAME = "Renaming"
    TRAIN = "Training"
    STEER = "Steering a run that somebody else began"
    PATH = "Naming a path on the server"
    DOWNLOAD = "Downloading data sets"
    BRING = "Bringing a model"
    PRESENT = "Presenting"
    LOCK = "Locking training"
    OPEN = "Letting the class see a data set"
    REPORT = "Seeing what the class has answered"


class Refused(ValueError):  # noqa: N818  # what happens to an act, not a fault
    """An act that this session may not do, in one sentence."""


# ---- the mode ----------------------------------------------------------------------------------


def class_mode() -> bool:
    """Whether others than this computer's user are served."""
    return bool(asked_for_class())


def settle() -> None:
    """Choose the mode, once: as the environment says, else by whether others can reach us.

    The workers of runs are told by the same variable. The mode says how large a file may be.
    """
    if asked_for_class() is None:
        alone = loopback(st.get_option("server.address"))
        os.environ["AECORE_CLASS"] = "0" if alone else "1"
    if class_mode() and not os.environ.get("AECORE_TEACHER_KEY", "").strip():
        _announce()
    bound_uploads(max(limits().file_mb, limits().model_mb))


@st.cache_resource(show_spinner=False)
def _announce() -> None:
    """Print a key that nobody chose, once."""
    sys.stderr.write(f"\n  Class mode. The teacher's key is {teacher_key()}\n\n")


# ---- the teacher -------------------------------------------------------------------------------


def teacher() -> bool:
    """Whether this session may do everything."""
    return not class_mode() or session() in _teachers()


def may(act: Act) -> bool:
    """Whether this session may do something that touches others."""
    return teacher() or (act is Act.TRAIN and students_train())


def demand(act: Act) -> None:
    """Check that this session may do something; called before every act that needs a right.

    Raises:
        Refused: in one sentence, if this session may not do it.
    """
    if not may(act):
        raise Refused(f"{act} is the teacher's part in class mode; sign in at the sidebar's foot.")


def sign_in(key: str) -> bool:
    """Make this session the teacher's, if the key is right.

    Raises:
        Refused: after too many guesses.
    """
    if not _guess(key, teacher_key()):
        return False
    before = session()
    if not teaches(before):
        # A new name, as other tabs that have the old one (`passes`) stay a student's.
        _become(secrets.token_hex(16))
        _teachers()[session()] = before
    return True


def sign_out() -> None:
    """Give the session its student's name back; the runs it began stay its own."""
    me = session()
    before = _teachers().pop(me, None)
    if before is None:
        return
    for run, owner in _begun().items():
        if owner == me:
            _begun()[run] = before
    _become(before)


def teaches(name: str) -> bool:
    """Whether a session's name is a teacher's."""
    return name in _teachers()


def n_known() -> int:
    """How many sessions the server knows something of: those here, and those with a pass."""
    return limits().sessions + limits().passes


@st.cache_resource(show_spinner=False)
def _teachers() -> Bounded[str, str]:
    """The names of teachers' sessions, and who each was before."""
    return Bounded(n_known)


def session() -> str:
    """The name of this browser tab's session: a random token that never leaves the server.

    A browser that could overwrite the session's state would still have to guess it.
    """
    token: str = st.session_state.setdefault(SESSION, secrets.token_hex(16))
    return token


def _become(name: str) -> None:
    st.session_state[SESSION] = name
    st.session_state.pop(PASS, None)
    st.session_state[SETTLED] = True


# ---- joining -----------------------------------------------------------------------------------


def join_code() -> str:
    """The code that a class is asked for; empty where anyone on the network may come in."""
    return os.environ.get("AECORE_JOIN_CODE", "").strip() if class_mode() else ""


def joined() -> bool:
    """Whether this session is let in."""
    return not join_code() or teacher() or session() in _joined()


def join(code: str) -> bool:
    """Let this session in, if the code is right; case does not matter.

    Raises:
        Refused: after too many guesses.
    """
    if not _guess(code.casefold(), join_code().casefold()):
        return False
    _joined()[session()] = True
    return True


@st.cache_resource(show_spinner=False)
def _joined() -> Bounded[str, bool]:
    return Bounded(n_known)


@st.cache_resource(show_spinner=False)
def _guesses() -> Bounded[str, list[float]]:
    return Bounded(lambda: MOST_ADDRESSES)


def _guess(said: str, secret: str) -> bool:
    """Compare in constant time."""
    texts = (text.encode("utf-8", "replace") for text in (said.strip(), secret))
    left, right = (hashlib.sha256(text).digest() for text in texts)
    return counted(lambda: hmac.compare_digest(left, right))


def counted(check: Callable[[], bool]) -> bool:
    """Make a check; count failures by address and minute.

    Raises:
        Refused: after too many guesses.
    """
    address, now = st.context.ip_address or "here", time.monotonic()
    recent = [at for at in _guesses().get(address, []) if now - at < MINUTE]
    if len(recent) >= limits().guesses:
        raise Refused(
            f"{len(recent)} wrong codes came from this address within a minute; wait for one."
        )
    right = check()
    if not right:
        _guesses()[address] = [*recent, now]
    return right


# ---- training ----------------------------------------------------------------------------------


def students_train() -> bool:
    """Whether the teacher lets students train."""
    return bool(_rules().get("students_train", True))


def let_students_train(allowed: bool) -> None:
    """Let students train, or not; it holds for all servers on this home folder, and for later.

    Raises:
        Refused: if this session is not the teacher's.
        DataError: if the home folder can't be written to.
    """
    demand(Act.LOCK)
    _rule(students_train=allowed)


def _rules_file() -> Path:
    return registry_file().parent / "class.json"


def _rules() -> dict[str, Any]:
    """What the teacher has decided; nothing where that can't be read."""
    try:
        found = json.loads(_rules_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _rule(**decided: Any) -> None:
    try:
        _rules_file().parent.mkdir(parents=True, exist_ok=True)
        with whole(_rules_file()) as unfinished:
            unfinished.write_text(json.dumps(_rules() | decided), encoding="utf-8")
    except OSError as error:
        raise DataError(f"this can't be saved: {error.strerror or error}") from None


@st.cache_resource(show_spinner=False)
def _begun() -> Bounded[str, str]:
    """Which session began a run, by its name, which is never used twice; others are nobody's."""
    return Bounded(lambda: MOST_RUNS)


def own(run: Run) -> None:
    """Note that this session began a run."""
    _begun()[run.name] = session()


def began(run: Run) -> str | None:
    """Which session began a run; None for one that is nobody's."""
    return _begun().get(run.name)


def may_steer(run: Run) -> bool:
    """Whether this session may pause, stop, resume or save a run: its own, or as a teacher any."""
    return teacher() or (may(Act.TRAIN) and began(run) == session())


def demand_steering(run: Run) -> None:
    """Check that this session may act on a run; called before every such act.

    Raises:
        Refused: if somebody else began it.
    """
    if not may_steer(run):
        if not may(Act.TRAIN):
            raise Refused("Training is locked by the teacher.")
        raise Refused(f"{Act.STEER} is the teacher's part in class mode; begin one of your own.")


def n_own_open() -> int:
    """How many open runs are this session's; looking all of them up keeps them in `_begun`."""
    me = session()
    return sum(began(run) == me for run in runs() if run.open)


# ---- paths -------------------------------------------------------------------------------------


def roots() -> tuple[Path, ...]:
    """Folders in which a path may be named in class mode: $AECORE_ROOTS, the data, the home."""
    named = os.environ.get("AECORE_ROOTS", "").split(os.pathsep)
    data = os.environ.get("AECORE_DATA_DIR", "")
    given = (*named, data, str(cache_folder() / "data"))
    return tuple(Path(each).expanduser().resolve() for each in given if each.strip())


def data_path(text: str) -> str:
    """Return a data set's path as it may be opened.

    Raises:
        Refused: for what is no path, and in class mode for one outside the allowed folders.
    """
    path = None
    with suppress(OSError, RuntimeError, ValueError):
        path = Path(text).expanduser().resolve()
    if path is None or "\0" in text or len(text) > 4096:
        raise Refused("This is not a path; name a folder or a file on the server.")
    allowed = (*roots(), *opened())
    if class_mode() and not any(path.is_relative_to(root) for root in allowed):
        raise Refused(
            "In class mode data sets lie in the folders that are named when the server is started "
            "(--folder, or AECORE_ROOTS); this path is in none of them."
        )
    return str(path)


def opened() -> tuple[Path, ...]:
    """Data sets outside those folders that the teacher lets the class see."""
    named = _rules().get("opened")
    if not isinstance(named, list) or not named:
        return ()
    learnt = _learnt()
    return tuple(Path(each).resolve() for each in named if each in learnt)


def may_be_opened(data: str) -> bool:
    """Whether the teacher may let the class see a data set.

    One that a listed model has learnt: who runs the server has opened it here before. Models that
    came from elsewhere say of themselves what they have learnt, so those that nobody trained or
    registered here count for nothing.
    """
    return data not in DATASETS and data in _learnt()


def may_be_closed(data: str) -> bool:
    """Whether it is the teacher's to say if the class sees a data set: no folder says so."""
    if not class_mode() or not may_be_opened(data):
        return False
    path = Path(data).resolve()
    return not any(path.is_relative_to(root) for root in roots())


def _learnt() -> set[str]:
    own = set(registered())
    return {e.card.data for e in available() if e.card is not None and e.path in own}


def let_class_see(data: str, allowed: bool) -> None:
    """Let the class see a data set, or not any more; for all servers on this home folder.

    Raises:
        Refused: if this session is not the teacher's, or no model here has learnt the set.
        DataError: if the home folder can't be written to.
    """
    demand(Act.OPEN)
    if not may_be_opened(data):
        raise Refused("Only a data set that a model of this machine has learnt can be opened.")
    before = _rules().get("opened")
    others = {each for each in before if each in _learnt()} if isinstance(before, list) else set()
    _rule(opened=sorted(others | {data} if allowed else others - {data}))


def may_open(data: str) -> bool:
    """Whether a card's data set may be opened: a built-in one, or a path that is allowed."""
    if data in DATASETS or not class_mode():
        return True
    try:
        data_path(data)
    except Refused:
        return False
    return True

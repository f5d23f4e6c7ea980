"""How work in the background leaves the machine to those who click."""

import os
from contextlib import suppress
from pathlib import Path

from aecore.limits import asked_for_class

POLITENESS, MOST = 10, 19
SESSIONS_SHARE = Path("/proc/self/autogroup")


def step_back() -> None:
    """Let others go before this process; in class mode it takes only what nobody else wants.

    Linux has a scheduling class for that (SCHED_IDLE): whoever wakes up goes first at once.
    Elsewhere, and for a teacher alone, it is the priority that is lower. Where Linux shares the
    processor among sessions first ("autogroup"), the class counts within a session only: a process
    that has one of its own has its session step back, too (sched(7)).
    """
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, 0, POLITENESS)
    if asked_for_class():
        with suppress(AttributeError, OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
            if os.getsid(0) == os.getpid():
                SESSIONS_SHARE.write_text(str(MOST), encoding="ascii")

"""The priority of background work: a higher nice value, and in class mode SCHED_IDLE."""

import os
from contextlib import suppress
from pathlib import Path

from aecore.limits import asked_for_class

NICE, NICEST = 10, 19
AUTOGROUP = Path("/proc/self/autogroup")


def lower_priority() -> None:
    """Lower this process's priority; in class mode it runs only when nothing else wants to.

    That is Linux's scheduling class SCHED_IDLE: whatever wakes up preempts it at once. Elsewhere,
    and for a teacher alone, only the nice value is raised. Where Linux shares the processor among
    sessions first ("autogroup"), the class counts within a session only: a process that leads a
    session lowers that session's share, too (sched(7)).
    """
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    if asked_for_class():
        with suppress(AttributeError, OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
            if os.getsid(0) == os.getpid():
                AUTOGROUP.write_text(str(NICEST), encoding="ascii")

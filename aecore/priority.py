"""Background work: its priority (a higher nice value, in class mode SCHED_IDLE), its memory."""

import os
from contextlib import suppress
from pathlib import Path

from aecore.limits import MEGABYTE, asked_for_class

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


def bound_memory(megabytes: int) -> None:
    """Let this process hold so much of its own data at most; where the system can't, all it wants.

    What is beyond raises MemoryError, or ends the process.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        most = megabytes * MEGABYTE
        resource.setrlimit(
            resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1])
        )

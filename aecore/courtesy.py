"""How work in the background leaves the machine to those who click."""

import os
from contextlib import suppress

from aecore.limits import asked_for_class

POLITENESS = 10


def step_back() -> None:
    """Let others go before this process; in class mode it takes only what nobody else wants.

    Linux has a scheduling class for that (SCHED_IDLE, sched(7)): whoever wakes up goes first at
    once. Elsewhere, and for a teacher alone, it is the priority that is lower.
    """
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, 0, POLITENESS)
    if asked_for_class():
        with suppress(AttributeError, OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

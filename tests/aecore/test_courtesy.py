"""Background work steps back: the priority of a process that asks for it."""

import os
import subprocess
import sys

import pytest

from aecore.courtesy import POLITENESS

ASK = (
    "import os; from aecore.courtesy import step_back; step_back(); step_back();"
    "print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0))"
)


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="Linux alone has this class")
@pytest.mark.parametrize("in_class", ["0", "1"])
def test_in_class_mode_it_takes_only_what_nobody_else_wants(in_class):
    run = subprocess.run(
        [sys.executable, "-c", ASK], env=os.environ | {"AECORE_CLASS": in_class},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    policy = os.SCHED_IDLE if in_class == "1" else os.SCHED_OTHER
    assert run.stdout.split() == [
        str(max(POLITENESS, os.getpriority(os.PRIO_PROCESS, 0))),
        str(policy),
    ]

"""Background work steps back: the priority of a process that asks for it."""

import os
import subprocess
import sys

import pytest

from aecore.courtesy import MOST, POLITENESS, SESSIONS_SHARE

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


@pytest.mark.skipif(not SESSIONS_SHARE.exists(), reason="this Linux has no such shares")
@pytest.mark.parametrize("in_class", ["0", "1"])
@pytest.mark.parametrize("alone", [False, True])
def test_in_class_mode_a_session_of_its_own_steps_back_whole(in_class, alone):
    tell = f"print(open('{SESSIONS_SHARE}').read().strip())"
    run = subprocess.run(
        [sys.executable, "-c", f"{tell}; {ASK}; {tell}"], start_new_session=alone,
        env=os.environ | {"AECORE_CLASS": in_class}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    before, _, after = run.stdout.splitlines()
    steps_back = alone and in_class == "1"
    assert after == (f"{before.rpartition(' ')[0]} {MOST}" if steps_back else before)

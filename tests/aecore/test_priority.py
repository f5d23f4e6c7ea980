"""The priority of a process of background work: nice value, scheduling class, autogroup."""

import os
import subprocess
import sys

import pytest

from aecore.priority import AUTOGROUP, NICE, NICEST

ASK = (
    "import os; from aecore.priority import lower_priority; lower_priority(); lower_priority();"
    "print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0))"
)


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="Linux alone has this class")
@pytest.mark.parametrize("in_class", ["0", "1"])
def test_in_class_mode_it_runs_only_when_nothing_else_wants_to(in_class):
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        env=os.environ | {"AECORE_CLASS": in_class},
        capture_output=True,
        text=True,
        check=True,
    )
    policy = os.SCHED_IDLE if in_class == "1" else os.SCHED_OTHER
    assert run.stdout.split() == [
        str(max(NICE, os.getpriority(os.PRIO_PROCESS, 0))),
        str(policy),
    ]


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this Linux has no autogroups")
@pytest.mark.parametrize("in_class", ["0", "1"])
@pytest.mark.parametrize("alone", [False, True])
def test_in_class_mode_a_process_that_leads_a_session_lowers_its_share(in_class, alone):
    tell = f"print(open('{AUTOGROUP}').read().strip())"
    run = subprocess.run(
        [sys.executable, "-c", f"{tell}; {ASK}; {tell}"],
        start_new_session=alone,
        env=os.environ | {"AECORE_CLASS": in_class},
        capture_output=True,
        text=True,
        check=True,
    )
    before, _, after = run.stdout.splitlines()
    lowered = alone and in_class == "1"
    assert after == (f"{before.rpartition(' ')[0]} {NICEST}" if lowered else before)

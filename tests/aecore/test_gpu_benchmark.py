"""The benchmark of a GPU: every part of it, short, on the CPU."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aecore.data.catalogue import present

ROOT = Path(__file__).parent.parent.parent
FLOAT32, BFLOAT16 = 1e-6, 2e-2  # of an intensity in [0, 1]


@pytest.mark.skipif(not present("mnist"), reason="MNIST is not on this machine")
def test_every_part_runs_on_a_cpu_and_agrees_with_it():
    words = [sys.executable, "benchmarks/gpu.py", "--device", "cpu", "--small", "--json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row.pop("what"): row for row in json.loads(done.stdout)["rows"]}
    speeds = [row["images/s"] for what, row in rows.items() if "step" in what or "loop" in what]
    assert len(speeds) == 4
    assert min(speeds) > 0
    assert rows["to 105.6 nats"]["seconds"] > 0
    assert rows["a run of Train, MNIST"]["pictures/s"] > 0
    for what, row in rows.items():
        if what.startswith("agreement"):
            most = FLOAT32 if "float32" in what else BFLOAT16
            assert row["farthest"] <= most, what

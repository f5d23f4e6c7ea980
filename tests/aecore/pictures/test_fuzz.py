"""Damaged files, 150 of them: no exception but ours, within memory and time that are bounded."""

import subprocess
import sys
from pathlib import Path

import pytest

N_FILES = 150


@pytest.mark.skipif(sys.platform != "linux", reason="resource limits are Linux's")
def test_damaged_files_raise_nothing_but_our_errors_within_limited_means():
    words = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("fuzz.py"))]
    done = subprocess.run([*words, str(N_FILES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    n_files, n_pictures = (int(word) for word in done.stdout.split()[:3:2])
    assert n_files == N_FILES
    assert N_FILES > n_pictures > 25  # mutations that leave a picture go the whole way

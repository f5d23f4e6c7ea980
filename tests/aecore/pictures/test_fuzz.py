"""Damaged files: no exception but ours, within memory and time that are bounded."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="resource limits are Linux's")
@pytest.mark.parametrize("n", [100, pytest.param(300, marks=pytest.mark.sweep)])
def test_damaged_files_raise_nothing_but_our_errors_within_limited_means(n):
    words = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("fuzz.py"))]
    done = subprocess.run([*words, str(n)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    n_files, n_pictures = (int(word) for word in done.stdout.split()[:3:2])
    assert n_files == n
    assert n > n_pictures > n / 6  # mutations that leave a picture go the whole way

"""Runs the JavaScript tests where Node is."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def test_browser_modules():
    node = shutil.which("node")
    if node is None:
        if os.environ.get("AEVIEW_REQUIRE_BROWSER"):
            pytest.fail("Node.js is not installed, and AEVIEW_REQUIRE_BROWSER asks for it")
        pytest.skip("Node.js is not installed; the browser's modules are tested in CI")
    done = subprocess.run(
        [node, "--test", str(Path(__file__).parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout

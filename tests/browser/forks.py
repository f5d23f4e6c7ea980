"""Servers that begin with the large libraries read: forked from a process that has them.

Nothing of the app itself is read before: what a first visit finds, it finds here, too.
"""

import atexit
import gc
import multiprocessing
import os
import sys
from pathlib import Path

LIBRARIES = (
    "streamlit.web.cli", "pandas", "pyarrow", "PIL.Image", "scipy.optimize",
    "sklearn.linear_model", "safetensors.torch", "torch",
)  # fmt: skip
forkserver = multiprocessing.get_context("forkserver")
forkserver.set_forkserver_preload(list(LIBRARIES))


class Forked:
    """A server with the part of `subprocess.Popen` that tests use."""

    def __init__(self, words, folder, environment, log):
        told = (words, str(folder), environment, log)
        self.process = forkserver.Process(target=_serve, args=told)
        self.process.start()
        self.pid = self.process.pid
        self.terminate, self.kill = self.process.terminate, self.process.kill

    def poll(self):
        return self.process.exitcode

    def wait(self, seconds):
        self.process.join(seconds)
        if self.process.exitcode is None:
            raise TimeoutError(f"the server has not ended within {seconds} s")


def _serve(words, folder, environment, log):
    """`python -m streamlit …` in this process."""
    with Path(log).open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    gc.freeze()  # a collection would walk the libraries
    gc.set_threshold(100_000, 50, 100)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = words
    from streamlit.web.cli import main

    try:
        main()
    finally:
        atexit._run_exitfuncs()  # which such a process leaves out

"""Start the worker of a run; knows nothing of torch, so that a page can have it at once."""

import os
import subprocess  # nosec B404  # our own worker alone, and never through a shell
import sys
import threading

from aecore.runs.folder import Run, State


def launch(run: Run, do: str = "play") -> None:
    """Start a worker that outlives this process; a run that was interrupted is resumed."""
    run.want(do=do, epochs=0, batches=0)
    run.say(State("starting", epoch=run.state.epoch))
    process = subprocess.Popen(  # nosec B603  # a list; the path is one that we made
        [sys.executable, "-m", "aecore.runs.worker", str(run.path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"},
    )
    threading.Thread(target=process.wait, daemon=True).start()  # so that it leaves no zombie

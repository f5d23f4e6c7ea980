"""Heavy work in subprocesses of low priority.

A thread that computes holds the interpreter's lock, and every click of every student waits for
that. `ask` is for what takes a second, `work` for what reports to a job. Both run a function of a
module, with arguments that can be pickled; what it raises is raised here.

The processes are loky's: unlike those of the standard library they do not run the page's script
again when they begin.
"""

import os
import threading
import time
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, TypeVar

from aecore.errors import DataError
from aecore.priority import lower_priority
from aeview.work.jobs import Job

if TYPE_CHECKING:
    from loky import ProcessPoolExecutor

IDLE_S = 600
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
LOOK_S = 0.2
ENDED = "It was ended before it was done: there may be too little memory. Try again, or with less."

Result = TypeVar("Result")


def ask(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function in a pool of processes that stay for later calls.

    Raises:
        DataError: if the process was ended.
    """
    from loky.process_executor import BrokenProcessPool

    workers = _workers()
    try:
        found: Result = workers.submit(function, *arguments).result()
    except BrokenProcessPool as error:
        _workers.cache_clear()
        raise DataError(ENDED) from error
    return found


@cache
def _workers() -> "ProcessPoolExecutor":
    from loky import ProcessPoolExecutor

    n = max(1, (os.cpu_count() or 2) // 2)  # the other half is for everyone else
    return ProcessPoolExecutor(
        n, timeout=IDLE_S, initializer=_begin, initargs=(os.getpid(),), env=ONE_THREAD
    )


def work(function: Callable[..., Result], *arguments: Any, job: Job) -> Result:
    """Call a function in a process of its own, which ends with it or with the job.

    Args:
        function: its keyword `report` is called with what `Job.report` takes.
        arguments: the others.
        job: is reported to; the process is ended where that raises.

    Raises:
        DataError: if the process was ended by something else.
    """
    from loky.backend import get_context

    context = get_context("loky")
    here, there = context.Pipe(duplex=False)
    process = context.Process(
        target=_run, args=(there, os.getpid(), function, arguments), daemon=True, env=ONE_THREAD
    )
    process.start()
    there.close()
    try:
        return _heard(here, job)
    except EOFError as error:
        raise DataError(ENDED) from error
    finally:
        process.terminate()
        process.join()
        here.close()


def _heard(connection: Connection, job: Job) -> Any:
    """Pass on what is reported until there is a result."""
    said: tuple[str, Any] = ("report", (job.done, job.total))
    while said[0] == "report":
        job.report(*said[1])
        if connection.poll(LOOK_S):
            said = connection.recv()
    if said[0] == "raised":
        raise said[1]
    return said[1]


def _run(
    connection: Connection,
    server: int,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:
    """The process's main function."""
    _begin(server)
    try:
        found = function(*arguments, report=lambda *steps: connection.send(("report", steps)))
        connection.send(("result", found))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is raised where it was asked
        connection.send(("raised", error))


def _begin(server: int) -> None:
    """Step back, and end when the server does: a signal ends that without a word to its own."""
    lower_priority()
    threading.Thread(target=_end_with, args=(server,), daemon=True).start()


def _end_with(server: int) -> None:
    while os.getppid() == server:
        time.sleep(LOOK_S)
    os._exit(1)

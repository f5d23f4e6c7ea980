"""Work that takes longer than a click: one thread a job, shared by all sessions, cancellable.

A job's thread writes into the job and never calls Streamlit; pages poll it from a fragment. Two
sessions that ask for the same thing get the same job.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from aecore.errors import DataError
from aecore.limits import limits
from aecore.priority import NICE
from aeview.escape import escaped
from aeview.shown import address

REMEMBERED = 200
FULL = "{n} pieces of work wait already, as many as may; try again in a minute."


class Stopped(Exception):  # noqa: N818  # not an error: the user asked for it
    """Raised inside a job that was cancelled."""


@dataclass(slots=True)
class Job:
    """Progress of one piece of work.

    Attributes:
        done, total: steps.
        state: "running", "done", "failed" or "cancelled".
        problem: the sentence to show when it failed.
        waits: whether others are before it.
        began: in seconds of the monotonic clock.
        so_far: what it has until now, for pages that show that; None where there is no such thing,
            and once it has ended.
    """

    done: int = 0
    total: int = 1
    state: str = "running"
    problem: str = ""
    waits: bool = False
    began: float = field(default_factory=time.monotonic)
    so_far: Any = None
    _cancel: threading.Event = field(default_factory=threading.Event)

    def report(self, done: int, total: int, so_far: Any = None) -> None:
        """Say how far it is, and what it has so far.

        Raises:
            Stopped: if it was cancelled meanwhile.
            DataError: if it has taken longer than anything may.
        """
        self.done, self.total, self.so_far = done, max(1, total), so_far
        if self._cancel.is_set():
            raise Stopped
        most = limits().job_minutes
        if time.monotonic() - self.began > 60 * most:
            raise DataError(f"This takes more than {most} minutes, as long as anything may.")

    @property
    def cancelled(self) -> bool:
        """Whether somebody has asked it to stop."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask it to stop at its next report."""
        self._cancel.set()

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return self.state == "running"


Work = Callable[[Job], object]


@st.cache_resource
def _jobs() -> dict[str, Job]:
    return {}


_LOCK = threading.Lock()


def find(name: str) -> Job | None:
    """Return the job of that name, if there ever was one."""
    return _jobs().get(name)


def start(name: str, work: Work) -> Job:
    """Start a job, or join the one that is running under the same name."""
    with _LOCK:
        known = _jobs()
        job = known.get(name)
        if job is not None and job.running:
            return job
        _tidy(known)
        job = known[name] = Job()
        if sum(other.running for other in known.values()) > limits().jobs + limits().jobs_waiting:
            job.problem, job.state = FULL.format(n=limits().jobs_waiting), "failed"
            return job
        threading.Thread(target=_run, args=(job, work, _turn()), name=name, daemon=True).start()
    return job


def offer(label: str, name: str, work: Work, **looks: Any) -> None:
    """Show a button that starts a job, whatever else the browser asks for meanwhile."""
    st.button(label, on_click=_begin, args=(name, work), key=f"offer {name}", **looks)


def _begin(name: str, work: Work) -> None:
    start(name, work)


def _tidy(known: dict[str, Job]) -> None:
    """Forget the oldest that have ended, beyond the last 200."""
    ended = [name for name, job in known.items() if not job.running]
    for name in ended[: max(0, len(ended) - REMEMBERED)]:
        known.pop(name, None)


@st.cache_resource(show_spinner=False)
def _turn() -> threading.Semaphore:
    """So many jobs compute at a time."""
    return threading.Semaphore(limits().jobs)


def forget(name: str) -> None:
    """Drop a finished job, so that the page offers it again."""
    _jobs().pop(name, None)


def _lower_priority() -> None:
    """Raise this thread's nice value: on Linux each thread has its own."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _run(job: Job, work: Work, turn: threading.Semaphore) -> None:
    """Wait for the turn, and work."""
    while not turn.acquire(timeout=0.2):
        job.waits = True
        if job.cancelled:
            job.state = "cancelled"
            return
    try:
        job.waits, job.began = False, time.monotonic()
        _lower_priority()
        _work(job, work)
    finally:
        job.so_far = None
        turn.release()


def _work(job: Job, work: Work) -> None:
    try:
        work(job)
    except Stopped:
        job.state = "cancelled"
    except (ValueError, OSError) as error:
        job.problem, job.state = str(error), "failed"
    except BaseException as error:
        job.problem, job.state = f"It stopped unexpectedly ({type(error).__name__}).", "failed"
        raise
    else:
        job.state = "done"


def show(name: str, title: str, watch: Callable[[Job], None] | None = None) -> None:
    """Show a running job's bar and Cancel; when it ends the whole page runs again.

    `watch` shows more of it, twice a second.
    """
    job = find(name)
    if job is None:
        return

    @st.fragment(run_every=0.5)
    def bar() -> None:
        said = f"{title} (waits until other work is done)" if job.waits else title
        st.progress(min(1.0, job.done / job.total), text=escaped(said))
        if watch is not None:
            watch(job)
        if not job.running:
            address.say_again()
            st.rerun()

    bar()
    st.button("Cancel", on_click=job.cancel, key=f"cancel {name}")


def need(name: str, work: Work, title: str, again: str) -> None:
    """Start a job whose result is missing and show it; one that ended badly is offered again.

    Args:
        name: of the job.
        work: makes the result.
        title: stands at the bar.
        again: stands on the button.
    """
    job = find(name)
    if job is None or job.state == "done":  # done, but its result was forgotten since
        job = start(name, work)
    if job.running:
        show(name, title)
        return
    if job.state == "done":
        st.rerun()
    if job.state == "failed":
        st.error(escaped(job.problem))
    offer(again, name, work, icon=":material/play_arrow:")

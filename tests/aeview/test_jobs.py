"""Jobs: shared, cancellable, and honest about how they ended."""

import os
import sys
import threading

import pytest
from streamlit.testing.v1 import AppTest

from aecore.priority import NICE
from aeview.work import jobs


@pytest.fixture(autouse=True)
def no_jobs_left():
    jobs._jobs.clear()
    yield
    jobs._jobs.clear()


def ended(job):
    """Wait until the job's thread is gone."""
    for thread in threading.enumerate():
        if thread.name == "test job":
            thread.join(20)
    return job


def test_a_job_reports_and_ends():
    job = ended(jobs.start("test job", lambda job: job.report(3, 4)))
    assert (job.done, job.total, job.state) == (3, 4, "done")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads share one priority")
def test_a_job_lets_those_who_click_go_first():
    seen = []
    ended(jobs.start("test job", lambda _: seen.append(priority())))
    assert seen == [max(priority(), NICE)]


def priority():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_two_who_ask_for_the_same_get_the_same_job():
    go = threading.Event()
    first = jobs.start("test job", lambda _: go.wait(20))
    assert jobs.start("test job", lambda _: None) is first
    go.set()
    ended(first)
    assert jobs.start("test job", lambda _: None) is not first


def test_cancelling_stops_it_at_the_next_report():
    started, go = threading.Event(), threading.Event()

    def work(job):
        started.set()
        go.wait(20)
        job.report(1, 2)

    job = jobs.start("test job", work)
    started.wait(20)
    job.cancel()
    go.set()
    assert ended(job).state == "cancelled"


def test_a_fault_becomes_its_sentence():
    def work(_):
        raise ValueError("perplexity is 99, but must be less")

    job = ended(jobs.start("test job", work))
    assert (job.state, job.problem) == ("failed", "perplexity is 99, but must be less")


def test_a_click_on_a_button_counts_though_its_run_ends_before_the_button():
    def page():
        import streamlit as st

        from aeview.work import jobs

        if st.session_state.get("cut"):
            st.stop()
        jobs.offer("Measure", "test job", lambda job: None)

    app = AppTest.from_function(page).run()
    app.session_state["cut"] = True
    app.button[0].click().run()
    assert ended(jobs.find("test job")).state == "done"

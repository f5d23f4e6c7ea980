"""Heavy work in processes of its own: what comes back, what is raised, and how it is ended."""

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import fields

import numpy as np
import pytest
from PIL import Image

from aecore.checkpoints import LatentTable, find, read
from aecore.data.pictures import open_picture
from aecore.errors import DataError
from aecore.latents import stored_maps
from aecore.latents.projection import TSNE
from aecore.priority import NICE
from aecore.scoring import prepared
from aeview.work import cache, pictures, subprocesses
from aeview.work.cache import MapChoice
from aeview.work.jobs import Job, Stopped


def where():
    return os.getpid(), os.getpriority(os.PRIO_PROCESS, 0)


def steps(n, *, report):
    for done in range(n):
        report(done, n)
    return where()


def gone(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def forever(*, report):
    while True:
        report(os.getpid(), 1)
        time.sleep(0.01)


def die(*, report=None):
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(words, *, report=None):
    raise DataError(words)


def test_a_short_piece_runs_in_a_process_that_steps_back_and_stays():
    first, second = subprocesses.ask(where), subprocesses.ask(where)
    assert first == second
    assert first[0] != os.getpid()
    assert first[1] == max(NICE, os.getpriority(os.PRIO_PROCESS, 0))


def test_a_long_piece_reports_and_its_process_is_gone_afterwards(monkeypatch):
    job, heard = Job(), []
    monkeypatch.setattr(Job, "report", lambda self, done, total: heard.append((done, total)))
    process, politeness = subprocesses.work(steps, 3, job=job)
    assert heard[-3:] == [(0, 3), (1, 3), (2, 3)]
    assert process not in (os.getpid(), subprocesses.ask(where)[0])
    assert politeness == max(NICE, os.getpriority(os.PRIO_PROCESS, 0))
    assert gone(process)


def test_a_cancelled_job_ends_its_process(monkeypatch):
    class Impatient(Job):
        def report(self, done, total):
            super().report(done, total)
            if done:
                self.cancel()

    job = Impatient()
    with pytest.raises(Stopped):
        subprocesses.work(forever, job=job)
    assert job.done > 1
    assert gone(job.done)  # it reported its own number


@pytest.mark.parametrize(
    "run", [subprocesses.ask, lambda *what: subprocesses.work(*what, job=Job())]
)
def test_what_it_raises_is_raised_here_and_a_death_is_one_sentence(run):
    with pytest.raises(DataError, match=r"^choose another$"):
        run(refuse, "choose another")
    with pytest.raises(DataError, match="ended before it was done"):
        run(die)
    assert subprocesses.ask(where)[0] != os.getpid()  # the next one is served


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_is_ended_leaves_no_process_behind(ending):
    script = [
        "import os; from aeview.work.subprocesses import ask",
        "print(ask(os.getppid), os.getpid(), flush=True)",
        f"os.kill(os.getpid(), {int(ending)})",
    ]
    server = subprocess.run(  # returns when the last process that could write there has ended
        [sys.executable, "-c", "\n".join(script)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, timeout=90,
    )  # fmt: skip
    assert server.returncode == -ending
    asked, itself = server.stdout.split()
    assert asked == itself


def test_a_layout_made_aside_is_the_one_made_here(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CACHE_DIR", str(tmp_path))
    checkpoint = read(find("digits-ae-16d"))
    few = LatentTable(*(getattr(checkpoint.latents, f.name)[:200] for f in fields(LatentTable)))
    monkeypatch.setattr(cache, "table", lambda *_: few)
    choice = MapChoice("tsne", perplexity=15)
    cache._layouts.clear()
    job = Job()
    cache.compute_tsne(checkpoint, choice, job)
    made = cache.projection(checkpoint, choice)
    here = TSNE(perplexity=15).fit(few.codes)
    assert np.array_equal(made.points, here.points)
    assert job.done == job.total > 1
    assert job.so_far.shape == (200, 2)
    known = stored_maps.stored(TSNE(perplexity=15), few.codes, checkpoint.digest)
    assert np.array_equal(known.points, made.points)
    cache._layouts.clear()


def test_a_layout_that_forms_comes_nearer_to_the_one_it_ends_as(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CACHE_DIR", str(tmp_path))
    codes, seen = read(find("digits-ae-16d")).latents.codes[:300], []
    points = stored_maps.compute_points(30, codes, "digest", lambda *said: seen.append(said[2]))
    assert len(seen) >= 15
    assert all(layout.dtype == np.int16 and layout.shape == (300, 2) for layout in seen)
    last = stored_maps.coarse(points).astype(float)
    away = [np.linalg.norm(layout - last, axis=1).mean() / 65535 for layout in seen]
    assert away[0] > 0.1
    assert away[-1] < 0.01  # of the map's width
    n = len(away) // 4
    quarters = [np.mean(away[k * n : (k + 1) * n]) for k in range(4)]
    assert quarters == sorted(quarters, reverse=True)


def photograph():
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    return file.getvalue()


def test_a_large_picture_is_prepared_aside_as_it_would_be_here(monkeypatch):
    content, card = photograph(), read(find("fashion-vae-2d")).card
    assert len(content) > pictures.SMALL
    asked = []
    monkeypatch.setattr(
        pictures.subprocesses,
        "ask",
        lambda *what, ask=subprocesses.ask: asked.append(what[0]) or ask(*what),
    )
    made = pictures.prepared(content, "noise.png", card)
    again = pictures.prepared(content, "other.png", card)
    assert asked == [open_picture, prepared, prepared]  # opened once
    here = prepared(card, open_picture(content))
    assert np.array_equal(made.image, here.image)
    assert [step.words for step in made.steps] == [step.words for step in here.steps]
    assert made.words == again.words == here.words
    with pytest.raises(DataError, match=r"^cut\.png breaks off"):
        pictures.opened(content[: len(content) // 2], "cut.png")

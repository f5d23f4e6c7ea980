"""Every method's curves, and each filter as fitted: measured by `benchmarks/denoising.py`.

Other data sets are measured behind a button, on fewer images.
"""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from aecore.data.imageset import SPLITS, random_sample
from aecore.denoising import FILTERS, Fitted, ToneCurve
from aecore.errors import DataError
from aecore.noise import KINDS
from aeview.denoise.shown import METRICS
from aeview.escape import escaped
from aeview.work import cache, jobs, shipped
from aeview.work.jobs import Job
from aeview.work.live import Opened

BM3D_ROW = "bm3d"
N_OWN = (2000, 40, 100)  # images to fit on, to choose parameters on, to measure on


def offer(found: list[Opened]) -> None:
    """Where there are no curves of a data set, offer to measure them."""
    data = found[0].checkpoint.card.data
    if shipped.denoising(data) is not None or not cache.has_set(data):
        return
    name = f"denoising {data}"
    job = jobs.find(name)
    if job is not None and job.running:
        jobs.show(name, "Measuring every method at every level")
        return
    if job is not None and job.state == "failed":
        st.error(escaped(job.problem))
    title = "Measure the curves of this data set"
    jobs.offer(title, name, lambda job: _measure(found, job), icon=":material/show_chart:")


def _measure(found: list[Opened], job: Job) -> None:
    """Measure the models on screen and every filter, reporting each level to the job."""
    from aecore import trials

    card = found[0].checkpoint.card
    parts = [cache.split_of(card, split) for split in SPLITS]
    if any(len(part) < 2 for part in parts):
        raise DataError("each split needs two images or more to measure on")
    samples = zip(parts, N_OWN, strict=True)
    images = trials.Splits(*(part.take(random_sample(len(part), n)).images for part, n in samples))
    models = {
        opened.name: cache.model(opened.checkpoint.digest, opened.checkpoint) for opened in found
    }
    steps = [(kind, level) for kind in KINDS for level in KINDS[kind].levels]
    rows = []
    for done, (kind, level) in enumerate(steps):
        job.report(done, len(steps))
        made = trials.trial(kind, level, images)
        rows += [(kind, level, one) for one in trials.compare(made, models)]
    shipped.measured_here()[card.data] = {"n": len(images.test), "kinds": trials.curves(rows)}


def curves(data: str, names: dict[str, str], filters: list[str]) -> dict[str, dict[str, Any]]:
    """The figures of a data set by kind of noise, for the rows that are shown.

    Args:
        data: name of the data set.
        names: checkpoint shown in each row of a network.
        filters: the other rows.

    BM3D, whose pictures aren't shown, has a curve where it was measured.
    """
    found = shipped.denoising(data)
    if found is None:
        return {}
    wanted = {name: name for name in ("noisy", *filters, BM3D_ROW)} | names
    return {
        kind: {
            "levels": values["levels"],
            "n": found["n"],
            "rows": {
                row: {figure: values["rows"][name][figure] for figure in METRICS}
                for row, name in wanted.items()
                if name in values["rows"]
            },
        }
        for kind, values in found["kinds"].items()
    }


def words(data: str, names: dict[str, str]) -> str:
    """What stands under the curves."""
    found = shipped.denoising(data)
    if found is None:
        return ""
    known = next(iter(found["kinds"].values()))["rows"]
    absent = [name for name in names.values() if name not in known]
    said = (
        "Shaded: levels the denoising autoencoder was trained on. It is never told the level; "
        "each filter is fitted to it."
    )
    return said + (f" No curve of {', '.join(absent)}: it was not measured." if absent else "")


def fitted(data: str, kind: str, level: float, name: str) -> Fitted | None:
    """A filter as it was measured at a level; None where it was not."""
    found = shipped.denoising(data)
    row = found["kinds"][kind]["rows"].get(name) if found else None
    if found is None or row is None or "tones" not in row:
        return None
    at = found["kinds"][kind]["levels"].index(level)
    before, after = map(np.array, row["tones"][at])
    parameter = row["parameters"][at]
    restore = partial(FILTERS[name], parameter=parameter)
    return Fitted(restore, ToneCurve(before, after), parameter)

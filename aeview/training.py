"""The Train page's parts: what is asked of a run, what is seen of it, and all runs in a table."""

import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from aecore import checkpoints
from aecore.errors import DataError
from aecore.export import pack
from aecore.runs import frames
from aecore.runs.folder import ENDED, Run, ahead, create, folder, runs
from aecore.runs.frames import Frame
from aecore.runs.worker import launch
from aeview import messages, sidebar, state
from aeview.components.payload import STORE, payload
from aeview.components.train import train
from aeview.figures.theme import CLASS_COLOURS
from aeview.training_form import Form, n_parameters

POLL_S = 0.4
MOST_FRAMES = 150  # that a replay holds
BUSY = ("starting", "queued", "running", "paused")


def chosen() -> Run | None:
    """The run on screen: the link's, else the newest one."""
    named = st.session_state.get(state.RUN) or state.text(state.RUN)
    found = {run.name: run for run in runs()}
    if named and named not in found:
        state.ignore(state.RUN, "names a run that is not on this machine")
        st.session_state.pop(state.RUN, None)
    if named in found:
        return found[named]
    return next(iter(found.values()), None)


def _choose(run: Run) -> None:
    st.session_state[state.RUN] = run.name
    state.set_parameters({state.RUN: run.name})


# ---- buttons -----------------------------------------------------------------------------------


def buttons(form: Form) -> None:
    """Play, pause, step, stop, and what the model will weigh."""
    run = chosen()
    now = run.state.name if run else "none"
    if form.plan is None:
        st.error(form.problem)
    else:
        st.caption(f"{n_parameters(form.plan.recipe.model):,} parameters")
    with st.container(horizontal=True):
        if run and now == "paused":
            st.button("Play", on_click=run.want, kwargs={"do": "play"}, type="primary",
                      icon=":material/play_arrow:")  # fmt: skip
        elif run and now == "interrupted":
            st.button(
                "Continue", on_click=launch, args=(run,), type="primary",
                icon=":material/play_arrow:", help="From the last whole epoch on.",
            )  # fmt: skip
        st.button(
            "Play" if now not in ("paused", "interrupted") else "New run",
            on_click=_play, args=(form,), disabled=form.plan is None,
            type="primary" if now not in ("paused", "interrupted", *BUSY) else "secondary",
            icon=":material/play_arrow:" if now not in BUSY else ":material/add:",
            help="Train a new model with these settings. One trains at a time, others wait.",
        )  # fmt: skip
    if run and now in BUSY:
        _steer(run, now)


def _steer(run: Run, now: str) -> None:
    with st.container(horizontal=True):
        if now != "paused":
            st.button("Pause", on_click=run.want, kwargs={"do": "pause"}, icon=":material/pause:")
        else:
            wish = run.wish
            st.button("Step: batch", on_click=run.want, kwargs={"batches": wish.batches + 1})
            st.button("Step: epoch", on_click=run.want, kwargs={"epochs": wish.epochs + 1})
        st.button("Stop", on_click=run.want, kwargs={"do": "stop"}, icon=":material/stop:")


def _play(form: Form) -> None:
    if form.plan is None:
        return
    try:
        run = create(form.plan)
    except DataError as error:
        state.notice(str(error))
        return
    launch(run)
    _choose(run)


# ---- what is seen ------------------------------------------------------------------------------


def watch() -> None:
    """Show the chosen run; while it works, twice a second."""
    run = chosen()
    if run is None:
        st.info("No run yet: press Play.")
        return
    before = run.state.name

    @st.fragment(run_every=POLL_S if before in BUSY else None)
    def live() -> None:
        now = run.state
        _show(run, now.name)
        if now.name != before:
            st.rerun()

    live()


def _show(run: Run, now: str) -> None:
    fixed = _fixed(run.name, run.path)
    history = [load(path) for path in run.frames]
    if fixed is not None and now not in BUSY and history:
        block, key = replay(run.name, len(history), run.path)
        payload(block, key="train_replay")
    elif fixed is not None and run.live.is_file():
        key = "live"
        payload(packed("live", str(time.time()), [frames.load(run.live)], fixed), key="train_live")
    else:
        key = ""
    train(
        {
            "key": key,
            "title": title(run),
            "state": now,
            "words": words(run, now, history),
            "warnings": warnings(run, history),
            "curves": curves(history),
            "n_epochs": run.plan.recipe.training.total_epochs,
        },
        key=state.TRAIN,
    )
    if now == "done":
        _save(run)


@st.cache_data(show_spinner=False, max_entries=4000)
def _frame(path: Path, changed: int) -> Frame:
    del changed
    return frames.load(path)


def load(path: Path) -> Frame:
    """Read a frame once."""
    return _frame(path, path.stat().st_mtime_ns)


@st.cache_data(show_spinner=False, max_entries=50)
def _fixed_frame(name: str, path: Path) -> Frame:
    del name
    return frames.load(path)


def _fixed(name: str, path: Path) -> Frame | None:
    home = path / "frames" / "fixed.safetensors"
    return _fixed_frame(name, home) if home.is_file() else None


@st.cache_data(show_spinner=False, max_entries=6)
def replay(name: str, n: int, path: Path) -> tuple[bytes, str]:
    """Pack the frames of a run, at most 150 of them, first and last always."""
    run, fixed = Run(path), _fixed(name, path)
    assert fixed is not None
    kept = np.unique(np.linspace(0, n - 1, min(n, MOST_FRAMES)).round().astype(int))
    shown = [load(run.frames[i]) for i in kept]
    key = f"{name}/{n}"
    return packed("replay", key, shown, fixed), key


def packed(topic: str, key: str, shown: list[Frame], fixed: Frame) -> bytes:
    """Put frames and what they have in common into one block."""
    names = shown[0].arrays
    arrays = {name: np.stack([frame.arrays[name] for frame in shown]) for name in names}
    header = {
        "store": STORE, "topic": f"train/{topic}", "key": key,
        "frames": [frame.numbers for frame in shown],
        "palette": list(CLASS_COLOURS), **fixed.numbers,
    }  # fmt: skip
    labels = fixed.arrays["labels"].astype(np.int16)
    return pack(header, arrays | {"labels": labels, "originals": fixed.arrays["originals"]})


def title(run: Run) -> str:
    """What is trained, in a few words."""
    recipe = run.plan.recipe
    kind = messages.FAMILIES.get(recipe.model.kind, recipe.model.kind)
    return f"{kind}, {recipe.model.code_dim} units, {sidebar.data_title(recipe.data)}"


def curves(history: list[Frame]) -> dict[str, list[float]]:
    """Mean terms of every epoch, train and validation, in nats."""
    found: dict[str, list[float]] = {}
    for part in ("train", "val"):
        for term in ("reconstruction", "regulariser"):
            found[f"{part} {term}"] = [frame.numbers[part][term] for frame in history]
    return found


# ---- words -------------------------------------------------------------------------------------


def words(run: Run, now: str, history: list[Frame]) -> str:
    """Where the run stands."""
    n_epochs = run.plan.recipe.training.total_epochs
    done = f"epoch {len(history)} of {n_epochs}"
    if now == "queued":
        waiting = ahead(run)
        return f"waits for {waiting} other {'run' if waiting == 1 else 'runs'}"
    if now == "failed":
        return f"{run.state.problem} ({done} is kept)"
    said = {
        "starting": "the worker starts",
        "interrupted": f"interrupted after {done}; Continue takes it up from there",
        "stopped": f"stopped after {done}",
        "done": f"{done}, finished",
        "paused": f"{done}, paused",
    }
    return said.get(now) or f"{done}{_speed(run, history, n_epochs)}"


def _speed(run: Run, history: list[Frame], n_epochs: int) -> str:
    if not history or not run.live.is_file():
        return ""
    speed = history[-1].numbers["images_per_s"]
    times = [path.stat().st_mtime for path in run.frames[-6:]]
    if len(times) < 2:
        return f" · {speed:,.0f} images/s"
    left = (n_epochs - len(history)) * (times[-1] - times[0]) / (len(times) - 1)
    return f" · {speed:,.0f} images/s · about {math.ceil(left):,} s left"


def warnings(run: Run, history: list[Frame]) -> list[str]:
    """What a teacher would point at, where it is true."""
    if len(history) < 3:
        return []
    d, kind = run.plan.recipe.model.code_dim, run.plan.recipe.model.kind
    last = history[-1].numbers
    found = []
    if kind == "vae" and last["active"] == 0:
        found.append(
            "Posterior collapse: no unit says anything about the image; try a smaller β or a "
            "warm-up."
        )
    elif kind == "vae" and last["active"] < d:
        found.append(f"{d - last['active']} of {d} units are inactive: the decoder ignores them.")
    losses = [sum(frame.numbers["val"].values()) for frame in history]
    best = min(losses)
    if losses[-1] > best + 0.01 * abs(best) and losses.index(best) < len(losses) - 3:
        found.append(
            f"Over-fitting: validation was best in epoch {losses.index(best) + 1} and has risen "
            f"by {100 * (losses[-1] / best - 1):.0f} % since, while training goes on falling."
        )
    return found


# ---- keeping it --------------------------------------------------------------------------------


def _save(run: Run) -> None:
    with st.form("save", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Save as", placeholder="my-vae", key=state.SAVE_AS)
        if st.form_submit_button("Save as checkpoint", icon=":material/save:"):
            try:
                kept = keep(run, name)
            except (ValueError, OSError) as error:
                st.error(str(error))
            else:
                st.success(f"{kept.stem} is in the sidebar's list now, on every page.")


def keep(run: Run, name: str) -> Path:
    """Copy a finished model to a name, and list it.

    Raises:
        ValueError: for a name that can't be a file's, or is taken.
    """
    stem = name.strip()
    if not stem or not all(c.isalnum() or c in "-_." for c in stem) or stem.startswith("."):
        raise ValueError("A name has letters, digits, - and _, for example my-vae.")
    home = folder().parent / "models"
    path = home / f"{stem}{checkpoints.SUFFIX}"
    if path.exists() or stem in {entry.name for entry in checkpoints.available()}:
        raise ValueError(f"There is a model called {stem} already; choose another name.")
    home.mkdir(parents=True, exist_ok=True)
    content = run.model.read_bytes()
    unfinished = path.with_suffix(".tmp")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    checkpoints.register(path)
    return path


# ---- all runs ----------------------------------------------------------------------------------


def table() -> None:
    """All runs on this machine; a click opens one."""
    found = runs()
    if not found:
        return
    st.subheader("Runs", anchor=False)
    rows = [_row(run) for run in found]
    event: Any = st.dataframe(
        rows, hide_index=True, on_select="rerun", selection_mode="single-row", key="runs",
        column_config={"validation loss, nats": st.column_config.NumberColumn(format="%.2f")},
    )  # fmt: skip
    if event.selection.rows:
        run = found[event.selection.rows[0]]
        if run.name != st.session_state.get(state.RUN):
            _choose(run)
            st.rerun()


def _row(run: Run) -> dict[str, Any]:
    plan, now = run.plan, run.state
    last = load(run.frames[-1]).numbers["val"] if run.frames else None
    training, model = plan.recipe.training, plan.recipe.model
    return {
        "made": time.strftime("%Y-%m-%d %H:%M", time.localtime(plan.made)),
        "model": title(run),
        "nodes": "–".join(map(str, model.widths)) or "none",
        "β": model.beta if model.kind == "vae" else None,
        "epochs": f"{len(run.frames)} of {training.total_epochs}",
        "validation loss, nats": sum(last.values()) if last else None,
        "seed": training.seed,
        "state": now.name if now.name in (*ENDED, "interrupted") else f"{now.name} …",
    }

"""What can be kept of a run that rests: its model under a name, an animation; or nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from aecore import checkpoints
from aecore.errors import DataError
from aecore.files import whole
from aecore.runs.discarded import discard, is_discarded, restore
from aecore.runs.folder import Plan, Run, folder
from aeview import run_frames, state
from aeview.callbacks import uncut
from aeview.replays import training_gif


def show(run: Run, begin: Callable[[Plan], None]) -> None:
    """Offer to save, continue, download and delete; `begin` starts a run of a plan."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if run.state.name == "done":
            _save(run)
            st.button(
                "Continue training", on_click=begin, icon=":material/redo:",
                args=(replace(run.plan, start=str(run.model)),),
                help="A new run with the same settings that begins with this model's weights.",
            )  # fmt: skip
        st.download_button(
            "GIF", lambda: _gif(run), f"{run.name}.gif", icon=":material/download:",
            on_click="ignore", help="The map and the reconstructions, epoch by epoch.",
        )  # fmt: skip
        st.button("Delete run", on_click=_delete, args=(run,), icon=":material/delete:")


def _gif(run: Run) -> bytes:
    fixed = run_frames.fixed(run)
    assert fixed is not None
    return training_gif(run_frames.sample(run), fixed)


def _delete(run: Run) -> None:
    try:
        discard(run)
    except DataError as error:
        state.notice(str(error))
    else:
        st.session_state[state.DISCARDED] = run.name
    _leave()


def offer_undo() -> None:
    """Offer the run back that this session deleted last."""
    name = st.session_state.get(state.DISCARDED)
    if name is None or not is_discarded(name):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"The run {name} is deleted.")
        st.button("Undo", on_click=_restore, args=(name,), icon=":material/undo:")


@uncut
def _restore(name: str) -> None:
    if is_discarded(name):
        try:
            restore(name)
        except DataError as error:
            state.notice(str(error))
            return
    st.session_state[state.RUN] = name
    state.set_parameters({state.RUN: name})


@uncut
def _leave() -> None:
    st.session_state.pop(state.RUN, None)
    state.forget(state.RUN)


def _save(run: Run) -> None:
    name = st.text_input("Save as checkpoint", placeholder="my-vae", key=state.SAVE_AS, width=220)
    if st.button("Save", icon=":material/save:"):
        try:
            kept = keep(run, name)
        except (ValueError, OSError) as error:
            st.error(str(error))
        else:
            st.session_state[state.SAVED] = kept.stem
            st.rerun()
    if saved := st.session_state.pop(state.SAVED, None):
        st.success(f"{saved} is in the sidebar's list now, on every page.")


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
    with whole(path) as unfinished:
        unfinished.write_bytes(run.model.read_bytes())
    checkpoints.register(path)
    return path

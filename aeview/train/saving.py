"""What can be kept of a run that rests: its model under a name, an animation; or nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from aecore.errors import DataError
from aecore.runs.discarded import discard, is_discarded, restore
from aecore.runs.folder import RESTING, Plan, Run
from aeview.classroom import access
from aeview.escape import escaped, file_name
from aeview.shell import links, own_models
from aeview.shell.links import Link
from aeview.shown import address
from aeview.streamlit_fixes import uncut
from aeview.train.replays import training_gif
from aeview.train.shown import Shown
from aeview.work import run_frames

# Keys in the session state.
DISCARDED = "discarded_run"
SAVE_AS = "save_as"
TO_SAVE = "to_save"
SAVED = "saved_as"


def show(run: Run, begin: Callable[[Plan], None]) -> None:
    """Offer to save, continue, download and delete; `begin` starts a run of a plan."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if _savable(run) and access.may_steer(run):
            _save(run)
        if run.state.name == "done" and access.may(access.Act.TRAIN):
            st.button(
                "Continue training", on_click=begin, icon=":material/redo:",
                args=(replace(run.plan, start=str(run.model)),),
                help="A new run with the same settings that begins with this model's weights.",
            )  # fmt: skip
        st.download_button(
            "GIF", lambda: _gif(run), file_name(run.name, ".gif"), icon=":material/download:",
            on_click="ignore", help="The map and the reconstructions, epoch by epoch.",
        )  # fmt: skip
        if access.may(access.Act.DELETE):
            st.button("Delete run", on_click=_delete, args=(run,), icon=":material/delete:")
    _saved(run)


def _gif(run: Run) -> bytes:
    fixed = run_frames.fixed(run)
    assert fixed is not None
    return training_gif(run_frames.sample(run), fixed)


def _delete(run: Run) -> None:
    try:
        access.demand(access.Act.DELETE)
        discard(run)
    except (access.Refused, DataError) as error:
        address.notice(str(error))
    else:
        st.session_state[DISCARDED] = run.name
    _leave()


def offer_undo() -> None:
    """Offer the run back that this session deleted last."""
    name = st.session_state.get(DISCARDED)
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
            address.notice(str(error))
            return
    Shown.tell(run=name)


@uncut
def _leave() -> None:
    Shown.tell(run=None)


def _save(run: Run) -> None:
    name = st.text_input(
        "Save as checkpoint",
        own_models.free_name(f"my-{run.plan.recipe.model.kind}"),
        key=f"{SAVE_AS}-{run.name}",
        width=220,
    )
    st.button("Save", icon=":material/save:", on_click=_ask_to_save, args=(run,))
    if st.session_state.pop(TO_SAVE, None) == run.name:
        try:
            with st.spinner("Measuring and saving …"):
                kept = keep(run, name)
        except ValueError as error:
            st.error(escaped(str(error)))
        except OSError as error:
            st.error(f"It can't be saved: {error.strerror or type(error).__name__}.")
        else:
            st.session_state[SAVED] = (run.name, kept.stem)
            st.rerun()


def _saved(run: Run) -> None:
    """Say under which name the run was saved in this session, and lead there."""
    name, saved = st.session_state.get(SAVED, ("", ""))
    if name != run.name or saved.casefold() not in own_models.taken():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(f"{escaped(saved)} is in the sidebar's list now, on every page.")
        links.button("Open on the map", Link(links.FIRST, {"model": saved}), type="primary",
                     icon=":material/map:")  # fmt: skip


@uncut
def _ask_to_save(run: Run) -> None:
    st.session_state[TO_SAVE] = run.name


def _savable(run: Run) -> bool:
    """Whether it has ended with something learnt, be it that it was stopped."""
    return run.state.name == "done" or (run.state.name in RESTING and run.snapshot.is_file())


def keep(run: Run, name: str) -> Path:
    """Copy a finished model, or what a stopped run has learnt so far, to a name, and list it.

    Raises:
        ValueError: for a name that can't be a file's, or is taken; for too many models; where
            somebody else began the run.
    """
    access.demand_steering(run)
    path = own_models.add(name, lambda unfinished: _write(run, unfinished))
    run.mark_saved()
    return path


def _write(run: Run, path: Path) -> None:
    if run.state.name == "done":
        path.write_bytes(run.model.read_bytes())
    else:
        from aecore.runs import making  # it brings torch

        making.save_so_far(run, path)

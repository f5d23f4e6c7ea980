"""All runs in a table: whose they are, how they stand; a tick opens one, two ticks compare."""

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from aecore.models.family import family_of
from aecore.runs.folder import ENDED, Run, runs
from aeview.classroom import access, owners
from aeview.train import words as training_words
from aeview.train.shown import Shown
from aeview.work import run_frames

# Keys in the session state.
WHOSE = "whose_runs"
BESIDE_TICKED = "beside_ticked"
BESIDE_RUN = "beside_run"
ALL, MINE = "everyone's", "mine"


def show(choose: Callable[[Run], None]) -> None:
    """Show the runs on this machine; in a class one's own first, and alone if wanted.

    `choose` puts a run on screen.
    """
    found = runs()
    if not found:
        return
    st.subheader("Runs", anchor=False)
    which = ALL
    if access.class_mode():
        found.sort(key=lambda run: not owners.mine(run))  # stays: newest first
        which = st.segmented_control(
            "Runs", (ALL, MINE), default=ALL, key=WHOSE, label_visibility="collapsed"
        ) or ALL  # fmt: skip
    shown = [run for run in found if which == ALL or owners.mine(run)]
    if not shown:
        st.caption("You have begun no run yet.")
        return
    event: Any = st.dataframe(
        [_row(run) for run in shown], hide_index=True, on_select="rerun",
        selection_mode="multi-row", key="runs" if which == ALL else "runs_mine",
        column_config={"validation loss, nats": st.column_config.NumberColumn(format="%.2f")},
    )  # fmt: skip
    st.caption("Tick a run to open it, two to see them side by side.")
    _open([shown[i] for i in event.selection.rows if i < len(shown)], choose)


def _open(ticked: list[Run], choose: Callable[[Run], None]) -> None:
    """Show the runs that are ticked: the first two."""
    if not ticked:
        if st.session_state.pop(BESIDE_TICKED, None):
            st.session_state.pop(BESIDE_RUN, None)
            st.rerun()
        return
    wanted = [run.name for run in ticked[:2]]
    current = [Shown.start().run, st.session_state.get(BESIDE_RUN)]
    if wanted != [name for name in current if name]:
        choose(ticked[0])
        st.session_state[BESIDE_RUN] = wanted[1] if len(wanted) > 1 else None
        st.session_state[BESIDE_TICKED] = True
        st.rerun()


def _row(run: Run) -> dict[str, Any]:
    plan, now = run.plan, run.state
    history = run_frames.history(run)
    last = history[-1].get("objective") if history else None
    model = plan.recipe.model
    begun = {"begun": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(plan.made))}
    return {
        **({"owner": owners.of(run)} if access.class_mode() else {}),
        **begun,
        "model": training_words.title(run),
        "nodes": "–".join(map(str, model.widths)) or "none",
        "β": model.beta if family_of(model.kind).posterior else None,
        "epochs": f"{len(history)} of {training_words.planned(run, history)}",
        "validation loss, nats": last["val"] if last else None,
        "seed": plan.recipe.training.seed,
        "state": now.name if now.name in (*ENDED, "interrupted") else f"{now.name} …",
    }

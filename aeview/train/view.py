"""The Train page's parts: what is asked of a run, what is seen of it."""

import time
from typing import Any

import streamlit as st

from aecore.errors import DataError
from aecore.limits import limits
from aecore.models.family import family_of
from aecore.runs import frames
from aecore.runs.folder import OPEN, RESTING, Plan, Run, create, make_room, runs
from aecore.runs.launch import launch
from aeview.classroom import access
from aeview.escape import escaped
from aeview.shell import frame
from aeview.shown import address
from aeview.streamlit_fixes import uncut
from aeview.train import blocks, network, run_table, saving
from aeview.train import form as training_form
from aeview.train import words as training_words
from aeview.train.component import train
from aeview.train.differences import titles
from aeview.train.form import Form, check
from aeview.train.shown import Shown
from aeview.train.words import Numbers
from aeview.work import run_frames
from aeview.work.payload import payload

# Keys in the session state.
NEW_RUN = "new_run"
WANTED = "new_run_wanted"  # pressed; outlives a page's run that is cut short
POLL_S = 0.4
LOCK_S = 3.0
WILL_BE_SEEN = """
While it trains you will see here, as it happens:

- the latent map of validation images forming, coloured by class;
- the losses falling, for training and validation images, reconstruction and KL apart;
- the same ten images reconstructed, and samples from the prior;
- of a VAE, the KL of every latent unit, and how many units are active.

Afterwards you can replay every epoch, save the model for all other pages, or train on.
"""


def chosen() -> Run | None:
    """The run on screen: the link's, else the newest one."""
    found = {run.name: run for run in runs()}
    gone = "names a run that is not on this machine"
    named = Shown.start({"run": lambda name: "" if name in found else gone}).run
    return found.get(named) or next(iter(found.values()), None)


@uncut
def choose(run: Run) -> None:
    """Show a run."""
    Shown.tell(run=run.name)


# ---- buttons -----------------------------------------------------------------------------------


def buttons(form: Form, run: Run | None, now: str) -> None:
    """Play, pause, step, stop, and what the model will weigh; of a run that stands so now."""
    may = access.may(access.Act.TRAIN)
    if form.plan is None:
        (st.info if form.missing else st.error)(escaped(form.problem))
    with st.container(key="run_buttons"):  # keeps room for two rows: what stands below stays there
        _buttons(form, run, now, may)
    if form.plan is not None:
        with frame.subject("settings"):
            network.show(form.plan.recipe.model)
    _lock(may)


@uncut
def _wanted() -> None:
    st.session_state[WANTED] = True


def _lock(may: bool) -> None:
    """Say that training is locked; in a class the page follows the teacher's switch."""
    if not may:
        st.caption("The teacher has locked training.")

    @st.fragment(run_every=LOCK_S if access.class_mode() and not access.teacher() else None)
    def follow() -> None:
        if access.may(access.Act.TRAIN) != may:
            st.rerun()

    follow()


def _buttons(form: Form, run: Run | None, now: str, may: bool) -> None:
    mine = run is not None and access.may_steer(run)
    alone = now not in (*OPEN, *RESTING)  # else there is a run that could be meant by Play
    with st.container(horizontal=True):
        if run and mine and now == "paused":
            st.button("Play", on_click=want, args=(run, "play"), type="primary",
                      icon=":material/play_arrow:")  # fmt: skip
        elif run and mine and now in RESTING:
            st.button(
                "Continue", on_click=_take_up, args=(run,), type="primary",
                icon=":material/play_arrow:", help="From the last whole epoch on.",
            )  # fmt: skip
        st.button(
            "Play" if alone else "New run",
            key=NEW_RUN,  # under both names: somebody else may begin a run meanwhile
            on_click=_wanted,
            disabled=form.plan is None or not may,
            type="secondary" if now in (*RESTING, *OPEN) else "primary",
            icon=":material/add:" if now in OPEN else ":material/play_arrow:",
            help="Train a new model with these settings. One trains at a time, others wait.",
        )
    # Not in the callback: it would be given the form as it stood before what was typed last.
    if st.session_state.pop(WANTED, False) and form.plan is not None:
        begin(form.plan, twin=form.twin)
        st.rerun()
    if run and mine and now in OPEN:
        _steer(run, now)
    elif run and now in OPEN and may:
        st.caption("Somebody else began this run; who did steers it.")


def _steer(run: Run, now: str) -> None:
    with st.container(horizontal=True, key="steer", gap="xsmall"):
        if now != "paused":
            st.button("Pause", on_click=want, args=(run, "pause"))
        else:
            st.button("Step: batch", on_click=_step, args=(run, "batches"))
            st.button("Step: epoch", on_click=_step, args=(run, "epochs"))
        st.button("Stop", on_click=want, args=(run, "stop"))
        st.button(
            "Reset", on_click=_reset, args=(run,),
            help="Fresh weights, same settings, paused before the first step.",
        )  # fmt: skip


def _steering(run: Run) -> bool:
    """Whether the run may be steered; where not, that is said."""
    try:
        access.demand_steering(run)
    except access.Refused as error:
        address.notice(str(error))
        return False
    return True


@uncut
def want(run: Run, do: str) -> None:
    """Play, pause or stop a run, if that is this session's to do."""
    if _steering(run):
        run.want(do=do)


@uncut
def _step(run: Run, what: str) -> None:
    if _steering(run):
        run.want(**{what: getattr(run.wish, what) + 1})


@uncut
def _take_up(run: Run) -> None:
    if _steering(run):
        launch(run)


def _reset(run: Run) -> None:
    if _steering(run):
        run.want(do="stop")
        begin(run.plan, "pause")


def begin(plan: Plan, do: str = "play", twin: Plan | None = None) -> None:
    """Make a run of a plan, start its worker, show it; a twin waits its turn and stands beside.

    What is refused is said.
    """
    try:
        access.demand(access.Act.TRAIN)
        _check_number(2 if twin else 1)
        for each in (plan, *([twin] if twin else [])):
            check(each)
        run, other = create(plan), twin and create(twin)
    except (DataError, ValueError) as error:
        address.notice(str(error))
        return
    access.own(run)
    launch(run, do)
    if other:
        access.own(other)
        launch(other, do)
    if other or not st.session_state.get(run_table.BESIDE_TICKED):
        st.session_state[run_table.BESIDE_RUN] = other and other.name
    choose(run)
    if gone := make_room():
        address.notice(
            f"Runs have filled the {limits().runs_mb:,} MB they may: the oldest {len(gone)} of "
            "those that had ended went, those never saved first."
        )


def _check_number(more: int) -> None:
    most = limits().own_open_runs
    if access.n_own_open() + more > most:
        raise DataError(
            f"You have {most} runs that have not ended, as many as one may: stop one first"
        )


# ---- what is seen ------------------------------------------------------------------------------


def watch(run: Run | None, before: str) -> None:
    """Show a run, and the one beside it; while they work, twice a second.

    Where it stands no longer as `before`, which the buttons are for, the whole page runs again.
    """
    saving.offer_undo()
    if run is None:
        st.info("No run yet: choose a model on the left and press Play.")
        st.caption(WILL_BE_SEEN)
        return
    beside = _beside(run)
    shown = [run, *([beside] if beside else [])]
    stood = [before, *(each.state.name for each in shown[1:])]

    @st.fragment(run_every=POLL_S if set(stood) & set(OPEN) else None)
    def live() -> None:
        now = [each.state.name for each in shown]
        if now != stood:
            address.say_again()
            st.rerun()
        try:
            columns = st.columns(2, gap="medium") if beside else [st.container()]
            for slot, each in enumerate(shown):
                with columns[slot]:
                    _show(each, now[slot], slot, shown[1 - slot] if beside else None)
        except FileNotFoundError:  # another session has deleted it
            st.rerun()

    live()
    if before not in OPEN and run.frames:
        saving.show(run, begin)


def _beside(run: Run) -> Run | None:
    named = st.session_state.get(run_table.BESIDE_RUN)
    return next((each for each in runs() if each.name == named != run.name), None)


def _show(run: Run, now: str, slot: int, beside: Run | None) -> None:
    fixed = run_frames.fixed(run)
    history = run_frames.history(run)
    if fixed is not None and now not in OPEN and history:
        block, key = blocks.replay(run.name, len(history), run.path, slot)
        payload(block, key=f"train_replay{slot}")
    elif fixed is not None and run.live.is_file():
        key = "live"
        block = blocks.packed(f"live/{slot}", str(time.time()), [frames.load(run.live)], fixed)
        payload(block, key=f"train_live{slot}")
    else:
        key = ""
    mine, others, what = training_words.title(run), "", ""
    if beside:
        (mine, others), what = titles(run.plan, beside.plan), f"{mine} · "
    train(
        {
            "slot": slot,
            "key": key,
            "run": run.name,
            "title": mine,
            "state": now,
            "words": f"{what}{training_words.words(run, now, history)}",
            "warnings": training_words.warnings(run, history),
            "curves": curves(history),
            **_terms(run),
            "n_epochs": training_words.planned(run, history),
            "beside": beside
            and {
                "title": others,
                **_terms(beside),
                "curves": curves(run_frames.history(beside)),
            },
        },
        key=f"{'train'}{slot}",
    )
    if (images := blocks.watched(run, slot)) is not None:
        payload(images, key=f"train_watched{slot}")


def _terms(run: Run) -> dict[str, Any]:
    """What the two terms of a run's loss are called, and whether its model has an encoder."""
    family = family_of(run.plan.recipe.model.kind)
    terms = {name: getattr(family, name) for name in ("reconstruction", "regulariser")}
    return terms | {"encodes": family.encodes}


def curves(history: list[Numbers]) -> dict[str, list[float]]:
    """Mean terms of every epoch, train and validation, in nats."""
    found: dict[str, list[float]] = {}
    for part in ("train", "val"):
        for term in ("reconstruction", "regulariser"):
            found[f"{part} {term}"] = [numbers[part][term] for numbers in history]
    return found


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    controls, pictures = st.container(key="chosen").columns([1, 3.4], gap="medium")
    with controls:
        above = st.container()  # Play is what one sees first; it depends on what stands below
        form = training_form.form()
        run = chosen()
        now = run.state.name if run else "none"  # read once: the worker may change it any moment
        with above:
            said = st.empty()
            buttons(form, run, now)
    with pictures:
        watch(run, now)
    run_table.show(choose)
    if form.plan is not None:  # last: how long it may take is measured, and nothing waits for it
        said.caption(training_words.plan(form.plan))

"""Models that differ in β alone: their curve, their pictures, and loading one of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import Card, Entry, LatentTable, Stored
from aecore.data.catalogue import DATASETS
from aecore.errors import CheckpointError, DataError
from aeview.escape import escaped
from aeview.shell import links, messages, originals, sidebar, sweeps
from aeview.streamlit_fixes import uncut
from aeview.traverse.rate_distortion import rate_distortion
from aeview.traverse.shown import Shown
from aeview.work import cache
from aeview.work.pixels import as_base64

# Keys in the session state.
SWEEP = "sweep"
N_PICTURES = 10
IN_WORDS = ("training", "validation", "test")


class Member(NamedTuple):
    """A model of a sweep, by its list entry and as numpy."""

    entry: Entry
    checkpoint: Stored


class Pictures(NamedTuple):
    """The same images in several models.

    Attributes:
        originals: (n, channels, height, width) in [0, 1], or None where they are not here.
        rows: reconstructions of each model, likewise.
        labels: class names.
        note: which images these are.
    """

    originals: np.ndarray | None
    rows: list[np.ndarray]
    labels: list[str]
    note: str


# ---- who belongs together ----------------------------------------------------------------------


def sweep(card: Card, entries: Sequence[Entry]) -> list[Entry]:
    """The models that differ from this one in β (and the seed) alone, by ascending β.

    Empty where there is no other β to compare with, and for models without a KL.
    """
    found = sweeps.alike(card, entries, sweeps.BETA)
    return found if len(found) > 1 else []


def suggestion(card: Card, entries: Sequence[Entry]) -> Entry | None:
    """Return a model that has such a sweep, of the same data set if there is one."""
    others = [entry for entry in entries if entry.card and sweep(entry.card, entries)]
    near = [entry for entry in others if entry.card and entry.card.data == card.data]
    return next(iter(near + others), None)


# ---- the section of the page -------------------------------------------------------------------


def show(checkpoint: Stored) -> None:
    """Show the curve and the pictures of the model's sweep, or say where there is one."""
    title = "β: the more the KL term weighs, the blurrier the pictures"
    st.subheader(sidebar.say(title), anchor=False)
    entries = checkpoints.available()
    members = _open(sweep(checkpoint.card, entries))
    if len(members) < 2:
        _point_to(suggestion(checkpoint.card, entries))
        return
    reported = st.session_state.get(SWEEP) or {}
    # Before torch is there, the browser paints the curve first and then asks for the pictures.
    ready = cache.is_warm() or reported.get("painted")
    rate_distortion(
        [_as_json(member, checkpoint) for member in members],
        _pictures_json(members) if ready else None,
        on_choose=lambda: _chosen(checkpoint, members),
        key=SWEEP,
    )


def _open(entries: Sequence[Entry]) -> list[Member]:
    members = []
    for entry in entries:
        try:
            members.append(Member(entry, cache.stored(entry.path)))
        except (CheckpointError, OSError):
            continue  # the sidebar lists what can't be opened
    return members


def _point_to(entry: Entry | None) -> None:
    """One sentence and a button, where this model has no sweep."""
    if entry is None or entry.card is None:
        st.caption(
            "No two models in the list differ in β alone; train some to see their "
            "rate–distortion curve (python -m aecore train --help)."
        )
        return
    data = originals.title(entry.card.data)
    title = messages.model_title(entry.name, entry.card)
    st.caption(
        f"No other model in the list differs from this one in β alone. Choose "
        f"{escaped(data)}, {escaped(title)}, to see the rate–distortion curve and what each β "
        "makes of the same ten."
    )
    st.button(f"Open {escaped(entry.name)}", on_click=uncut(load), args=(entry,))


@uncut
def _chosen(checkpoint: Stored, members: Sequence[Member]) -> None:
    """Load the model that was clicked; the image started from stays where both know it."""
    name = (st.session_state.get(SWEEP) or {}).get("choice")
    for entry, other in members:
        if entry.name == name:
            shown = Shown.start()
            load(entry)
            if shown.row >= 0 and _rows(other.latents) == _rows(checkpoint.latents):
                shown.write(without=("code",))
                Shown.another("model", other.origin)


def load(entry: Entry) -> None:
    """Choose a model everywhere; to be called from a callback."""
    if entry.card:
        st.session_state[links.Chosen.link("data")] = entry.card.data
        st.session_state[links.Chosen.link("model")] = entry.name


def _as_json(member: Member, checkpoint: Stored) -> dict[str, Any]:
    chosen = member.checkpoint.digest == checkpoint.digest
    return {**sweeps.on_curve(member.entry.name, member.checkpoint.card), "chosen": chosen}


# ---- the same images in each model -------------------------------------------------------------


def _pictures_json(members: Sequence[Member]) -> dict[str, Any]:
    card = members[0].checkpoint.card
    key = "/".join(checkpoint.digest for _, checkpoint in members)
    here = cache.has_set(card.data), cache.has_originals(members[0].checkpoint)
    made = pictures(key, here, list(members))
    originals = () if made.originals is None else made.originals
    return {
        "shape": list(card.model.shape),
        "originals": [as_base64(image) for image in originals],
        "rows": [[as_base64(image) for image in row] for row in made.rows],
        "labels": made.labels,
        "note": made.note,
    }


@st.cache_resource(show_spinner=False, max_entries=8)
def pictures(key: str, here: tuple[bool, bool], _members: list[Member]) -> Pictures:
    """Reconstruct ten images in each model: test images, or stored codes without the test split.

    `here` says whether the set is on this machine, and whether the stored codes' images are, so
    that a download is noticed.
    """
    del key
    made = _of_test_images(_members) if here[0] else None
    return made or _of_stored_codes(_members)


def _of_test_images(members: list[Member]) -> Pictures | None:
    import torch

    card = members[0].checkpoint.card
    try:
        test = cache.split_of(card, "test")
    except (DataError, OSError):
        return None
    if test.shape != tuple(card.model.shape):
        return None
    chosen = test.take(spread(test.labels, N_PICTURES))
    images = torch.from_numpy(chosen.images)
    rows = [
        cache.model(checkpoint.digest, checkpoint).reconstruct(images).numpy()
        for _, checkpoint in members
    ]
    labels = [test.classes[label] for label in chosen.labels]
    title = DATASETS[card.data].title if card.data in DATASETS else "the data set"
    note = (
        f"{len(chosen)} test images of {title}, which no model was trained on; reconstructions "
        "decode the posterior mean."
    )
    return Pictures(chosen.images, rows, labels, note)


def _of_stored_codes(members: list[Member]) -> Pictures:
    import torch

    first = members[0].checkpoint
    known = [
        {place: row for row, place in enumerate(_rows(m.checkpoint.latents))} for m in members
    ]
    common = [place for place in known[0] if all(place in rows for rows in known)]
    places = [common[i] for i in spread(_labels(first.latents, known[0], common), N_PICTURES)]
    rows = []
    for (_, checkpoint), where in zip(members, known, strict=True):
        codes = checkpoint.latents.codes[[where[place] for place in places]]
        decoded = cache.model(checkpoint.digest, checkpoint).decode(torch.from_numpy(codes))
        rows.append(decoded.numpy())
    classes = first.card.classes
    labels = [classes[first.latents.labels[known[0][place]]] for place in places]
    originals = cache.originals(first, first.latents.rows([known[0][place] for place in places]))
    splits = " and ".join(sorted({IN_WORDS[part] for part, _ in places}))
    learnt = ", which the models have learnt," if splits == IN_WORDS[0] else ""
    of = f"the same {len(places)} {splits} images{learnt} from their stored codes"
    if originals is None:
        note = f"Reconstructions of {of}; the originals are not at hand (the sidebar says why)."
        return Pictures(None, rows, labels, note)
    return Pictures(originals.astype(np.float32) / 255, rows, labels, f"Reconstructions of {of}.")


def _rows(table: LatentTable) -> list[tuple[int, int]]:
    return list(zip(table.split.tolist(), table.index.tolist(), strict=True))


def _labels(
    table: LatentTable, rows: dict[tuple[int, int], int], places: list[tuple[int, int]]
) -> np.ndarray:
    return table.labels[np.array([rows[place] for place in places], dtype=np.int64)]


def spread(labels: np.ndarray, n: int) -> np.ndarray:
    """Positions of n images, one of each class after the other, the first of each."""
    turn = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = labels == label
        turn[members] = np.arange(members.sum())
    return np.lexsort((labels, turn))[:n]

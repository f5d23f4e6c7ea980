"""The Compare page's parts: which models, the linked maps, the table, error by code size."""

from functools import reduce
from typing import NamedTuple

import numpy as np
import streamlit as st

from aecore import checkpoints
from aecore.arrays import IndexArray
from aecore.checkpoints import Card, Entry, LatentTable, Stored
from aecore.errors import CheckpointError
from aecore.models.family import MODELS
from aeview.compare import measures
from aeview.compare import shown as declared
from aeview.compare.component import CompareState, Sample, compare
from aeview.escape import argument, plain
from aeview.shell import map_choice, messages, sidebar
from aeview.shown import address
from aeview.work import cache, live
from aeview.work.cache import MapChoice
from aeview.work.live import Opened

# Keys in the session state.
COMPARED_FOR = "compared_for"
COMPARE = "compare"
MOST = 4
N_OFFERED = 2  # models beside the first one, before anything is chosen
N_ROWS = 10
_SPLIT = 2**32
GAINS = (0.5, 6.0)
HELP_OTHERS = (
    "Models of the same data set and image size, one to three. The sidebar chooses the first."
)


class Shown(NamedTuple):
    """A model on this page: its name, what is in it, and its map."""

    name: str
    held: Stored
    choice: MapChoice

    @property
    def table(self) -> LatentTable:
        """Its encoded images; they have been computed."""
        table = cache.table(self.held, self.choice.n_points)
        assert table is not None
        return table


# ---- which models ------------------------------------------------------------------------------


def chosen_models() -> list[Opened]:
    """Open the sidebar's model and those that are compared with it.

    Where there are fewer than two, says so and ends the page.
    """
    first = sidebar.chosen_model()
    card = first.held.card
    others = _comparable(first.name, card)
    if not others:
        st.info(messages.ONE_MODEL.format(data=argument(card.data)))
        st.stop()
    opened = [first, *_open(_select(first.name, card, others))]
    if len(opened) < 2:
        st.info("Choose at least one more model to compare with.")
        st.stop()
    return opened


def linked_models(first: Opened) -> list[Opened]:
    """The chosen model and those that the link names, or that are offered, without a choice."""
    card = first.held.card
    others = _comparable(first.name, card)
    cards = {name: entry.card for name, entry in others.items() if entry.card}
    named = [
        name
        for name in (address.text(declared.Shown.link("compared")) or "").split(",")
        if name in cards
    ]
    return [first, *_open(named[: MOST - 1] or offered(card, cards))]


def _comparable(name: str, card: Card) -> dict[str, Entry]:
    """Other models of the data set; those for another image size are named and left out."""
    entries = {entry.name: entry for entry in sidebar.of_data(card.data) if entry.name != name}
    shapes = {other: entry.card.model.shape for other, entry in entries.items() if entry.card}
    fit = [other for other, shape in shapes.items() if tuple(shape) == tuple(card.model.shape)]
    if unfit := sorted(set(shapes) - set(fit)):
        size = "×".join(map(str, card.model.shape[1:]))
        channels = "colour" if card.model.shape[0] == 3 else "grey"
        st.caption(
            f"Left out, because they were made for images of another size than {size} {channels}: "
            + plain(", ".join(unfit))
        )
    return {other: entries[other] for other in fit}


def offered(card: Card, others: dict[str, Card]) -> list[str]:
    """What a model is compared with at first: other families with the nearest code size."""
    model, kinds = card.model, list(MODELS)

    def away(name: str) -> tuple[int, bool, int]:
        other = others[name].model
        order = kinds.index(other.kind) if other.kind in kinds else MOST
        return abs(other.code_dim - model.code_dim), other.kind == model.kind, order

    return sorted(others, key=away)[:N_OFFERED]


def _select(first: str, card: Card, others: dict[str, Entry]) -> list[str]:
    cards = {name: entry.card for name, entry in others.items() if entry.card}
    default = offered(card, cards)
    if st.session_state.get(COMPARED_FOR) not in (None, first):
        st.session_state[declared.Shown.link("compared")] = default
    elif declared.Shown.link("compared") not in st.session_state:
        st.session_state[declared.Shown.link("compared")] = _linked(tuple(cards)) or default
    st.session_state[COMPARED_FOR] = first
    kept = [name for name in st.session_state[declared.Shown.link("compared")] if name in cards][
        : MOST - 1
    ]
    st.session_state[declared.Shown.link("compared")] = kept
    selected: list[str] = st.multiselect(
        "Compare with",
        list(cards),
        key=declared.Shown.link("compared"),
        format_func=lambda name: messages.model_title(name, cards.get(name)),
        max_selections=MOST - 1,
        help=HELP_OTHERS,
        placeholder="Choose one to three models",
    )
    if selected == default:
        address.forget(declared.Shown.link("compared"))
    else:
        address.set_parameters({declared.Shown.link("compared"): ",".join(selected)})
    return selected


def _linked(allowed: tuple[str, ...]) -> list[str]:
    named = list(dict.fromkeys(address.words(declared.Shown.link("compared"), allowed)))
    if len(named) > MOST - 1:
        address.notice(f"The link names {len(named)} models; the first {MOST - 1} are shown.")
    return named[: MOST - 1]


def _open(names: list[str]) -> list[Opened]:
    paths = {entry.name: entry.path for entry in checkpoints.available()}
    opened = []
    for name in names:
        try:
            opened.append(Opened(name, cache.stored(paths[name])))
        except (CheckpointError, OSError) as error:
            st.error(plain(f"{name}: {error}"))
    return opened


# ---- maps --------------------------------------------------------------------------------------


def with_maps(opened: list[Opened], n_points: int) -> list[Shown]:
    """Give each model its map; waits, and ends the page, where points have yet to be encoded."""
    shown = [Shown(name, held, _map(held, n_points)) for name, held in opened]
    waiting = [model for model in shown if cache.table(model.held, n_points) is None]
    for _, held, choice in waiting:
        map_choice.wait_for_points(held, choice)
    if waiting:
        st.stop()
    return shown


def _map(held: Stored, n_points: int) -> MapChoice:
    return live.natural(held)._replace(n_points=n_points)


def send(shown: list[Shown]) -> None:
    """Send all models to the browser, and images once for all that have the same."""
    first = images(shown[0].table)
    for slot, model in enumerate(shown):
        own = slot == 0 or not np.isin(images(model.table), first).all()
        live.send(*model, slot, with_originals=own)


def images(table: LatentTable) -> IndexArray:
    """One number for each image of a table, made of its split and its position there."""
    return table.split.astype(np.int64) * _SPLIT + table.index


@st.fragment
def show(shown: list[Shown]) -> None:
    """Show the linked maps, the card and the rows."""
    reported = CompareState.of(st.session_state.get(COMPARE))
    known = [images(model.table) for model in shown]
    common = reduce(np.intersect1d, known)
    if not len(common):
        st.info(
            "These models carry no encoded image in common, so that nothing can be linked or "
            "shown in rows. The table below still compares them."
        )
    sample = reported.sample or _linked_sample()
    if (
        sample is not None
        and not np.isin(sample.split * _SPLIT + sample.position, np.concatenate(known)).any()
    ):
        address.forget(declared.Shown.link("sample"))
        if reported.sample is None:
            address.notice("The link pins an image that no model here carries; it is ignored.")
        sample = None
    seed = _linked_seed() if reported.seed is None else reported.seed
    gain = _linked_gain() if reported.gain is None else reported.gain
    compare(
        [cache.atlas_key(held, choice) for _, held, choice in shown],
        titles(shown),
        {"sample": sample, "seed": seed, "gain": gain},
        rows(shown[0].table, common, seed),
        cache.has_originals(shown[0].held.card.data),
        key=COMPARE,
    )
    _write_link(reported._replace(sample=sample if reported.sample else None))


def now() -> tuple[list[Opened], list[Sample]]:
    """The models and the images of the rows, as they are on screen; too few models give none."""
    entry = sidebar.chosen()
    names = [
        entry.name if entry else "",
        *st.session_state.get(declared.Shown.link("compared"), []),
    ]
    models = _open([name for name in names if name])
    if len(models) < 2:
        return models, []
    shown = [Shown(name, held, live.natural(held)) for name, held in models]
    common = reduce(np.intersect1d, [images(model.table) for model in shown])
    reported = CompareState.of(st.session_state.get(COMPARE)).seed
    seed = _linked_seed() if reported is None else reported
    return models, rows(shown[0].table, common, seed) if len(common) else []


def titles(shown: list[Shown]) -> list[tuple[str, str]]:
    """What each model is, and its name."""
    return [(messages.family_title(held.card), name) for name, held, _ in shown]


def rows(table: LatentTable, common: IndexArray, seed: int) -> list[Sample]:
    """Ten of the images in `common`: test images where there are, each class once at first."""
    at = np.flatnonzero(np.isin(images(table), common))
    held_out = at[table.split[at] == table.split[at].max(initial=0)]
    order = np.random.default_rng(seed).permutation(held_out)
    firsts = np.unique(table.labels[order], return_index=True)[1]
    rest = np.delete(np.arange(len(order)), firsts)
    chosen = order[np.concatenate((firsts, rest))[:N_ROWS].astype(np.int64)]
    chosen = chosen[np.argsort(table.labels[chosen], kind="stable")]
    return [Sample(int(table.split[row]), int(table.index[row])) for row in chosen]


def _linked_sample() -> Sample | None:
    values = address.numbers(declared.Shown.link("sample"), 2)
    return None if values is None else Sample(int(values[0]), int(values[1]))


def _linked_seed() -> int:
    values = address.numbers(declared.Shown.link("seed"), 1)
    if values is None or (values[0] >= 0 and values[0].is_integer()):
        return int(values[0]) if values else 0
    address.forget(declared.Shown.link("seed"))
    address.notice("The link's “seed” is not a whole number of 0 or more; it is ignored.")
    return 0


def _linked_gain() -> float:
    values = address.numbers(declared.Shown.link("gain"), 1)
    return min(max(values[0], GAINS[0]), GAINS[1]) if values else 1.0


def _write_link(reported: CompareState) -> None:
    values = {}
    if reported.sample:
        values[declared.Shown.link("sample")] = ",".join(map(str, reported.sample))
    if reported.seed is not None:
        values[declared.Shown.link("seed")] = str(reported.seed)
    if reported.gain is not None:
        values[declared.Shown.link("gain")] = f"{reported.gain:g}"
    address.set_parameters(values)


# ---- words -------------------------------------------------------------------------------------


def words() -> None:
    """Say what is compared, and how to read it."""
    with st.expander("How to read this page"):
        st.markdown(
            """
- **Move** over any map: the image under the cursor is ringed in every model, and the card shows
  its original beside what each model makes of it. **Click** pins it; arrow keys move the cursor,
  Enter pins. **Drag** moves a map, the **wheel** zooms, a **double-click** shows all again.
- Each map is a model's own: the latent plane of two units, or the two principal components of its
  codes. Places on different maps mean different things; what corresponds are the images.
- **Error maps** show reconstruction − original for each pixel. The gain multiplies the difference
  before it is coloured, so that small errors can be seen; the numbers below do not change.
- **PCA** is the best that one linear layer in and one out can do (Pearson 1901; Baldi & Hornik
  1989), fitted in closed form. Its pictures are sums of a mean and a few fixed ones.
"""
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    address.resume(*declared.Shown.parameters())
    chooser, points = st.columns([5, 1], vertical_alignment="bottom")
    with chooser:
        models = chosen_models()
    with points:
        n_points = map_choice.n_points(models[0].held)
    shown = with_maps(models, n_points)
    show(shown)
    words()
    measures.table(models)
    measures.code_sizes()
    send(shown)

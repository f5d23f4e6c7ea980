"""The Compare page's parts: which models, the linked maps, the table, error by code size."""

from collections.abc import Collection
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from aecore import checkpoints
from aecore.arrays import IndexArray
from aecore.checkpoints import Card, Entry, LatentTable, Stored
from aecore.data.pictures.sizes import Size
from aecore.errors import CheckpointError
from aecore.models.family import MODELS
from aeview.compare import measures
from aeview.compare.component import Sample, compare
from aeview.compare.shown import Company, Shown
from aeview.escape import argument, escaped
from aeview.shell import map_choice, messages, sidebar, training
from aeview.shown import address, only
from aeview.work import cache, live
from aeview.work.cache import STORED_POINTS, MapChoice
from aeview.work.live import Opened

MOST = 4
N_OFFERED = 2  # models beside the first one, before anything is chosen
N_ROWS = 10
_SPLIT = 2**32
HELP_OTHERS = (
    "Models of the same data set and image size, one to three. The sidebar chooses the first."
)


class Mapped(NamedTuple):
    """A model on this page: its name, what is in it, and its map."""

    name: str
    checkpoint: Stored
    choice: MapChoice

    @property
    def table(self) -> LatentTable:
        """Its encoded images; they have been computed."""
        table = cache.table(self.checkpoint, self.choice.n_points)
        assert table is not None
        return table


# ---- which models ------------------------------------------------------------------------------


def chosen_models() -> list[Opened]:
    """Open the sidebar's model and those that are compared with it.

    Where there are fewer than two, says so and ends the page.
    """
    first = sidebar.chosen_model()
    card = first.checkpoint.card
    others = _comparable(first.name, card)
    if not others:
        st.info(messages.ONE_MODEL.format(data=argument(card.data)))
        training.offer("Train PCA", "pca", card)
        st.stop()
    opened = [first, *_open(_select(first.name, card, others))]
    if len(opened) < 2:
        st.info("Choose at least one more model to compare with.")
        st.stop()
    return opened


def linked_models(first: Opened) -> list[Opened]:
    """The chosen model and those that the link names, or that are offered, without a choice."""
    card = first.checkpoint.card
    others = _comparable(first.name, card)
    cards = {name: entry.card for name, entry in others.items() if entry.card}
    named = Company.linked().get("compared", "").split(",")
    known = [name for name in named if name in cards]
    return [first, *_open(known[: MOST - 1] or offered(card, cards))]


def _comparable(name: str, card: Card) -> dict[str, Entry]:
    """Other models of the data set; those for another image size are named and left out."""
    able = [entry for entry in sidebar.of_data(card.data) if entry.card and entry.card.encodes]
    entries = {entry.name: entry for entry in able if entry.name != name}
    shapes = {other: entry.card.model.shape for other, entry in entries.items() if entry.card}
    fit = [other for other, shape in shapes.items() if tuple(shape) == tuple(card.model.shape)]
    if unfit := sorted(set(shapes) - set(fit)):
        size = Size.of(card.model.shape[1:])
        channels = "colour" if card.model.shape[0] == 3 else "grey"
        st.caption(
            f"Left out, because they were made for images of another size than {size} {channels}: "
            + escaped(", ".join(unfit))
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
    key = Company.link("compared")
    if Company.another("model", first):
        st.session_state[key] = default
    elif key not in st.session_state:
        st.session_state[key] = _linked(cards) or default
    st.session_state[key] = [name for name in st.session_state[key] if name in cards][: MOST - 1]
    selected: list[str] = st.multiselect(
        "Compare with",
        list(cards),
        key=key,
        format_func=lambda name: messages.model_title(name, cards.get(name)),
        max_selections=MOST - 1,
        help=HELP_OTHERS,
        placeholder="Choose one to three models",
    )
    Company.tell(compared=() if selected == default else tuple(selected))
    return selected


def _linked(cards: Collection[str]) -> list[str]:
    named = list(dict.fromkeys(Company.start({"compared": only(cards)}).compared))
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
            st.error(escaped(f"{name}: {error}"))
    return opened


# ---- maps --------------------------------------------------------------------------------------


def with_maps(opened: list[Opened], n_points: int) -> list[Mapped]:
    """Give each model its map; while more points are being encoded, that of the stored ones."""
    shown = [Mapped(name, checkpoint, _map(checkpoint, n_points)) for name, checkpoint in opened]
    waiting = [model for model in shown if cache.table(model.checkpoint, n_points) is None]
    for _, checkpoint, choice in waiting:
        map_choice.wait_for_points(checkpoint, choice)
    if waiting and "sample" in Shown.linked():  # it may not be among the stored images
        st.stop()
    return with_maps(opened, STORED_POINTS) if waiting else shown


def _map(checkpoint: Stored, n_points: int) -> MapChoice:
    return live.natural(checkpoint)._replace(n_points=n_points)


def send(shown: list[Mapped]) -> None:
    """Send all models to the browser, and images once for all that have the same."""
    first = images(shown[0].table)
    for slot, model in enumerate(shown):
        own = slot == 0 or not np.isin(images(model.table), first).all()
        live.send(*model, slot, with_originals=own)


def images(table: LatentTable) -> IndexArray:
    """One number for each image of a table, made of its split and its position there."""
    return table.split.astype(np.int64) * _SPLIT + table.index


@st.fragment
def show(shown: list[Mapped]) -> None:
    """Show the linked maps, the card and the rows."""
    known = [images(model.table) for model in shown]
    common = reduce(np.intersect1d, known)
    if not len(common):
        st.info(
            "These models carry no encoded image in common, so that nothing can be linked or "
            "shown in rows. The table below still compares them."
        )
    start = _now(np.concatenate(known))
    compare(
        [cache.atlas_key(checkpoint, choice) for _, checkpoint, choice in shown],
        titles(shown),
        start,
        rows(shown[0].table, common, start.seed),
        [cache.has_originals(model.checkpoint, model.choice.n_points) for model in shown],
    )
    if reported := _reported():
        start.tell(**{name: getattr(start, name) for name in reported})


def now() -> tuple[list[Opened], list[Sample]]:
    """The models and the images of the rows, as they are on screen; too few models give none."""
    entry = sidebar.chosen()
    names = [entry.name if entry else "", *Company.chosen("compared")]
    models = _open([name for name in names if name])
    if len(models) < 2:
        return models, []
    shown = [Mapped(name, checkpoint, live.natural(checkpoint)) for name, checkpoint in models]
    known = [images(model.table) for model in shown]
    common, seed = reduce(np.intersect1d, known), _now(np.concatenate(known)).seed
    return models, rows(shown[0].table, common, seed) if len(common) else []


def _reported() -> dict[str, Any]:
    values = st.session_state.get(Shown.component) or {}
    return {name: values[name] for name in Shown.kinds() if values.get(name) is not None}


def _now(known: IndexArray) -> Shown:
    """What is on screen: as the component reported, else as the page begins."""

    def here(sample: tuple[int, ...]) -> bool:
        return bool(np.isin(sample[0] * _SPLIT + sample[1], known))

    why = "pins an image that no model here carries"
    start = Shown.start({"sample": lambda sample: "" if here(sample) else why})
    shown = Shown.from_report(_reported(), start) or start
    return shown if not shown.sample or here(shown.sample) else shown.replace(sample=())


def titles(shown: list[Mapped]) -> list[tuple[str, str]]:
    """What each model is, and its name."""
    return [(messages.family_title(checkpoint.card), name) for name, checkpoint, _ in shown]


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


# ---- words -------------------------------------------------------------------------------------


def words() -> None:
    """Say what is compared, and how to read it."""
    with st.expander("How to read this page"):
        st.markdown(
            sidebar.say("""
- **Move** over any map: the image under the cursor is ringed in every model, and the card shows
  its original beside what each model makes of it. **Click** pins it; arrow keys move the cursor,
  Enter pins. **Drag** moves a map, the **wheel** zooms, a **double-click** shows all again.
- Each map is a model's own: the latent plane of two units, or the two principal components of its
  codes. Places on different maps mean different things; what corresponds are the images.
- **Error maps** show reconstruction − original for each pixel. The gain multiplies the difference
  before it is coloured, so that small errors can be seen; the numbers below do not change.
- **PCA** is the best that one linear layer in and one out can do on the training images (Pearson
  1901; Baldi & Hornik 1989), fitted in closed form. Its pictures are sums of a mean and a few
  fixed ones.
""")
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    chooser, points = st.columns([5, 1], vertical_alignment="bottom")
    with chooser:
        models = chosen_models()
    with points:
        n_points = map_choice.n_points(models[0].checkpoint)
    shown = with_maps(models, n_points)
    show(shown)
    words()
    measures.table(models)
    measures.code_sizes()
    send(shown)

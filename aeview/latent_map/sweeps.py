"""Sweeps as a choice: models alike but for the size of their code, or for β; and PCA's.

What images come back as from each is computed in the browser, which also has where each puts the
points of the map; the models' own pages stay where they are: to choose one is to open it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from aecore.checkpoints import Card, Entry, LatentTable, Stored
from aecore.data.imageset import ImageSet
from aecore.errors import CheckpointError
from aecore.export import pack
from aecore.latents.projection import Linear, projection_class
from aecore.latents.stored_maps import coarse
from aecore.models.layers import to_json
from aeview.latent_map.shown import Shown
from aeview.shell import model_card, sidebar, sweeps
from aeview.shell.sweeps import BETA, LAMBDA, SIZE
from aeview.streamlit_fixes import run_whole_page, uncut
from aeview.work import cache, live
from aeview.work.cache import STORED_POINTS, MapChoice
from aeview.work.payload import STORE, payload
from aeview.work.pixels import as_base64

FEWEST = 3  # values of the setting that make a choice
N_IMAGES = 6
PCA = "latent_map/pca"  # topic of its network
LAYOUTS = "latent_map/layouts"  # topic of where the models put the points


class Slider(NamedTuple):
    """A setting as a slider.

    Attributes:
        title: of the slider.
        words: of a value.
        heading: what images are called that come back, after "the same test images".
        hint: where the page's model is none of the sweep.
    """

    title: str
    words: Callable[[float], str]
    heading: str
    hint: str


def _numbers(n: float) -> str:
    return f"{n:,.0f} number{'' if n == 1 else 's'}"


SLIDERS = {
    SIZE: Slider(
        "size of the code", _numbers, "from {words}",
        "Opens a small model of a recipe that ships at {n} sizes",
    ),
    BETA: Slider(
        "β", lambda value: f"{value:g}", "with β = {words}",
        "Opens a model of a recipe that ships with {n} values of β",
    ),
    LAMBDA: Slider(
        "λ", lambda value: f"{value:g}", "with λ = {words}",
        "Opens a model of a recipe that ships with {n} values of λ",
    ),
}  # fmt: skip


class Sweep(NamedTuple):
    """What the page of a model offers of one setting.

    Attributes:
        setting: by which its models differ.
        members: ascending; empty for no choice.
        inside: whether the page's model is one of them.
    """

    setting: str
    members: list[Entry]
    inside: bool


def sweep(card: Card, entries: list[Entry], setting: str) -> Sweep:
    """The models of a data set that are alike but for a setting.

    Those of the card's own recipe, where they have three values or more; else the recipe that has
    the most values; none where no recipe has three.
    """
    own = sweeps.alike(card, entries, setting)
    found = own if len(own) >= FEWEST else sweeps.largest(entries, setting)
    chosen = found if len(found) >= FEWEST and sweeps.has(card, setting) else []
    return Sweep(setting, chosen, any(entry.card == card for entry in chosen))


def _offered(card: Card) -> list[Sweep]:
    """The sweeps with a choice; those that the model is of come first."""
    of_data = sidebar.of_data(card.data)
    found = [sweep(card, of_data, setting) for setting in SLIDERS]
    return sorted((one for one in found if one.members), key=lambda one: not one.inside)


def _networks(card: Card) -> list[Entry]:
    """The models that are sent to the browser: of the sweeps that the model is of."""
    return [entry for one in _offered(card) if one.inside for entry in one.members]


def told(checkpoint: Stored) -> dict[str, Any] | None:
    """What the component is told of the sweeps; None where there is no choice."""
    card = checkpoint.card
    found = _offered(card)
    if not found:
        return None
    images = _images(card) if found[0].inside else None
    sizes = _sizes(card)
    return {
        "sweeps": [_as_json(one, card) for one in found],
        "images": "" if images is None else as_base64(images.images),
        "n": 0 if images is None else len(images),
        "part": "" if images is None else images.split,
        "pca": _pca_key(card, sizes) if sizes and cache.has_set(card.data) else "",
        "tested": f"{card.metrics['n']:,} {card.metrics['split']} {card.things.many}",
    }


def _as_json(one: Sweep, card: Card) -> dict[str, Any]:
    slider = SLIDERS[one.setting]
    members = [each for entry in one.members if (each := _member(entry, one))]
    return {
        "title": slider.title,
        "hint": "" if one.inside else slider.hint.format(n=len(members)),
        "inside": one.inside,
        "own": slider.words(sweeps.value(card, one.setting)),
        "value": sweeps.value(card, one.setting),
        "curve": one.inside and one.setting == BETA,
        "members": members,
    }


def _member(entry: Entry, one: Sweep) -> dict[str, Any] | None:
    """One of a sweep; None if it can't be opened."""
    card = entry.card
    assert card is not None
    slider = SLIDERS[one.setting]
    words = slider.words(sweeps.value(card, one.setting))
    try:
        key = cache.stored(entry.path).digest if one.inside else ""
    except (CheckpointError, OSError):
        return None
    curve = sweeps.on_curve(entry.name, card) if one.setting == BETA else {}
    return curve | {
        "name": entry.name, "key": key, "value": sweeps.value(card, one.setting),
        "words": words, "heading": slider.heading.format(words=words),
        "size": card.model.code_dim, "mse": card.metrics["mse"],
    }  # fmt: skip


def _images(card: Card) -> ImageSet | None:
    """A handful of images of different classes, of the test split if it is here; None for none."""
    for part in ("test", "train"):
        found = cache.whole_part(card, part)
        if found is not None:
            return found.take(np.array(_one_of_each(found)))
    return None


def _one_of_each(images: ImageSet) -> list[int]:
    """The first image of each of some classes, evenly chosen."""
    first = [int(np.flatnonzero(images.labels == label)[0]) for label in np.unique(images.labels)]
    even = np.linspace(0, len(first) - 1, min(N_IMAGES, len(first)))
    return [first[round(place)] for place in even]


def send(checkpoint: Stored, choice: MapChoice) -> None:
    """Send the other models' networks to the browser, and where they put the map's points."""
    for slot, entry in enumerate(_networks(checkpoint.card)):
        try:
            live.send_network(cache.stored(entry.path), slot)
        except (CheckpointError, OSError):
            continue
    _send_layouts(checkpoint, choice)


# ---- where the points are in each --------------------------------------------------------------


def _send_layouts(checkpoint: Stored, choice: MapChoice) -> None:
    if choice.n_points != STORED_POINTS:
        return
    found = {
        entry.name: layout
        for entry in _networks(checkpoint.card)
        if (layout := _layout(entry, checkpoint, choice)) is not None
    }
    if found:
        header = {
            "store": STORE, "topic": LAYOUTS, "of": cache.pictures_key(checkpoint, choice),
            "names": list(found),
        }  # fmt: skip
        arrays = {str(i): layout for i, layout in enumerate(found.values())}
        payload(pack(header, arrays), key=LAYOUTS)


def _layout(entry: Entry, checkpoint: Stored, choice: MapChoice) -> np.ndarray | None:
    """Where a model puts the same images; None for others, and where that is not computed yet."""
    try:
        other = cache.stored(entry.path)
    except (CheckpointError, OSError):
        return None
    if not _same_images(other.latents, checkpoint.latents):
        return None
    linear = issubclass(projection_class(choice.projection), Linear)  # as `map_choice` goes on
    plane = cache.projection(other, live.natural(other) if linear else choice)
    return None if plane is None else coarse(plane.points)


def _same_images(table: LatentTable, other: LatentTable) -> bool:
    return np.array_equal(table.split, other.split) and np.array_equal(table.index, other.index)


# ---- PCA ---------------------------------------------------------------------------------------


def _sizes(card: Card) -> tuple[int, ...]:
    """Of the codes of the sweep by size, if the model is of it."""
    found = [one for one in _offered(card) if one.setting == SIZE and one.inside]
    return tuple(e.card.model.code_dim for one in found for e in one.members if e.card)


def send_pca(checkpoint: Stored) -> None:
    """Send the PCA of the training images, of the sweep's largest size."""
    card = checkpoint.card
    sizes = _sizes(card)
    if sizes and cache.has_set(card.data) and _images(card) is not None:
        payload(_pca(_pca_key(card, sizes), sizes, card), key="latent_map_pca")


def _pca_key(card: Card, sizes: tuple[int, ...]) -> str:
    return f"pca/{card.data}/{','.join(map(str, card.model.shape))}/{','.join(map(str, sizes))}"


@st.cache_resource(show_spinner=False, max_entries=6)
def _pca(key: str, sizes: tuple[int, ...], _card: Card) -> bytes:
    """Pack a PCA: of its units the first k are the PCA of size k."""
    import torch

    from aecore.models.family import create
    from aecore.models.pca import PCA as Model  # noqa: N811
    from aecore.seeding import stream

    config = replace(
        _card.model, kind="pca", code_dim=max(sizes), widths=(), activation="identity",
        output="identity", likelihood="gaussian",
    )  # fmt: skip
    model = create(config, stream(0, "weights"))
    assert isinstance(model, Model)
    model.fit(torch.from_numpy(cache.split_of(_card, "train").pixels))
    test = torch.from_numpy(cache.split_of(_card, "test").images)
    with torch.no_grad():
        codes = model.encode(test).mean
        back = [model.decode(codes * (torch.arange(max(sizes)) < k)) for k in sizes]
    network = {name: to_json(layers) for name, layers in model.layers.items()}
    header = {
        "store": STORE, "topic": PCA, "key": key, "sizes": sizes,
        "mse": [float((each - test).square().mean()) for each in back],
        "network": {
            "kind": "pca", "shape": list(config.shape), "code_dim": config.code_dim, **network,
        },
    }  # fmt: skip
    return pack(header, {name: array.numpy() for name, array in model.state_dict().items()})


@uncut
def choose() -> None:
    """Make the model that the browser asks for the page's; for callbacks."""
    name = (st.session_state.get(Shown.component) or {}).get("member")
    if name:
        st.session_state[model_card.TO_CHOOSE] = name
    run_whole_page()

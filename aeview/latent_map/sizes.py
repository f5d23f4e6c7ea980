"""The size of the code as a choice: models of one recipe that differ in it alone, and PCA's.

What images come back as at each size is computed in the browser; the models' own pages stay where
they are: to choose a size is to choose its model.
"""

from collections import defaultdict
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from aecore.checkpoints import Card, Entry, Stored
from aecore.data.imageset import ImageSet
from aecore.errors import CheckpointError, DataError
from aecore.export import pack
from aecore.models.layers import to_json
from aeview.latent_map.shown import Shown
from aeview.shell import sidebar
from aeview.streamlit_fixes import run_whole_page, uncut
from aeview.work import cache, live
from aeview.work.payload import STORE, payload
from aeview.work.pixels import as_base64

FEWEST = 3  # sizes of a recipe that make a choice
N_IMAGES = 6
PCA = "latent_map/pca"  # topic of its network


class Size(NamedTuple):
    """A model of the family.

    Attributes:
        size: units of its code.
        name: of its checkpoint.
        key: by which the browser finds its networks.
        mse: squared error per pixel, on the test split.
    """

    size: int
    name: str
    key: str
    mse: float


def family(card: Card, entries: list[Entry]) -> list[Entry]:
    """The models of a data set that are alike but for the size of their code, smallest first.

    Those of the card's own recipe, where it has three sizes or more; else the recipe that has the
    most sizes; none where no recipe has three.
    """
    groups: dict[object, dict[int, Entry]] = defaultdict(dict)
    for entry in entries:
        if entry.card is not None:
            groups[_recipe(entry.card)].setdefault(entry.card.model.code_dim, entry)
    own = groups.get(_recipe(card), {})
    found = own if len(own) >= FEWEST else max(groups.values(), key=len, default={})
    return [found[size] for size in sorted(found)] if len(found) >= FEWEST else []


def _recipe(card: Card) -> object:
    """All that made a model besides the size of its code and the seed."""
    return card.data, *_but(card.model, "code_dim"), *_but(card.training, "seed")


def _but(config: Any, name: str) -> list[tuple[str, Any]]:
    return [
        (each.name, getattr(config, each.name)) for each in fields(config) if each.name != name
    ]


def told(checkpoint: Stored) -> dict[str, Any] | None:
    """What the component is told of the sizes; None where there is no choice of them."""
    card = checkpoint.card
    found, inside = _offered(card)
    if not found:
        return None
    chosen = [(entry, opened) for entry in found if (opened := _opened(entry, inside))]
    sizes = [
        Size(opened.model.code_dim, entry.name, key, opened.metrics["mse"])
        for entry, (opened, key) in chosen
    ]
    images = _images(card) if inside else None
    return {
        "sizes": [size._asdict() for size in sizes],
        "inside": inside,
        "images": as_base64(images) if images is not None else "",
        "n": 0 if images is None else len(images),
        "pca": _pca_key(card),
        "tested": f"{card.metrics['n']:,} {card.metrics['split']} {card.things.many}",
    }


def _offered(card: Card) -> tuple[list[Entry], bool]:
    """The family that a model's page offers, and whether the model is one of it."""
    found = family(card, sidebar.of_data(card.data))
    return found, any(entry.card == card for entry in found)


def _opened(entry: Entry, inside: bool) -> tuple[Card, str] | None:
    """Its card, and the key of its networks where they are sent; None if it can't be opened."""
    assert entry.card is not None
    if not inside:
        return entry.card, ""
    try:
        return entry.card, cache.stored(entry.path).digest
    except (CheckpointError, OSError):
        return None


def _images(card: Card) -> np.ndarray | None:
    """A handful of test images, of different classes; None where the set is not at hand."""
    if not cache.has_set(card.data):
        return None
    try:
        test = cache.split_of(card, "test")
    except (DataError, OSError):
        return None
    fits = test.shape == tuple(card.model.shape)
    return test.take(np.array(_one_of_each(test))).images if fits else None


def _one_of_each(test: ImageSet) -> list[int]:
    """The first image of each of some classes, evenly chosen."""
    first = [int(np.flatnonzero(test.labels == label)[0]) for label in np.unique(test.labels)]
    even = np.linspace(0, len(first) - 1, min(N_IMAGES, len(first)))
    return [first[round(place)] for place in even]


def send(checkpoint: Stored) -> None:
    """Send the networks of the family to the browser, if the model is one of it."""
    found, inside = _offered(checkpoint.card)
    for slot, entry in enumerate(found if inside else []):
        try:
            live.send_network(cache.stored(entry.path), slot)
        except (CheckpointError, OSError):
            continue


def send_pca(checkpoint: Stored) -> None:
    """Send the PCA of the training images, of the family's largest size."""
    card = checkpoint.card
    found, inside = _offered(card)
    if not inside or _images(card) is None:
        return
    sizes = tuple(entry.card.model.code_dim for entry in found if entry.card is not None)
    payload(_pca(_pca_key(card), sizes, card), key="latent_map_pca")


def _pca_key(card: Card) -> str:
    return f"pca/{card.data}/{','.join(map(str, card.model.shape))}"


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
    """Make the model of the size that the browser asks for the page's; for callbacks."""
    name = (st.session_state.get(Shown.component) or {}).get("size")
    if name:
        st.session_state[sidebar.TO_CHOOSE] = name
    run_whole_page()

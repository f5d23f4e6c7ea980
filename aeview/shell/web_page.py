"""Save as a web page: a model's pages as one HTML file that needs no server and no internet.

What is computed in the browser is all there: map, hover, panel, strips, sliders, pad. What the
server computes is not (other models, figures, files), and its controls are left away.
"""

import base64
import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from aecore import checkpoints
from aecore import originals as shipped_originals
from aecore.checkpoints import Stored
from aecore.configs import require
from aecore.data.catalogue import DATASETS
from aecore.errors import DataError
from aecore.files import whole
from aeview.escape import file_name
from aeview.shell import contents, map_choice, messages, originals, sidebar, snippets
from aeview.shell.contents import Page
from aeview.work import cache, classifiers, live
from aeview.work.cache import MapChoice
from aeview.work.live import Opened
from aeview.work.web_page import Listed, Missing, Section, Words, html, index, packed

MADE = "Made with Autoencoder Explorer; model: {title}."
TOLD = " Every code is drawn as class {label}."
IN_IT = " {n:,} of its images are in this file."
CANT = "{name} has no page “{page}” that could be saved: {why}"
TOO_LARGE = "The page would have {n:.0f} MB, and {most} MB are the most: show fewer points."
SERVED = "it is decoded on the server, which a file lacks"
MOST_MB = 50
MOST_NUMBERS = 4096  # of an image that goes into the file; larger ones make it too large to mail
SMALL = 9  # level of gzip


@contextmanager
def without_session() -> Iterator[None]:
    """Keep Streamlit from warning at each step that no session is behind it."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def savable() -> dict[str, Page]:
    """The pages that can be saved, by their names there, in the menu's order."""
    return {page.saved: page for page in contents.pages().values() if page.saved}


def write(name: str, out: Path, wanted: Sequence[str] = ()) -> str:
    """Write a model's pages to a file, on its natural map; returns what was written, in words.

    Raises:
        CheckpointError: for a model that is not there.
        ValueError: for a page that can't be saved, or not of this model.
        DataError: where the file can't be written.
    """
    path = checkpoints.find(name)
    chosen = Opened(path.stem, cache.stored(path))
    content = make(chosen, live.natural(chosen.checkpoint), wanted)
    try:
        with whole(out) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        raise DataError(f"{out} can't be written: {error.strerror}") from None
    return f"{out}: {len(content) / 1e6:.1f} MB"


def gallery(folder: Path, names: Sequence[str] = (), wanted: Sequence[str] = ()) -> Iterator[str]:
    """Write a file for each model and an index of them; says one by one what was written.

    Args:
        folder: where to; it is made.
        names: of the models; all that ship where none is given.
        wanted: as of `make`.

    Raises:
        ValueError, CheckpointError, DataError: as `write`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{folder} can't be made: {error.strerror}") from None
    groups: dict[str, list[Listed]] = {}
    for name in names or [entry.name for entry in checkpoints.shipped()]:
        card = checkpoints.read_card(checkpoints.find(name))
        file = folder / f"{checkpoints.find(name).stem}.html"
        yield write(name, file, wanted)
        listed = Listed(file.name, file.stem, messages.family_title(card))
        groups.setdefault(originals.title(card.data), []).append(listed)
    (folder / "index.html").write_bytes(index(groups))
    yield str(folder / "index.html")


def make(chosen: Opened, choice: MapChoice, wanted: Sequence[str] = ()) -> bytes:
    """Make the file, on a map of the model.

    Args:
        chosen: the model.
        choice: its map.
        wanted: names of pages (`savable`); all that the model can show where none is given.

    Raises:
        ValueError: for a page that can't be saved, or not of this model.
    """
    if chosen.checkpoint.card.served:
        raise ValueError(f"{chosen.name} can't be saved as a web page: {SERVED}.")
    for name in wanted:
        require(name in savable(), "--pages", name, f"some of {', '.join(savable())}")
    sections = [_section(savable()[name], chosen, choice) for name in wanted]
    sections = sections or list(_all(chosen, choice))
    key = cache.atlas_key(chosen.checkpoint, choice)
    here = pictured(chosen.checkpoint, choice)
    return html(_words(chosen, choice, here), sections, _payloads(key, here, chosen, choice))


def pictured(checkpoint: Stored, choice: MapChoice) -> bool:
    """Whether the original images of a map's points go into the file; else reconstructions do.

    They do where they are here, and not larger than 4,096 numbers each.
    """
    small = math.prod(checkpoint.card.model.shape) <= MOST_NUMBERS
    return small and cache.has_originals(checkpoint, choice.n_points)


@st.cache_resource(show_spinner=False, max_entries=6)
def _payloads(key: str, here: bool, _chosen: Opened, _choice: MapChoice) -> tuple[str, ...]:
    """What the components are sent in the app: network and map, original images, classifier."""
    name, checkpoint = _chosen
    blocks = (
        cache.atlas(key, name, 0, checkpoint, _choice),
        _pictures(checkpoint, _choice) if here else None,
        classifiers.packed(checkpoint.card),
    )
    return tuple(packed(block) for block in blocks if block is not None)


def refused() -> str:
    """Why the sidebar's model can't be saved; empty where it can be."""
    entry = sidebar.chosen()
    return SERVED if entry and entry.card and entry.card.served else ""


def answer() -> dict[str, str]:
    """The sidebar's model as a file, for Share: base64 and a name; or the `problem`."""
    entry = sidebar.chosen()
    if entry is None:
        return {"problem": snippets.NOTHING}
    try:
        chosen = sidebar.opened(entry)
        content = make(chosen, map_choice.before(chosen.checkpoint))
    except (ValueError, OSError) as error:
        return {"problem": str(error)}
    if len(content) > MOST_MB * 1e6:
        return {"problem": TOO_LARGE.format(n=len(content) / 1e6, most=MOST_MB)}
    text = base64.b64encode(content).decode()
    return {"problem": "", "file": text, "name": file_name(chosen.name, ".html")}


def _all(chosen: Opened, choice: MapChoice) -> Iterator[Section]:
    for page in savable().values():
        try:
            yield _section(page, chosen, choice)
        except Missing:
            continue


def _section(page: Page, chosen: Opened, choice: MapChoice) -> Section:
    card = chosen.checkpoint.card
    try:
        if page.needs_encoder and not page.partly and not card.encodes:
            raise Missing(page.needs_encoder)
        components, sentence = page.part("saved").saved(chosen, choice)
    except Missing as missing:
        said = CANT.format(name=chosen.name, page=page.title, why=missing)
        raise Missing(said) from None
    said = card.things.say(sentence or page.sentence)
    return Section(page.address, page.title, said, components)


def _pictures(checkpoint: Stored, choice: MapChoice) -> bytes | None:
    """The original images of the points; None where they are not here."""
    points = cache.table(checkpoint, choice.n_points)
    pixels = None if points is None else cache.originals(checkpoint, points)
    if pixels is None:
        return None
    return cache.pack_pictures(cache.pictures_key(checkpoint, choice), 0, pixels, SMALL)


def _words(chosen: Opened, choice: MapChoice, pictured: bool) -> Words:
    card, label = chosen.checkpoint.card, chosen.checkpoint.label
    title = messages.model_title(chosen.name, card)
    credit = MADE.format(title=title)
    if label is not None:
        credit += TOLD.format(label=card.classes[label])
    if card.data in DATASETS:
        known = DATASETS[card.data]
        credit += f" {originals.OF_DATA.format(title=known.title, licence=known.licence)}"
    points = cache.table(chosen.checkpoint, choice.n_points)
    if pictured and points is not None:
        credit += IN_IT.format(n=len(points))
    licence = shipped_originals.licence(card.data) if pictured else ""
    return Words(title, credit, licence)

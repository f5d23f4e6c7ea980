"""What the Anomaly page judges: normal and strange images, their scores, packed for the browser.

Nothing here draws a widget. Small models of a part of a data set are trained by `train`, in a job.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from aecore.anomaly import learnt as learnt
from aecore.anomaly import n_reference, n_shown
from aecore.arrays import LabelArray, Pixels
from aecore.checkpoints import Card, Stored
from aecore.data.catalogue import DATASETS, present
from aecore.data.imageset import SPLITS, ImageSet, is_signal, random_sample
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import Side as Sized
from aecore.data.pictures.sizes import Size
from aecore.export import pack
from aecore.limits import limits
from aecore.metrics import auroc, average_precision
from aeview.anomaly.component import TOPIC
from aeview.bounded import Bounded
from aeview.work import cache
from aeview.work.jobs import Job
from aeview.work.payload import STORE
from aeview.work.pixels import as_bytes, gzipped

if TYPE_CHECKING:
    from aecore.anomaly.parts import Parts
    from aecore.anomaly.scores import Reference
    from aecore.models.base import Autoencoder
    from aecore.types import Images

AGAIN = "Train the model of what is normal"

CLASSES = "classes"
CORRUPTED = "corrupted"
PHOTOGRAPHS = "photographs"
OWN = "own"
NO_LABEL = -1


class Choice(NamedTuple):
    """What is normal and what is strange.

    Attributes:
        normal: "all", "only-K" or "without-K".
        strange: `CLASSES`, `CORRUPTED`, `PHOTOGRAPHS`, `OWN`, or a data set's name.
        kind, level: how images are spoilt, where strange is `CORRUPTED`.
        upload: digest of the user's own pictures, where strange is `OWN`.
    """

    normal: str
    strange: str
    kind: str = ""
    level: float = 0.0
    upload: str = ""


class Judge(NamedTuple):
    """A model of what is normal.

    Attributes:
        digest: names it.
        model: the network.
        reference: its normal codes.
        words: what it is, for the screen.
        class_of: tells the class of images by their nearest codes; None where there is one class.
    """

    digest: str
    model: "Autoencoder"
    reference: "Reference"
    words: str
    class_of: "Callable[[Images], LabelArray] | None"


class Judged(NamedTuple):
    """Everything that is sent to the browser, and what the detectors are measured on.

    Attributes:
        key: names the block.
        block: packed.
        train, normal, strange: pixels.
        figures: (AUROC, average precision) of each score, by its title.
    """

    key: str
    block: bytes
    train: Pixels
    normal: Pixels
    strange: Pixels
    figures: dict[str, tuple[float, float]]


class Side(NamedTuple):
    """What a model makes of images.

    Attributes:
        scores: by name.
        near: classes by nearest codes; None where there is one class.
    """

    scores: dict[str, np.ndarray]
    near: LabelArray | None


class Strange(NamedTuple):
    """Strange images: pixels, labels (−1 for none), what the labels mean, and what they are."""

    pixels: Pixels
    labels: LabelArray
    classes: tuple[str, ...]
    words: str


# ---- normal ------------------------------------------------------------------------------------


def normal_words(choice: str, classes: tuple[str, ...]) -> str:
    """Say a choice: "all", "only 3", "all but 9"."""
    kind, _, number = choice.partition("-")
    if kind == "all":
        return "all"
    name = classes[int(number)]
    return f"only {name}" if kind == "only" else f"all but {name}"


@st.cache_resource(show_spinner=False, max_entries=12)
def parts(
    data: str, side: Sized, normal: str, *, whole: bool = False, fit: str = PADDED
) -> "Parts":
    """Return the normal images; where few can be held out, a third of the training images are.

    `whole` leaves all training images where they are: a model that is there already has seen them.

    Raises:
        DataError: if the set is not there, damaged, or has too few images.
    """
    from aecore.anomaly.parts import normal_parts

    train, val, test = (cache.split(data, part, side, fit) for part in SPLITS)
    return normal_parts((train, val, test), normal, whole=whole)


def _parts_of(card: Card, normal: str, *, whole: bool = False) -> "Parts":
    """The same of the data set that a model has learnt, as it was read for it."""
    return parts(card.data, card.model.shape[1:], normal, whole=whole, fit=card.training.fit)


# ---- the model of it ---------------------------------------------------------------------------


@st.cache_resource
def _trained() -> Bounded[str, Judge]:
    return Bounded(lambda: limits().cached_judgements)


def training_name(data: str, side: Sized, normal: str) -> str:
    """Name the job, and the model it makes."""
    return f"one-class {data} {Size.of(side)} {normal}"


def judge(name: str, checkpoint: Stored, normal: str) -> Judge | None:
    """Return the model of what is normal; None where it has yet to be trained."""
    card = checkpoint.card
    side = card.model.shape[1:]
    if normal != learnt(card):
        return _trained().get(training_name(card.data, side, normal))
    return _whole(checkpoint.digest, name, checkpoint)


@st.cache_resource(show_spinner=False, max_entries=40)
def _whole(digest: str, name: str, _checkpoint: Stored) -> Judge:
    card = _checkpoint.card
    images = _parts_of(card, learnt(card), whole=True).train
    model = cache.model(digest, _checkpoint)
    words = f"Model: {name}, the sidebar's model."
    return Judge(digest, model, _reference(model, images), words, _class_of(model, images))


def _reference(model: "Autoencoder", data: ImageSet) -> "Reference":
    import torch

    from aecore.anomaly.scores import reference

    chosen = random_sample(len(data), n_reference(data.shape))
    return reference(model, torch.from_numpy(data.take(chosen).images))


def _class_of(model: "Autoencoder", images: ImageSet) -> "Callable[[Images], LabelArray] | None":
    from aecore.anomaly.classes import by_nearest_codes

    return by_nearest_codes(model, images) if len(np.unique(images.labels)) > 1 else None


def train(card: Card, normal: str, job: Job) -> None:
    """Train a small model of a part of a card's data set, reporting to the job."""
    from aecore.anomaly.oneclass import VAE, train_normal

    cache.warm_up()
    data, side = card.data, card.model.shape[1:]
    images = _parts_of(card, normal).train
    model = train_normal(images, VAE, report=job.report)
    name = training_name(data, side, normal)
    words = (
        f"Model: a small VAE of {VAE.code_dim} units, trained here on {len(images):,} "
        f"{card.things.many} "
        f"({normal_words(normal, images.classes)})."
    )
    _trained()[name] = Judge(
        hashlib.sha256(name.encode()).hexdigest()[:16], model, _reference(model, images), words,
        _class_of(model, images),
    )  # fmt: skip


# ---- strange -----------------------------------------------------------------------------------


def offered(data: str, normal: str, shape: Sequence[int]) -> list[str]:
    """What can be strange to a choice of normal images; the first is the one to begin with.

    To pictures pictures, to signals signals.
    """
    signals = is_signal(shape)
    others = [
        name
        for name, each in DATASETS.items()
        if name != data and not each.table and is_signal(each.shape) == signals and present(name)
    ]
    if data in DATASETS and DATASETS[data].table:
        others = []  # other columns are no rows of this table
    first = [CLASSES] if normal != "all" else []
    photographs = [] if signals else [PHOTOGRAPHS]
    return [*first, CORRUPTED, *photographs, *others, OWN]


def strange(checkpoint: Stored, choice: Choice, normal: "Parts", own: Pixels | None) -> Strange:
    """Return the strange images of a choice."""
    from aecore.anomaly import strangers

    card = checkpoint.card
    shape, classes = tuple(card.model.shape), normal.test.classes
    if choice.strange == CLASSES:
        whole = cache.split_of(card, "test")
        kept = strangers.normal_classes(choice.normal, len(classes))
        rest = tuple(c for c in range(len(classes)) if c not in kept)
        others = whole.take(strangers.rows_of(whole.labels, rest))
        others = others.take(random_sample(len(others), n_shown(shape)))
        words = f"test {card.things.many} of other classes"
        return Strange(others.pixels, others.labels, classes, words)
    if choice.strange == CORRUPTED:
        from aecore.noise import KINDS

        pixels = strangers.corrupted(normal.test.pixels, choice.kind, choice.level)
        damage = f"{KINDS[choice.kind].title.lower()}, {choice.level:g}"
        words = f"of the same {card.things.many}, damaged: {damage}"
        return Strange(pixels, normal.test.labels, classes, words)
    if choice.strange == PHOTOGRAPHS:
        pixels = strangers.photographs((shape[0], shape[1], shape[2]))
        words = "pieces cut from two photographs"
        return Strange(pixels, _unlabelled(len(pixels)), classes, words)
    if choice.strange == OWN:
        assert own is not None
        return Strange(own, _unlabelled(len(own)), classes, "pictures of your own")
    whole = cache.split(choice.strange, "test", (shape[1], shape[2]))
    other = whole.take(random_sample(len(whole), n_shown(shape)))
    other = strangers.fitted(other, (shape[0], shape[1], shape[2]))
    return Strange(
        other.pixels, other.labels, other.classes,
        f"test images of {DATASETS[choice.strange].title}",
    )  # fmt: skip


def _unlabelled(n: int) -> LabelArray:
    return np.full(n, NO_LABEL)


# ---- judged ------------------------------------------------------------------------------------


def setting_of(data: str, choice: Choice) -> str:
    """Name a choice among the shipped figures of the detectors."""
    return "/".join((data, *map(str, choice[:-1])))


def key_of(checkpoint: Stored, made: Judge, choice: Choice) -> str:
    """Name a choice: on one server the same key is the same bytes."""
    return "/".join((checkpoint.card.data, made.digest, *map(str, choice)))


def owner_of(checkpoint: Stored, made: Judge, choice: Choice) -> str:
    """Name what a threshold belongs to besides its score: model and data, not the strangers."""
    return "/".join((checkpoint.card.data, made.digest, choice.normal))


@st.cache_resource(show_spinner=False, max_entries=24)
def judged(
    key: str, _checkpoint: Stored, _judge: Judge, _choice: Choice, _own: Pixels | None
) -> Judged:
    """Score both sides and pack all that the browser needs."""
    card = _checkpoint.card
    own = _choice.normal == learnt(card)
    normal = _parts_of(card, _choice.normal, whole=own)
    odd = strange(_checkpoint, _choice, normal, _own)
    owner = owner_of(_checkpoint, _judge, _choice)
    held, usual = _normal_sides(owner, len(normal.held_out), len(normal.test), _judge, normal)
    sides = {"calibration": held, "normal": usual, "strange": _scored(_judge, odd.pixels)}
    labels, classes = _labels(normal.test, odd)
    shown = np.concatenate((normal.test.pixels, odd.pixels))
    pixels = np.concatenate((shown, _rebuilt(_judge, shown)))
    n_normal, n_strange = len(normal.test), len(odd.pixels)
    nouns = card.things.many
    title = DATASETS[card.data].title if card.data in DATASETS else f"your {nouns}"
    which = normal_words(_choice.normal, normal.test.classes)
    held_words = f"validation {nouns}" if own else f"held-out normal {nouns}"
    axis = cache.axis(card)
    header = {
        "store": STORE, "topic": TOPIC, "key": key, "kind": "images", "noun": card.things.one,
        "names": list(axis.names if axis else ()),
        "nouns": nouns, "part": card.things.part, "shape": list(card.model.shape),
        "size": int(pixels[0].size),
        "n": n_normal + n_strange, "n_normal": n_normal, "n_strange": n_strange,
        "owner": owner, "n_classes": len(normal.test.classes) if _judge.class_of else 0,
        "classes": classes, "scores": described(list(held.scores)), "held": held_words,
        "sides": [
            f"normal: {n_normal:,} test {nouns} of {title} ({which})",
            f"strange: {n_strange:,} {odd.words}",
        ],
    }  # fmt: skip
    arrays = {"gzip": gzipped(pixels), "labels": labels.astype(np.int16)}
    for name, side in sides.items():
        arrays |= {f"{name}.{score}": values for score, values in side.scores.items()}
        if side.near is not None:
            arrays[f"near.{name}"] = side.near.astype(np.int16)
    block = pack(header, arrays)
    return Judged(
        key, block, normal.train.pixels, normal.test.pixels, odd.pixels,
        _figures(usual.scores, sides["strange"].scores),
    )  # fmt: skip


def _figures(
    normal: dict[str, np.ndarray], odd: dict[str, np.ndarray]
) -> dict[str, tuple[float, float]]:
    from aecore.anomaly.scores import SCORES

    return {
        SCORES[name].title: (auroc(values, odd[name]), average_precision(values, odd[name]))
        for name, values in normal.items()
    }


@st.cache_resource(show_spinner=False, max_entries=24)
def _normal_sides(
    owner: str, n_held: int, n_test: int, _judge: Judge, _normal: "Parts"
) -> tuple[Side, Side]:
    """Held-out and normal test images: the same whatever is strange."""
    del owner, n_held, n_test
    return _scored(_judge, _normal.held_out.pixels), _scored(_judge, _normal.test.pixels)


def _scored(made: Judge, pixels: Pixels) -> Side:
    from aecore.anomaly.scores import applicable, scores

    images = _tensor(pixels)
    columns = scores(applicable(made.model), made.model, images, made.reference)
    return Side(columns, made.class_of(images) if made.class_of else None)


def _rebuilt(made: Judge, pixels: Pixels) -> Pixels:
    import torch

    with torch.no_grad():
        return as_bytes(made.model.reconstruct(_tensor(pixels)).numpy())


def _tensor(pixels: Pixels) -> "Images":
    import torch

    return torch.from_numpy(pixels.astype(np.float32) / 255)


def described(names: Sequence[str], rows: bool = False) -> list[dict[str, str]]:
    """What the browser is told of each score, of images or of a table's rows."""
    from aecore.anomaly.scores import SCORES

    def entry(name: str) -> dict[str, str]:
        score = SCORES[name]
        words, unit = (score.row_words, score.row_unit) if rows else ("", "")
        told = {"words": words or score.words, "unit": unit or score.unit}
        return {"name": name, "title": score.title, **told}

    return [entry(name) for name in names]


def _labels(normal: ImageSet, odd: Strange) -> tuple[np.ndarray, list[str]]:
    """Labels of both sides in one list of classes."""
    if odd.classes == normal.classes:
        return np.concatenate((normal.labels, odd.labels)), list(normal.classes)
    shift = len(normal.classes)
    moved = np.where(odd.labels >= 0, odd.labels + shift, NO_LABEL)
    return np.concatenate((normal.labels, moved)), [*normal.classes, *odd.classes]

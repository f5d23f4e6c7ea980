"""One `.safetensors` file a model: weights and stored codes as float16, the card in the metadata.

The table of codes is packed, exactly (`aecore.packing`); in files of format 1 it is as it is.

Beside them the scores of held-out normal images, by which an image can be judged without its data.

Reading a card, the weights or the stored codes needs numpy alone; only `load` builds the torch
model. No pickle is ever read, and a file is written whole or not at all.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray, IndexArray, LabelArray, ValueArray
from aecore.configs import require
from aecore.data.imageset import Axis, Things, things
from aecore.data.pictures.frame import STRETCHED
from aecore.errors import CheckpointError
from aecore.files import whole
from aecore.models.bodies import GIVEN
from aecore.models.config import ModelConfig
from aecore.models.layers import Layer, OnnxGraph, first_linear, from_json, to_json
from aecore.packing import pack, unpack
from aecore.shelf import SUFFIX as SUFFIX
from aecore.shelf import classifier_file as classifier_file
from aecore.shelf import made_folder as made_folder
from aecore.shelf import originals_file as originals_file
from aecore.shelf import own_folder as own_folder
from aecore.shelf import register as register
from aecore.shelf import registered
from aecore.shelf import registry_file as registry_file
from aecore.shelf import shipped_folder as shipped_folder
from aecore.shelf import unpacked as unpacked
from aecore.soundness import check_card, check_table, check_weights
from aecore.training.config import TrainingConfig

if TYPE_CHECKING:
    from torch.nn import Module

    from aecore.models.base import Autoencoder

FORMAT = 2
MAX_HEADER_BYTES = 10_000_000
NETWORKS = ("encoder", "decoder")
CALIBRATION = "calibration.mse"
TABLE = "latents"
UNCALIBRATED = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All that rebuilds and explains a model.

    Attributes:
        data: name of the data set, or the path of the user's own.
        classes: what the class numbers of the stored codes mean.
        model: its config.
        encoder, decoder: its layers.
        training: how it was trained.
        command: the command that made it.
        version: of aecore.
        metrics: `Evaluation.to_json()` on the test split.
        validation: mean terms on the validation split after the last epoch, in nats.
        axis: of signals and rows of a table, what their numbers are; None in older files.
        steps: of the optimiser that the training took; 0 in closed form and in older files.
    """

    data: str
    classes: tuple[str, ...]
    model: ModelConfig
    encoder: tuple[Layer, ...]
    decoder: tuple[Layer, ...]
    training: TrainingConfig
    command: str
    version: str
    metrics: dict[str, Any]
    validation: dict[str, float]
    axis: Axis | None = None
    steps: int = 0

    @property
    def encodes(self) -> bool:
        """Whether it has an encoder; without one its stored codes are draws of N(0, I)."""
        return bool(self.encoder)

    @property
    def foreign(self) -> bool:
        """Whether it was trained elsewhere: its layers are all that is known of it."""
        return self.model.body == GIVEN

    @property
    def served(self) -> bool:
        """Whether no browser can run it: its graphs are run where the checkpoint lies."""
        return any(isinstance(layer, OnnxGraph) for layer in self.decoder)

    @property
    def is_table(self) -> bool:
        """Whether it has learnt the rows of a table."""
        return self.axis is not None and self.axis.columns is not None

    @property
    def things(self) -> Things:
        """What it has learnt, in words."""
        said = things(self.model.shape, table=self.is_table)
        return said if self.encodes else said._replace(drawn=True)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        own = {"model": self.model.to_json(), "training": self.training.to_json()}
        layers = {name: to_json(getattr(self, name)) for name in NETWORKS}
        plain = {
            name: getattr(self, name)
            for name in ("data", "classes", "command", "version", "metrics", "validation", "steps")
        }
        axis = {"axis": self.axis.to_json()} if self.axis else {}
        return {"format": FORMAT, **plain, **own, **layers, **axis}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Card":
        """Read what `to_json` wrote.

        Raises:
            CheckpointError: if anything is missing or not understood.
        """
        try:
            if values["format"] > FORMAT:
                raise CheckpointError(
                    "it was made by a newer version; update Autoencoder Explorer"
                )
            check_card(values)
            return cls(
                data=values["data"],
                classes=tuple(values["classes"]),
                model=ModelConfig.from_json(values["model"]),
                encoder=from_json(values["encoder"]),
                decoder=from_json(values["decoder"]),
                training=TrainingConfig.from_json(_fitted(values)),
                command=values["command"],
                version=values["version"],
                metrics=values["metrics"],
                validation=values["validation"],
                axis=Axis.from_json(values["axis"]) if values.get("axis") else None,
                steps=int(values.get("steps", 0)),
            )
        except CheckpointError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"its card can't be read ({error})") from None


def _fitted(values: dict[str, Any]) -> dict[str, Any]:
    """A card's training; older cards don't say that a user's own images were stretched."""
    known: dict[str, Any] = values["training"]
    return {"fit": STRETCHED, **known} if Path(values["data"]).is_absolute() else known


@dataclass(frozen=True, slots=True)
class LatentTable:
    """Encoded images of a data set, row by row.

    Attributes:
        split: 0 train, 1 validation, 2 test (`imageset.SPLITS`).
        index: position in that split.
        labels: class numbers.
        codes: posterior means (n, d).
        log_var: log σ² of the posterior (n, d); no columns for a plain autoencoder.
        error: squared error per pixel of the reconstruction, intensity² in [0, 1].
        kl: KL in nats; 0 for a plain autoencoder.
    """

    split: LabelArray
    index: IndexArray
    labels: LabelArray
    codes: CodeArray
    log_var: Float[np.ndarray, "n spread"]
    error: ValueArray
    kl: ValueArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def at(self, index: IndexArray) -> "LatentTable":
        """Return the table with other positions in its split."""
        return replace(self, index=index)

    def rows(self, rows: Sequence[int] | IndexArray) -> "LatentTable":
        """Return these rows alone, in this order."""
        at = np.array(rows, np.int64)
        return LatentTable(*(getattr(self, name)[at] for name in self.__dataclass_fields__))

    @property
    def training_codes(self) -> CodeArray:
        """Codes of training images only: what support is measured against."""
        return self.codes[self.split == 0]

    @property
    def training_spreads(self) -> CodeArray:
        """Standard deviations of their posteriors (n, d); 0 for a plain autoencoder."""
        if not self.log_var.shape[1]:
            return np.zeros_like(self.training_codes)
        return np.exp(self.log_var[self.split == 0] / 2)


class Stored(NamedTuple):
    """A checkpoint as numpy: card, float16 weights by name, stored codes, SHA-256 of the file.

    Attributes:
        calibration: sorted "mse" scores of held-out normal images; empty in older files.
        label: the class that a conditional model has been told.
    """

    card: Card
    weights: dict[str, np.ndarray]
    latents: LatentTable
    digest: str
    calibration: ValueArray = UNCALIBRATED
    label: int | None = None

    @property
    def origin(self) -> str:
        """The file's digest, whichever class was told."""
        return self.digest.partition("-")[0]

    @property
    def n_parameters(self) -> int | None:
        """How many numbers were learnt; None where graphs are kept whole, which do not say."""
        return None if self.card.served else sum(each.size for each in self.weights.values())

    @property
    def n_bytes(self) -> int:
        """What the weights take in the file."""
        return sum(each.nbytes for each in self.weights.values())


class Checkpoint(NamedTuple):
    """A checkpoint as a torch model, in evaluation mode and without gradients."""

    model: "Autoencoder"
    card: Card


class Entry(NamedTuple):
    """A file that may be a checkpoint.

    Attributes:
        path: where it lies.
        card: None where it can't be opened.
        problem: the sentence that says why not, else empty.
        name: the file's name without its ending; where another listed before has it, its folder
            comes with it.
    """

    path: Path
    card: Card | None
    problem: str
    name: str


_TABLE_TYPES: dict[str, type[np.generic]] = {
    "split": np.uint8, "index": np.int32, "labels": np.int16, "codes": np.float16,
    "log_var": np.float16, "error": np.float16, "kl": np.float16,
}  # fmt: skip


def save(
    path: Path,
    model: "Autoencoder",
    card: Card,
    latents: LatentTable,
    calibration: ValueArray = UNCALIBRATED,
) -> None:
    """Write a checkpoint, whole or not at all; weights from elsewhere stay float32.

    Raises:
        CheckpointError: if the folder can't be written to.
    """
    weights = {k: v.detach().cpu().numpy() for k, v in model.state_dict().items()}
    kept = np.float32 if card.foreign else np.float16
    tensors = {
        k: np.ascontiguousarray(v, dtype=kept if v.dtype.kind == "f" else v.dtype)
        for k, v in weights.items()
    }
    _write(path, card.to_json(), tensors, latents, calibration)


def add_calibration(path: Path, calibration: ValueArray) -> None:
    """Put scores of held-out normal images into a checkpoint; all else says what it said.

    Raises:
        CheckpointError: if the file is not a checkpoint of ours or can't be written.
    """
    stored = read(path)
    _write(path, _plain_card(path), stored.weights, stored.latents, calibration)


def add_metrics(path: Path, metrics: dict[str, Any]) -> None:
    """Put test figures into a checkpoint's card; all else says what it said.

    Raises:
        CheckpointError: if the file is not a checkpoint of ours or can't be written.
    """
    stored, card = read(path), _plain_card(path)
    card["metrics"].update(metrics)
    _write(path, card, stored.weights, stored.latents, stored.calibration)


def _plain_card(path: Path) -> dict[str, Any]:
    """The card as the file has it: what an older one leaves out stays out."""
    from safetensors import safe_open

    with safe_open(path, "numpy") as file:
        card: dict[str, Any] = json.loads(file.metadata()["card"])
        return card


def _write(
    path: Path,
    card: dict[str, Any],
    weights: dict[str, np.ndarray],
    latents: LatentTable,
    scores: ValueArray,
) -> None:
    from safetensors.numpy import save as to_bytes

    table = {name: getattr(latents, name).astype(dtype) for name, dtype in _TABLE_TYPES.items()}
    tensors = weights | {TABLE: pack(table)}
    if len(scores):
        tensors[CALIBRATION] = np.sort(scores).astype(np.float32)
    metadata = {"card": json.dumps(card | {"format": FORMAT})}
    try:
        with whole(path) as unfinished:
            unfinished.write_bytes(to_bytes(tensors, metadata=metadata))
    except OSError as error:
        raise CheckpointError(f"{path} can't be written: {error.strerror or error}") from None


def read_card(path: Path) -> Card:
    """Read the card alone: a few kilobytes from the head of the file.

    Raises:
        CheckpointError: in one sentence, if the file is not a checkpoint of ours.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
            size = int.from_bytes(head, "little")
            header = json.loads(file.read(size) if size <= MAX_HEADER_BYTES else b"")
        offsets = [v["data_offsets"][1] for k, v in header.items() if k != "__metadata__"]
        values = json.loads(header.get("__metadata__", {}).get("card", "null"))
        complete = path.stat().st_size == 8 + size + max(offsets, default=0)
    except OSError as error:
        raise CheckpointError(f"{path} can't be opened: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CheckpointError(f"{path.name} is not a safetensors file; remove it") from None
    if not isinstance(values, dict):
        raise CheckpointError(
            f"{path.name} is not a checkpoint of Autoencoder Explorer (it has no card); remove it"
        )
    if not complete:
        raise CheckpointError(f"{path.name} is truncated; copy or train it again")
    try:
        return Card.from_json(values)
    except CheckpointError as error:
        raise CheckpointError(f"{path.name} can't be opened: {error}") from None


def read(path: Path) -> Stored:
    """Read a checkpoint without torch.

    Raises:
        CheckpointError: in one sentence, if the file is not a checkpoint of ours.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    card = read_card(path)
    content = path.read_bytes()
    try:
        tensors = load(content)
        table = _table(tensors)
        calibration = tensors.pop(CALIBRATION, UNCALIBRATED)
    except (SafetensorError, KeyError, ValueError) as error:
        raise CheckpointError(f"{path.name} is damaged ({error}); copy it again") from None
    wide = {
        k: v.astype(np.float32 if v.dtype == np.float16 else np.int64) for k, v in table.items()
    }
    try:
        check_table(wide, card.model.code_dim, len(card.classes))
        critic = () if card.encodes else card.model.critic()
        check_weights(tensors, (*card.encoder, *critic, *card.decoder))
    except ValueError as error:
        raise CheckpointError(
            f"the contents of {path.name} do not fit the card: {error}"
        ) from None
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Stored(card, tensors, LatentTable(**wide), digest, calibration)


def _table(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Take the table out of a file's tensors."""
    if TABLE in tensors:
        return unpack(tensors.pop(TABLE), _TABLE_TYPES)
    return {name: tensors.pop(f"{TABLE}.{name}") for name in _TABLE_TYPES}


def told(stored: Stored, label: int) -> Stored:
    """Return a conditional model as it is for whoever is told one class; any other as it is.

    The class's row of each table goes into the bias of the layer that it is added to, and is
    taken from all rows: the same functions, with this class where none is named.

    Raises:
        ValueError: for a class that there is not.
    """
    card, n = stored.card, stored.card.model.n_classes
    if not n:
        return stored
    require(0 <= label < n, "label", label, f"0 to {n - 1}")
    weights = dict(stored.weights)
    for name, layers in (("encoder", card.encoder), ("decoder", card.decoder)):
        bias, table = f"{name}.{first_linear(layers)[0]}.bias", weights[f"tables.{name}"]
        table = table.astype(np.float32)
        weights[bias] = weights[bias].astype(np.float32) + table[label]
        weights[f"tables.{name}"] = table - table[label]
    return stored._replace(weights=weights, digest=f"{stored.origin}-{label}", label=label)


def load(path: Path | str) -> Checkpoint:
    """Load a checkpoint as a torch model, ready to use.

    Raises:
        CheckpointError: in one sentence, if the file is not a checkpoint of ours.
    """
    stored = read(Path(path))
    return Checkpoint(build(stored), stored.card)


def build(stored: Stored) -> "Autoencoder":
    """Build the torch model of what `read` returned.

    Raises:
        CheckpointError: if the weights do not fit the card's layers.
    """
    import torch

    from aecore.models.family import model_class

    card = stored.card
    try:
        model = model_class(card.model.kind)(card.model, card.encoder, card.decoder)
        weights = {
            k: torch.from_numpy(v.astype(np.float32) if v.dtype.kind == "f" else v.copy())
            for k, v in stored.weights.items()
        }
        model.load_state_dict(weights)
    except (RuntimeError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise CheckpointError(f"the weights do not fit the card: {first}") from None
    return model.eval().requires_grad_(False)


def round_to_stored(model: "Module") -> None:
    """Round the weights to float16 in place, so that what is measured is what is saved."""
    import torch

    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.half().float())


def shipped() -> list[Entry]:
    """The shipped folder's checkpoints; those that can't be opened with the reason."""
    return [_entry(path, path.stem) for path in sorted(shipped_folder().glob(f"*{SUFFIX}"))]


def available() -> list[Entry]:
    """All checkpoints: the shipped folder's, then the user's own that still exist.

    No two have the same name.
    """
    found = {entry.name: entry for entry in shipped()}
    for path in registered():
        if path.is_file():
            name = path.stem if path.stem not in found else f"{path.stem} ({path.parent})"
            found[name] = _entry(path, name)
    return list(found.values())


def _entry(path: Path, name: str) -> Entry:
    return Entry(path, *_card_or_problem(path, path.stat().st_mtime_ns), name)


@lru_cache(maxsize=1000)
def _card_or_problem(path: Path, changed: int) -> tuple[Card | None, str]:
    del changed  # part of the key: a rewritten file is read again
    try:
        return read_card(path), ""
    except CheckpointError as error:
        return None, str(error)


def find(name: str) -> Path:
    """Return the path of a listed checkpoint by name, or of a file.

    Raises:
        CheckpointError: for an unknown name, listing the known ones.
    """
    if Path(name).is_file():
        return Path(name)
    entries = {entry.name: entry.path for entry in available()}
    if name not in entries:
        raise CheckpointError(f"there is no checkpoint {name!r}: choose {', '.join(entries)}")
    return entries[name]

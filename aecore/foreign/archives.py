"""A .pt2 file of torch.export, opened: its graph as JSON, its weights as the bytes that they are.

Not by torch: `torch.export.load` unpickles, and a pickle may hold code. Since PyTorch 2.9 such a
file has its weights as plain numbers; nothing else of it is read, and nothing is unpacked to disk.
"""

import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from aecore.errors import ForeignModelError
from aecore.foreign.graph import MOST_BYTES
from aecore.foreign.reading import check_size

MOST_DIRECTORY = 4_000_000  # bytes that the list of what is in the archive may have
MOST_TEXT = 16_000_000  # of a JSON file in it
FORMAT, MODELS = "archive_format", "models/"
OLDER = "serialized_exported_program.json"  # of PyTorch up to 2.7
SCHEMA = 8
BFLOAT16 = 13
DTYPES = {
    1: "u1", 2: "i1", 3: "<i2", 4: "<i4", 5: "<i8", 6: "<f2", 7: "<f4", 8: "<f8", 12: "?",
    BFLOAT16: "<u2",
}  # fmt: skip


class Program(NamedTuple):
    """What is in the file.

    Attributes:
        graph: the exported program's, as torch's schema has it.
        signature: of its inputs and outputs.
        names: of its outputs, where the model gave a dict of them.
        weights: by their names in the model, all finite.
    """

    graph: dict[str, Any]
    signature: dict[str, Any]
    names: tuple[str, ...]
    weights: dict[str, np.ndarray]


def opened(path: Path) -> dict[str, Program]:
    """Read a file; its programs by name, mostly one called "model".

    Raises:
        ForeignModelError: in one sentence, for whatever is wrong with it.
    """
    check_size(path)
    try:
        with _Bounded(path) as file, zipfile.ZipFile(file) as archive:
            file.most = MOST_BYTES
            return _programs(_Members(archive, path.name))
    except ForeignModelError:
        raise
    except RecursionError:
        raise ForeignModelError(f"{path.name} is nested too deeply") from None
    except Exception:  # noqa: BLE001  # zipfile, json and what follows raise whatever damage leads to
        raise ForeignModelError(
            f"{path.name} is no file of torch.export.save, or was cut; export it again"
        ) from None


class _Bounded(io.FileIO):
    """A file of which no more is read at once than is said: first the archive's directory."""

    most = MOST_DIRECTORY

    def read(self, size: int | None = -1) -> bytes:
        """Read, or refuse what asks for too much."""
        asked = self.most + 1 if size is None or size < 0 else size
        found = super().read(min(asked, self.most + 1)) or b""
        if len(found) > self.most:
            raise ForeignModelError(
                f"{Path(str(self.name)).name} lists more than {self.most / 1e6:,.0f} MB of names"
            )
        return found


class _Members:
    """Files of the archive by their names in it; those are looked up and no paths of the disk."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive, self.name = archive, name
        self.left = self.memory = MOST_BYTES  # that may still be read, and be taken by weights
        names = archive.namelist()
        root = next((each for each in names if each.split("/")[-1] == FORMAT), None)
        if root is None:
            older = any(each.endswith(OLDER) for each in names)
            raise ForeignModelError(
                f"{name} was saved by a PyTorch before 2.9; {AGAIN}" if older else
                f"{name} is no file of torch.export.save"
            )  # fmt: skip
        self.root = root.removesuffix(FORMAT)
        self.names = frozenset(each.removeprefix(self.root) for each in names)

    def content(self, place: str, most: int) -> bytes:
        """Read one, no further than it may go, whatever it claims to be."""
        if place not in self.names:
            raise ForeignModelError(f"{self.name} has no {place[:80]} in it; export it again")
        most = min(most, self.left)
        info = self.archive.getinfo(self.root + place)
        if info.file_size > most:
            raise ForeignModelError(
                f"{place[:80]} in {self.name} claims {info.file_size / 1e6:,.0f} MB; up to "
                f"{most / 1e6:,.0f} are read"
            )
        with self.archive.open(info) as file:
            found = file.read(most + 1)
        self.left -= len(found)
        return found

    def text(self, place: str) -> Any:
        """Read JSON."""
        return json.loads(self.content(place, MOST_TEXT))


AGAIN = (
    "its weights are pickled, which may hold code. Save it again with PyTorch 2.9 or newer: "
    'torch.export.save(torch.export.load("model.pt2"), "newer.pt2")'
)


def _programs(members: _Members) -> dict[str, Program]:
    if members.content(FORMAT, 100) != b"pt2":
        raise ForeignModelError(f"{members.name} is no file of torch.export.save")
    places = sorted(
        each for each in members.names if each.startswith(MODELS) and each.endswith(".json")
    )
    if not places:
        raise ForeignModelError(
            f"{members.name} holds no exported program (a compiled one can't be shown); use "
            "torch.export.save"
        )
    names = [each.removeprefix(MODELS).removesuffix(".json") for each in places]
    return {
        name: _program(members, members.text(place), name)
        for name, place in zip(names, places, strict=True)
    }


def _program(members: _Members, said: dict[str, Any], name: str) -> Program:
    version = said["schema_version"]["major"]
    if version != SCHEMA:
        raise ForeignModelError(
            f"{members.name} has version {version!r} of torch.export's schema; {SCHEMA} is known"
        )
    module = said["graph_module"]
    weights: dict[str, np.ndarray] = {}
    for kind in ("weights", "constants"):
        folder = f"data/{kind}/"
        if f"{folder}{name}.pt" in members.names:
            raise ForeignModelError(f"{members.name} was saved by a PyTorch before 2.9; {AGAIN}")
        config = members.text(f"{folder}{name}_{kind}_config.json")["config"]
        weights |= _arrays(members, config, folder)
    return Program(module["graph"], module["signature"], _names(module), weights)


def _arrays(members: _Members, config: dict[str, Any], folder: str) -> dict[str, np.ndarray]:
    places: dict[str, list[str]] = {}
    for name, said in config.items():
        if said["use_pickle"] or said["tensor_meta"] is None:
            raise ForeignModelError(
                f"{members.name} has {name[:80]} pickled, which may hold code; export a model of "
                "plain tensors"
            )
        places.setdefault(folder + said["path_name"], []).append(name)
    found = {}
    for place, names in places.items():
        content = members.content(place, MOST_BYTES)
        for name in names:
            full, meta = f"{name[:80]} in {members.name}", config[name]["tensor_meta"]
            found[name] = _array(full, content, meta, members.memory)
            members.memory -= found[name].nbytes
    return found


def _array(name: str, content: bytes, meta: dict[str, Any], most: int) -> np.ndarray:
    """Numbers by their shape and strides, within the bytes that are there."""
    if meta["dtype"] not in DTYPES:
        raise ForeignModelError(f"{name} holds no known type")
    dtype = np.dtype(DTYPES[meta["dtype"]])
    sizes, strides = ([int(v["as_int"]) for v in meta[key]] for key in ("sizes", "strides"))
    start = int(meta["storage_offset"]["as_int"])
    if min([start, *sizes, *strides]) < 0 or len(sizes) != len(strides) or len(sizes) > 8:
        raise ForeignModelError(f"{name} has a negative size, or none that fits")
    n = math.prod(sizes)
    if n * max(4, dtype.itemsize) > most:
        raise ForeignModelError(
            f"{name} claims {n * 4 / 1e6:,.0f} MB; up to {most / 1e6:,.0f} are read"
        )
    storage = np.frombuffer(content, dtype, len(content) // dtype.itemsize)
    last = start + sum((size - 1) * step for size, step in zip(sizes, strides, strict=True))
    if n and last >= len(storage):
        raise ForeignModelError(f"{name} holds fewer numbers than it claims, {tuple(sizes)}")
    steps = [step * dtype.itemsize for step in strides]
    seen = np.lib.stride_tricks.as_strided(storage[start:], sizes, steps, writeable=False)
    return _checked(name, seen.copy(), bfloat16=meta["dtype"] == BFLOAT16)


def _checked(name: str, found: np.ndarray, *, bfloat16: bool) -> np.ndarray:
    if bfloat16:
        found = (found.astype(np.uint32) << 16).view(np.float32)
    if found.dtype.kind != "f":
        return found
    if not np.isfinite(found).all():
        raise ForeignModelError(f"{name} holds NaN or infinity")
    return found.astype(np.float32)


def _names(module: dict[str, Any]) -> tuple[str, ...]:
    """Keys of the outputs, where the model gives a dict."""
    try:
        spec = json.loads(module["module_call_graph"][0]["signature"]["out_spec"])[1]
        keys = json.loads(spec["context"]) if spec["type"] == "builtins.dict" else []
    except (KeyError, TypeError, ValueError, IndexError):
        return ()
    plain = all(isinstance(each, str) for each in keys)
    return tuple(keys) if plain and len(keys) == len(spec["children_spec"]) else ()

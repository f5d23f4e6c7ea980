"""What all tests share: private folders, small models, and which data is on the machine."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from aecore.data.catalogue import present
from aecore.data.imageset import ImageSet
from aecore.priority import NICE
from aeview import pages

pages.hand_over()  # as the router does, for tests of what it hands the table to
settings.register_profile("ours", deadline=None)  # a busy machine takes as long as it takes
settings.load_profile("ours")
DATA_DIR = os.environ.get("AECORE_DATA_DIR")


def pytest_configure() -> None:
    """Run at the nice value of background work, so that tests don't starve what they wait for."""
    os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))


@pytest.fixture(autouse=True)
def private_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """Nothing a test does may touch the user's cache or list of models."""
    base = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("AECORE_CACHE_DIR", str(base / "cache"))
    monkeypatch.setenv("AECORE_HOME", str(base / "home"))


@pytest.fixture
def bounds(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """bounds(runs_mb=1, …): the limits hold these numbers for the rest of the test."""

    def hold(**numbers: int) -> None:
        path = tmp_path_factory.mktemp("limits") / "limits.toml"
        lines = [f"{name} = {number}" for name, number in numbers.items()]
        path.write_text("\n".join([*lines, "[class]", *lines]))
        monkeypatch.setenv("AECORE_LIMITS", str(path))

    return hold


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch):
    """Tests are not in class mode, nor under limits of the machine's own, unless they say so."""
    for name in ("CLASS", "LIMITS", "JOIN_CODE", "TEACHER_KEY", "ROOTS"):
        monkeypatch.delenv(f"AECORE_{name}", raising=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the browser's, which take longest: so all workers come to their end together.

    Skip what needs MNIST, and say so, where AECORE_DATA_DIR does not have it.
    """
    items.sort(key=lambda item: "browser" not in item.path.parts)
    missing = [name for name in ("mnist", "fashion_mnist") if not present(name)]
    if not missing:
        return
    reason = f"AECORE_DATA_DIR ({DATA_DIR or 'not set'}) does not hold {' and '.join(missing)}"
    for item in items:
        if item.get_closest_marker("mnist"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def blobs() -> ImageSet:
    """Sixty 8×8 images of two kinds: ink on the left, ink on the right."""
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 40, (60, 1, 8, 8), dtype=np.uint8)
    labels = np.arange(60) % 2
    pixels[labels == 0, :, :, :4] += 200
    pixels[labels == 1, :, :, 4:] += 200
    return ImageSet("blobs", "train", pixels, labels, ("left", "right"))


@pytest.fixture(scope="session")
def shipped() -> list[Path]:
    """All shipped checkpoints."""
    return sorted((Path(__file__).parent.parent / "checkpoints").glob("*.safetensors"))

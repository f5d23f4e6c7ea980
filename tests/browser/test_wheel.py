"""The wheel: built, installed into an environment of its own, and started in another folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import LAB
from tests.browser.conftest import ROOT, App

SOURCE = (
    "pyproject.toml", "setup.py", "README.md", "LICENSE", "app.py", ".streamlit", "pages",
    "lessons", "checkpoints", "aecore", "aeview",
)  # fmt: skip
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
OFFLINE = ("--no-deps", "--no-index")


def done(*command, **options):
    subprocess.run([str(word) for word in command], check=True, **options)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the checkout, so that building leaves nothing in it."""
    folder = tmp_path_factory.mktemp("source")
    for path in map(ROOT.joinpath, SOURCE):
        if path.is_file():
            shutil.copy(path, folder)
        else:
            leave = shutil.ignore_patterns("node_modules", "__pycache__", ".*.tmp*")
            shutil.copytree(path, folder / path.name, ignore=leave)
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    done(*PIP, "wheel", *OFFLINE, "--no-build-isolation", "--wheel-dir", folder, source)
    (path,) = folder.glob("autoencoder_explorer-*.whl")
    return path


@pytest.fixture(scope="module")
def aecore(wheel, tmp_path_factory):
    """The command as it is installed from the wheel, beside the packages that are here already."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    named = {"base": str(folder), "platbase": str(folder)}
    programs = Path(sysconfig.get_path("scripts", "venv", named))
    done(*PIP, "--python", programs / "python", "install", *OFFLINE, "--no-compile", wheel)
    here = [path for path in sys.path if path.endswith("-packages")]  # site-, or Debian's dist-
    packages = Path(sysconfig.get_path("purelib", "venv", named))
    (packages / "here.pth").write_text("\n".join(here))
    return str(programs / "aecore")


class Installed(App):
    """What the installed command serves, in a folder that has nothing to do with the project."""

    def __init__(self, folder, aecore, *words):
        self.FOLDER, self.words = folder, (aecore, *words)
        (folder / "random.py").write_text("raise SystemExit('this is not the one of Python')")
        super().__init__(folder, PYTHONPATH="")

    def command(self):
        return [each.format(port=self.port) for each in self.words]


def test_the_wheel_and_the_source_distribution_hold_what_ships(source, wheel):
    ships = {
        path.relative_to(source).as_posix()
        for folder, ending in (
            ("pages", ".py"), ("lessons", ".toml"), ("checkpoints", ".safetensors"),
            ("checkpoints", ".flow"), ("checkpoints", ".npz"), (".streamlit", ".toml"),
            ("checkpoints/originals", ".txt"),
        )
        for path in (source / folder).rglob(f"*{ending}")
    } | {"app.py", "checkpoints/originals/LICENCES.md"}  # fmt: skip
    packed = ZipFile(wheel).namelist()
    inside = {name.removeprefix("aecore/_project/") for name in packed if "/_project/" in name}
    assert inside == ships
    (listed,) = source.glob("*.egg-info/SOURCES.txt")
    assert ships | {"setup.py"} <= set(listed.read_text(encoding="utf-8").splitlines())
    assert {name.split("/")[0].split("-")[0] for name in packed} == {
        "aecore", "aeview", "autoencoder_explorer",
    }  # fmt: skip


@pytest.mark.sweep
def test_app_and_class_start_from_the_wheel_in_another_folder(aecore, open_page, tmp_path):
    words = {
        "app": ("--server.headless", "true", "--server.address", "127.0.0.1", "--server.port"),
        "class": ("--code", "kiwi", "--address", "127.0.0.1", "--port"),
    }
    folders = {command: tmp_path / command for command in words}
    for folder in folders.values():
        folder.mkdir()
    app, school = (
        Installed(folders[command], aecore, command, *words[command], "{port}")
        for command in words
    )
    try:
        page = open_page(app.wait().url)
        lab = page.locator(LAB).first
        expect(lab).to_be_visible()
        theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
        accent = "lab => getComputedStyle(lab).getPropertyValue('--accent').trim()"
        assert lab.evaluate(accent) == theme["light"]["primaryColor"]
        page.get_by_role("link", name="Lessons").click()
        expect(page.get_by_role("heading", name="What is a bottleneck")).to_be_visible()
        school.wait()
        assert f"{school.url}/?join=kiwi" in (folders["class"] / "server.log").read_text()
    finally:
        app.stop()
        school.stop()

"""The desk at the head of every page: keys, scenes, codes to scan, undo of a deleted run."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from aeview import pages
from aeview.classroom import access, reach
from aeview.lessons import bar
from aeview.lessons.scenes import read
from aeview.shell import desk, keys
from aeview.shell.desk_component import Asked
from aeview.work.browser_files import files, text

ROOT = Path(__file__).parent.parent.parent
TIMEOUT = 120
NAMES = {
    "←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown", "Esc": "Escape",
    "−": "-", "Space": " ", "Home": "Home", "End": "End",
}  # fmt: skip
BY_THE_BROWSER = {("traverse/rows.js", "Home"), ("traverse/rows.js", "End")}


def titles():
    """The addresses of all pages."""
    return list(pages.PAGES)


def test_every_key_of_the_help_is_in_the_code_that_listens_for_it():
    known = {each for lists in (page.keys for page in pages.PAGES.values()) for each in lists}
    for place in (*known, keys.EVERYWHERE, keys.PRESENTING):
        if not place.source:
            continue
        code = text(place.source)
        code += text("controls/point.js") if re.search(r"\bWAYS\b", code) else ""  # arrow keys
        for key in (key for caps, _ in place.rows for key in caps.split()):
            last = key.removeprefix("Ctrl+").removeprefix("Shift+")
            name = NAMES.get(last, last)
            name = name.lower() if len(name) == 1 else name
            if key == "Ctrl+V":
                assert '"paste"' in code
            elif (place.source, last) not in BY_THE_BROWSER:
                assert re.search(rf'(["\s{{,]){re.escape(name)}["\s:]', code), (place.where, key)


def test_every_module_that_listens_for_keys_is_in_the_help():
    listening = {
        name for name in files() if re.search(r'addEventListener\("(keydown|paste)"', text(name))
    }
    told = {
        each.source for lists in (page.keys for page in pages.PAGES.values()) for each in lists
    } | {"desk/keys.js"}
    by_name = {"desk/main.js", "desk/away.js", "desk/notes.js"}  # of what desk/keys.js says
    assert listening - by_name == told - {"", "desk/keys.js"}


def test_every_page_has_a_help():
    for page in titles():
        assert [where for where, _ in keys.of(page)][-2:] == ["Everywhere", "Presenter mode"]


def test_who_may_not_present_is_not_shown_the_presenters_keys():
    (*_, (where, rows)) = keys.of("train", presents=False)
    assert (where, [key for key, _ in rows]) == ("Everywhere", ["?"])
    assert len(keys.of("train")) == len(keys.of("train", presents=False)) + 1


@pytest.mark.parametrize(
    ("address", "listens", "local", "expected", "note"),
    [
        ("http://lab.school:8501/?scene=x", "", None, "http://lab.school:8501/?scene=x", ""),
        ("http://localhost:8501/?a=1", "", "10.0.0.7", "http://10.0.0.7:8501/?a=1", ""),
        ("http://127.0.0.1/x", "0.0.0.0", "10.0.0.7", "http://10.0.0.7/x", ""),
        ("http://[::1]:8501/", "", None, "http://[::1]:8501/", reach.NO_NETWORK),
        ("http://localhost:1/", "127.0.0.1", "10.0.0.7", "http://localhost:1/", reach.HERE_ALONE),
    ],
)
def test_a_code_opens_the_page_on_other_machines(
    monkeypatch, address, listens, local, expected, note
):
    monkeypatch.setattr(reach, "local_address", lambda: local)
    monkeypatch.setattr(st, "get_option", lambda _: listens)
    assert reach.reachable(address) == (expected, note)


@pytest.mark.parametrize(
    ("url", "listens", "local", "host"),
    [
        ("http://localhost:8501/generate?n=9", "0.0.0.0", "10.0.0.7", "http://10.0.0.7:8501"),
        ("http://10.0.0.7:8501/generate", "0.0.0.0", "10.0.0.7", ""),
        ("http://localhost:8501/", "localhost", "10.0.0.7", ""),
        ("http://localhost:8501/", "0.0.0.0", None, ""),
        (None, "0.0.0.0", "10.0.0.7", ""),
    ],
)
def test_a_copied_link_has_the_host_that_others_know(monkeypatch, url, listens, local, host):
    monkeypatch.setattr(reach, "local_address", lambda: local)
    monkeypatch.setattr(reach.st, "context", SimpleNamespace(url=url))
    monkeypatch.setattr(st, "get_option", lambda _: listens)
    assert reach.elsewhere() == host


def test_a_code_is_square_and_one_too_dense_is_not_made():
    made = desk.code("http://lab.school/?scene=nearby-codes")
    side = len(made["rows"])
    assert {len(row) for row in made["rows"]} == {side}
    assert made["rows"][0].startswith("1111111")  # the corner by which it is found
    assert desk.code("http://lab.school/?z=" + "1" * 2000) == {
        "rows": [], "address": "http://lab.school/?z=" + "1" * 2000, "note": desk.TOO_LONG,
        "join": "",
    }  # fmt: skip


def test_the_join_code_stands_beside_a_teachers_code_and_is_told_to_nobody_else(monkeypatch):
    monkeypatch.setenv("AECORE_CLASS", "1")
    monkeypatch.setenv("AECORE_JOIN_CODE", "kiwi")
    monkeypatch.setattr(access, "teacher", lambda: True)
    assert desk.code("http://lab.school/")["join"] == "kiwi"
    monkeypatch.setattr(access, "teacher", lambda: False)
    assert desk.code("http://lab.school/")["join"] == ""


def test_scenes_are_told_with_addresses_that_exist():
    told = desk.scenes()
    assert [scene["id"] for scene in told] == [scene.id for scene in read()]
    assert not any(scene["link"].startswith(desk.FIRST_PAGE) for scene in told)
    parts = {"id", "title", "claim", "link", "look", "subject", "controls", "notes", "ships"}
    assert parts == set(told[0])


def test_what_was_never_asked_gets_no_answer():
    assert Asked.of(None) is None
    assert Asked.of({"ask": {"kind": "files", "stamp": "1"}}) is None
    asked = Asked.of({"ask": {"kind": "qr", "stamp": 5, "address": "http://x/"}})
    assert asked == Asked("5", "qr", "http://x/")


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)


def test_a_short_link_opens_its_scene_and_an_unknown_one_is_said(app):
    scene = next(each for each in read() if each.target.page == "traverse")
    app.query_params["scene"] = scene.id
    app.run()
    assert not app.exception
    assert "scene" not in app.query_params
    for name, value in scene.target.parameters.items():
        assert app.query_params[name] in (value, [value])
    assert app.selectbox(key="model").value == scene.target.parameters["model"]
    other = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
    other.query_params["scene"] = "<b>no such</b>"
    other.run()
    assert not other.exception
    assert "no scene" in other.info[0].value


def noted(app):
    return [
        each.body
        for each in app.get("html")
        if 'role="note"' in each.body and "<style" not in each.body
    ]


def test_who_opens_a_scenes_link_reads_what_it_shows_until_it_is_dismissed(app, monkeypatch):
    scene = replace(read()[0], title="<b>1 & 2</b>", claim="A < B.", look="Look.")
    monkeypatch.setattr(bar, "read_scenes", lambda: (scene,))
    app.query_params["scene"] = scene.id
    app.run()
    assert noted(app) == [
        '<div role="note"><strong>&lt;b&gt;1 &amp; 2&lt;/b&gt;</strong> A &lt; B. '
        "<span>Look.</span></div>"
    ]
    app.button(key=desk.NOTE_OFF).click().run()
    assert not app.exception
    assert noted(app) == []


def test_a_scene_leaves_the_join_code_in_the_address(app, monkeypatch):
    monkeypatch.setenv("AECORE_CLASS", "1")
    monkeypatch.setenv("AECORE_JOIN_CODE", "kiwi")
    app.query_params["scene"] = "scatter-784-to-2"
    app.query_params["join"] = "kiwi"
    app.run()
    assert not app.exception
    assert app.query_params["model"] in ("digits-ae-2d", ["digits-ae-2d"])
    assert app.query_params["join"] in ("kiwi", ["kiwi"])


def test_a_deleted_run_is_offered_back(app, monkeypatch):
    from aecore.models.config import ModelConfig
    from aecore.recipes import Recipe
    from aecore.runs.discarded import discard
    from aecore.runs.folder import Plan, create, runs
    from aecore.training.config import TrainingConfig

    run = create(Plan(Recipe("digits", ModelConfig(kind="ae"), TrainingConfig())))
    discard(run)
    at = AppTest.from_file(str(ROOT / "pages/train.py"), default_timeout=TIMEOUT)
    at.session_state["discarded_run"] = run.name
    at.run()
    next(button for button in at.button if button.label == "Undo").click().run()
    assert not at.exception
    assert [each.name for each in runs()] == [run.name]
    assert not any(button.label == "Undo" for button in at.button)
    assert run.name in at.query_params["run"]

"""Limits: one file, read whole or refused in a sentence; what a run may take."""

import tomllib
from pathlib import Path

import pytest

from aecore.errors import DataError
from aecore.limits import SHIPPED, Limits, limits
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe
from aecore.runs.folder import Plan, State, create, make_room, runs
from aecore.runs.worker import Stopped, Work
from aecore.training.config import TrainingConfig

ROOT = Path(__file__).parent.parent.parent
PLAN = Plan(Recipe("digits", ModelConfig(kind="ae", widths=(8,)), TrainingConfig(epochs=1)))


def test_the_shipped_file_holds_every_limit_and_nothing_else():
    table = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    own = table.pop("class")
    assert set(table) == set(Limits.__dataclass_fields__)
    assert set(own) <= set(table)
    assert limits(in_class=True).own_open_runs < limits(in_class=False).own_open_runs


def test_streamlits_own_bound_of_uploads_is_the_same():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == limits().file_mb


def test_a_file_of_the_users_own_changes_what_it_names(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text("epochs = 7\n[class]\nsessions = 3\n")
    monkeypatch.setenv("AECORE_LIMITS", str(tmp_path / "mine.toml"))
    assert (limits().epochs, limits().sessions) == (7, 200)
    assert limits(in_class=True).sessions == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("epochs = 0", "epochs is 0, but must be a whole number of 1 or more"),
        ("epochs = 1.5", "epochs is 1.5"),
        ('epochs = "9"', "epochs is '9'"),
        ("epoch = 9", "unknown setting epoch"),
        ("epochs", "is not TOML"),
        (None, "can't be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence(tmp_path, monkeypatch, text, words):
    path = tmp_path / "mine.toml"
    if text is not None:
        path.write_text(text)
    monkeypatch.setenv("AECORE_LIMITS", str(path))
    with pytest.raises(ValueError, match=words) as caught:
        limits()
    assert str(path) in str(caught.value)


def ended(n_bytes, saved=False):
    run = create(PLAN)
    (run.path / "frames" / "00001.safetensors").write_bytes(bytes(n_bytes))
    run.say(State("done"))
    if saved:
        run.mark_saved()
    return run.name


def test_the_oldest_unsaved_runs_go_first_and_only_as_many_as_must(bounds, monkeypatch):
    seconds = iter(range(1, 100))
    monkeypatch.setattr("aecore.runs.folder.time.time", lambda: 1.7e9 + next(seconds))
    kept, first, second, third = (ended(400_000, saved=i == 0) for i in range(4))
    bounds(runs_mb=1)
    assert [run.name for run in make_room()] == [first, second]
    assert {run.name for run in runs()} == {kept, third}
    assert make_room() == []


def test_a_run_under_way_and_the_newest_are_never_deleted(bounds, monkeypatch):
    seconds = iter(range(1, 100))
    monkeypatch.setattr("aecore.runs.folder.time.time", lambda: 1.7e9 + next(seconds))
    working = create(PLAN)
    (working.path / "snapshot.safetensors").write_bytes(bytes(900_000))
    newest = ended(900_000)
    bounds(runs_mb=1)
    assert make_room() == []
    assert {run.name for run in runs()} == {working.name, newest}


def test_more_runs_than_may_wait_are_refused(bounds):
    bounds(open_runs=1)
    first = create(PLAN)
    with pytest.raises(DataError, match="1 runs are under way, waiting or paused"):
        create(PLAN)
    first.say(State("stopped"))
    assert create(PLAN).open


@pytest.mark.parametrize(("field", "words"), [("worked", "trained for 2"), ("rested", "paused")])
def test_a_run_ends_with_a_sentence_when_its_time_is_over(bounds, field, words):
    bounds(run_minutes=2, paused_minutes=2)
    work = Work(create(PLAN))
    work._check_time()
    setattr(work, field, 121.0)
    with pytest.raises(Stopped, match=words):
        work._check_time()

"""What lives as long as the server is bounded, and what is forgotten harms nobody."""

import ast
from pathlib import Path

import pytest
from test_train import PLAN

from aecore.checkpoints import find, read
from aecore.runs.folder import create
from aeview.bounded import Bounded
from aeview.classroom import access, owners
from aeview.classroom.access import Refused
from aeview.work import sample_quality
from aeview.work.live import Opened

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted(
    p for folder in ("aecore", "aeview", "pages") for p in (ROOT / folder).rglob("*.py")
)
CACHES = ("cache", "lru_cache", "cache_data", "cache_resource")
BOUNDS = ("max_entries", "maxsize")
BOUNDED_OTHERWISE = {
    "_here": "the door lets no more in than there is room for",
    "_jobs": "each start forgets what ended long ago; so many run and wait at most",
    "_joined": "one team, or none",
    "_handed": "one table, which the router replaces",
    "MENU": "made anew by each run of the router",
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path / "home"))


@pytest.fixture
def me(monkeypatch):
    """me(name): in class mode, from now on the session is that one's."""
    monkeypatch.setenv("AECORE_CLASS", "1")
    monkeypatch.setenv("AECORE_TEACHER_KEY", "key")
    monkeypatch.setenv("AECORE_JOIN_CODE", "code")
    return lambda name: monkeypatch.setattr(access, "session", lambda: name)


# ---- all of them --------------------------------------------------------------------------------


def _cache(decorator):
    """The keywords of a decorator that caches; None for any other."""
    call = decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return {word.arg: word.value for word in call.keywords} if name in CACHES else None


def _bounded(function, keywords):
    if "scope" in keywords:  # of a session
        return True
    if any(isinstance(keywords.get(name), ast.Constant) for name in BOUNDS):
        return True
    arguments = function.args
    return not (arguments.args or arguments.kwonlyargs or arguments.vararg)


def _empty(value):
    """Whether an expression is a new dictionary, list or set that somebody is going to fill."""
    if isinstance(value, ast.Dict | ast.List):
        return not (value.keys if isinstance(value, ast.Dict) else value.elts)
    named = ("dict", "list", "set", "OrderedDict", "defaultdict", "deque")
    return (
        isinstance(value, ast.Call) and getattr(value.func, "id", "") in named and not value.args
    )


def _cached(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if (keywords := _cache(decorator)) is not None:
                    yield node, keywords


def _tables(tree):
    """What functions that are cached without arguments return, and what modules begin with."""
    for function, _ in _cached(tree):
        if not function.args.args:
            yield from (
                (function.name, n.value) for n in ast.walk(function) if isinstance(n, ast.Return)
            )
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            yield getattr(target, "id", ""), node.value


def test_every_cache_and_every_table_of_the_server_has_a_bound():
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        endless = [
            function.name for function, words in _cached(tree) if not _bounded(function, words)
        ]
        assert endless == [], f"{path}: give max_entries or maxsize"
        empty = {name for name, value in _tables(tree) if _empty(value)}
        assert empty <= BOUNDED_OTHERWISE.keys(), f"{path}: use aeview.bounded"


# ---- what is forgotten --------------------------------------------------------------------------


def test_a_run_that_is_forgotten_is_nobodys_and_only_the_teachers_to_steer(me, monkeypatch):
    monkeypatch.setattr(access, "MOST_RUNS", 2)
    me("first")
    run = create(PLAN)
    access.own(run)
    assert access.may_steer(run)
    me("second")
    for _ in range(3):
        access.own(create(PLAN))
    assert access.began(run) is None
    assert owners.of(run) == owners.BEFORE
    for name in ("second", "third", "first"):
        me(name)
        assert not access.may_steer(run)
        with pytest.raises(Refused):
            access.demand_steering(run)
    me("the teacher")
    assert access.sign_in("key")
    assert access.may_steer(run)


def test_open_runs_are_forgotten_last_so_that_nobody_begins_more_than_may_be(me, monkeypatch):
    monkeypatch.setattr(access, "MOST_RUNS", 3)
    me("first")
    run = create(PLAN)
    access.own(run)
    for n in range(5):
        me("second")
        assert access.n_own_open() == 0
        access._begun()[f"an ended run {n}"] = "second"
    me("first")
    assert access.n_own_open() == 1
    assert len(access._begun()) == 3


def test_who_is_forgotten_must_give_code_and_key_again(me, monkeypatch):
    monkeypatch.setattr(access, "n_known", lambda: 2)
    me("a teacher")
    assert access.sign_in("key")
    me("a student")
    assert access.join("code")
    assert access.joined()
    access._joined().update({"b": True, "c": True})
    access._teachers().update({"d": "b", "e": "c"})
    assert not access.joined()
    me("a teacher")
    assert not access.teacher()
    access.sign_out()
    assert not access.teacher()
    assert access.sign_in("key")
    assert access.teacher()


def test_a_session_in_use_is_not_the_one_that_is_forgotten(me, monkeypatch):
    monkeypatch.setattr(access, "n_known", lambda: 2)
    me("a student")
    assert access.join("code")
    for n in range(5):
        access._joined()[str(n)] = True
        assert access.joined()


def test_no_two_sessions_ever_have_the_same_word(me, monkeypatch):
    monkeypatch.setattr(access, "n_known", lambda: 3)
    words = [owners.word(str(n)) for n in range(100)]
    assert len({*words, owners.word("0")}) == 101
    assert owners.word("99") == words[99]
    assert len(owners._known()) == 3


def test_wrong_guesses_are_counted_for_so_many_addresses(me, monkeypatch):
    monkeypatch.setattr(access, "MOST_ADDRESSES", 3)
    me("a student")
    for n in range(5):
        monkeypatch.setattr(access.st, "context", type("", (), {"ip_address": f"10.0.0.{n}"}))
        assert not access.join("wrong")
    assert list(access._guesses()) == ["10.0.0.2", "10.0.0.3", "10.0.0.4"]
    assert access.join("code")


def test_sources_of_codes_are_bounded_and_made_again(monkeypatch):
    monkeypatch.setattr(sample_quality, "MOST_SOURCES", 1)
    models = [Opened(name, read(find(name))) for name in ("digits-vae-2d", "digits-ae-2d")]
    first, _, again = (sample_quality._source(model, "mixture") for model in (*models, models[0]))
    assert len(sample_quality._slow()) == 1
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert "mixture" not in sample_quality.sources(models[1])


def test_what_cannot_be_made_leaves_nothing_behind():
    few = Bounded(lambda: 2)
    for n in range(9):
        with pytest.raises(ZeroDivisionError):
            few.once(n, lambda: 1 // 0)
    assert len(few) == len(few._making) == 0
    assert few.once(0, lambda: 7) == 7


def test_to_look_through_the_entries_is_not_to_use_them():
    few = Bounded(lambda: 2)
    few.update({"a": 1, "b": 2})
    for name, _ in few.items():
        few["c"] = 3  # and what is looked through does not change meanwhile
        assert name in "ab"
    assert list(few) == ["b", "c"]

"""What goes wrong around the engine: files, clocks, disks, two at once. No data is lost."""

import json
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from safetensors import safe_open
from test_limits import PLAN

from aecore import checkpoints, files
from aecore.checkpoints import available, load, read, read_card, register
from aecore.data.catalogue import load as load_data
from aecore.errors import CheckpointError, DataError
from aecore.latents import stored_maps
from aecore.latents.projection import TSNE
from aecore.runs.folder import STARTING_S, State, create, runs
from aecore.runs.launch import launch
from tests.cards import as_format_1, rewrite

# ---- checkpoints --------------------------------------------------------------------------------


def huge(card):
    card["decoder"][0].update(n_in=900_000, n_out=900_000)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (huge, "the layers' size is '8"),
        (lambda c: c["decoder"][0].update(n_out=10**9), "a layer of the decoder"),
        (lambda c: c["decoder"][0].update(n_out=-1), "a layer of the decoder"),
        (lambda c: c["decoder"].append({"kind": "add", "back": 99}), "one that can be computed"),
        (lambda c: c["decoder"].append({"kind": "recall", "back": 0}), "one that can be computed"),
        (lambda c: c["decoder"].append({"kind": "leaky_relu", "slope": 1e9}), "can be computed"),
        (lambda c: c["model"].update(shape=[1, 10**5, 10**5]), "shape"),
        (lambda c: c["model"].update(shape=[]), "shape"),
        (lambda c: c["model"].update(code_dim=3), "codes"),
        (lambda c: c.update(classes=["only one"]), "labels"),
        (lambda c: c.update(classes="left"), "classes"),
        (lambda c: c.update(data=7), "data"),
        (lambda c: c.update(data="x\0y"), "data"),
        (lambda c: c["metrics"].update(mse="<b>0</b>"), "mse"),
        (lambda c: c["metrics"].pop("kl"), "kl"),
        (lambda c: c.update(metrics=[1]), "metrics"),
        (lambda c: c.update(encoder=7), "card can't be read"),
        (lambda c: c.update(format="2"), "card can't be read"),
    ],
)
def test_a_card_that_claims_what_cannot_be_is_refused_in_a_sentence(small, change, words):
    rewrite(small[0], change)
    with pytest.raises(CheckpointError, match=words) as caught:
        load(small[0])
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(("small.safetensors", "the contents of small"))


def test_layers_that_the_file_does_not_pay_for_take_no_memory(small):
    rewrite(small[0], huge)
    started = time.thread_time()
    with pytest.raises(CheckpointError):
        load(small[0])
    assert read_card(small[0]).decoder[0].n_out == 900_000  # the card alone is only words
    assert time.thread_time() - started < 5  # nothing of that size was made


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.7, 0.999])
def test_a_file_cut_anywhere_is_said_to_be_damaged(small, share):
    content = small[0].read_bytes()
    small[0].write_bytes(content[: int(share * len(content))])
    with pytest.raises(CheckpointError, match=r"not a safetensors file|truncated"):
        read(small[0])


def test_bytes_turned_in_the_table_are_found(small):
    content = small[0].read_bytes()
    with safe_open(small[0], "numpy") as file:
        place = content.index(file.get_tensor("latents").tobytes())
    turned = bytes(byte ^ 255 for byte in content[place + 50 : place + 52])
    small[0].write_bytes(content[: place + 50] + turned + content[place + 52 :])
    with pytest.raises(CheckpointError, match=r"small\.safetensors is damaged \(packed numbers"):
        read(small[0])


def test_codes_without_end_are_found(small):
    codes = read(small[0]).latents.codes
    codes[3, 1] = np.inf
    as_format_1(small[0], codes=codes)
    with pytest.raises(CheckpointError, match="codes is 'infinite'"):
        read(small[0])


# ---- several at once ----------------------------------------------------------------------------


def together(n, work):
    """Run work(i) in n threads that start at the same moment; their exceptions."""
    gate, faults = threading.Barrier(n), []

    def one(i):
        gate.wait()
        try:
            work(i)
        except Exception as error:  # noqa: BLE001  # whatever it is, the test names it
            faults.append(error)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_many_who_write_one_file_at_once_leave_one_whole(tmp_path):
    path = tmp_path / "x.json"

    def write(i):
        for _ in range(30):
            with files.whole(path) as unfinished:
                unfinished.write_text(json.dumps([i] * 1000))

    assert together(8, write) == []
    assert len(set(json.loads(path.read_text()))) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["x.json"]


def test_two_servers_that_keep_models_at_once_lose_none(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path / "home"))
    paths = [tmp_path / f"m{i}.safetensors" for i in range(12)]
    assert together(12, lambda i: register(paths[i])) == []
    assert set(checkpoints.registered()) == set(paths)


def test_two_sessions_that_steer_one_run_do_not_break_its_wish(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path))
    run = create(PLAN)
    faults = together(6, lambda i: [run.want(do=("play", "pause")[i % 2]) for _ in range(20)])
    assert faults == []
    assert run.wish.do in ("play", "pause")


# ---- clocks and disks ---------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [3600, 10**7])
def test_a_clock_that_is_set_back_leaves_no_run_starting_for_ever(tmp_path, monkeypatch, ahead):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path))
    run, now = create(PLAN), time.time()
    monkeypatch.setattr("aecore.runs.folder.time.time", lambda: now + ahead)
    run.say(State("starting"))
    assert run.state.name == "starting"
    monkeypatch.setattr("aecore.runs.folder.time.time", lambda: now)
    assert run.state.name == "interrupted"
    assert ahead > STARTING_S


def test_a_checkout_that_cannot_be_written_still_opens_and_says_what_it_cannot(
    tmp_path, monkeypatch, small
):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setenv("AECORE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    assert any(entry.card for entry in available())
    assert read(small[0]).card.data == "blobs"
    with pytest.raises(DataError, match=r"Read-only file system.*AECORE_HOME"):
        create(PLAN)
    assert runs() == []


def test_a_data_folder_that_vanishes_is_said_and_a_run_on_it_fails_with_the_sentence(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path / "home"))
    gone = tmp_path / "mine"
    with pytest.raises(DataError, match=r"no data set .*mine"):
        load_data(str(gone), "train")
    run = create(replace(PLAN, recipe=replace(PLAN.recipe, data=str(gone))))
    launch(run)
    end = time.monotonic() + 60
    while run.state.name not in ("failed", "interrupted") and time.monotonic() < end:
        time.sleep(0.05)
    assert run.state.name == "failed"
    assert "mine" in run.state.problem


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:50]),
        lambda path: path.write_bytes(b""),
        lambda path: np.savez(path, points=np.zeros((7, 2))),
        lambda path: np.savez(path, points=np.full((40, 2), np.nan)),
        lambda path: np.savez(path, points=np.array([{}] * 40, dtype=object)),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_a_map_in_the_cache_that_is_damaged_is_as_if_there_were_none(damage):
    codes = np.zeros((40, 3), np.float32)
    path = stored_maps._path(TSNE(), codes, "d")
    path.parent.mkdir(parents=True)
    np.savez(path, points=np.ones((40, 2)))
    assert stored_maps.stored(TSNE(), codes, "d") is not None
    damage(path)
    assert stored_maps.stored(TSNE(), codes, "d") is None

"""The command line, as a user calls it."""

import argparse
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from aecore import project
from aecore.checkpoints import add_metrics, read_card, register, registered
from aecore.cli import main, training
from aecore.cli.measuring import STORED
from aecore.recipes import command, recipes

ROOT = Path(__file__).parent.parent.parent
# 1.7 and 1.3 MB more than there is room for
NOT_SHIPPED = {"mnist-stacked-2d", "sprites-bvae-10d-b4"}


def run(*words, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "aecore", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ,
        check=False,
    )


def told(capsys, *words):
    """What a command says as JSON, without another start of Python."""
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_train_in_any_folder_shows_progress_and_is_listed(tmp_path, capsys):
    done = run(
        "train",
        "--data",
        "digits",
        "--model",
        "vae",
        "--latent-dim",
        "2",
        "--epochs",
        "2",
        "--widths",
        "32",
        "16",
        "--out",
        "x.safetensors",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "epoch 2/2" in done.stdout
    assert "test split" in done.stdout
    card = read_card(tmp_path / "x.safetensors")
    assert card.model.widths == (32, 16)
    assert card.command == (
        "python -m aecore train --data digits --model vae --latent-dim 2 --widths 32 16 --epochs 2"
    )
    listed = told(capsys, "list")["checkpoints"]
    assert str((tmp_path / "x.safetensors").resolve()) in [entry["path"] for entry in listed]


def test_a_users_own_folder_is_learnt_and_found_again(tmp_path, capsys, monkeypatch):
    from PIL import Image

    monkeypatch.chdir(tmp_path)

    for name, value in (("dark", 30), ("bright", 220)):
        (tmp_path / "set" / name).mkdir(parents=True)
        for i in range(20):
            Image.new("L", (40, 40), value + i).save(tmp_path / "set" / name / f"{i}.png")
    words = ["--model", "vae", "--body", "conv", "--channels", "4", "8", "--widths", "8"]
    words += ["--data", "set", "--side", "32", "--epochs", "1", "--out", "own.safetensors"]
    assert main(["train", *words]) == 0
    card = read_card(tmp_path / "own.safetensors")
    assert card.data == str(tmp_path / "set")
    assert card.classes == ("bright", "dark")
    assert card.model.shape == (1, 32, 32)
    monkeypatch.chdir(ROOT)
    capsys.readouterr()
    assert told(capsys, "evaluate", str(tmp_path / "own.safetensors"))["n"] == 8


def test_the_cards_command_makes_the_same_model_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["--data", "digits", "--model", "ae", "--epochs", "1", "--widths", "8", "--seed", "3"]
    assert main(["train", *words, "--out", "a.safetensors"]) == 0
    command = read_card(tmp_path / "a.safetensors").command.split()[3:]
    assert main([*command, "--out", "b.safetensors"]) == 0
    a, b = (tmp_path / name for name in ("a.safetensors", "b.safetensors"))
    assert a.read_bytes() == b.read_bytes()


def test_evaluate_prints_what_the_card_says(tmp_path, capsys):
    words = ["--data", "digits", "--model", "vae", "--epochs", "1", "--widths", "8"]
    path = str(tmp_path / "a.safetensors")
    assert main(["train", *words, "--out", path]) == 0
    capsys.readouterr()
    printed = told(capsys, "evaluate", path)
    assert printed == {"checkpoint": "a.safetensors", **read_card(Path(path)).metrics}
    weighted = told(capsys, "evaluate", path, "--iw-samples", "8")
    assert weighted["iw_nll"] < printed["negative_elbo"]
    before = read_card(Path(path)).metrics
    capsys.readouterr()
    told(capsys, "evaluate", path, "--iw-samples", "8", "--store")
    after = read_card(Path(path)).metrics
    assert after == before | {name: weighted[name] for name in STORED}
    assert after["iw_samples"] == 8


def test_list_shows_all_data_sets_and_shipped_models_with_figures(shipped, capsys):
    done = told(capsys, "list")
    assert set(done["data"]) == {
        "digits",
        "mnist",
        "fashion_mnist",
        "emoji",
        "sprites",
        "faces",
        "heartbeats",
        "cells",
    }
    assert done["data"]["digits"] is True
    assert len(shipped) >= 15
    by_name = {entry["name"]: entry for entry in done["checkpoints"]}
    for path in shipped:
        assert by_name[path.stem]["metrics"]["n"] in (71, 355, 377, 1000, 5000, 10_000)


@pytest.mark.parametrize("made", recipes().values(), ids=recipes())
def test_a_recipe_can_be_written_as_a_command(made):
    parser = argparse.ArgumentParser()
    training.add_train(parser.add_subparsers())
    words = shlex.split(command(made))[3:]
    read = training._recipe(parser.parse_args(words))
    shape = made.model.shape  # comes from the data, as the number of classes does
    fitted = read.model.fitted(shape, made.model.n_classes)
    assert replace(read, model=fitted) == made


def test_every_recipe_is_shipped_and_made_by_its_command(shipped):
    assert {path.stem for path in shipped} == set(recipes()) - NOT_SHIPPED
    for path in shipped:
        card, recipe = read_card(path), recipes()[path.stem]
        assert card.command == f"python -m aecore train --recipe {path.stem}"
        assert card.training == recipe.training
        assert card.model == recipe.model.fitted(card.model.shape, len(card.classes))
        assert card.data == recipe.data


@pytest.mark.mnist
def test_a_shipped_card_is_reproduced(shipped, capsys):
    for path in shipped:
        if not path.stem.endswith("-2d"):
            continue
        bound = ["--iw-samples", "500"] if path.stem == "digits-vae-2d" else []
        printed = told(capsys, "evaluate", str(path), *bound)
        for name, value in read_card(path).metrics.items():
            if isinstance(value, float) and (bound or not name.startswith("iw_")):
                assert printed[name] == pytest.approx(value, rel=1e-4), name


def test_a_shipped_sprites_card_is_reproduced_and_infomec_is_stored(shipped, capsys, tmp_path):
    def same(printed, value, rel=1e-4):
        if isinstance(value, dict):
            return all(same(printed[name], v, rel) for name, v in value.items())
        if isinstance(value, list):
            return all(same(p, v, rel) for p, v in zip(printed, value, strict=True))
        return printed == (pytest.approx(value, rel=rel) if isinstance(value, float) else value)

    path = next(path for path in shipped if path.stem == "sprites-vae-10d")
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    add_metrics(copy, {"infomec": None})
    printed = told(capsys, "evaluate", str(copy), "--store")
    assert {"mig", "dci", "sap", "factor_vae", "infomec", "unit_factors"} < set(printed)
    card = read_card(path).metrics
    assert same(read_card(copy).metrics["infomec"], printed["infomec"])
    # of codes that another processor rounds otherwise a regression stops elsewhere
    assert same(printed["infomec"], card["infomec"], rel=1e-3)
    others = {n: v for n, v in card.items() if not n.startswith("iw_") and n != "infomec"}
    assert same(printed, others)


def test_list_shows_mig_where_there_is_one(shipped, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    main(["list"])
    said = capsys.readouterr().out
    mig = read_card(next(p for p in shipped if p.stem == "sprites-vae-10d")).metrics["mig"]
    lines = {name: line for line in said.splitlines() for name in line.split()[1:2]}
    assert f"{mig:.2f}" in lines["sprites-vae-10d"].split("│")[-2]
    assert not lines["digits-vae-2d"].split("│")[-2].strip()


def test_the_markdown_lists_what_ships_and_nothing_of_ones_own(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    own = tmp_path / "mine.safetensors"
    shutil.copy(ROOT / "checkpoints" / "digits-pca-2d.safetensors", own)
    register(own)
    assert main(["list", "--markdown"]) == 0
    table = capsys.readouterr().out
    assert "| digits-pca-2d |" in table
    assert "mine" not in table
    assert table.strip() in (ROOT / "checkpoints" / "README.md").read_text(encoding="utf-8")
    assert main(["list"]) == 0
    assert "mine" in capsys.readouterr().out


def test_an_installed_package_is_left_as_it_is(tmp_path, capsys, monkeypatch):
    package = tmp_path / "site-packages" / "_project"
    shipped = package / "checkpoints" / "digits-pca-2d.safetensors"
    shipped.parent.mkdir(parents=True)
    shutil.copy(ROOT / "checkpoints" / shipped.name, shipped)
    before = shipped.read_bytes()
    monkeypatch.delenv("AECORE_CHECKPOINTS", raising=False)
    monkeypatch.setenv("AECORE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr(project, "INSTALLED", True)
    monkeypatch.setattr(project, "FOLDER", package)
    assert main(["train", "--recipe", "digits-pca-2d"]) == 0
    own = tmp_path / "home" / "models" / shipped.name
    assert f"no --out is given: the model goes to {own}" in capsys.readouterr().out
    assert own.resolve() in registered()
    for words in (["classifier", "--data", "digits"], ["flow", "digits-pca-2d"]):
        assert main(words) == 2
        assert "belongs to the installed package" in capsys.readouterr().err
    assert [path for path in package.rglob("*") if path.is_file()] == [shipped]
    assert shipped.read_bytes() == before


def test_export_writes_the_browsers_network(tmp_path):
    assert main(["export", "digits-vae-2d", "--out", str(tmp_path / "x.net")]) == 0
    raw = (tmp_path / "x.net").read_bytes()
    header = json.loads(raw[4 : 4 + int.from_bytes(raw[:4], "little")])
    assert header["network"]["code_dim"] == 2
    assert header["network"]["decoder"][0] == {"kind": "linear", "n_in": 2, "n_out": 128}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["evaluate", "nothing"], "there is no checkpoint 'nothing': choose"),
        (["evaluate", "README.md"], "README.md is not a safetensors file"),
        (
            ["train", "--recipe", "x", "--out", "a.safetensors"],
            "no recipe 'x': choose digits-vae-2d",
        ),
        (["train", "--data", "digits", "--model", "vae"], "--out is needed"),
        (["train", "--data", "digits", "--model", "vae", "--out", "a.pt"], "must end in .safeten"),
        (
            ["train", "--data", "digits", "--model", "vae", "--out", "no/a.safetensors"],
            "not a folder",
        ),
        (
            ["train", "--data", "digits", "--model", "gann", "--out", "a.safetensors"],
            "one of pca, ae",
        ),
        (["train", "--out", "a.safetensors"], "--data and --model, or --recipe"),
        (["train", "--data", "x", "--model", "ae", "--out", "a.safetensors"], "no data set 'x'"),
        (["data", "fetch", "imagenet"], "no data set 'imagenet': choose digits"),
        (["export", "nothing"], "there is no checkpoint 'nothing'"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(words, sentence, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.chdir(ROOT)
    assert main(words) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_data_that_is_not_there_says_how_to_get_it(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "400")
    assert main(["evaluate", str(ROOT / "checkpoints" / "mnist-vae-2d.safetensors")]) == 2
    assert "python -m aecore data fetch mnist" in capsys.readouterr().err


def test_a_class_is_served_with_its_code_and_key_and_in_class_mode(monkeypatch, capsys, tmp_path):
    from aecore.cli import serving

    called = {}
    monkeypatch.setenv("AECORE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AECORE_ROOTS", "/school")
    monkeypatch.setattr(
        serving, "become", lambda command, env: called.update(command=command, env=env) or 0
    )
    (tmp_path / "shapes").mkdir()
    assert main(["class", "--port", "8600", "--code", "kiwi", "--folder", "shapes"]) == 0
    said, env = capsys.readouterr().out, called["env"]
    assert (env["AECORE_CLASS"], env["AECORE_JOIN_CODE"]) == ("1", "kiwi")
    assert env["AECORE_TEACHER_KEY"] == (tmp_path / "teacher.key").read_text()
    assert env["AECORE_TEACHER_KEY"] in said
    assert ":8600/?join=kiwi" in said
    assert called["command"][-4:] == ("--server.address", "0.0.0.0", "--server.port", "8600")
    assert env["AECORE_ROOTS"].split(os.pathsep) == ["/school", str(tmp_path / "shapes")]
    assert Path.cwd() == tmp_path  # what else is named relative to it is still found
    assert main(["class", "--port", "0"]) == 2
    assert main(["class", "--folder", "/nowhere/at/all"]) == 2


def test_app_is_streamlit_run_with_its_options(monkeypatch):
    from aecore.cli import serving

    called = []
    monkeypatch.setattr(serving, "become", lambda command, env: called.append((command, env)) or 0)
    options = ["--server.port", "8600", "--server.headless=true", "--help"]
    assert main(["app", *options]) == 0
    command, env = called[0]
    assert command[1:] == ("-m", "streamlit", "run", str(ROOT / "app.py"), *options)
    assert set(env) - set(os.environ) <= {"PYTHONSAFEPATH"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to hand on")
def test_what_ends_the_command_ends_what_it_has_become():
    served = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    script = (
        "import os, sys; from aecore.cli.serving import become; "
        f"become((sys.executable, '-c', {served!r}), os.environ)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        process.terminate()
        assert process.wait(20) == -signal.SIGTERM

"""Checkpoints: saved is loaded, whole or not at all, and bad files are named."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from aecore import checkpoints
from aecore.checkpoints import (
    add_calibration,
    add_metrics,
    available,
    find,
    load,
    read,
    read_card,
    register,
    save,
)
from aecore.errors import CheckpointError
from aecore.evaluation import evaluate
from tests.cards import as_format_1, rewrite


def test_saved_is_loaded(small):
    path, model, splits = small
    loaded, card = load(path)
    images = torch.from_numpy(splits.test.images)
    weights = model.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in loaded.state_dict().items())
    expected = model.eval().reconstruct(images)
    torch.testing.assert_close(loaded.reconstruct(images), expected)
    assert card.model == model.config
    assert not any(p.requires_grad for p in loaded.parameters())
    assert not loaded.training


def test_the_card_holds_what_evaluate_prints_again(small):
    path, _, splits = small
    loaded, card = load(path)
    assert evaluate(loaded, splits.test).to_json() == card.metrics


def test_stored_codes_are_those_of_the_images(small):
    path, model, splits = small
    latents = read(path).latents
    assert len(latents) == 180
    assert np.bincount(latents.split).tolist() == [60, 60, 60]
    images = torch.from_numpy(splits.train.images)
    want = model.encode(images).mean.detach().numpy()
    assert np.allclose(latents.training_codes, want, atol=2e-3, rtol=2e-3)
    assert np.array_equal(latents.labels[:60], splits.train.labels)


def test_a_model_is_rebuilt_from_its_card_and_not_from_todays_defaults(small):
    path, model, _ = small
    card = read_card(path)
    assert card.decoder == model.layers["decoder"]
    rewrite(path, lambda c: c["model"].update(widths=[999]))
    assert torch.equal(load(path).model.decoder[0].weight, model.decoder[0].weight)


def test_the_same_seed_gives_the_same_file(small, tmp_path, make_checkpoint):
    make_checkpoint(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == small[0].read_bytes()


def same(stored, other):
    columns = stored.latents.__dataclass_fields__
    return (
        all(np.array_equal(value, other.weights[name]) for name, value in stored.weights.items())
        and all(
            np.array_equal(getattr(stored.latents, name), getattr(other.latents, name))
            for name in columns
        )
        and np.array_equal(stored.calibration, other.calibration)
    )


def test_a_file_of_an_earlier_version_opens_and_is_packed_when_it_is_written_again(small):
    path = small[0]
    before = read(path)
    as_format_1(path)
    rewrite(path, lambda card: card.pop("steps"))
    plain_size = path.stat().st_size
    assert same(before, read(path))
    add_metrics(path, {"note": 7})
    assert same(before, read(path))
    assert path.stat().st_size < plain_size
    assert read_card(path).metrics == before.card.metrics | {"note": 7}
    with safe_open(path, "numpy") as file:
        assert "steps" not in json.loads(file.metadata()["card"])  # nothing is made up for it


def test_new_scores_leave_the_rest(small):
    before = read(small[0])
    scores = before.calibration[::-1] + 1
    add_calibration(small[0], scores)
    after = read(small[0])
    assert np.array_equal(after.calibration, before.calibration + 1)
    assert same(before, after._replace(calibration=before.calibration))
    assert after.card == before.card


def test_a_failed_write_leaves_the_old_file_and_nothing_else(small, monkeypatch):
    path, model, _ = small
    before = path.read_bytes()
    stored = read(path)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(CheckpointError, match="can't be written: No space left"):
        save(path, model, stored.card, stored.latents)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda p: p.write_bytes(b""), "is not a safetensors file"),
        (
            lambda p: p.write_bytes(b"PK\x03\x04 a zip, surely" * 20),
            "not a (safetensors|checkpoint)",
        ),
        (lambda p: p.write_bytes(p.read_bytes()[:-100]), "is truncated"),
        (lambda p: rewrite(p, lambda c: c.update(format=99)), "newer version"),
        (lambda p: rewrite(p, lambda c: c.pop("model")), "card can't be read"),
        (lambda p: rewrite(p, lambda c: c["model"].update(kind="deep")), "model is 'deep'"),
        (lambda p: rewrite(p, lambda c: c["decoder"][0].update(kind="pickle")), "unknown layer"),
        (lambda p: rewrite(p, lambda c: c["decoder"][0].update(n_out=9)), "do not fit the card"),
    ],
)
def test_a_bad_file_is_named_in_one_sentence(small, damage, words):
    path = small[0]
    damage(path)
    with pytest.raises((CheckpointError, ValueError), match=words) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_foreign_safetensors_file_is_said_to_be_foreign(tmp_path):
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(3, np.float32)}, tmp_path / "x.safetensors")
    with pytest.raises(CheckpointError, match="not a checkpoint of Autoencoder Explorer"):
        read_card(tmp_path / "x.safetensors")


def test_bad_files_are_listed_as_such_and_the_rest_works(small, tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    (tmp_path / "bad.safetensors").write_bytes(b"nonsense")
    entries = {entry.name: entry for entry in available()}
    assert entries["small"].card is not None
    assert entries["bad"].card is None
    assert "bad.safetensors" in entries["bad"].problem


def test_a_model_trained_in_any_folder_is_listed_while_it_exists(small, tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path / "none"))
    path = small[0]
    register(path)
    register(path)
    assert [entry.path for entry in available()] == [path.resolve()]
    assert find("small") == path.resolve()
    path.unlink()
    assert available() == []
    with pytest.raises(CheckpointError, match="no checkpoint 'small'"):
        find("small")


def test_a_rewritten_file_is_read_again(small, tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    assert available()[0].card.data == "blobs"
    rewrite(small[0], lambda card: card.update(data="other"))
    assert available()[0].card.data == "other"


def test_reading_without_torch_is_reading_without_torch():
    import subprocess
    import sys

    root = Path(__file__).parent.parent.parent
    path = root / "checkpoints" / "digits-vae-2d.safetensors"
    code = (
        "import sys; from pathlib import Path; from aecore import checkpoints, export;"
        "from aecore.latents.projection import PCA; from aecore.latents.support import Support;"
        f"s = checkpoints.read(Path({str(path)!r})); export.network_bytes(s);"
        "PCA().fit(s.latents.codes); Support.of(s.latents); checkpoints.available();"
        "heavy = {'torch', 'sklearn', 'openTSNE', 'streamlit', 'plotly', 'pandas'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "[]", done.stderr


def test_latent_tables_know_their_training_rows(small):
    latents = read(small[0]).latents
    assert len(latents.training_codes) == (latents.split == 0).sum() == 60
    moved = latents.at(latents.index + 5)
    assert np.array_equal(moved.index, latents.index + 5)
    assert replace(moved, index=latents.index).codes is latents.codes
    assert checkpoints.SUFFIX == ".safetensors"

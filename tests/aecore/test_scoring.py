"""Scores of pictures: the engine's, and the same from the command line."""

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aecore import checkpoints
from aecore.anomaly.threshold import conformal_threshold, percentile
from aecore.cli import main
from aecore.data.catalogue import load
from aecore.scoring import COLUMNS, ScoredImage, Scorer, to_csv

NAME = "digits-ae-16d"


@pytest.fixture
def folder(tmp_path):
    digits = load("digits", "test")
    for i in range(3):
        Image.fromarray(digits.pixels[i, 0]).save(tmp_path / f"{i}.png")
    Image.new("L", (90, 90), 255).save(tmp_path / "blank.png")
    return tmp_path


def rows(capsys, *words):
    code = main(["score", "--checkpoint", NAME, *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_folder_is_scored_in_order_and_agrees_with_the_engine(folder, capsys):
    code, found = rows(capsys, folder)
    assert code == 0
    assert [Path(row["file"]).name for row in found] == ["0.png", "1.png", "2.png", "blank.png"]
    assert [row["verdict"] for row in found] == ["scored", "scored", "scored", "blank"]
    scorer = Scorer(checkpoints.read(checkpoints.find(NAME)))
    labels = load("digits", "test").labels
    for row, label in zip(found[:3], labels, strict=False):
        assert set(row) == set(COLUMNS)
        same = scorer.score(Path(row["file"]).read_bytes(), row["file"])
        assert same.to_json() == row
        normal = scorer.stored.calibration
        assert row["percentile"] == percentile(normal, row["score"])
        assert row["threshold"] == conformal_threshold(normal, 0.05)
        assert row["anomalous"] == (row["score"] > row["threshold"])
        assert len(row["neighbour_labels"]) == 8
        assert str(label) in row["neighbour_labels"]
    assert found[3]["score"] is None


def test_csv_has_the_same_numbers(folder, capsys):
    _, found = rows(capsys, folder)
    assert main(["score", "--checkpoint", NAME, str(folder), "--csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["score"]) for row in table[:3]] == [row["score"] for row in found[:3]]
    assert table[0]["neighbour_labels"].split("; ") == found[0]["neighbour_labels"]


def test_a_bad_file_does_not_stop_the_others(folder, capsys):
    bad, missing = folder / "bad.png", folder / "missing.png"
    bad.write_text("<svg/>")
    code, found = rows(capsys, bad, missing, folder / "0.png")
    assert code == 1
    assert "SVG" in found[0]["error"]
    assert "can't be opened" in found[1]["error"]
    assert found[2]["error"] is None
    assert found[2]["score"] > 0


def test_an_archive_is_scored_like_its_files(folder, capsys):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.write(folder / "0.png", "0.png")
    _, zipped = rows(capsys, folder / "all.zip")
    _, plain = rows(capsys, folder / "0.png")
    assert zipped[0]["score"] == plain[0]["score"]


def test_the_table_shows_scores_and_errors_to_a_reader(folder, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    (folder / "bad.png").write_bytes(b"")
    assert main(["score", "--checkpoint", NAME, str(folder)]) == 1
    said = capsys.readouterr()
    assert "blank" in said.out
    assert "is empty" in said.err
    assert "at most 5% of new images of the same source are above it on average" in said.out
    assert main(["score", "--checkpoint", NAME, str(folder), "--rule", "pac", "--json"]) == 1
    # P(Binomial(178, .95) ≥ 175) ≤ 5 % < P(… ≥ 174)
    normal = np.sort(
        checkpoints.read(checkpoints.find(NAME)).calibration
    )  # 178: P(Binomial(178, .95) ≥ 175) ≤ 5 %
    found = json.loads(capsys.readouterr().out)
    assert {row["threshold"] for row in found} == {None, float(normal[175 - 1])}


def test_wrong_usage_exits_with_2(folder, capsys):
    assert main(["score", "--checkpoint", "nothing", str(folder)]) == 2
    assert "no checkpoint 'nothing'" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["score", str(folder)])
    assert left.value.code == 2


def test_a_name_that_is_a_formula_is_text_in_a_spreadsheet():
    text = to_csv([ScoredImage(file="=1+1.png", verdict="scored", score=0.25)])
    assert text.splitlines()[1].startswith("'=1+1.png,scored,,0.25,")


def test_without_calibration_there_is_a_score_and_no_verdict_on_it(make_checkpoint, tmp_path):
    path = tmp_path / "x.safetensors"
    make_checkpoint(path)
    stored = checkpoints.read(path)._replace(calibration=np.zeros(0, np.float32))
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8), 99, np.uint8)).save(buffer, "PNG")
    scored = Scorer(stored).score(buffer.getvalue())
    assert scored.score > 0
    assert scored.percentile is None
    assert scored.threshold is None
    assert scored.anomalous is None

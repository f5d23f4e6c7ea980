"""Tables as training data: told from signals, learnt, and what is strange in them found."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from aecore.anomaly.scores import score
from aecore.checkpoints import load, read, read_card
from aecore.cli import main
from aecore.data import cells, own, rows
from aecore.data.catalogue import DATASETS
from aecore.data.catalogue import load as load_set
from aecore.data.columns import Columns
from aecore.data.imageset import SPLITS, Axis
from aecore.errors import DataError
from aecore.metrics import auroc
from aecore.production import Splits, learnt
from aecore.training.config import TrainingConfig

N, N_FEATURES, N_PLANTED = 400, 59, 6


def write(path, names, table):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(([names] if names else []) + table)
    path.write_text(text.getvalue())
    return path


def mixed(n=60):
    """Rows with a counter, numbers with gaps, words, and a class that is called so."""
    draw = np.random.default_rng(0)
    return [
        [
            i,
            f"{draw.normal(50, 5):.3f}",
            "" if i == 7 else f"{draw.normal():.3f}",
            "rgb"[i % 3],
            i % 2,
        ]
        for i in range(n)
    ]


MIXED = ["id", "size", "gap", "colour", "Class"]

# ---- what a text file is ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("a,b,c\n1,2,3\n4,5,6\n", True),
        ("a;b;c\n1,5;2;3\n4;5;6\n", True),
        ("1,2,3\n4,5,6\n", False),
        ("calm,2,3\nwild,5,6\n", False),  # a class and samples: UCR
        ("1.0e+00  2.0  3.0\n2.0e+00  5.0  6.0\n", False),
        ("a,a,b\n1,2,3\n4,5,6\n", False),  # names have to differ
        ("", False),
    ],
)
def test_a_first_row_of_names_makes_a_table(tmp_path, text, table):
    path = tmp_path / "x.csv"
    path.write_text(text)
    assert rows.is_table(path) == table


def test_a_table_becomes_standardised_numbers_and_says_what_was_assumed(tmp_path):
    path = write(tmp_path / "x.csv", MIXED, mixed())
    parts = [own.load(path, split) for split in SPLITS]
    assert [len(part) for part in parts] == [42, 6, 12]
    train = parts[0]
    assert train.shape == (1, 1, 5)
    assert train.classes == ("0", "1")
    names = ("size", "gap", "colour = b", "colour = g", "colour = r")
    assert train.axis.names == names
    back = rows.FAR * (2 * train.images[:, 0, 0, 0] - 1)
    assert back.mean() == pytest.approx(0, abs=0.02)
    assert back.std() == pytest.approx(1, abs=0.02)
    said = " ".join(own.words(path))
    for words in (
        "so this is a table, not signals: 60 rows of 3 columns, 5 numbers a row",
        "Classes are in the column “Class”",
        "numbers the rows: id",
        "1 missing cell was filled",
        "one number a value: colour",
    ):
        assert words in said
    signals = write(tmp_path / "y.csv", None, [[1, *range(10)]] * 30)
    assert "no row of column names, so each row is read as a signal" in own.words(signals)[0]


def test_further_rows_are_read_as_those_that_were_learnt(tmp_path):
    path = write(tmp_path / "x.csv", MIXED, mixed())
    train = own.load(path, "train")
    columns = Columns.from_json(Axis.from_json(train.axis.to_json()).columns.to_json())
    assert columns == train.axis.columns
    table = rows.read_table(path.read_bytes())
    again = rows.intensities(columns.read(table))
    index = rows.stratified_split(rows.encode(table, "Class").labels, "train")
    gap = index.tolist().index(7) if 7 in index else None
    same = np.ones(len(index), bool)
    if gap is not None:
        same[gap] = False  # the median then, the mean now
    assert np.array_equal(again[index][same], train.pixels[same])
    with pytest.raises(DataError, match="no column gap; it needs the columns that were learnt"):
        columns.read(replace(table, names=("id", "size", "gip", "colour", "Class")))


@pytest.mark.parametrize(
    ("names", "of", "label"),
    [
        (["a", "b", "Diagnosis"], lambda i: (i / 7, i, i % 3), "Diagnosis"),
        (["a", "b", "which"], lambda i: (i / 7, i, "xy"[i % 2]), "which"),
        (["which", "a", "b"], lambda i: ("xy"[i % 2], i / 7, i), "which"),
        (["a", "b", "c"], lambda i: (i / 7, i, i % 2), ""),
        (["class", "b", "c"], lambda i: (i / 7, i, i % 2), ""),  # 60 values are no classes
    ],
)
def test_the_column_of_classes(tmp_path, names, of, label):
    path = write(tmp_path / "x.csv", names, [of(i) for i in range(60)])
    assert rows.label_of(rows.read_table(path.read_bytes())) == label


def test_what_can_not_be_learnt_is_said(tmp_path):
    few = write(tmp_path / "x.csv", ["a", "class"], [(i, i % 2) for i in range(60)])
    with pytest.raises(DataError, match="only 1 numbers a row are left"):
        own.load(few, "train")
    gaps = write(tmp_path / "y.csv", None, [(1, 2, "x"), *[(i, i % 2, 3) for i in range(60)]])
    with pytest.raises(DataError, match="needs a first row that names its columns"):
        own.load(gaps, "train")


# ---- a part of the classes ----------------------------------------------------------------------


def test_only_some_classes_are_learnt():
    splits = Splits(*(cells.load(split) for split in SPLITS))
    assert learnt(splits, TrainingConfig()) is splits
    benign = learnt(splits, TrainingConfig(only=("benign",)))
    assert [len(part) for part in (benign.train, benign.val, benign.test)] == [251, 35, 71]
    assert not benign.train.labels.any()
    with pytest.raises(ValueError, match="only is 'mild', but must be one of benign, malignant"):
        learnt(splits, TrainingConfig(only=("mild",)))


# ---- the built-in table -------------------------------------------------------------------------


def test_the_built_in_table_is_whole():
    parts = [load_set("cells", split) for split in SPLITS]
    assert sum(map(len, parts)) == DATASETS["cells"].n_images == 569
    assert sum(int(part.labels.sum()) for part in parts) == 212
    assert parts[0].shape == DATASETS["cells"].shape
    assert parts[0].classes == DATASETS["cells"].classes
    assert parts[0].axis.names[0] == "mean radius"


def test_malignant_rows_are_strange_to_the_model_of_benign_ones(shipped):
    """On the test split; the recipe was chosen by the validation split."""
    import torch

    path = next(path for path in shipped if path.stem == "cells-ae-8d")
    assert path.stat().st_size < 60_000
    found, test = load(path), cells.load("test")
    strange = score("mse", found.model, torch.from_numpy(test.images))
    assert auroc(strange[test.labels == 0], strange[test.labels == 1]) > 0.85
    limit = np.sort(read(path).calibration)[-1]
    assert (strange[test.labels == 0] > limit).mean() < 0.15
    table = read(path).latents
    assert not table.labels[table.split == 0].any()  # support is that of benign ones
    assert (table.labels[table.split == 2] == test.labels).all()


# ---- by the command line ------------------------------------------------------------------------


def synthetic(path):
    """59 numbers out of 5 hidden ones, and in the last rows a few of them broken."""
    draw = np.random.default_rng(1)
    hidden = draw.normal(size=(N, 5))
    values = hidden @ draw.normal(size=(5, N_FEATURES)) + draw.normal(0, 0.1, (N, N_FEATURES))
    broken = np.arange(N - N_PLANTED, N)
    for row in broken:
        values[row, draw.choice(N_FEATURES, 8, replace=False)] += 6
    kinds = np.where(np.arange(N) < N - N_PLANTED, "good", "bad")
    names = [f"f{i}" for i in range(N_FEATURES)]
    write(path, [*names, "kind"], [[*row, kind] for row, kind in zip(values, kinds, strict=True)])
    return broken


def test_59_features_are_learnt_as_16_codes_and_planted_rows_rank_first(tmp_path, capsys):
    broken = synthetic(tmp_path / "mine.csv")
    out = tmp_path / "mine.safetensors"
    words = [
        "--model",
        "ae",
        "--latent-dim",
        "16",
        "--widths",
        "32",
        "--likelihood",
        "gaussian",
        "--noise-std",
        "0.05",
        "--epochs",
        "30",
        "--batch-size",
        "16",
        "--only",
        "good",
        "--learning-rate",
        "5e-3",
    ]
    mine = str(tmp_path / "mine.csv")
    assert main(["train", "--data", mine, *words, "--out", str(out)]) == 0
    said = capsys.readouterr().out.replace("\n", " ")
    assert "400 rows of 59 columns" in said
    assert "Classes are in the column “kind”." in said
    assert read_card(out).axis.names[-1] == "f58"
    (tmp_path / "mine.csv").rename(tmp_path / "new.csv")  # the card alone says how rows are read
    assert main(["score", "--checkpoint", str(out), str(tmp_path / "new.csv"), "--csv"]) == 0
    scored = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    ranked = sorted(scored, key=lambda row: -float(row["score"]))
    assert {int(row["row"]) - 1 for row in ranked[:N_PLANTED]} == set(broken)
    assert {row["anomalous"] for row in ranked[:N_PLANTED]} == {"true"}
    assert sum(row["anomalous"] == "true" for row in scored) < 0.15 * N
    assert main(["score", "--checkpoint", str(out), mine]) == 2
    assert "can't be read" in capsys.readouterr().err


def test_columns_of_a_table_are_not_shifted(tmp_path, capsys):
    path = write(tmp_path / "x.csv", MIXED, mixed())
    words = [
        "--model",
        "ae",
        "--epochs",
        "1",
        "--jitter",
        "0.5",
        "--out",
        str(tmp_path / "x.safetensors"),
    ]
    assert main(["train", "--data", str(path), *words]) == 2
    assert "0 for a table" in capsys.readouterr().err

"""Text files as spreadsheets, pandas, R, numpy and the archives write them: read rightly.

Each is made here, after kinds that people report in public trackers.
"""

import csv
import io
from datetime import datetime, timedelta

import numpy as np
import pytest

from aecore.checkpoints import read_card
from aecore.cli import main
from aecore.data import own, pixel_table, rows, series, signals
from aecore.data.imageset import SPLITS
from aecore.data.numerals import decimal_mark, number, plain
from aecore.data.tables import begins_with_names, read_table
from aecore.errors import DataError

N, LENGTH = 60, 24
NAMES = ["a", "b", "c", "d", "class"]


def body(n=N):
    """Four numbers with three decimals, and a word of two."""
    draw = np.random.default_rng(0)
    values = np.round(draw.normal(5, 20, (n, 4)), 3)
    return [[*(f"{v:.3f}" for v in row), "xy"[i % 2]] for i, row in enumerate(values)]


def text(lines, mark=",", comma=False):
    out = io.StringIO()
    cells = [[c.replace(".", ",") if comma else c for c in map(str, row)] for row in lines]
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows(cells)
    return out.getvalue()


PLAIN = [tuple(row) for row in body()]


# ---- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "delimiter", "mark"),
    [
        (["5.39", "902", "1,175"], ",", "."),  # a decimal point elsewhere: thousands
        (["22,459", "4,651", "-0,666"], ";", ","),
        (["1,175", "902"], ",", "."),
        (["1,175", "902"], ";", ","),
        (["1.175", "2.345"], ";", "."),  # numpy's %.3f
        (["1.175", "0,5"], ";", ","),
        (["1.234.567,5"], ";", ","),
        (["Doe, John", "3.5"], ",", "."),
    ],
)
def test_which_mark_is_decimal_is_told_by_the_cells_that_can_be_read_one_way(
    cells, delimiter, mark
):
    assert decimal_mark(cells, delimiter) == mark


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("1,175", ".", 1175), ("1,175", ",", 1.175), ("1.175,5", ",", 1175.5),
        ("0,123", ",", 0.123),
        ("1 175,5", ",", 1175.5), ("1\u202f175", ".", 1175), ("1’175.5", ".", 1175.5),
        ("-1,234,567", ".", -1234567), ("1e-3", ".", 0.001),
    ],
)  # fmt: skip
def test_numbers_with_marks_are_written_plainly(cell, mark, value):
    assert float(plain(cell, mark)) == value
    assert number(cell) is not None


# ---- tables -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "names", "said"),
    [
        (text([NAMES, *PLAIN]), NAMES, ""),
        (text([["", *NAMES], *([i, *r] for i, r in enumerate(PLAIN))]), NAMES, "rows' index"),
        (text([["", *NAMES], *([7 * i % 61, *r] for i, r in enumerate(PLAIN))]), NAMES, "index"),
        (text([NAMES, *([f"r{i}", *r] for i, r in enumerate(PLAIN))]), NAMES, "rows' index"),
        ("sep=;\n" + text([NAMES, *PLAIN], ";", comma=True), NAMES, "sep=;"),
        ("# by me\n# 2024-05-01\n" + text([NAMES, *PLAIN]), NAMES, "2 lines that begin with #"),
        ("# " + text([NAMES, *PLAIN]), NAMES, ""),  # numpy.savetxt(header=…)
        ("\n".join(f"{line};" for line in text([NAMES, *PLAIN], ";").splitlines()), NAMES, ""),
        (text([["name", "2019", "2020", "2021", "class"], *([f"p{i}", *r[1:]] for i, r in
          enumerate(PLAIN))]), ["name", "2019", "2020", "2021", "class"], ""),
        (text([["400", "410", "420", "430", "class"], *PLAIN]),
         ["400", "410", "420", "430", "class"], ""),
        (text([["", "0", "1", "2", "3", "4"], *([i, *r] for i, r in enumerate(PLAIN))]),
         ["0", "1", "2", "3", "4"], "index"),
    ],
)  # fmt: skip
def test_what_stands_around_a_table_is_seen_and_said(content, names, said):
    assert begins_with_names(content.encode())
    table = read_table(content.encode())
    assert list(table.names) == names
    assert len(table.rows) == N
    assert said in " ".join(table.notes)
    assert [row[-4:] for row in table.rows] == [row[-4:] for row in PLAIN]


@pytest.mark.parametrize(
    "rows_of", [[["1", "2", "3"], ["4", "5", "6"]], [["0", "1", "2", "3"]] * 9]
)
def test_numbers_that_count_are_no_names_where_the_rows_below_count_too(rows_of):
    assert not begins_with_names(text(rows_of).encode())


def test_thousands_are_read_and_said():
    lines = [[f"{i / 7:.2f}", f"{900 + 7 * i:,}", i % 5, "xy"[i % 2]] for i in range(N)]
    table = read_table(text([["a", "income", "n", "class"], *lines]).encode())
    assert [float(cell) for cell in table.column("income")] == [900 + 7 * i for i in range(N)]
    assert table.notes == ("Read with marks of thousands: income (1,005 is 1005).",)


# ---- signals ------------------------------------------------------------------------------------


def waves(n=N):
    t = np.arange(LENGTH) / LENGTH
    return np.array([np.sin(2 * np.pi * (1 + i % 2) * t + i / 9) + 0.003 for i in range(n)])


def lines_of(first=(), last=(), mark=",", decimal="."):
    cells = [[f"{v:.5f}".replace(".", decimal) for v in row] for row in waves()]
    columns = [[f(i) for f in first] + row + [f(i) for f in last] for i, row in enumerate(cells)]
    return "\n".join(mark.join(row) for row in columns)


TS = "#c\n@problemName W\n@timeStamps false\n@univariate true\n@classLabel true 0 1\n@data\n"


def kind(i):
    return str(i % 2)


@pytest.mark.parametrize(
    ("name", "content", "classes", "said"),
    [
        ("a.csv", lines_of([kind]), ("0", "1"), "class first"),
        ("a.csv", lines_of([kind], mark=";", decimal=","), ("0", "1"), "class first"),
        ("a.txt", lines_of([kind], mark=" ", decimal=","), ("0", "1"), "class first"),
        ("a.csv", "sep=;\n" + lines_of([kind], mark=";"), ("0", "1"), "class first"),
        ("a.csv", "# by me\n" + lines_of([kind]), ("0", "1"), "class first"),
        ("a.csv", lines_of([], [lambda i: f"{i % 2}.0"]), ("0", "1"), "class in the last column"),
        ("a.csv", lines_of([str], [kind]), ("0", "1"), "counts the rows"),
        ("a.csv", lines_of(), (signals.UNLABELLED,), "neither its first nor its last column"),
        ("a.ts", TS + "\n".join(f"{x}:{i % 2}" for i, x in enumerate(lines_of().split("\n"))),
         ("0", "1"), "archive"),
    ],
)  # fmt: skip
def test_signals_are_read_wherever_their_class_stands(tmp_path, name, content, classes, said):
    path = tmp_path / name
    path.write_text(content)
    train = own.load(path, "train")
    assert train.classes == classes
    assert said in " ".join(own.words(path))
    found = signals.read(path.read_bytes(), name)
    assert np.abs(found.values - waves()).max() < 1e-5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("@timeStamps false", "@timeStamps true"), "time stamp at every sample; save it as CSV"),
        (("@data\n", "@data\n1,2,3:"), "2 variables; save one of them"),
        (("@data\n", "@date\n"), "no line @data"),
    ],
)
def test_a_ts_file_of_another_kind_says_what_to_save(tmp_path, change, words):
    lines = "\n".join(f"{x}:{i % 2}" for i, x in enumerate(lines_of().split("\n")))
    (tmp_path / "x.ts").write_text((TS + lines).replace(*change))
    with pytest.raises(DataError, match=words):
        own.load(tmp_path / "x.ts", "train")


# ---- one long series ----------------------------------------------------------------------------


def long_series(n, gap=()):
    start = datetime(2024, 5, 1)
    return [
        [(start + timedelta(minutes=i)).isoformat(" "), "" if i in gap else f"{np.sin(i / 5):.4f}",
         int(i == 130)]
        for i in range(n)
    ]  # fmt: skip


def test_a_long_series_is_cut_into_windows_that_share_nothing(tmp_path, capsys):
    path = tmp_path / "x.csv"
    path.write_text(text([["timestamp", "value", "is_anomaly"], *long_series(1003, gap=(7,))]))
    parts = [own.load(path, split, 40) for split in SPLITS]
    assert sum(map(len, parts)) == 1003 // 40
    assert parts[0].shape == (1, 1, 40)
    found = series.windows(path.read_bytes(), "x.csv", 40)
    assert found.labels == ["0", "0", "0", "1", *["0"] * 21]
    whole = np.sin(np.arange(1000) / 5)
    far = np.abs(found.values.ravel() - whole) > 1e-4
    assert set(np.flatnonzero(far)) <= {7}  # what was missing lies on the line
    said = " ".join(own.words(path, 40))
    for words in ("25 windows of 40", "last 3 samples", "1 missing values", "is_anomaly"):
        assert words in said
    with pytest.raises(DataError, match=r"12 windows of 80; at least 20.*choose 50 samples"):
        own.load(path, "train", 80)
    with pytest.raises(ValueError, match="window is 3, but must be 8 to 4,096 samples"):
        own.load(path, "train", 3)
    words = ["--model", "ae", "--epochs", "1", "--widths", "8", "--window", "40"]
    out = tmp_path / "x.safetensors"
    assert main(["train", "--data", str(path), *words, "--out", str(out)]) == 0
    assert "--window 40" in read_card(out).command
    capsys.readouterr()
    assert main(["score", "--checkpoint", str(out), str(path), "--csv"]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 26
    why = " ".join(said.err.split())  # the console breaks lines
    assert "No verdict" in why
    assert "It takes 19" in why


# ---- pictures in a table ------------------------------------------------------------------------


@pytest.mark.parametrize("of", [lambda i: f"pixel{i}", lambda i: f"{i // 28 + 1}x{i % 28 + 1}"])
def test_a_table_of_pixels_is_pictures(tmp_path, of, capsys):
    draw = np.random.default_rng(0)
    pictures = draw.integers(0, 256, (40, 784))
    lines = [["label", *map(of, range(784))], *([i % 2, *x] for i, x in enumerate(pictures))]
    path = tmp_path / "x.csv"
    path.write_text(text(lines))
    assert not rows.is_table(path)
    parts = [own.load(path, split) for split in SPLITS]
    assert parts[0].shape == (1, 28, 28)
    assert parts[0].classes == ("0", "1")
    assert sum(int(part.pixels.sum()) for part in parts) == pictures.sum()
    assert "picture of 28×28" in own.words(path)[0]
    (tmp_path / "plain.csv").write_text(text(lines[1:]))
    plainly = pixel_table.read((tmp_path / "plain.csv").read_bytes(), "plain.csv")
    assert np.array_equal(plainly.pixels.reshape(40, -1), pictures)
    if of(0) == "pixel0":
        assert main(["score", "--checkpoint", "digits-ae-2d", str(path), "--csv"]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 41


def test_a_pixel_that_is_none_is_said(tmp_path):
    lines = [["label", *(f"pixel{i}" for i in range(784))], *[[1, *[7] * 783, 300]] * 30]
    with pytest.raises(DataError, match="not from 0 to 255"):
        pixel_table.read(text(lines).encode(), "x.csv")

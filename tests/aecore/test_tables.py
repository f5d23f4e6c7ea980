"""Tables: reading what people have, saying what was left out, finding the odd row."""

import numpy as np
import pytest

from aecore.anomaly.tables import judge_rows
from aecore.data.columns import FARTHEST, prepare_table
from aecore.data.tables import Table, has_header, label_columns, number, read_table
from aecore.errors import DataError


def lines(*rows, repeat=20):
    return ("\n".join(rows[:1]) + "\n" + "\n".join(rows[1:] * repeat)).encode()


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters_and_headers(mark):
    table = read_table(lines(f"a{mark}b", f"1{mark}2", f"3{mark}4"))
    assert table.names == ("a", "b")
    assert len(table.rows) == 40
    assert table.notes == ()


def test_without_a_header_columns_are_numbered_and_that_is_said():
    table = read_table(lines("5,6", "1,2", "3,4"))
    assert table.names == ("column 1", "column 2")
    assert len(table.rows) == 41
    assert "no header row" in table.notes[0]


@pytest.mark.parametrize(
    ("rows", "want"),
    [
        ([["a", "b"], ["1", "x"], ["2", "y"]], True),
        ([["1", "x"], ["2", "y"]], False),
        ([["a", "a"], ["1", "2"]], False),
        ([["", "b"], ["1", "2"]], False),
        ([["kind", "name"], ["x", "y"]], True),
        ([["x", "y"], ["x", "z"]], False),
        ([["2020", "2021"], ["1", "2"]], False),
    ],
)
def test_what_counts_as_a_header(rows, want):
    assert has_header(rows) == want


def test_decimal_commas_quotes_byte_order_marks_and_latin_1():
    assert number("1,5") == 1.5
    assert number(" -2e3 ") == -2000
    assert number("1,234.5") == 1234.5
    assert number("inf") is number("12,34.5") is number("x") is None
    content = "\ufeffname;wert\n".encode() + b'"a;b";1,5\n"c";2,5\n' * 20
    table = read_table(content)
    assert table.names == ("name", "wert")
    assert table.rows[0] == ("a;b", "1.5")
    latin = "größe,b\n".encode("latin-1") + b"1,2\n3,4\n" * 20
    assert read_table(latin).names == ("größe", "b")


def test_missing_constant_and_wordy_columns_are_handled_and_said():
    rows = tuple(
        (str(i), "7", "" if i == 3 else str(i * i % 13), f"name {i}", "ab"[i % 2], "NA")
        for i in range(60)
    )
    table = Table(("id", "same", "gaps", "names", "letter", "nothing"), rows)
    got = prepare_table(table, np.arange(40))
    assert [column.name for column in got.columns] == ["gaps", "letter"]
    assert got.values.shape == (60, 3)
    said = " ".join(got.notes)
    assert "numbers the rows: id." in said
    assert "same value: same, nothing." in said
    assert "more than 12 different values: names." in said
    assert "1 missing cell was filled" in said
    assert "one number a value: letter" in said
    own = [i * i % 13 for i in range(40) if i != 3]
    plain = got.values[3, 0] * got.spread[0] + got.centre[0]
    assert plain == pytest.approx(np.median(own))


def test_numbers_are_standardised_by_the_training_rows_and_written_back():
    rng = np.random.default_rng(0)
    rows = tuple((f"{a:.6f}", "xy"[i % 2]) for i, a in enumerate(rng.normal(50, 5, 100)))
    got = prepare_table(Table(("a", "b"), rows), np.arange(60))
    assert got.values[:60, 0].mean() == pytest.approx(0, abs=1e-9)
    assert got.values[:60, 0].std() == pytest.approx(1)
    words = got.words(got.values[:5])
    assert [w[1] for w in words] == [r[1] for r in rows[:5]]
    assert float(words[2][0]) == pytest.approx(float(rows[2][0]), rel=1e-3)
    summed = got.by_column(np.ones((3, 3)))
    assert summed.tolist() == [[1, 2]] * 3


def test_far_off_values_are_drawn_in():
    rows = (*((str(i % 7), str(i)) for i in range(60)), ("1e9", "5"))
    got = prepare_table(Table(("a", "b"), rows), np.arange(60))
    assert got.values.max() == FARTHEST


def test_labels_and_columns_that_are_left_out():
    rows = tuple((str(i), "ab"[i % 2], str(i % 20)) for i in range(60))
    table = Table(("a", "kind", "c"), rows)
    assert label_columns(table) == ["kind"]
    got = prepare_table(table, np.arange(60), ("kind",))
    assert [column.name for column in got.columns] == ["a", "c"]
    with pytest.raises(DataError, match="no column is left"):
        prepare_table(Table(("a",), (("1",),) * 60), np.arange(60))


def test_a_planted_row_that_breaks_the_pattern_ranks_first_and_its_column_is_named():
    rng = np.random.default_rng(0)
    hidden = rng.normal(0, 1, (300, 2))
    values = hidden @ rng.normal(0, 1, (2, 8)) + rng.normal(0, 0.05, (300, 8))
    values[250, 5] += 3
    values = (values - values[:200].mean(0)) / values[:200].std(0)
    steps = []
    got = judge_rows(values, np.arange(200), report=lambda done, total: steps.append(done / total))
    assert int(np.argmax(got.scores["mse"])) == 250
    assert int(np.argmax(np.square(values - got.rebuilt)[250])) == 5
    assert steps == sorted(steps)
    again = judge_rows(values, np.arange(200))
    assert np.array_equal(again.scores["mse"], got.scores["mse"])


def test_too_many_columns_and_too_large_files_are_named():
    with pytest.raises(DataError, match="600 columns; at most 500"):
        read_table(b"\n".join([b",".join([b"1"] * 600)] * 50))
    with pytest.raises(DataError, match="over 20 MB"):
        read_table(b"1" * 20_000_001)

"""Models of tables outside the browser: what is normal to them, words, a table of one's own."""

from types import SimpleNamespace

import pytest
import streamlit as st

from aecore.checkpoints import find, read
from aecore.data import cells
from aecore.export import network
from aeview.anomaly import own as anomaly_own
from aeview.anomaly import sets as anomaly_sets
from aeview.shell import messages
from aeview.work import cache


@pytest.fixture(scope="module")
def checkpoint():
    return read(find("cells-ae-8d"))


def test_what_was_learnt_is_normal_and_the_sidebars_model_judges_it(checkpoint):
    card = checkpoint.card
    assert anomaly_sets.learnt(card) == "only-0"
    assert anomaly_sets.learnt(read(find("digits-ae-2d")).card) == "all"
    judge = anomaly_sets.judge("cells-ae-8d", checkpoint, "only-0")
    assert judge.digest == checkpoint.digest
    assert anomaly_sets.judge("cells-ae-8d", checkpoint, "all") is None  # has yet to be trained
    parts = anomaly_sets.parts("cells", 30, "only-0", whole=True)
    assert [len(part) for part in (parts.train, parts.held_out, parts.test)] == [251, 35, 71]
    assert anomaly_sets.offered("cells", "only-0", (1, 1, 30)) == ["classes", "corrupted", "own"]
    assert "cells" not in anomaly_sets.offered("heartbeats", "all", (1, 1, 140))
    choice = anomaly_sets.Choice("only-0", "classes")
    found = anomaly_sets.judged("a table", checkpoint, judge, choice, None)
    assert found.figures["MSE"][0] > 0.85
    assert len(found.strange) == 42


def test_a_row_says_its_columns(checkpoint):
    axis = cache.axis(checkpoint.card)
    said = messages.signal(30, axis)
    assert said.startswith("Rows of 30 numbers, a column after another, from -5 to 5 standard")
    assert "A square of the grid: 5 columns by 2." in said
    assert "<li>mean radius</li>" in messages.columns(axis.names)
    assert "<li>&lt;b&gt;</li>" in messages.columns(["<b>"])
    header, _ = network(checkpoint)
    assert header["names"][0] == "mean radius"
    assert list(header["things"])[:3] == ["row", "rows", "column"]
    assert "MSE per column" in messages.figures(checkpoint.card)
    assert "test rows (benign)" in messages.figures(checkpoint.card)


def test_a_table_of_ones_own_is_read_by_its_columns(checkpoint, monkeypatch):
    def ask(names, rows):
        said = []
        text = "\n".join(",".join(row) for row in (names, *rows))
        file = SimpleNamespace(name="mine.csv", getvalue=text.encode)
        monkeypatch.setattr(st, "file_uploader", lambda *_, **__: file)
        for kind in ("info", "error", "caption"):
            monkeypatch.setattr(st, kind, said.append)
        return anomaly_own.ask(checkpoint), " ".join(said)

    table = cells.table()
    turned = [tuple(reversed(row)) for row in table.rows[:50]]
    taken, said = ask(tuple(reversed(table.names)), turned)
    assert taken.pixels.shape == (50, 1, 1, 30)
    assert "50 of 50 rows" in said
    straight, _ = ask(table.names, table.rows[:50])
    assert (straight.pixels == taken.pixels).all()
    nothing, said = ask(table.names[1:], [row[1:] for row in table.rows[:50]])
    assert nothing is None
    assert "no column mean radius" in said

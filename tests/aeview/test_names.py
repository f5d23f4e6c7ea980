"""What somebody named stands on a page as plain text, and in files as a cell or a name."""

import ast
import base64
import csv
import io
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import find, read
from aecore.files import csv_cell
from aecore.scoring import ScoredImage, to_csv
from aeview.bounded import Bounded
from aeview.denoise.component import Asked
from aeview.escape import argument, code, escaped, file_name
from aeview.interpolate import view as interpolation
from aeview.interpolate.shown import Shown
from aeview.own_pictures.pad import Drawn, Pasted
from aeview.work.browser_files import files, text

ROOT = Path(__file__).parent.parent.parent
HOSTILE = (
    "<img src=x onerror=alert(1)>", ":red[x]", "![](http://evil.example/x.png)",
    "[a](javascript:x)",
    "$x^2$", "`code`", "**bold**", "_slanted_", "# head", "> quote", "- list", "1. list",
    ":material/delete:", ":smile:", "~~gone~~", "a|b", "www.evil.example", "http://evil.example",
    "me@evil.example", "\\*not\\*", "{x}", "==x==",
)  # fmt: skip
SHOWN = re.compile(r"\\([!-/:-@\[-`{-~])")


def seen(text):
    """What Markdown shows of an escaped text."""
    return SHOWN.sub(r"\1", text).replace("\u2060", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_every_name_is_shown_as_it_is_and_nothing_in_it_is_markup(name):
    text = escaped(name)
    assert seen(text) == name
    bare = SHOWN.sub("", text)
    assert not set("<>[]`*$~|{}") & set(bare)
    assert not re.search(r":(?=[^\s\u2060])|www\.|\w@\w", bare)
    assert not re.match(r"\s*(#|>|[-+=]\s|\d+[.)])", text)


def test_sentences_of_ours_stay_readable_in_a_terminal_too():
    said = "The link's “x” is not a number; give 0 to 9 (see mnist-vae-2d, my_model.npz)."
    assert escaped(said) == said


def test_what_is_not_seen_but_steers_is_left_out_and_lines_become_one():
    assert escaped("a\u202egnp.exe\u200b\x07\nb") == "agnp.exe b"
    assert len(escaped("x" * 10_000)) == 301


def test_a_code_span_is_never_ended_by_what_stands_in_it():
    assert code("a`b\nc") == "a'b c"
    assert argument("my data; rm -rf /") == "'my data; rm -rf /'"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\r=1", "\n=1", "  =1", "＝1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert csv_cell(text) == f"'{text}"


def test_a_table_of_scores_protects_its_text_and_leaves_its_numbers():
    row = ScoredImage(
        file="=cmd|' /C calc'!A0", verdict="scored", score=-0.25, neighbour_labels=("=1", "b"),
        error="@SUM(1)",
    )  # fmt: skip
    (found,) = csv.DictReader(io.StringIO(to_csv([row])))
    assert found["file"] == "'=cmd|' /C calc'!A0"
    assert found["score"] == "-0.25"
    assert found["neighbour_labels"] == "'=1; b"
    assert found["error"] == "'@SUM(1)"


def test_the_name_of_a_download_cannot_end_its_header():
    hostile = 'x"\r\nSet-Cookie: a=b; filename="../../y'
    name = file_name(hostile, ".csv")
    assert re.fullmatch(r"[\w.-]{1,90}", name, re.ASCII)
    assert name.endswith(".csv")
    assert file_name("../..", ".gif") == "file.gif"
    assert file_name("mnist-vae-2d", "-scores.csv") == "mnist-vae-2d-scores.csv"


def test_a_notice_is_plain_text(monkeypatch):
    def page():
        import streamlit as st

        from aeview.shell import frame
        from aeview.shown import address

        notices = st.container()
        address.notice("The link's “model” is “[free marks](http://evil.example)”.")
        frame.say_notices(notices)

    (said,) = AppTest.from_function(page).run().info
    assert "](" not in said.value.replace("\\]", "")


# ---- what the sources may not hold --------------------------------------------------------------


def sources():
    return [p for folder in ("aecore", "aeview", "pages") for p in (ROOT / folder).rglob("*.py")]


def test_nothing_is_unpickled_and_no_text_is_run():
    for path in [ROOT / "app.py", *sources()]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", "")}
                assert not names & {"pickle", "marshal", "shelve", "dill", "joblib"}, path
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("eval", "exec", "torch.load", "os.system", "yaml.load"), path
                keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
                if called in ("np.load", "numpy.load"):
                    assert keywords.get("allow_pickle") == "False", path
                assert keywords.get("shell") != "True", path
                assert "unsafe_allow_html" not in keywords, path
                assert "unsafe_allow_javascript" not in keywords, path


HTML = re.compile(r"\b(inner|outer)HTML\s*(\+?=|:)|insertAdjacentHTML|document\.write|DOMParser")
# Markup of our own: constants, and numbers.
KNOWN = {
    "controls/picker.js": 1, "denoise/table.js": 2, "generate/posterior.js": 1,
    "web_page/main.js": 1,
}  # fmt: skip


def test_markup_in_the_browser_is_made_in_known_places_alone():
    found = {name: len(HTML.findall(text(name))) for name in files()}
    assert {name: n for name, n in found.items() if n} == KNOWN


def test_no_component_runs_text_or_loads_from_elsewhere():
    for name in files():
        found = re.search(r"\beval\(|new Function\(|https?://(?!www\.w3\.org)", text(name))
        assert not found, name


# ---- what a browser reports ---------------------------------------------------------------------


NONSENSE = (None, 7, "x", [], {}, float("inf"), -1, 10**9, ["x"], True)


@pytest.mark.parametrize("field", ["height", "width", "image", "empty", "at"])
def test_a_pad_that_reports_nonsense_has_drawn_nothing(field):
    image = base64.b64encode(bytes(16)).decode()
    good = {"height": 2, "width": 8, "image": image, "empty": False, "at": 1}
    assert Drawn.of({"drawn": good}).image.shape == (2, 8)
    for value in NONSENSE:
        found = Drawn.of({"drawn": good | {field: value}})
        assert found is None or found.image.shape == (2, 8)
    assert Drawn.of({"drawn": good | {"height": -2, "width": -8}}) is None
    assert Pasted.of({"name": "x"}) is None


def test_a_browser_cannot_ask_the_filters_for_more_images_than_a_page_shows():
    shown = dict.fromkeys(("kind", "level", "seed", "n", "first", "show", "metric"), 0)
    report = {**shown, "stamp": "s", "images": ["a"] * 12, "paint": {}}
    assert Asked.of({"shown": report}).images == ("a",) * 12
    assert Asked.of({"shown": report | {"images": ["a"] * 100_000}}) is None
    assert Asked.of({"shown": report | {"paint": {str(i): "" for i in range(100)}}}) is None


def test_a_browser_cannot_ask_for_a_strip_of_a_million_frames():
    checkpoint = read(find("digits-pca-2d"))
    report = {"a": "0,0", "b": "1,1", "key": "k", "frames": 10**6, "path": "linear", "t": 0.5}
    asked = Shown.from_report(report)
    assert asked.frames == Shown.for_browser()["frames"]["high"]
    assert asked.fits(interpolation._checks(checkpoint))
    assert not asked.replace(path="../").fits(interpolation._checks(checkpoint))
    assert not asked.replace(a="0,0,0").fits(interpolation._checks(checkpoint))


# ---- what sessions share ------------------------------------------------------------------------


def test_what_is_kept_has_bounds_of_number_and_bytes_and_the_unused_go_first():
    few = Bounded(lambda: 2)
    few["a"], few["b"] = 1, 2
    assert few["a"] == 1
    few["c"] = 3
    assert dict(few) == {"a": 1, "c": 3}
    heavy = Bounded(lambda: 99, lambda: 10, len)
    heavy["a"], heavy["b"], heavy["c"] = b"1234", b"1234", b"1234"
    assert list(heavy) == ["b", "c"]
    heavy["d"] = bytes(100)
    assert list(heavy) == ["d"]
    made = []
    assert [few.once("d", lambda: made.append(1) or 7) for _ in range(3)] == [7, 7, 7]
    assert made == [1]


def test_no_fault_is_shown_without_being_escaped():
    """A fault's sentence holds names of files, columns and classes."""
    raw = re.compile(r"\.(error|warning|info|caption)\((str\(error\)|job\.problem|problem)\)")
    for path in sources():
        assert not raw.search(path.read_text(encoding="utf-8")), path

"""Save as a web page: what stands in the file, and what is said where it can't be made."""

import gzip
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aecore import cli
from aeview.shell import web_page as saving
from aeview.work import web_page
from aeview.work.browser_files import files


def bytes_of(characters):
    """What `boot.js` makes of a script's text."""
    sevens = np.array(list(map(ord, characters)), np.uint8).reshape(-1, 1) << 1
    bits = np.unpackbits(sevens, axis=1)[:, :7].reshape(-1)
    return np.packbits(bits[: bits.size // 8 * 8]).tobytes()


@given(st.binary(max_size=400))
def test_bytes_as_text_come_back_and_no_parser_of_html_changes_them(content):
    characters = web_page.as_text(content)
    assert bytes_of(characters) == content
    assert not set("\0\r<") & set(characters)


def test_a_module_stands_behind_those_that_it_imports():
    entries = [name for name in files() if name.endswith("/main.js")]
    made = web_page.modules(entries)
    before = set()
    for name, source in made.items():
        named = re.findall(r'"module:([^"]+)"', source)
        code = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)  # types are named in comments
        assert not re.findall(r'(?:^import|\bfrom) "\.', code, re.MULTILINE)
        assert set(named) <= before
        before.add(name)


@pytest.fixture
def save(tmp_path, capsys):
    """save(*arguments) → exit code, what was said, and the file's text."""
    out = tmp_path / "lab.html"

    def run(*arguments):
        code = cli.main(["page", "--out", str(out), *arguments])
        told = capsys.readouterr()
        return code, told.out + told.err, out.read_text("utf-8") if out.exists() else ""

    return run


def code_of(page):
    """What stands in the file besides the payloads."""
    [characters] = re.findall(r'<script type="text/plain" class="code">([^<]*)<', page)
    return json.loads(gzip.decompress(bytes_of(characters)))


def test_a_file_has_the_pages_that_are_asked_for_and_forbids_every_connection(save):
    code, said, page = save("digits-vae-2d", "--pages", "map,traverse")
    assert (code, "MB" in said) == (0, True)
    assert [each["name"] for each in code_of(page)["sections"]] == ["latent_map", "traverse"]
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    allowed = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert allowed["default-src"] == "'none'"
    assert "connect-src" not in allowed
    assert "unsafe" not in allowed["script-src"]
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)
    assert "digits-vae-2d" in page
    assert "UCI Machine Learning Repository" in page  # whose images these are


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name one model"),
        (["nothing"], "there is no checkpoint 'nothing'"),
        (["digits-vae-2d", "--pages", "train"], "some of map, interpolate, traverse, generate"),
        (["heartbeats-vae-2d", "--pages", "draw"], "it reads signals, which can't be drawn"),
        (["digits-gan-16d", "--pages", "draw"], "it makes nothing of your picture"),
    ],
)
def test_what_cant_be_saved_is_said_in_a_sentence(save, arguments, said):
    code, told, page = save(*arguments)
    assert (code, page) == (2, "")
    assert said in " ".join(told.split())


def test_the_help_names_the_pages_that_can_be_saved(capsys):
    with pytest.raises(SystemExit):
        cli.main(["page", "--help"])
    assert ", ".join(saving.savable()) in " ".join(capsys.readouterr().out.split())


def test_a_model_has_the_pages_that_it_can_show(save):
    sections = code_of(save("heartbeats-vae-2d")[2])["sections"]
    assert "your_image" not in [each["name"] for each in sections]
    assert len(sections) == len(saving.savable()) - 1


def test_a_gallery_has_an_index_that_leads_to_each_file(save, tmp_path):
    folder = tmp_path / "gallery"
    names = ["fashion-pca-2d", "cells-pca-8d"]
    assert save("--gallery", str(folder), "--pages", "map", *names)[0] == 0
    index = (folder / "index.html").read_text("utf-8")
    assert re.findall(r'href="([^"]+)"', index) == [f"{name}.html" for name in names]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["index.html", *(f"{name}.html" for name in names)]
    )
    others = (folder / "fashion-pca-2d.html").read_text(
        "utf-8"
    )  # whose images come with a licence
    assert "The above copyright notice and this permission notice shall be included" in others

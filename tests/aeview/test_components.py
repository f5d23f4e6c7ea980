"""Components: their files as a browser is given them, and what the browser reports."""

import gzip
import posixpath
import re
import shutil

import pytest
from asgi import finished
from starlette.applications import Starlette

from aeview.work import browser_files as files
from aeview.work.component import component, legible

IMPORT = re.compile(r'(?:\}\s*from|^import)\s+"([^"\n]+)"', re.MULTILINE)


def get(path, accepted="gzip"):
    """Status, headers and body, as a server that has decoded the path would ask for it."""
    told = []

    async def send(message):
        told.append(message)

    async def receive():
        return {"type": "http.request"}

    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"",
        "headers": [(b"accept-encoding", accepted.encode())],
    }  # fmt: skip
    finished(Starlette(routes=[files.route()])(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    return told[0]["status"], headers, b"".join(each.get("body", b"") for each in told)


def address(name, version=None):
    return f"/browser/{version or files.version()}/{name}"


def test_every_import_leads_to_a_file_and_every_module_is_imported():
    modules = {name: files.text(name) for name in files.files() if name.endswith(".js")}
    imported = set()
    for name, text in modules.items():
        if name != "shell/entry.js":  # its address is put in by Python
            for path in IMPORT.findall(text):
                assert path.startswith("."), (name, path)
                imported.add(posixpath.normpath(posixpath.join(posixpath.dirname(name), path)))
    assert imported <= set(modules)
    entries = {name for name in modules if name.endswith("/main.js")}
    windows = {
        posixpath.join(posixpath.dirname(name), path)
        for name in files.files()
        for path in re.findall(r'<script type="module" src="([^"]+)"', files.text(name))
    }
    assert set(modules) - imported - entries == {"shell/entry.js", "web_page/boot.js"} | windows


@pytest.mark.parametrize(("accepted", "zipped"), [("gzip, br", True), ("identity", False)])
def test_a_file_is_kept_for_good_and_zipped_for_whoever_reads_that(accepted, zipped):
    content = (files.FOLDER / "net/net.js").read_bytes()
    status, headers, body = get(address("net/net.js"), accepted)
    assert status == 200
    assert (gzip.decompress(body) if zipped else body) == content
    assert headers.get("content-encoding") == ("gzip" if zipped else None)
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"].startswith("text/javascript")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["vary"] == "Accept-Encoding"


def test_the_same_files_below_another_path():
    assert get(f"/school/lab{address('net/net.js')}") == get(address("net/net.js"))


@pytest.mark.parametrize(
    "name",
    ["net/nothing.js", "", "package.json", "../frame.py", "net/../../frame.py", "/etc/passwd",
     "..\\frame.py", "net/./net.js", "node_modules/typescript/lib/typescript.js"],
)  # fmt: skip
def test_nothing_but_these_files_is_served(name):
    status, headers, _ = get(address(name))
    assert (status, headers["cache-control"]) == (404, "no-store")


def test_a_file_of_another_version_is_not_found_and_not_kept():
    status, headers, _ = get(address("net/net.js", "0" * 16))
    assert (status, headers["cache-control"]) == (404, "no-store")


def test_a_change_of_one_file_is_another_version_and_links_lead_nowhere(tmp_path, monkeypatch):
    before = files.version()
    home = tmp_path / "browser"
    shutil.copytree(files.FOLDER, home, ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "outside.js").write_text("secret")
    (home / "net/linked.js").symlink_to(tmp_path / "outside.js")
    (home / "net/hidden.py").write_text("secret")
    monkeypatch.setattr(files, "FOLDER", home)
    same = read_again()
    (home / "net/net.js").write_text("export {};\n")
    other = read_again()
    monkeypatch.undo()
    assert read_again() == same == before != other


def read_again():
    files.files.cache_clear()
    files.version.cache_clear()
    return files.version()


def test_a_component_asks_for_its_own_entry(monkeypatch):
    sent = {}
    monkeypatch.setattr(
        "streamlit.components.v2.component",
        lambda name, **parts: sent.update(parts, name=name) or print,
    )
    component.__wrapped__("traverse/rate_distortion")
    assert f'"{files.version()}/traverse/rate_distortion/main.js"' in sent["js"]
    assert sent["name"] == "aeview_rate_distortion"
    assert 'class="lab sweep"' in sent["html"]
    assert sent["css"].startswith(legible(files.text("shell/base.css")))

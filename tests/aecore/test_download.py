"""Downloads, against an HTTP server that the test starts on loopback."""

import hashlib
import http.server
import os
import threading
from pathlib import Path

import pytest

from aecore.data.download import RemoteFile, fetch, find
from aecore.errors import DataError

CONTENT = {"a.gz": b"a" * 5000, "b.gz": b"b" * 3000}
FILES = tuple(RemoteFile(n, hashlib.sha256(c).hexdigest(), len(c)) for n, c in CONTENT.items())


@pytest.fixture
def mirror():
    """A server; `fail` holds names that answer 503, `wrong` such that send other bytes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        asked: list[str] = []  # noqa: RUF012  # one server a test
        fail: set[str] = set()  # noqa: RUF012
        wrong: set[str] = set()  # noqa: RUF012

        def do_GET(self):  # the base class's name
            name = self.path.rsplit("/", 1)[-1]
            self.asked.append(name)
            if name in self.fail:
                self.send_error(503)
                return
            body = b"x" * 10 if name in self.wrong else CONTENT[name]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Handler.url = f"http://127.0.0.1:{server.server_port}/"
    Handler.asked, Handler.fail, Handler.wrong = [], set(), set()
    yield Handler
    server.shutdown()
    server.server_close()
    thread.join()


def test_fetches_with_progress_to_the_last_byte(mirror, tmp_path):
    steps = []
    folder = fetch(tmp_path / "set", FILES, (mirror.url,), lambda *step: steps.append(step))
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == CONTENT
    assert steps[-1] == (8000, 8000)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_is_taken_up_again_where_it_stopped(mirror, tmp_path):
    mirror.fail = {"b.gz"}
    with pytest.raises(DataError, match="run it again"):
        fetch(tmp_path / "set", FILES, (mirror.url,))
    mirror.fail = set()
    mirror.asked.clear()
    fetch(tmp_path / "set", FILES, (mirror.url,))
    assert mirror.asked == ["b.gz"]


def test_the_next_mirror_is_tried(mirror, tmp_path):
    dead = "http://127.0.0.1:9/"
    fetch(tmp_path / "set", FILES, (dead, mirror.url))
    assert (tmp_path / "set" / "a.gz").read_bytes() == CONTENT["a.gz"]


def test_a_wrong_checksum_is_said_and_nothing_is_kept(mirror, tmp_path):
    mirror.wrong = {"a.gz"}
    with pytest.raises(DataError, match=r"a.gz could not be downloaded: .*wrong checksum"):
        fetch(tmp_path / "set", FILES, (mirror.url,))
    assert not (tmp_path / "set" / "a.gz").exists()


def test_no_network_is_said(tmp_path):
    with pytest.raises(DataError, match=r"can't be reached.*Check the network") as caught:
        fetch(tmp_path / "set", FILES, ("http://127.0.0.1:9/",))
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_written_to_is_said(mirror, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="can't be written to"):
        fetch(tmp_path / "file" / "set", FILES, (mirror.url,))

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "makedirs", denied)
    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(DataError, match=r"PermissionError.*AECORE_CACHE_DIR"):
        fetch(tmp_path / "other", FILES, (mirror.url,))


def test_find_wants_every_file(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.gz").write_bytes(b"")
    assert find("set", FILES) is None
    (tmp_path / "set" / "b.gz").write_bytes(b"")
    assert find("set", FILES) == tmp_path / "set"

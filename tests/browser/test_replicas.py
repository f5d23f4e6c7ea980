"""Two replicas behind nginx with the committed configuration; the commands of the Dockerfile."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from aeview.own_pictures import samples as sample_pictures
from tests.browser.addresses import ADDRESSES, SCENE, is_linked

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(
    shutil.which("nginx") is None and not os.environ.get("AEVIEW_REQUIRE_BROWSER"),
    reason="nginx is not installed (apt: nginx-light)",
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """nginx on a port of its own, in a folder of its own; the replicas' names are given ports."""

    def __init__(self, folder, one, two):
        self.port, self.log = free_port(), folder / "access.log"
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for name, server in (("one", one), ("two", two)):
            text = text.replace(f"server {name}:8501", f"server 127.0.0.1:{server.port}")
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        text = text.replace("/dev/stdout", str(self.log))
        kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        paths = "".join(f"{name}_temp_path {folder / name};\n" for name in kept)
        text = text.replace("http {\n", "http {\n" + paths, 1)
        (folder / "nginx.conf").write_text(text)
        self.process = subprocess.Popen(
            ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr",
             "-g", f"daemon off; master_process off; pid {folder / 'pid'};"],
        )  # fmt: skip
        self.url = f"http://127.0.0.1:{self.port}"

    def get(self, replica=""):
        """Ask for the page's shell; say which replica was named in the cookie."""
        request = urllib.request.Request(f"{self.url}/")
        if replica:
            request.add_header("Cookie", f"replica={replica}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return re.match(r"replica=(\w+);", answer.headers["Set-Cookie"])[1]

    def served(self, what):
        """Who answered such requests, as the log has it."""
        lines = self.log.read_text().splitlines()
        return {line.split()[-1] for line in lines if what in line}


@pytest.fixture
def replicas(serve, tmp_path):
    home = {"AECORE_HOME": str(tmp_path / "home")}  # they share a folder
    one, two = serve(**home), serve(**home)
    (tmp_path / "nginx").mkdir()
    proxy = Proxy(tmp_path / "nginx", one, two)
    for _ in range(100):
        try:
            proxy.get()
            break
        except OSError:  # the only thing to wait for is the port
            subprocess.run(["sleep", "0.1"], check=True)
    yield proxy, {"one": one, "two": two}
    proxy.process.terminate()
    proxy.process.wait(20)


@pytest.mark.parametrize(
    "addresses",
    [
        [ADDRESSES[4], SCENE, ADDRESSES[6]],
        pytest.param([*ADDRESSES, SCENE], marks=pytest.mark.sweep),
    ],
    ids=["three-pages", "every-page"],
)
def test_pages_open_at_either_replica_and_a_visitor_stays_until_one_fails(
    replicas, open_page, addresses
):
    proxy, servers = replicas
    page = open_page("about:blank")
    for number, address in enumerate(addresses):
        name = ("one", "two")[number % 2]  # each gets a deep link for its first visit
        page.context.add_cookies([{"name": "replica", "value": name, "url": proxy.url}])
        page.goto(f"{proxy.url}/{address.page}{address.link}")
        is_linked(page, address)
    ports = {f"127.0.0.1:{server.port}" for server in servers.values()}
    assert proxy.served("/_stcore/stream") == ports

    assert {proxy.get() for _ in range(40)} == {"one", "two"}
    assert {proxy.get("two") for _ in range(10)} == {"two"}
    page.goto(f"{proxy.url}/your_image?input=upload")
    lab = page.locator(".lab.own")
    expect(lab).to_have_attribute("data-ready", "yes")
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(
        {"name": "drawn.png", "mimeType": "image/png",
         "buffer": sample_pictures.png(sample_pictures._pen())}
    )  # fmt: skip
    expect(page.locator(".made .note")).to_have_text("drawn.png")
    (mine,) = (c["value"] for c in page.context.cookies(proxy.url) if c["name"] == "replica")
    assert proxy.served("/_stcore/upload_file") == {f"127.0.0.1:{servers[mine].port}"}
    servers[mine].process.kill()
    page.goto(f"{proxy.url}/your_image")
    expect(lab).to_have_attribute("data-ready", "yes")


def test_the_image_starts_what_the_readme_starts():
    lines = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text()).splitlines()
    told = {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in lines if " " in line}
    command, health = json.loads(told["CMD"]), json.loads(told["HEALTHCHECK"].removeprefix("CMD"))
    readme = (ROOT / "README.md").read_text()
    assert " ".join(command[:3]) in readme  # streamlit run app.py
    (install,) = (line for line in lines if line.startswith("RUN pip install"))
    words = shlex.split(install.removeprefix("RUN "))
    assert f"{' '.join(words[:2])} {' '.join(words[-2:])}" in readme  # pip install -e .
    port = str(free_port())
    command = [word.replace("8501", port) for word in command]
    health = [word.replace("8501", port) for word in health]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if subprocess.run(health, check=False, stderr=subprocess.DEVNULL).returncode == 0:
                break
        assert subprocess.run(health, check=False).returncode == 0
    finally:
        server.terminate()
        server.wait(90)

"""Nobody gets where they don't belong: strangers' requests, hostile names, a class at the door."""

import http.client
import io
import re
import urllib.request
import uuid
from contextlib import closing

import pytest
from PIL import Image
from playwright.sync_api import Error, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from aecore.checkpoints import shipped_folder
from tests.cards import rewrite

MARK = "<img src=x onerror=window.hacked=1>"
CLIMBS = (
    "/../pyproject.toml", "/..%2f..%2fpyproject.toml", "/%2e%2e/pyproject.toml", "//etc/passwd",
    "/..\\pyproject.toml", "/../../../../etc/passwd",
)  # fmt: skip
LINK = "[free](http:evil.example) ![](http:evil.example) :red[x] $x^2$ www.evil.example `y`"


def request(app, method, path, body=b"", **headers):
    """Status and body of a request whose path nobody has tidied."""
    with closing(http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)) as connection:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        with connection.getresponse() as answer:
            return answer.status, answer.read()


def test_a_stranger_can_neither_upload_nor_connect_nor_read_files(app):
    upload = f"/_stcore/upload_file/{uuid.uuid4()}/{uuid.uuid4()}"
    assert request(app, "PUT", upload, b"x")[0] == 403
    assert request(app, "PUT", upload, b"x", Cookie="_streamlit_xsrf=1", X_Xsrftoken="2")[0] == 403
    with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=30) as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]
    token = cookie.removeprefix("_streamlit_xsrf=")
    # With a token of his own he has passed that door, and stands before a session that is not his.
    assert request(app, "PUT", upload, b"x", Cookie=cookie, X_Xsrftoken=token)[0] == 400
    status, _ = request(app, "DELETE", upload)
    assert status in (400, 403, 404)
    url = f"ws://127.0.0.1:{app.port}/_stcore/stream"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, origin="http://evil.example", subprotocols=["streamlit"]).close()
    assert refused.value.response.status_code == 403
    secret = (shipped_folder().parent / "pyproject.toml").read_bytes()
    for folder in ("", "/static", "/media", "/app/static", "/component", "/_stcore"):
        for climb in CLIMBS:
            _, found = request(app, "GET", folder + climb)
            assert secret not in found
            assert b"root:" not in found


def hostile(card):
    card["classes"] = [f"{i} {MARK} {LINK}" for i in range(10)]
    card["command"] = f"{MARK} {LINK}"


@pytest.fixture
def models(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    for name, kind in ((f"1 {MARK} {LINK}", "vae-2d"), (f"2 {MARK}", "ae-2d")):
        source = shipped_folder() / f"digits-{kind}.safetensors"
        rewrite(source, hostile, folder / f"{name}.safetensors")
    (folder / f"3 {MARK} {LINK}.safetensors").write_bytes(b"nothing")
    return folder


def harmless(page):
    """Nothing that a name holds has become a picture, a link, a formula, a colour or a script."""
    assert page.evaluate("window.hacked") is None
    for markup in ('img[src="x"]', 'a[href*="evil"]', '[src*="evil"]', ".katex"):
        expect(page.locator(markup)).to_have_count(0)
    coloured = page.get_by_text(re.compile("^x$")).locator("css=.stMarkdownColoredText")
    expect(coloured).to_have_count(0)


def test_names_are_never_markup_wherever_they_stand(serve, open_page, models):
    server = serve(AECORE_CHECKPOINTS=str(models))
    page = open_page(f"{server.url}/?x={MARK}&model={LINK}")
    said = page.get_by_text("which is not offered here")
    expect(said).to_contain_text(re.compile(r"\[free\]\(http:.*!\[\].*:.red\[x\]"))
    page.get_by_text("Model card").click()
    expect(page.get_by_text("1 file can't be opened")).to_be_visible()
    page.get_by_text("1 file can't be opened").click()
    expect(page.get_by_text(f"3 {MARK}").first).to_be_visible()
    expect(page.locator(".lab").first).to_be_visible()
    harmless(page)

    page.get_by_role("link", name="Compare").click()
    expect(page.locator("table.figures").get_by_text(MARK).first).to_be_visible()
    expect(page.locator(".lab h3").get_by_text(MARK).first).to_be_visible()
    harmless(page)

    page.get_by_role("link", name="Your image").click()
    page.get_by_text("Upload", exact=True).click()
    picture = io.BytesIO()
    Image.new("L", (40, 40), 255).save(picture, "PNG")
    files = [(f"{MARK} {LINK}.png", picture.getvalue()), (f"{MARK} broken {LINK}.png", b"GIF8")]
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files]
    )
    expect(page.get_by_text("All 2 pictures")).to_be_visible()
    harmless(page)


def another_pass(page, kept=None):
    """Wait until the tab has another pass than this; what it is."""
    now = "kept => [sessionStorage.getItem('aeview.pass')].find((now) => now && now !== kept)"
    try:
        return page.wait_for_function(now, arg=kept).json_value()
    except Error:
        pytest.fail(f"no other pass on this page:\n{page.locator('body').aria_snapshot()}")


def test_a_class_joins_by_its_code_and_is_back_where_it_was_after_a_restart(
    serve, chromium, tmp_path
):
    school = {
        "AECORE_CLASS": "1", "AECORE_JOIN_CODE": "kiwi", "AECORE_TEACHER_KEY": "only-mine",
        "AECORE_HOME": str(tmp_path),
    }  # fmt: skip
    server = serve(**school)
    page = chromium.new_page()  # a server that dies leaves errors in the console
    page.set_viewport_size({"width": 1366, "height": 768})
    try:
        page.goto(f"{server.url}/train?z=1")
        expect(page.get_by_role("heading", name="Join the class")).to_be_visible()
        expect(page.get_by_role("heading", name="Train")).to_have_count(0)
        page.get_by_label("The code on the board", exact=True).fill("kiwi")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        expect(page.get_by_label("Path on the server")).to_have_count(0)
        field = page.get_by_label("Nodes per layer", exact=True)
        field.fill("77")
        field.press("Enter")
        expect(page).to_have_url(re.compile("join=kiwi"))
        first = another_pass(page)

        server.process.kill()
        server.process.wait(20)
        expect(page.get_by_text(re.compile("Connecting|Connection error")).first).to_be_visible()
        serve(server.port, **school)
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
        expect(page.get_by_role("heading", name="Join the class")).to_have_count(0)
        student = another_pass(page, first)
        expect(page.get_by_label("Nodes per layer", exact=True)).to_have_value("77")
        page.get_by_text("Class", exact=True).click()
        expect(page.get_by_label("The teacher's key", exact=True)).to_be_visible()
        page.get_by_label("The teacher's key", exact=True).fill("only-mine")
        page.get_by_role("button", name="Teacher: sign in").click()
        expect(page.get_by_text("Class · teacher")).to_be_visible()

        # A reload keeps who one is; a pass that somebody made up opens nothing. It is put there
        # when the page goes: one that is there may store its own at any time.
        another_pass(page, student)
        page.reload()
        expect(page.get_by_text("Class · teacher")).to_be_visible()
        page.evaluate("""() => addEventListener("pagehide", () => {
          const kept = sessionStorage.getItem("aeview.pass");
          sessionStorage.setItem("aeview.pass", `${kept.slice(0, -4)}none`);
        })""")
        page.reload()
        page.get_by_text("Class", exact=True).click()
        expect(page.get_by_label("The teacher's key", exact=True)).to_be_visible()
        assert "pass" not in page.url
    finally:
        page.close()


def test_in_a_class_every_play_counts_and_the_page_follows_the_teachers_switch(
    serve, open_page, tmp_path
):
    school = {"AECORE_CLASS": "1", "AECORE_JOIN_CODE": "kiwi", "AECORE_HOME": str(tmp_path)}
    address = f"{serve(**school).url}/train?join=kiwi"
    first, second = open_page(address), open_page(address)  # each tab is a student
    for page in (first, second):
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    for page in (first, second):  # the second still says Play, which a run of another made New run
        page.get_by_role("button", name="Play", exact=True).click()
        expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    assert len([folder for folder in (tmp_path / "runs").iterdir() if folder.is_dir()]) == 2

    switch, locked = tmp_path / "class.json", "The teacher has locked training."
    switch.write_text('{"students_train": false}')
    for page in (first, second):
        expect(page.get_by_text(locked, exact=True)).to_be_visible()
        expect(page.get_by_text("Somebody else began this run")).to_have_count(0)
    switch.write_text('{"students_train": true}')
    for page in (first, second):
        expect(page.get_by_text(locked, exact=True)).to_have_count(0)
        expect(page.locator(".st-key-new_run button").first).to_be_enabled()

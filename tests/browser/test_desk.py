"""The desk in a real browser: share, keys, presenter mode."""

import io
import xml.etree.ElementTree as ET

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from aeview.lessons.scenes import read
from tests.browser.hand import grip

PINNED_THERE = """({ explorer: { stage, pinned } }) => {
  const [across, down] = stage.camera.toScreen(pinned.x, pinned.y);
  return Math.hypot(across - stage.side / 4, down - stage.side / 4) < 15; // or a point nearby
}"""
LARGER = "([map, side]) => map.getBoundingClientRect().width >= side"
SVG = "{http://www.w3.org/2000/svg}"


def downloaded(page, kind):
    page.get_by_role("button", name="Share").click()
    with page.expect_download() as download:
        page.locator(f".share [data-do={kind}]").click()
    assert download.value.suggested_filename == f"latent-map.{kind}"
    return download.value.path().read_bytes()


def test_what_is_on_screen_can_be_taken_along(app, open_page):
    page = open_page(f"{app.url}/?z=0.5,-1.25&layers=prior")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator('.explorer[data-answered="yes"]')).to_be_visible()
    page.get_by_role("button", name="Share").click()
    page.get_by_role("menuitem", name="Copy link").click()
    expect(page.locator(".said")).to_contain_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert "z=0.5" in page.url

    page.get_by_role("button", name="Share").click()
    page.get_by_role("menuitem", name="Copy as Python").click()
    expect(page.locator("dialog.code pre")).to_contain_text("lab.explain([0.5, -1.25]")
    code = page.locator("dialog.code pre").text_content()
    page.wait_for_function(
        "text => navigator.clipboard.readText().then((t) => t === text)", arg=code
    )
    page.keyboard.press("Escape")
    expect(page.locator("dialog.code")).to_be_hidden()

    box = page.locator(".explorer").bounding_box()
    picture = Image.open(io.BytesIO(downloaded(page, "png"))).convert("RGB")
    assert abs(picture.width / 2 - box["width"]) < 40
    assert abs(picture.height / 2 - box["height"]) < 40
    assert len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) > 100  # many colours
    drawn = ET.fromstring(downloaded(page, "svg"))
    assert abs(float(drawn.get("width")) - picture.width / 2) <= 1
    assert len(drawn.findall(f".//{SVG}image")) > 20  # map, picture, neighbours, posterior
    words = " ".join(text.text or "" for text in drawn.iter(f"{SVG}text"))
    assert "Nearest training images" in words
    assert "z2" in words
    assert not {"tiles", "fog", "prior", "pan"} & set(words.split())  # buttons

    page.get_by_role("button", name="Share").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save as a web page").click()
    assert download.value.suggested_filename == "digits-vae-2d.html"
    expect(page.locator(".said")).to_contain_text("without internet")
    saved = download.value.path().read_text("utf-8")
    assert "<title>digits-vae-2d" in saved
    assert "default-src 'none'" in saved

    # keys: none while one types, the help opens and closes
    page.locator(".coordinates input").first.focus()
    page.keyboard.press("p")
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_hidden()
    expect(page.locator(".bar")).to_be_hidden()
    page.locator(".coordinates input").first.blur()
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_contain_text("On the map")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.help")).to_be_hidden()

    # presented without a scene, the map is no smaller than before
    side = page.locator(".canvases").bounding_box()["width"]
    page.keyboard.press("p")
    expect(page.locator(".bar")).to_be_visible()
    page.wait_for_function(LARGER, arg=[page.locator(".canvases").element_handle(), side])


def test_a_lecture_goes_from_scene_to_scene_and_leaves_no_trace(app, open_page):
    scenes = read()
    place = next(i for i, scene in enumerate(scenes) if scene.id == "scatter-784-to-2")
    page = open_page(f"{app.url}/?scene=scatter-784-to-2", scheme="dark")
    expect(page.locator('.explorer[data-answered="yes"]')).to_be_visible()
    assert "model=digits-ae-2d" in page.url
    assert "scene=" not in page.url
    expect(page.locator(".desk")).to_have_attribute("data-ready", "yes")
    page.keyboard.press("p")
    expect(page.locator(".bar .at-scene")).to_have_text(f"scene {place + 1} of {len(scenes)}")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_test_id("stSelectbox").first).to_be_hidden()
    expect(page.get_by_role("heading", name=scenes[place].title)).to_be_visible()
    page.keyboard.press("h")
    expect(page.get_by_test_id("stMain").get_by_test_id("stSelectbox").first).to_be_visible()
    page.keyboard.press("h")

    # enlarged as it is, the map knows where the mouse is
    grip(page.locator(".canvases"), 0.25, 0.25)
    page.mouse.up()
    page.wait_for_function(PINNED_THERE, arg=page.locator(".explorer").element_handle())
    page.wait_for_url("**at=**")

    page.keyboard.press("q")
    expect(page.locator("dialog.qr .address")).to_have_text(f"{app.url}/?scene=scatter-784-to-2")
    expect(page.locator("dialog.qr .note")).to_contain_text("this machine alone")
    page.locator("dialog.qr [data-of=view]").click()
    expect(page.locator("dialog.qr .address")).to_contain_text("at=")
    page.keyboard.press("q")
    expect(page.locator("dialog.qr")).to_be_hidden()
    page.keyboard.press("b")
    expect(page.locator("dialog.black")).to_be_visible()
    page.keyboard.press("ArrowRight")  # any key brings the page back, and does nothing else
    expect(page.locator("dialog.black")).to_be_hidden()

    page.evaluate("window.here = true")
    page.keyboard.press("ArrowLeft")  # the click has not kept the arrow keys
    expect(page.get_by_role("heading", name=scenes[place - 1].title)).to_be_visible()
    page.wait_for_url(f"**/{scenes[place - 1].target.page}**")
    expect(page.locator(".bar .at-scene")).to_have_text(f"scene {place} of {len(scenes)}")
    assert page.evaluate("window.here")  # the session goes on: no new load

    page.go_back()  # the address decides which scene it is
    expect(page.get_by_role("heading", name=scenes[place].title)).to_be_visible()
    page.wait_for_url("**model=digits-ae-2d**")
    expect(page.locator('.explorer[data-answered="yes"]')).to_be_visible()
    expect(page.locator(".bar .at-scene")).to_have_text(f"scene {place + 1} of {len(scenes)}")
    page.get_by_label("Go to a scene").select_option(index=len(scenes) - 3)
    for _ in range(4):  # no press is lost while pages come and go, and none goes beyond the end
        page.keyboard.press("ArrowRight")
    last = scenes[-1]
    expect(page.locator(".bar .at-scene")).to_have_text(f"scene {len(scenes)} of {len(scenes)}")
    page.wait_for_url(f"**/{last.link.partition('?')[0]}**{last.link.partition('?')[2]}**")
    expect(page.get_by_role("heading", name=last.title, exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()

    # reset for class: a new session, which the lecture goes on in
    page.evaluate("sessionStorage.setItem('aeview.drawing', 'a rehearsal')")
    page.keyboard.press("r")
    page.get_by_role("button", name="Cancel").click()
    assert page.evaluate("window.here")
    page.keyboard.press("r")
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function("!window.here")
    expect(page.locator(".bar .at-scene")).to_have_text(f"scene {len(scenes)} of {len(scenes)}")
    page.wait_for_url(f"**/{last.link.partition('?')[0]}**{last.link.partition('?')[2]}**")
    expect(page.get_by_role("heading", name=last.title, exact=True)).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('aeview.drawing')") is None
    page.keyboard.press("Escape")
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    assert page.evaluate("Number(document.documentElement.dataset.zoom)") == 1


def test_a_chart_grows_with_the_page_and_answers_the_pointer(app, open_page):
    page = open_page(f"{app.url}/codes_at_work", width=1920, height=1080)
    numbers = """() => document.querySelector(".js-plotly-plot .ytick text")
        ?.getBoundingClientRect().height"""
    small = page.wait_for_function(numbers).json_value()
    expect(page.locator(".desk")).to_have_attribute("data-ready", "yes")
    page.keyboard.press("p")
    zoom = page.wait_for_function(
        f"""(small) => {{
            const wide = (part) => document.querySelector(part)?.getBoundingClientRect().width;
            const column = wide("[class*=st-key-chart_] [data-testid=stColumn]");
            const plot = wide(".js-plotly-plot .main-svg");
            const zoom = Number(document.documentElement.dataset.zoom);
            const fits = Math.abs(plot - column) < 3;
            return fits && Math.abs(({numbers})() / small / zoom - 1) < 0.1 && zoom > 1 && zoom;
        }}""",
        arg=small,
    ).json_value()
    assert zoom > 1.5
    page.locator(".js-plotly-plot .points path").nth(1).hover(force=True)
    expect(page.locator(".js-plotly-plot .hovertext")).to_contain_text("500 labels")

"""A teacher's route: made on one server, mailed, prepared and presented on another."""

import re

from playwright.sync_api import expect

TSNE = """
[[scene]]
id = "by-hand"
title = "Neighbours"
claim = "t-SNE keeps neighbours together."
link = "?model=cells-ae-8d&projection=tsne&perplexity=5"
subject = "map"
"""


def test_a_route_is_made_mailed_prepared_and_presented(serve, open_page, tmp_path):
    home = serve()
    page = open_page(f"{home.url}/generate?seed=5")
    expect(page.locator('.lab[data-ready="yes"]').first).to_be_visible()
    page.get_by_role("button", name="Share").click()
    page.get_by_role("menuitem", name="Add to my route").click()
    form = page.locator("dialog.add")
    form.get_by_label("Title").fill("My <b>dice</b>")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.locator("textarea:invalid")).to_have_count(1)  # it has to be written
    form.get_by_label("Sentence").fill("Some draws are no digits.")
    form.get_by_label("Shows").select_option("quantiles")
    form.get_by_label("Notes").fill("Ask first.\nThen throw.")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form).to_be_hidden()

    page.keyboard.press("p")  # the scenes that ship stay until one chooses
    expect(page.locator(".bar .at-scene")).to_contain_text(re.compile(r"\d\d prepared"))
    page.keyboard.press("e")
    titles = page.locator(".stops summary")
    expect(titles).not_to_have_count(0)
    shipped = titles.all_text_contents()
    assert "My <b>dice</b>" not in shipped
    page.get_by_role("button", name="My route", exact=True).click()
    expect(titles).to_have_text(["My <b>dice</b>"])
    expect(page.locator(".bar .at-scene")).to_contain_text("of 1")
    page.get_by_role("button", name="The scenes that ship").click()
    expect(titles).to_have_text(shipped)
    page.get_by_role("button", name=f"Copy to my route: {shipped[2]}").click()
    expect(page.locator(".desk .said")).to_contain_text("2 scenes")
    expect(page.locator(".bar .at-scene")).to_contain_text(f"{len(shipped)}")
    page.get_by_role("button", name="My route", exact=True).click()
    expect(titles).to_have_text(["My <b>dice</b>", shipped[2]])
    page.get_by_role("button", name=f"Remove: {shipped[2]}").click()
    expect(titles).to_have_count(1)
    page.get_by_label("Add a scene or a step of a lesson").select_option("lesson-6-noise-4")
    expect(titles).to_have_count(2)
    page.get_by_role("button", name="Down: My <b>dice</b>").click()
    expect(titles.last).to_have_text("My <b>dice</b>")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    mailed = download.value.path().read_text()

    cache = tmp_path / "cache"
    away = serve(AECORE_CACHE_DIR=str(cache))
    page = open_page(f"{away.url}/train")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    expect(page.locator(".desk")).to_have_attribute("data-ready", "yes")
    page.keyboard.press("p")
    expect(page.locator(".bar")).to_be_visible()
    page.keyboard.press("e")
    titles = page.locator(".stops summary")
    expect(titles).not_to_have_count(0)  # those that ship
    field = page.locator(".route input[type=file]")
    bad = {"name": "route.toml", "mimeType": "text/plain", "buffer": b"<html>"}
    field.set_input_files([bad])
    expect(page.locator(".route .refused")).to_contain_text("is not TOML")
    field.set_input_files([bad | {"buffer": (mailed + TSNE).encode()}])
    expect(titles).to_have_count(3)

    # Prepare computes what the third scene needs
    assert not list(cache.rglob("*.npz"))
    page.get_by_role("button", name="Prepare").click()
    expect(page.locator(".preparing")).to_contain_text("Preparing")
    expect(page.locator("dialog.prepared .note")).to_have_text("3 of 3 scenes are ready.")
    assert len(list(cache.rglob("*.npz"))) == 1
    page.keyboard.press("Escape")
    expect(page.locator("dialog.prepared")).to_be_hidden()

    with page.expect_popup() as opened:
        page.keyboard.press("n")
    notes = opened.value
    expect(notes.locator(".next")).to_have_text("Next: My <b>dice</b>")
    page.bring_to_front()

    # the first scene is a step of a lesson: it reveals, then goes on to the teacher's own
    expect(page.locator(".bar .at-scene")).to_have_text("scene 1 of 3")
    expect(page.get_by_role("button", name="Reveal")).to_be_enabled()
    page.keyboard.press("PageDown")
    expect(page.get_by_test_id("stAlert")).to_contain_text("the denoising autoencoder")
    expect(page.locator(".bar .at-scene")).to_have_text("scene 1 of 3")
    page.keyboard.press("PageDown")
    expect(page.locator(".bar .at-scene")).to_have_text("scene 2 of 3")
    expect(page.locator(".scene h1")).to_have_text("My <b>dice</b>")
    expect(page.locator(".scene .claim")).to_have_text("Some draws are no digits.")
    expect(page.locator("html[data-cinema]")).to_be_attached()
    expect(page.locator('[data-lit="figure"][data-figure~="quantiles"]')).to_be_visible()
    expect(page.locator('[data-figure~="samples"]').first).to_be_hidden()
    expect(notes.locator("h1")).to_have_text("My <b>dice</b>")
    expect(notes.locator(".notes")).to_have_text("Ask first.\nThen throw.", use_inner_text=True)
    notes.keyboard.press("ArrowRight")
    expect(notes.locator("h1")).to_have_text("Neighbours")
    notes.close()
    expect(page.locator('.explorer[data-answered="yes"]')).to_be_visible()
    expect(page.locator("[data-testid=stProgress]")).to_have_count(0)

"""A lesson in a real browser: predict, reveal, next, another page, and back to the place."""

import re

from playwright.sync_api import expect

from aeview.lessons.files import shelf

N_LESSONS = len(shelf().lessons)


def drag_to(slider, value):
    slider.evaluate(
        """(node, value) => {
            node.value = value;
            node.dispatchEvent(new Event("input", { bubbles: true }));
            node.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        value,
    )


def test_a_lesson_is_walked(app, open_page):
    page = open_page(f"{app.url}/lessons?lesson=6-noise&step=3")
    head, lab = page.locator(".page-head"), page.locator(".lab.denoise, .lab").first
    expect(head).to_contain_text("Step 3 of 9")
    expect(lab).to_have_attribute("data-ready", "yes")
    formula = page.locator(".katex annotation").first
    expect(formula).to_contain_text("0.20")
    drag_to(lab.locator("input[type=range]").first, "0.5")
    expect(formula).to_contain_text("0.50")

    page.get_by_role("button", name="Next").click()
    expect(head).to_contain_text("Step 4 of 9")
    expect(page.locator(".lesson-hidden")).to_be_visible()
    expect(page.get_by_role("button", name="Reveal")).to_be_disabled()
    page.locator("[data-testid=stRadio] label", has_text="the Wiener filter").click()
    page.get_by_role("button", name="Reveal").click()
    answer = page.get_by_test_id("stAlert")
    expect(answer).to_contain_text("No: the denoising autoencoder")
    expect(lab).to_have_attribute("data-ready", "yes")
    expect(lab.locator("input[type=range]").first).to_have_value("0.4")

    page.get_by_role("button", name="Open the page Denoise").click()
    expect(head).to_contain_text("Denoise")
    expect(page).to_have_url(re.compile(r"/denoise\?.*level=0\.4"))
    back = page.get_by_role("button", name="Back to the lesson, step 4 of 9")
    expect(back).to_be_visible()
    back.click()
    expect(head).to_contain_text("Step 4 of 9")
    expect(answer).to_contain_text("No: the denoising autoencoder")
    page.get_by_role("button", name="All lessons").click()
    expect(page.locator("[class*=st-key-lesson_card_]")).to_have_count(N_LESSONS)
    expect(page.get_by_text("2 of 9 steps done")).to_be_visible()

    page.locator(".st-key-lesson_card_6").get_by_role("button").click()
    expect(head).to_contain_text("Step 4 of 9")
    page.reload()  # a new session; the tab has kept what was done
    expect(answer).to_contain_text("No: the denoising autoencoder")
    expect(page.get_by_role("radio", name="the Wiener filter")).to_be_checked()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Lessons").click()
    expect(page.locator("[class*=st-key-lesson_card_]")).to_have_count(N_LESSONS)
    expect(page.get_by_text("2 of 9 steps done · 0 of 1 predictions right")).to_be_visible()

    # a clicker turns the steps: it presses what there is to press
    page.keyboard.press("p")
    expect(page.get_by_label("Go to a scene")).to_contain_text("Choose a scene")
    page.locator(".st-key-lesson_card_1").get_by_role("button").click()
    for number in (1, 2):  # what one thinks before
        expect(page.locator(".bar .at-scene")).to_have_text(f"lesson, step {number} of 10")
        page.keyboard.press("PageDown")
    expect(page.locator(".bar .at-scene")).to_have_text("lesson, step 3 of 10")
    formula = page.locator(".katex annotation").first
    expect(page.locator(".lab.inside")).to_have_attribute("data-ready", "yes")
    before = formula.text_content()
    page.locator(".thumbs button").nth(3).click()
    expect(formula).not_to_have_text(before)  # the error of the image that was chosen
    expect(page.locator(".stage.image figcaption").last).to_contain_text("squared error")
    page.keyboard.press("ArrowRight")
    expect(head).to_contain_text("Step 4 of 10")
    expect(page.get_by_role("button", name="Reveal")).to_be_enabled()  # though nobody has guessed
    page.keyboard.press("PageDown")
    expect(answer).to_have_text(re.compile("It lands where the pin is now"))
    page.keyboard.press("PageDown")
    expect(head).to_contain_text("Step 5 of 10")
    page.locator("[data-testid=stRadio] label", has_text="five times").click()
    expect(page.get_by_role("button", name="Reveal")).to_be_enabled()
    page.keyboard.press("ArrowRight")
    expect(answer).to_contain_text("As you said")
    page.keyboard.press("ArrowRight")
    expect(head).to_contain_text("Step 6 of 10")
    page.go_back()
    expect(head).to_contain_text("Step 5 of 10")
    expect(answer).to_contain_text("As you said")
    expect(page).to_have_url(re.compile("model=digits-ae-2d"))

"""A class follows its teacher: scenes open by themselves, and nobody has to stay."""

import re

from playwright.sync_api import expect

from tests.browser.hand import grip

SCHOOL = {"AECORE_CLASS": "1", "AECORE_JOIN_CODE": "kiwi", "AECORE_TEACHER_KEY": "only-mine"}


def sign_in(page, waits=True):
    page.get_by_text("Class", exact=True).click()
    # Streamlit forgets what is typed while the page runs for something else.
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    page.get_by_label("The teacher's key", exact=True).fill("only-mine")
    page.get_by_role("button", name="Teacher: sign in").click()
    if waits:
        expect(page.get_by_text("Class · teacher")).to_be_visible()


def shows(page, scene):
    """The scene's note stands over its page, outside presenter mode."""
    page.bring_to_front()
    expect(page.locator(".st-key-scene_note [role=note] strong")).to_have_text(scene)
    expect(page.locator(".follow span")).to_have_text(re.compile(re.escape(scene)))
    assert page.locator("html[data-presenting]").count() == 0


def looks_at_the_drawing(page):
    """Your image judges what is on the pad, not a sample."""
    expect(page.locator('.pad[data-ready="yes"]:not(.aside)')).to_be_visible()
    expect(page.locator('.own[data-judged="yes"]')).to_be_visible()
    expect(page.locator(".choices button[aria-pressed=true]")).to_have_count(0)


def turn(teacher):
    """Press →; returns the title of the scene that is on the wall then."""
    teacher.bring_to_front()
    title = teacher.locator(".scene h1")
    before = title.text_content()
    teacher.keyboard.press("ArrowRight")
    expect(title).not_to_have_text(before)
    return title.text_content()


def goes_through_a_lesson(teacher, first, second):
    """Steps are gone through quickly; an answer that is revealed is so for all who are there."""
    teacher.bring_to_front()
    teacher.keyboard.press("Escape")
    teacher.get_by_test_id("stSidebarNav").get_by_role("link", name="Lessons").click()
    start = teacher.get_by_role("button", name="Start lesson 2")
    expect(start).to_be_visible()
    for page in (first, second):
        page.bring_to_front()
        expect(page).to_have_url(re.compile("/lessons"))
    teacher.bring_to_front()
    start.click()
    step = re.compile(r"lesson=2-pca&step=1")
    for page in (first, second):
        page.bring_to_front()
        expect(page).to_have_url(step)
    second.get_by_role("button", name="Leave", exact=True).click()
    teacher.bring_to_front()
    for number in range(2, 5):
        teacher.get_by_role("button", name="Next").click()
        expect(teacher.locator(".page-head")).to_contain_text(f"Step {number} of")
    teacher.keyboard.press("p")
    first.bring_to_front()
    expect(first.locator(".page-head")).to_contain_text("Step 4 of")
    expect(first.get_by_role("button", name="Reveal")).to_be_disabled()
    teacher.bring_to_front()
    expect(teacher.locator(".bar .at-scene")).to_have_text("lesson, step 4 of 9")
    teacher.keyboard.press("ArrowRight")
    first.bring_to_front()
    expect(first.get_by_test_id("stAlert")).to_contain_text("the same to within a percent")
    second.bring_to_front()
    expect(second.locator(".page-head")).to_contain_text("Step 1 of")


def test_a_class_follows_and_one_leaves_and_returns(serve, open_page, tmp_path):
    url = serve(AECORE_HOME=str(tmp_path), **SCHOOL).url
    teacher = open_page(f"{url}/?join=kiwi")
    first = open_page(f"{url}/generate?join=kiwi")
    second = open_page(f"{url}/your_image?join=kiwi")
    expect(second.locator('.pad[data-ready="yes"]')).to_be_visible()
    drag = grip(second.locator("canvas.sheet"), 0.5, 0.2)
    drag(0.5, 0.8, steps=4)
    second.mouse.up()
    looks_at_the_drawing(second)
    for page in (first, second):
        expect(page.locator(".buttons .open-share")).to_be_visible()
        for part in (".buttons .lead", ".follow"):
            expect(page.locator(part)).to_be_hidden()

    teacher.bring_to_front()
    sign_in(teacher)
    teacher.get_by_role("button", name="Lead the class").click()
    expect(teacher.get_by_role("button", name="You lead the class")).to_be_visible()
    for page in (first, second):  # the teacher's page, as it is
        page.bring_to_front()
        expect(page.locator(".follow span")).to_have_text("You follow the teacher: “Latent map”.")
        expect(page).to_have_url(re.compile(r"/\?(?!.*generate|.*train).*join=kiwi"))

    teacher.bring_to_front()
    teacher.keyboard.press("p")
    expect(teacher.locator(".bar")).to_be_visible()
    scene = turn(teacher)
    for page in (first, second):
        shows(page, scene)

    second.get_by_role("button", name="Leave", exact=True).click()
    expect(second.locator(".follow span")).to_have_text("The teacher leads the class.")
    second.get_by_role("button", name="Back to my page").click()
    expect(second).to_have_url(re.compile("/your_image"))
    looks_at_the_drawing(second)
    scene = turn(teacher)
    shows(first, scene)
    second.bring_to_front()
    looks_at_the_drawing(second)
    expect(second.locator(".follow span")).to_have_text("The teacher leads the class.")

    second.get_by_role("button", name="Follow", exact=True).click()
    shows(second, scene)

    first.bring_to_front()  # who types is asked first
    first.get_by_text("Class", exact=True).click()
    field = first.get_by_label("The teacher's key", exact=True)
    field.fill("half a wo")
    scene = turn(teacher)
    shows(second, scene)
    first.bring_to_front()
    expect(first.locator(".follow span")).to_have_text(f"The teacher has opened “{scene}”.")
    expect(field).to_have_value("half a wo")
    first.get_by_role("button", name="Go there").click()
    shows(first, scene)

    goes_through_a_lesson(teacher, first, second)

    teacher.bring_to_front()
    teacher.keyboard.press("Escape")
    teacher.get_by_role("button", name="You lead the class").click()
    for page in (first, second):
        page.bring_to_front()
        expect(page.locator(".follow")).to_be_hidden()

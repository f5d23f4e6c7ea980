"""A class votes: a card over whatever page a student has, and the bars on the wall."""

from playwright.sync_api import expect

from tests.browser.test_follow import SCHOOL, sign_in

LESSON = "lessons?lesson=1-bottleneck&step=4"
RIGHT = "about five times as much"


def apart(wall, *parts):
    """The vote's card covers none of these, and none of them lies below the window."""
    wall.wait_for_function(
        """([card, parts]) => parts.every((part) => {
            const [one, other] = [card, part].map((each) => each.getBoundingClientRect());
            const over = one.left < other.right && other.left < one.right
                && one.top < other.bottom && other.top < one.bottom;
            return other.width && other.top < innerHeight && one.bottom <= innerHeight && !over;
        })""",
        arg=[wall.locator(".vote").element_handle(), [part.element_handle() for part in parts]],
    )


def test_a_class_votes_discusses_and_votes_again(serve, open_page, tmp_path):
    url = serve(AECORE_HOME=str(tmp_path), **SCHOOL).url
    teacher = open_page(f"{url}/{LESSON}&join=kiwi")
    laptop = open_page(f"{url}/{LESSON}&join=kiwi")  # on the same step by itself
    phone = open_page(f"{url}/train?join=kiwi", width=390, height=844)
    students = (laptop, phone)
    wall, cards = teacher.locator(".vote"), [each.locator(".vote") for each in students]

    teacher.bring_to_front()
    expect(teacher.locator(".desk")).to_have_attribute("data-ready", "yes")
    sign_in(teacher, waits=False)
    teacher.keyboard.press("p")  # before the page knows that the key was right
    expect(teacher.locator(".bar").get_by_role("button", name="vote")).to_be_visible()
    for card in cards:
        expect(card).to_be_hidden()
    figure = teacher.locator('[class*="st-key-control_"] .canvases')
    expect(figure).to_be_visible()
    teacher.keyboard.press("v")
    expect(wall.get_by_role("status")).to_have_text("0 have answered")
    phone.bring_to_front()  # a place is tapped
    expect(cards[1].locator("summary")).to_contain_text("Where will this 4 land?")
    cards[1].locator("canvas").click(position={"x": 100, "y": 80})
    expect(cards[1].get_by_role("status")).to_contain_text("Your answer is in")
    expect(cards[1].locator(".pointed b")).to_be_visible()
    teacher.bring_to_front()
    expect(wall.get_by_role("status")).to_have_text("1 has answered")
    teacher.keyboard.press("v")
    expect(wall.locator("canvas")).to_be_visible()
    expect(wall.get_by_role("status")).to_have_text("First vote: 1 answer")
    apart(teacher, figure)

    teacher.keyboard.press("ArrowRight")  # reveals where the image lands
    expect(teacher.get_by_test_id("stAlert").first).to_be_visible()
    apart(teacher, figure, teacher.get_by_test_id("stAlert").first)
    laptop.bring_to_front()  # and so for who has the step open
    expect(laptop.get_by_test_id("stAlert")).to_contain_text("It lands where the pin is now.")
    laptop.get_by_role("button", name="Next").click()
    expect(laptop.locator(".page-head")).to_contain_text("Step 5 of 10")
    teacher.bring_to_front()
    teacher.keyboard.press("ArrowRight")  # the next step ends it
    expect(teacher.locator(".bar .at-scene")).to_have_text("lesson, step 5 of 10")
    expect(wall).to_be_hidden()
    teacher.keyboard.press("v")
    expect(wall.get_by_role("status")).to_have_text("0 have answered")

    for page, card in zip(students, cards, strict=True):  # wherever they are
        page.bring_to_front()
        expect(card.locator("summary")).to_have_text(
            "How large is the squared error with a code of two numbers?"
        )
        for button in card.locator(".choices button").all():
            assert button.bounding_box()["height"] >= 44
        expect(card.locator(".acts button")).to_have_count(0)
    box = phone.locator(".vote").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390

    cards[1].get_by_role("button", name="the same").click()
    expect(cards[1].get_by_role("button", name="the same")).to_have_attribute(
        "aria-pressed", "true"
    )
    cards[1].get_by_role("button", name="a hundred").click()  # one answer, changed
    laptop.bring_to_front()
    cards[0].get_by_role("button", name=RIGHT).focus()
    laptop.keyboard.press("Enter")
    expect(cards[0].get_by_role("status")).to_contain_text("Your answer is in")
    assert cards[0].locator(".bars").count() == 0

    teacher.bring_to_front()
    expect(wall.get_by_role("status")).to_have_text("2 have answered")
    assert wall.locator(".bars").count() == 0
    teacher.keyboard.press("v")
    expect(wall.locator(".bar-of")).to_have_text(["0 % (0)", "50 % (1)", "50 % (1)"])
    teacher.keyboard.press("2")
    expect(wall.locator("summary")).to_contain_text("Second vote")
    expect(wall.locator(".bars")).to_have_count(0)
    phone.bring_to_front()
    expect(cards[1].locator("summary")).to_contain_text("Second vote")
    cards[1].get_by_role("button", name=RIGHT).click()
    expect(cards[1].get_by_role("status")).to_contain_text("Your answer is in")

    teacher.bring_to_front()  # → reveals, though nothing was chosen here
    expect(wall.get_by_role("status")).to_have_text("Second vote: 1 has answered")
    teacher.keyboard.press("ArrowRight")
    expect(wall.locator(".bar-of")).to_have_text(
        ["0 % (0)", "0 % (0)", "50 % (1)", "100 % (1)", "50 % (1)", "0 % (0)"]
    )
    expect(wall.locator(".right")).to_contain_text(RIGHT)
    expect(teacher.get_by_test_id("stAlert")).to_contain_text(RIGHT)
    apart(teacher, teacher.get_by_test_id("stAlert"))
    laptop.bring_to_front()  # the step shows the answer there, too, and what was voted
    expect(laptop.get_by_test_id("stAlert")).to_contain_text(f"As you said: {RIGHT}")
    phone.bring_to_front()
    expect(cards[1].locator(".right")).to_contain_text("(yours)")

    teacher.bring_to_front()
    teacher.keyboard.press("ArrowRight")  # the next step: over
    expect(teacher.locator(".page-head")).to_contain_text("Step 6 of 10")
    expect(wall).to_be_hidden()
    for page, card in zip(students, cards, strict=True):
        page.bring_to_front()
        expect(card).to_be_hidden()

"""Everything without a mouse: by keys, by fingers, with less motion, and read aloud."""

import re

import pytest
from playwright.sync_api import expect

DEEPEST = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at;
}"""


def opened(open_page, url, part, **size):
    page = open_page(url, **size)
    home = page.locator(part)
    expect(home).to_have_attribute("data-ready", "yes")
    expect(page.locator(".desk")).to_have_attribute("data-ready", "yes")
    return page, home


def focused(page):
    """The class of what has the focus, and how it shows that."""
    return page.evaluate(
        f"""() => {{ const at = ({DEEPEST})(), style = getComputedStyle(at);
            return [at.className || at.textContent, style.outlineStyle, style.outlineOffset]; }}"""
    )


def test_by_keys_on_the_latent_map(app, open_page):
    page, lab = opened(open_page, app.url, ".explorer")
    press = page.keyboard.press
    before = lab.get_attribute("data-pin")
    page.locator(".knob input").first.focus()
    press("ArrowRight")  # a handle of the code pins where it stands
    expect(lab).not_to_have_attribute("data-pin", before)
    page.locator(".modes button").last.focus()
    press("Shift+Tab")
    assert focused(page) == ["lasso", "solid", "-3px"]  # a group cuts off what is outside it
    for _ in range(4):
        press("Tab")
    assert focused(page)[0] == "canvases"
    # the cursor, a pin, and what is said of it when the hand rests
    before = lab.get_attribute("data-pin")
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        press(key)
    expect(lab).not_to_have_attribute("data-pin", before)
    expect(lab.locator(".readout")).to_have_attribute("aria-live", "off")
    expect(page.locator("p.spoken").filter(has_text="support")).to_have_count(1)
    # a selection, which a mouse would draw a box around
    press("Space")
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown"):
        press(key)
    press("Space")
    selected = int(lab.get_attribute("data-selected"))
    assert selected > 0
    expect(lab.locator(".gallery h3")).to_have_text(f"Selection: {selected:,} images")
    press("Escape")
    expect(lab).to_have_attribute("data-selected", "")
    # beyond the edge the map moves along, Home shows all of it again
    x = "explorer => explorer.explorer.camera.x"
    middle = lab.evaluate(x)
    for _ in range(8):
        press("Shift+ArrowLeft")
    assert lab.evaluate(x) < middle
    press("Home")
    assert lab.evaluate(x) == pytest.approx(middle)
    # one class alone
    press("Tab")
    press("Shift+Enter")
    expect(lab.locator(".legend button[aria-pressed=true]")).to_have_count(1)
    assert int(lab.get_attribute("data-selected")) > 100
    # a dialog gives the focus back; the words of a hint come with the focus
    press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    press("Escape")
    expect(page.locator("dialog.help")).to_be_hidden()
    assert focused(page)[0] == "0"
    page.locator(".open-share").focus()
    for key in ("Enter", "ArrowDown", "ArrowDown"):
        press(key)
    assert focused(page)[0].startswith("Download view, PNG")
    press("Escape")
    expect(page.locator(".open-share")).to_be_focused()
    page.locator("dt", has_text="round trip").focus()
    expect(page.locator(".hint-of:popover-open")).to_contain_text("‖E(D(z)) − z‖")


def test_by_keys_on_a_histogram_and_on_rows_of_pictures(app, open_page):
    page, lab = opened(open_page, f"{app.url}/anomaly", ".anomaly")
    press = page.keyboard.press
    bars = lab.locator(".histogram canvas")
    said = bars.get_attribute("aria-label")
    assert "of 355 normal ones" in said
    bars.focus()
    press("ArrowRight")
    expect(lab.locator(".of-bar .tile").first).to_be_visible()
    one = bars.get_attribute("aria-valuetext")
    press("ArrowRight")
    expect(bars).not_to_have_attribute("aria-valuetext", one)
    press("Escape")
    expect(lab.locator(".of-bar")).to_be_hidden()
    press("Tab")
    press("ArrowRight")
    expect(lab.locator("[data-rule=hand]")).to_have_attribute("aria-pressed", "true")
    expect(bars).not_to_have_attribute("aria-label", said)
    page, lab = opened(open_page, f"{app.url}/denoise", ".denoise")
    second = lab.locator(".pictures canvas[role=button]").nth(1)
    expect(second).to_have_attribute("aria-pressed", "false")
    second.focus()
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".denoise .curves svg")).to_have_attribute(
        "aria-label", re.compile(r"Wiener \(linear\) \d\d\.\d")
    )


class Hand:
    """Fingers on a page, as the browser's own protocol has them."""

    def __init__(self, page, home):
        self.page = page
        self.box = home.bounding_box()
        self.send = page.context.new_cdp_session(page).send

    def touch(self, kind, *places):
        """Fingers at places of the map, each from 0 to 1."""
        left, top, wide, high = (self.box[side] for side in ("x", "y", "width", "height"))
        points = [
            {"x": left + x * wide, "y": top + y * high, "id": i} for i, (x, y) in enumerate(places)
        ]
        self.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def drag(self, start, *way):
        self.touch("Start", start)
        for place in way:
            self.touch("Move", place)
        self.touch("End")


def test_by_fingers_with_less_motion_on_the_latent_map(app, open_page):
    page, lab = opened(open_page, app.url, ".explorer", width=1180, height=820)
    page.emulate_media(reduced_motion="reduce")
    hand = Hand(page, lab.locator(".canvases"))
    scrolled = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    camera = (
        "element => { const { x, y, scale } = element.explorer.camera; return [x, y, scale]; }"
    )
    first = lab.evaluate(camera)
    # a tap pins, and shows the card that a mouse would get by resting there
    pin = lab.get_attribute("data-pin")
    at = lab.evaluate(
        """element => { const { model, camera } = element.explorer;
            return camera.toScreen(...model.place(7)).map((v) => v / camera.width); }"""
    )
    hand.touch("Start", at)
    hand.touch("End")
    expect(lab).not_to_have_attribute("data-pin", pin)
    expect(lab.locator(".card")).to_be_visible()
    # a finger that rests explores: the map stays, the picture follows, letting go pins
    decodes = int(lab.get_attribute("data-decodes"))
    pin = lab.get_attribute("data-pin")
    hand.touch("Start", (0.5, 0.5))
    page.wait_for_function(
        "([element, n]) => Number(element.dataset.decodes) > n",
        arg=[lab.element_handle(), decodes],
    )
    hand.touch("Move", (0.6, 0.6))
    expect(lab.locator(".where")).to_have_text("Under the cursor")
    hand.touch("End")
    expect(lab).not_to_have_attribute("data-pin", pin)
    assert lab.evaluate(camera) == first
    # a drag moves the map and not the page, two fingers zoom
    moved = first
    while moved == first:  # a slow machine may take the first touch for a finger that rests
        hand.drag((0.5, 0.5), (0.5, 0.4), (0.5, 0.2))
        moved = lab.evaluate(camera)
    assert moved[1] < first[1]
    assert moved[2] == first[2]
    hand.touch("Start", (0.45, 0.5), (0.55, 0.5))
    hand.touch("Move", (0.35, 0.5), (0.65, 0.5))
    hand.touch("End")
    assert lab.evaluate(camera)[2] == pytest.approx(3 * first[2], rel=0.05)
    assert page.evaluate(scrolled) == 0
    # the sidebar put away gives its room to the page
    page.get_by_role("button", name="Collapse sidebar").click()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stMain]').clientWidth > innerWidth - 20"
    )
    page.get_by_test_id("stExpandSidebarButton").click()  # the browser remembers it
    expect(page.get_by_test_id("stExpandSidebarButton")).to_have_count(0)
    page.wait_for_function("() => document.getAnimations({ subtree: true }).length === 0")

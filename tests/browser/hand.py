"""The mouse in a hand: it takes hold of a thing where it lies, and drags it."""


def grip(locator, x=0.5, y=0.5):
    """Press the button on a place of an element, once it lies still there and nothing covers it.

    A place that was only measured can be gone when the button goes down: an expander was opening,
    the page was still scrolling.

    Args:
        locator: the element.
        x, y: the place, as shares of its width and height.

    Returns:
        drag(x, y, steps): to another place of it, with the button held down; y stays unless given.
    """
    box = locator.bounding_box()
    locator.hover(position={"x": x * box["width"], "y": y * box["height"]})
    mouse = locator.page.mouse
    mouse.down()
    box = locator.bounding_box()

    def drag(x, y=y, steps=1):
        mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=steps)

    return drag

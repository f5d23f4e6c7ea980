"""What the browser's components were given."""

import json


def all_told(at, having=""):
    """The data of each component on a page whose JSON holds some text."""
    texts = [element.proto.json for element in at.get("bidi_component")]
    return [json.loads(text)[0] for text in texts if text and having in text]


def told(at, having):
    """That of the first one; None where there is none."""
    return next(iter(all_told(at, having)), None)

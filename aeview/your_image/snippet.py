"""What the page Your image shows, as Python."""

import numpy as np
import streamlit as st

from aecore.lab.given import pack
from aeview.own_pictures import carried
from aeview.own_pictures import ways as own_ways
from aeview.shell.snippets import Snippet, write
from aeview.work.live import Opened
from aeview.your_image import view as own_image

JUDGED = """
import aecore

lab = aecore.open($name)
image = lab.unpack("$packed")  # after its preparation, a byte a pixel
judged = lab.score(image)  # squared error per pixel, higher is more anomalous
print(f"score {judged.scores[0]:.4f}, limit {judged.threshold}")
if judged.percentiles is not None:
    print(f"higher than {judged.percentiles[0]:.1%} of the normal images")
print("nearest:", lab.nearest(lab.encode(image)).labels[0])
picture = aecore.picture(image, lab.reconstruct(image), enlarge=8)
picture
"""
CHANGED = """
import aecore

lab = aecore.open($name)
image = lab.unpack("$packed")  # after its preparation, a byte a pixel
# the least change of it after which our classifier sees another class
change = lab.counterfactual(image[0], $label)
print(f"distance {change.distance:.2f}, support {change.support[-1]:.0%}")
picture = aecore.picture(change.images, enlarge=3)
picture
"""
EMPTY = "There is no picture yet: draw, upload or paste one, or choose a sample."


def snippet(chosen: Opened) -> Snippet:
    """The image as the model sees it, and what it makes of it."""
    image = _seen(chosen)
    if image is None:
        return Snippet("", EMPTY)
    told = {"name": chosen.call, "packed": pack(image[None])}
    towards = own_image.asked(chosen.checkpoint)
    if towards < 0:
        return Snippet(write(JUDGED, **told))
    return Snippet(write(CHANGED, **told, label=repr(chosen.checkpoint.card.classes[towards])))


def _seen(chosen: Opened) -> np.ndarray | None:
    """What the model is given, (channels, height, width) in [0, 1]; None for nothing."""
    given = own_ways.looked_at(chosen)
    if given is not None:
        return carried.prepared(given, chosen.checkpoint, own_image.overruled(given)).image
    ink: np.ndarray | None = st.session_state.get(carried.DRAWN)
    shape = tuple(chosen.checkpoint.card.model.shape)
    return None if ink is None or ink.shape != shape[1:] else ink[None]

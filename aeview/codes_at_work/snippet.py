"""What the page Codes at work shows, as Python."""

from aecore.compression import fits
from aeview.codes_at_work.shown import Shown
from aeview.shell.snippets import Snippet, needed, write
from aeview.work import cache
from aeview.work.live import Opened

PROBE = """
import aecore

lab = aecore.open($name)
scores = lab.probe()  # a new head on the frozen encoder, trained with few labels
for score in scores:
    print(f"{score.n_labels} labels, {score.features}: {score.mean:.1%} ± {score.std:.1%}")
"""
SEARCH = """
import aecore

lab = aecore.open($name)
found = lab.search()  # of each query's ten nearest training images: how many have its class
print(f"precision at 10: {found.code:.1%} by code, {found.pixels:.1%} by pixels")
print(f"{found.chance:.1%} at random, {found.n_queries} queries, {found.n_images} images")
"""
COMPRESSION = """
import aecore

lab = aecore.open($name)
packings = lab.compress()  # the code cut to 8 bits a unit, and file formats
for each in packings:
    print(f"{each.title}: {each.n_bytes:.0f} bytes, {each.psnr:.1f} dB")
picture = aecore.picture(*(each.images[:6] for each in packings))
picture
"""
CODE = {"probe": PROBE, "search": SEARCH, "compression": COMPRESSION}
NO_FORMAT = "File formats hold images of one or three channels; these have others."


def snippet(chosen: Opened) -> Snippet:
    """The use of codes that is shown, measured again."""
    card = chosen.checkpoint.card
    if not cache.has_set(card.data):
        return Snippet("", needed(card))
    use = Shown.chosen("work")
    if use == "compression" and not fits(tuple(card.model.shape)):
        return Snippet("", NO_FORMAT)
    return Snippet(write(CODE[use], name=chosen.call))

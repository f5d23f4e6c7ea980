"""What the page Interpolate shows, as Python."""

from aeview.interpolate import sums
from aeview.interpolate import view as interpolation
from aeview.shell.snippets import Snippet, code, write
from aeview.work import live
from aeview.work.live import Opened

STRIPS = """
import aecore

lab = aecore.open($name)
made = lab.paths($a, $b, n=$frames)
for path, strip in made.items():
    print(f"{path}: strays {strip.stray:.0%}, largest step {strip.step:.3f}")
"""
DRAWN = """
picture = aecore.picture(*(strip.images for strip in made.values()))
picture
"""
SUM = """
a, b, c = lab.codes[$rows]
decoded = lab.decode(a - b + c)  # latent arithmetic with three stored images
"""


def snippet(chosen: Opened) -> Snippet:
    """The four strips, and the sum of three images where one was made."""
    checkpoint, choice = chosen.checkpoint, live.natural(chosen.checkpoint)
    shown = interpolation.now(checkpoint, choice)
    a, b = interpolation.both_ends(checkpoint, shown)
    text = write(
        STRIPS, name=chosen.call, frames=shown.frames,
        a=code(checkpoint, a.code, a.row), b=code(checkpoint, b.code, b.row),
    )  # fmt: skip
    rows = sums.summed(checkpoint, sums.now(checkpoint, choice))
    summed = "" if rows is None else write(SUM, rows=rows)
    return Snippet(text + summed + write(DRAWN))

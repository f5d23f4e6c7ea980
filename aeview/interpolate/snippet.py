"""What the page Interpolate shows, as Python."""

from aecore.checkpoints import LatentTable
from aeview.interpolate import shown as declared
from aeview.interpolate import view as interpolation
from aeview.shell import ends
from aeview.shell.snippets import Snippet, code, write
from aeview.shown import address
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
    held = chosen.held
    shown = interpolation.now(held, live.natural(held))
    text = write(
        STRIPS, name=repr(chosen.name), frames=shown.frames,
        a=code(held, shown.a.code, shown.a.row), b=code(held, shown.b.code, shown.b.row),
    )  # fmt: skip
    rows = _summed(held.latents)
    summed = "" if rows is None else write(SUM, rows=rows)
    return Snippet(text + summed + write(DRAWN))


def _summed(points: LatentTable) -> list[int] | None:
    named = address.text(declared.Sums.link("sum"))
    try:
        rows = [ends.image_row(part, points) for part in (named or "").split(",")]
    except ValueError:
        return None
    return rows if len(rows) == 3 else None

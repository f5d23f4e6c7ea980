"""What the page Traverse shows, as Python."""

from aeview.shell.snippets import Snippet, code, write
from aeview.traverse import view as traversal
from aeview.traverse.shown import MOST_ROWS
from aeview.work import live
from aeview.work.live import Opened

GRID = """
import aecore

lab = aecore.open($name)
code = $code
image = lab.decode(code)  # of the sliders
pulled = lab.traverse(code, n=$columns, most=$rows)  # each row a unit, from -3 to 3 sigma
print(f"support {pulled.support:.0%}")
picture = aecore.picture(*pulled.images)
picture
"""

SHEETS = """
import aecore

lab = aecore.open($name)
code = $code
image = lab.decode(code)
around = lab.directions(code, step=$step)  # where it changes most here, then along two units
print(f"support {around.support[0].mean():.0%}, along two units {around.support[1].mean():.0%}")
picture = aecore.picture(*around.images.reshape(-1, *around.images.shape[2:]))
picture
"""


def snippet(chosen: Opened) -> Snippet:
    """The code of the sliders, and what is shown around it."""
    checkpoint = chosen.checkpoint
    place = traversal.now(checkpoint, live.natural(checkpoint))
    if traversal.sheets(checkpoint, place):
        where = code(checkpoint, place.code, place.row)
        return Snippet(write(SHEETS, name=chosen.call, code=where, step=place.step))
    return Snippet(
        write(
            GRID, name=chosen.call, code=code(checkpoint, place.code, place.row),
            columns=place.columns, rows=min(MOST_ROWS, checkpoint.card.model.code_dim),
        )
    )  # fmt: skip

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


def snippet(chosen: Opened) -> Snippet:
    """The code of the sliders, and the grid."""
    checkpoint = chosen.checkpoint
    place = traversal.now(checkpoint, live.natural(checkpoint))
    return Snippet(
        write(
            GRID, name=repr(chosen.name), code=code(checkpoint, place.code, place.row),
            columns=place.columns, rows=min(MOST_ROWS, checkpoint.card.model.code_dim),
        )
    )  # fmt: skip

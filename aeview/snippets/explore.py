"""The pages of Explore as code."""

import math

from aecore.checkpoints import LatentTable
from aecore.latents.projection import projection_class
from aeview import state
from aeview.generate import view as generation
from aeview.interpolate import view as interpolation
from aeview.latent_map import view as explorer
from aeview.shell import ends, map_choice
from aeview.snippets.writing import Snippet, code, write
from aeview.traverse import view as traversal
from aeview.work import live
from aeview.work.cache import STORED_POINTS, MapChoice
from aeview.work.live import Opened

# ---- the latent map -----------------------------------------------------------------------------

MAPPED = """
import aecore

lab = aecore.open($name)
plane = lab.map($choice)  # plane.points: where the images lie
"""
PINNED = """
# the pinned place: its picture, its support, the nearest images, draws of a posterior
position = lab.explain($code, plane)
print(f"support {position.support:.0%}")
picture = aecore.picture(position.image[None], enlarge=10)
picture
"""


def latent_map(chosen: Opened) -> Snippet:
    """The map, and the pinned place explained."""
    held = chosen.held
    choice = map_choice.choice(held)
    pinned = explorer.pinned(held, choice)
    text = write(MAPPED, name=repr(chosen.name), choice=_map(choice))
    if pinned is None:
        return Snippet(text)
    row = pinned.row if choice.n_points == STORED_POINTS else -1
    return Snippet(f"{text}\n{write(PINNED, code=code(held, pinned.code, row))}")


def _map(choice: MapChoice) -> str:
    """The arguments that make a map."""
    said = {"n": choice.n_points} if choice.n_points != STORED_POINTS else {}
    settings = projection_class(choice.projection).settings
    named = said | {name: getattr(choice, name) for name in settings}
    return ", ".join((repr(choice.projection), *(f"{k}={v!r}" for k, v in named.items())))


# ---- interpolate --------------------------------------------------------------------------------

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


def interpolate(chosen: Opened) -> Snippet:
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
    named = state.text(state.SUM)
    try:
        rows = [ends.image_row(part, points) for part in (named or "").split(",")]
    except ValueError:
        return None
    return rows if len(rows) == 3 else None


# ---- traverse -----------------------------------------------------------------------------------

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
MOST_ROWS = 64  # of the grid, as in traverse.js


def traverse(chosen: Opened) -> Snippet:
    """The code of the sliders, and the grid."""
    held = chosen.held
    place = traversal.now(held, live.natural(held))
    return Snippet(
        write(
            GRID, name=repr(chosen.name), code=code(held, place.code, place.row),
            columns=place.columns, rows=min(MOST_ROWS, held.card.model.code_dim),
        )
    )  # fmt: skip


# ---- generate -----------------------------------------------------------------------------------

SAMPLES = """
import aecore

made = {}
for name in $names:  # the same seed draws the same noise for every model
    made[name] = aecore.open(name).sample($n, $source, seed=$seed, temperature=$temperature)
    print(f"{name}: mean support {made[name].support.mean():.0%}")
picture = aecore.picture(*(each.images for each in made.values()), columns=$columns)
picture
"""


def generate(chosen: Opened) -> Snippet:
    """The samples of both models."""
    shown = generation.now(chosen)
    beside = generation.beside(chosen)
    names = [chosen.name, *([beside.name] if beside else [])]
    return Snippet(
        write(
            SAMPLES, names=names, source=repr(shown.method), n=shown.n, seed=shown.seed,
            temperature=shown.temperature, columns=math.ceil(math.sqrt(shown.n)),
        )
    )  # fmt: skip

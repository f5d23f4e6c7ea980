"""The pages of Explore as code."""

import math

from aecore.checkpoints import LatentTable, Stored
from aecore.latents.projection import TSNE, projection_class
from aeview import ends, explorer, generation, interpolation, live, state, traversal
from aeview.cache import STORED_POINTS, MapChoice
from aeview.live import Opened
from aeview.snippets.writing import Snippet, codes, opened, write

STORED = """
tsne = TSNE(perplexity=$perplexity)
plane = stored_maps.stored(tsne, table.codes, stored.digest) or tsne.fit(table.codes)
"""
SAMPLE = """
parts = [load_data($data, part, side=$side) for part in ("train", "val", "test")]
chosen, tables, begin = random_sample(sum(map(len, parts)), $n), [], 0
for part in parts:
    index = chosen[(chosen >= begin) & (chosen < begin + len(part))] - begin
    tables.append(encode(model, part.take(index)).at(index))
    begin += len(part)
table = join(tables)
"""

# ---- the latent map -----------------------------------------------------------------------------


def latent_map(chosen: Opened) -> Snippet:
    """The map, and the pinned place explained."""
    held = chosen.held
    choice = explorer.choice(held)
    pinned = explorer.pinned(held, choice)
    more = choice.n_points != STORED_POINTS
    imports = [
        "import numpy as np", "",
        *(["from aecore import load_data"] if more else []),
        "from aecore.checkpoints import build, find, read",
        *(["from aecore.data.imageset import random_sample"] if more else []),
        *(["from aecore.latents import stored_maps"] if _slow(choice) else []),
        *(["from aecore.latents.encoding import encode, join"] if more else []),
        "from aecore.latents.position import Surroundings, explain",
        _imported(choice),
        "from aecore.latents.support import Support",
        "from aecore.sheet import sheet",
    ]  # fmt: skip
    parts = ["\n".join(imports) + "\n", opened(chosen), _table(held, choice) + _plane(choice)]
    if pinned is not None:
        parts.append(
            write(
                """
                # the pinned place: its picture, how well the data supports it, where its picture
                # lands when it is encoded again, the nearest training images, posterior draws
                codes = $codes
                support = Support(stored.latents.training_codes)
                position = explain(codes[0], Surroundings(model, table, plane, support))
                print(f"support {position.support:.0%}")
                picture = sheet(position.image[None], enlarge=10)
                picture
                """,
                codes=codes(held, pinned.code, pinned.row if not more else -1),
            )
        )
    return Snippet("\n".join(parts))


def _slow(choice: MapChoice) -> bool:
    return issubclass(projection_class(choice.projection), TSNE)


def _imported(choice: MapChoice) -> str:
    plane = projection_class(choice.projection)
    return f"from {plane.__module__} import {plane.__name__}"


def _table(held: Stored, choice: MapChoice) -> str:
    if choice.n_points == STORED_POINTS:
        return "table = stored.latents  # the codes that the checkpoint carries\n"
    card = held.card
    return write(SAMPLE, data=repr(card.data), side=card.model.shape[-1], n=choice.n_points)


def _plane(choice: MapChoice) -> str:
    if _slow(choice):
        return write(STORED, perplexity=choice.perplexity)
    plane = projection_class(choice.projection)
    settings = ", ".join(f"{name}={getattr(choice, name)}" for name in plane.settings)
    made = f"{plane.__name__}({settings}).fit(table.codes)"
    return f"plane = {made}  # plane.points: where the images lie on the map\n"


# ---- interpolate --------------------------------------------------------------------------------

STRIPS = """
import numpy as np

from aecore.checkpoints import build, find, read
from aecore.latents.paths import DataGraph
from aecore.latents.strips import Bench, strips
from aecore.latents.support import Support
from aecore.sheet import sheet

stored = read(find($name))
model = build(stored)

# four ways from one end to the other: linear, slerp, along the data, and the pixel cross-fade
a = $a[0]
b = $b[0]
training = stored.latents.training_codes
bench = Bench(model, DataGraph(training), Support(training))
made = strips(bench, a, b, $frames)
for way, strip in made.items():
    print(f"{way}: strays {strip.stray:.0%}, largest step {strip.step:.3f}")
picture = sheet(np.concatenate([strip.images for strip in made.values()]), columns=$frames)
picture
"""
SUM = """

# latent arithmetic: a − b + c of three stored images
from aecore.latents.paths import add

first, second, third = stored.latents.codes[$rows]
summed = add(first, second, third)
decoded = model.decode(torch.from_numpy(summed[None])).numpy()
"""


def interpolate(chosen: Opened) -> Snippet:
    """The four strips, and the sum of three images where one was made."""
    held = chosen.held
    shown = interpolation.now(held, live.natural(held))
    text = write(
        STRIPS, name=repr(chosen.name), frames=shown.frames,
        a=codes(held, shown.a.code, shown.a.row), b=codes(held, shown.b.code, shown.b.row),
    )  # fmt: skip
    rows = _summed(held.latents)
    if rows is None:
        return Snippet(text)
    text = text.replace("import numpy as np\n", "import numpy as np\nimport torch\n", 1)
    return Snippet(text + "\n" + write(SUM, rows=rows))


def _summed(points: LatentTable) -> list[int] | None:
    named = state.text(state.SUM)
    try:
        rows = [ends.image_row(part, points) for part in (named or "").split(",")]
    except ValueError:
        return None
    return rows if len(rows) == 3 else None


# ---- traverse -----------------------------------------------------------------------------------

GRID = """
import numpy as np
import torch

from aecore.checkpoints import build, find, read
from aecore.latents.support import Support
from aecore.latents.traversal import units
from aecore.sheet import sheet

stored = read(find($name))
model = build(stored)

# the code of the sliders, and its picture
code = $code[0]
image = model.decode(torch.from_numpy(code[None])).numpy()
support = Support(stored.latents.training_codes).share(code[None])[0]

# each row pulls one unit from -3 to 3 sigma, the most used unit first
steps, rows = np.linspace(-3, 3, $columns), []
for unit in units(stored)[:$rows]:
    codes = np.repeat(code[None], len(steps), axis=0)
    codes[:, unit.dimension] = unit.centre + unit.sigma * steps
    rows.append(model.decode(torch.from_numpy(codes)).numpy())
print(f"support {support:.0%}")
picture = sheet(np.concatenate(rows), columns=$columns)
picture
"""
MOST_ROWS = 64  # of the grid, as in traverse.js


def traverse(chosen: Opened) -> Snippet:
    """The code of the sliders, and the grid."""
    held = chosen.held
    place = traversal.now(held, live.natural(held))
    return Snippet(
        write(
            GRID, name=repr(chosen.name), code=codes(held, place.code, place.row),
            columns=place.columns, rows=min(MOST_ROWS, held.card.model.code_dim),
        )
    )  # fmt: skip


# ---- generate -----------------------------------------------------------------------------------

SAMPLES = """
import numpy as np
import torch

from aecore.checkpoints import build, find, read
from aecore.latents.sampling import SAMPLERS, draw
from aecore.latents.support import Support
from aecore.sheet import sheet

# the same seed draws the same noise for every model
samples = {}
for name in $names:
    stored = read(find(name))
    model = build(stored)
    training = stored.latents.training_codes
    codes = draw(SAMPLERS[$method](training), $n, seed=$seed, temperature=$temperature)
    samples[name] = model.decode(torch.from_numpy(codes)).numpy()
    share = np.mean(Support(training).share(codes))
    print(f"{name}: mean support {share:.0%}")
picture = sheet(np.concatenate(list(samples.values())), columns=$columns)
picture
"""


def generate(chosen: Opened) -> Snippet:
    """The samples of both models."""
    shown = generation.now(chosen)
    beside = generation.beside(chosen)
    names = [chosen.name, *([beside.name] if beside else [])]
    return Snippet(
        write(
            SAMPLES, names=names, method=repr(shown.method), n=shown.n, seed=shown.seed,
            temperature=shown.temperature, columns=math.ceil(math.sqrt(shown.n)),
        )
    )  # fmt: skip

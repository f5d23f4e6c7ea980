"""The pages of Explore as code."""

from aecore.checkpoints import Stored
from aeview import explorer
from aeview.cache import STORED_POINTS, MapChoice
from aeview.live import Opened
from aeview.snippets.writing import Snippet, codes, opened, write

PLANES = {
    "line": "Line().fit(table.codes)",
    "pca": "PCA().fit(table.codes)",
    "axes": "Axes(units={units}).fit(table.codes)",
}
TSNE = """
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
        *(["from aecore.latents import stored_maps"] if choice.projection == "tsne" else []),
        *(["from aecore.latents.encoding import encode, join"] if more else []),
        "from aecore.latents.position import Surroundings, explain",
        f"from aecore.latents.projection import {_plane_name(choice)}",
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


def _plane_name(choice: MapChoice) -> str:
    return {"line": "Line", "axes": "Axes", "pca": "PCA", "tsne": "TSNE"}[choice.projection]


def _table(held: Stored, choice: MapChoice) -> str:
    if choice.n_points == STORED_POINTS:
        return "table = stored.latents  # the codes that the checkpoint carries\n"
    card = held.card
    return write(SAMPLE, data=repr(card.data), side=card.model.shape[-1], n=choice.n_points)


def _plane(choice: MapChoice) -> str:
    if choice.projection == "tsne":
        return write(TSNE, perplexity=choice.perplexity)
    made = PLANES[choice.projection].format(units=choice.units)
    return f"plane = {made}  # plane.points: where the images lie on the map\n"

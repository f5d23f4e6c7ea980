"""What the page Generate shows, as Python."""

import math

from aeview.generate import view as generation
from aeview.shell.snippets import Snippet, write
from aeview.work.live import Opened

SAMPLES = """
import aecore

made = {}
for name in $names:  # the same seed draws the same noise for every model
    made[name] = aecore.open(name).sample($n, $source, seed=$seed, temperature=$temperature)
    print(f"{name}: mean support {made[name].support.mean():.0%}")
picture = aecore.picture(*(each.images for each in made.values()), columns=$columns)
picture
"""


def snippet(chosen: Opened) -> Snippet:
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
